/** add() and multiply(): values, gradients where one tensor is both, and what is refused. @module */
import { assertEquals } from "@std/assert";
import { add, multiply, Tape, Tensor } from "../../mod.ts";
import { uniformArray } from "../../src/verify/cases/arrays.ts";
import { testEach } from "../support/test_each.ts";
import { usedBytes } from "../support/used_bytes.ts";
import { assertComplains } from "./assert_complains.ts";

const SHAPE = [3, 7];
const BOTH = { add, multiply };

for (const [name, join] of Object.entries(BOTH)) {
  testEach(`${name}() of two tensors, and of one with itself, in a program too`, async (device) => {
    const [p, q, dy] = [1, 2, 3].map((seed) => uniformArray(21, seed)) as [
      Float32Array,
      Float32Array,
      Float32Array,
    ];
    const [a, b, upstream] = [p, q, dy].map((values) => Tensor.from(device, values, SHAPE)) as [
      Tensor,
      Tensor,
      Tensor,
    ];
    const value = join === add ? (x: number, y: number) => x + y : (x: number, y: number) => x * y;
    using tape = new Tape(device);
    const outputs: Tensor[] = [];
    using program = device.record(() => {
      outputs.push(join(a, b, tape), join(a, a, tape));
      tape.backward(outputs, [upstream, upstream]);
    });
    for (let run = 0; run < 2; run++) {
      program.run();
      assertEquals(outputs[0]!.shape, SHAPE);
      assertEquals(await outputs[0]!.data(), p.map((x, i) => value(x, q[i]!)));
      assertEquals(await outputs[1]!.data(), p.map((x) => value(x, x)));
      // The gradients that meet: those of both sides of the second, then of the first.
      const round = Math.fround;
      const da = p.map((x, i) => {
        if (join === add) return round(round(dy[i]! + dy[i]!) + dy[i]!);
        return round(round(2 * round(dy[i]! * x)) + round(dy[i]! * q[i]!));
      });
      assertEquals(await tape.gradient(a), da);
      assertEquals(await tape.gradient(b), p.map((x, i) => join === add ? dy[i]! : dy[i]! * x));
    }
  });

  testEach(`${name}() frees what it takes, and refuses shapes that differ`, (device) => {
    const a = Tensor.from(device, uniformArray(21, 1), SHAPE);
    const before = usedBytes(device);
    device.scope(() => {
      const tape = new Tape(device);
      const y = join(a, a, tape);
      tape.backward(y, y);
    });
    assertEquals(usedBytes(device), before);
    assertComplains(
      () => join(a, a.reshape([7, 3])),
      TypeError,
      `Cannot ${name} tensors of shapes (3, 7) and (7, 3): they must be the same`,
    );
    const number = 2 as unknown as Tensor;
    const message = "Cannot use an input that is not a Tensor: current value is 2";
    assertComplains(() => join(a, number), TypeError, message);
    assertComplains(() => join(number, a), TypeError, message);
  });
}
