/** concatenate(): a tensor that comes twice, programs, and what is refused. @module */
import { assertEquals } from "@std/assert";
import { concatenate, Tape, Tensor } from "../../mod.ts";
import { uniformArray } from "../../src/verify/cases/arrays.ts";
import { testEach } from "../support/test_each.ts";
import { usedBytes } from "../support/used_bytes.ts";
import { assertComplains } from "./assert_complains.ts";

testEach(
  "concatenate() of a tensor that comes twice: its gradients meet, in a program too",
  async (device) => {
    const [p, q, dy] = [6, 9, 21].map((length, seed) => uniformArray(length, seed));
    const a = Tensor.from(device, p!, [3, 2]);
    const b = Tensor.from(device, q!, [3, 3]);
    const upstream = Tensor.from(device, dy!, [3, 7]);
    const tape = new Tape(device);
    const outputs: Tensor[] = [];
    using program = device.record(() => {
      outputs.push(concatenate([a, b, a], tape, { dim: 1 }));
      tape.backward(outputs[0]!, upstream);
    });
    const row = (values: Float32Array, width: number, r: number): number[] => [
      ...values.subarray(r * width, (r + 1) * width),
    ];
    for (let run = 0; run < 2; run++) {
      program.run();
      const expected = [0, 1, 2].flatMap((r) => [...row(p!, 2, r), ...row(q!, 3, r), ...row(p!, 2, r)]);
      assertEquals([...await outputs[0]!.data()], expected);
      const rows = [0, 1, 2].map((r) => row(dy!, 7, r));
      assertEquals([...await tape.gradient(b)], rows.flatMap((each) => each.slice(2, 5)));
      const sums = rows.flatMap((each) => [each[0]! + each[5]!, each[1]! + each[6]!].map(Math.fround));
      assertEquals([...await tape.gradient(a)], sums);
    }
  },
);

testEach("concatenate() of one tensor is a copy, and takes nothing that stays", (device) => {
  const x = Tensor.from(device, [1, 2], [2]);
  const before = usedBytes(device);
  device.scope(() => {
    const tape = new Tape(device);
    const y = concatenate([x], tape);
    tape.backward(y, y);
    assertEquals([y.shape, y === x], [[2], false]);
  });
  assertEquals(usedBytes(device), before);
});

testEach("concatenate() refuses what does not fit", (device) => {
  const of = (...shape: number[]): Tensor =>
    Tensor.from(device, new Float32Array(shape.reduce((product, size) => product * size)), shape);
  const dim = (value: unknown): { dim: number } => ({ dim: value as number });
  const fit = "they must be the same but for dimension";
  for (
    const [tensors, options, message] of [
      [[of(2, 3), of(3, 2)], {}, `tensors of shapes (2, 3) and (3, 2): ${fit} 0`],
      [[of(2, 3), of(2, 2)], {}, `tensors of shapes (2, 3) and (2, 2): ${fit} 0`],
      [[of(2, 3), of(2)], dim(1), `tensors of shapes (2, 3) and (2,): ${fit} 1`],
      [[], {}, "what is not an array of at least one Tensor: current value is []"],
      [
        of(2),
        {},
        `what is not an array of at least one Tensor: current value is Tensor (2,) f32 on ${device.name}`,
      ],
    ] as const
  ) {
    const call = (): Tensor => concatenate(tensors as unknown as Tensor[], undefined, options);
    assertComplains(call, TypeError, `Cannot concatenate ${message}`);
  }
  for (const [value, shown] of [[2, "2"], [-3, "-3"], [0.5, "0.5"], ["1", '"1"']]) {
    const message =
      `Cannot concatenate as dim must be a whole number from -2 to 1: current value is ${shown}`;
    assertComplains(() => concatenate([of(2, 3)], undefined, dim(value)), RangeError, message);
  }
});
