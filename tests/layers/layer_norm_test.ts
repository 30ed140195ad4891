/** LayerNorm: its first weights, passes that add up, programs, memory, and what it refuses. @module */
import { assertEquals } from "@std/assert";
import { LayerNorm, type LayerNormOptions, Tape, Tensor } from "../../mod.ts";
import { uniformArray } from "../../src/verify/cases/arrays.ts";
import { assertClose } from "../../src/verify/cases/assert_close.ts";
import { TOLERANCES } from "../../src/verify/cases/tolerances.ts";
import { testEach } from "../support/test_each.ts";
import { usedBytes } from "../support/used_bytes.ts";
import { assertComplains } from "./assert_complains.ts";

const [N, F] = [5, 7];

testEach("LayerNorm begins as ones and zeros, under PyTorch's names, or without", async (device) => {
  using both = new LayerNorm(device, { normalizedShape: [2, 3] });
  const ones = { shape: [2, 3], data: new Float32Array(6).fill(1) };
  const zeros = { shape: [2, 3], data: new Float32Array(6) };
  assertEquals({ ...await both.stateDict() }, { weight: ones, bias: zeros });
  using weight = new LayerNorm(device, { normalizedShape: 3, bias: false });
  assertEquals(weight.parameterNames(), ["weight"]);
  using none = new LayerNorm(device, { normalizedShape: 3, elementwiseAffine: false });
  assertEquals([none.parameterNames(), `${none}`], [
    [],
    `LayerNorm(3, elementwiseAffine: false), 0 parameters on ${device.name}`,
  ]);
});

testEach("LayerNorm's gradients add up over passes and runs of a program", async (device) => {
  using norm = new LayerNorm(device, { normalizedShape: F });
  const x = Tensor.from(device, uniformArray(N * F, 1), [N, F]);
  const dy = Tensor.from(device, uniformArray(N * F, 2), [N, F]);
  const once = new Tape(device);
  once.backward(norm.forward(x, once), dy);
  const { weight, bias } = await norm.gradients();
  const dx = await once.gradient(x);
  const tape = new Tape(device);
  using program = device.record(() =>
    tape.backward([norm.forward(x, tape), norm.forward(x, tape)], [dy, dy])
  );
  for (let run = 1; run <= 2; run++) {
    program.run();
    const close = (shape: number[]) => ({ shape, tolerance: TOLERANCES.layer_norm(F), what: `run ${run}` });
    const times = 1 + 2 * run;
    const gradients = await norm.gradients();
    assertClose(gradients["weight"]!.data, weight!.data.map((value) => times * value), close([F]));
    assertClose(gradients["bias"]!.data, bias!.data.map((value) => times * value), close([F]));
    assertClose(await tape.gradient(x), dx.map((value) => 2 * value), close([N, F]));
  }
  assertEquals(await norm.forward(x).data(), await norm.forward(x, new Tape(device)).data());
});

testEach("LayerNorm frees what it takes", (device) => {
  const before = usedBytes(device);
  device.scope(() => {
    const norm = new LayerNorm(device, { normalizedShape: F });
    const x = Tensor.from(device, uniformArray(N * F, 1), [N, F]);
    const tape = new Tape(device);
    tape.backward(norm.forward(x, tape), norm.forward(x));
  });
  assertEquals(usedBytes(device), before);
});

testEach("LayerNorm refuses what does not fit", (device) => {
  using norm = new LayerNorm(device, { normalizedShape: F });
  using wide = new LayerNorm(device, { normalizedShape: [2, 3] });
  const of = (...shape: number[]): Tensor =>
    Tensor.from(device, new Float32Array(shape.reduce((product, size) => product * size)), shape);
  const shapes: [call: () => unknown, message: string][] = [
    [() => norm.forward(of(3, 6)), "Cannot use an input of shape (3, 6) as its last size must be 7"],
    [() => wide.forward(of(4, 3)), "Cannot use an input of shape (4, 3) as its last sizes must be 2, 3"],
    [() => wide.forward(of(3)), "Cannot use an input of shape (3,) as its last sizes must be 2, 3"],
  ];
  for (const [call, message] of shapes) assertComplains(call, TypeError, message);
  const make = (options: unknown) => () => new LayerNorm(device, options as LayerNormOptions);
  const must = "Cannot make a LayerNorm as";
  const size = `${must} normalizedShape must be`;
  assertComplains(make({}), TypeError, `${size} an integer: current value is undefined`);
  assertComplains(make({ normalizedShape: [] }), TypeError, `${size} an integer: current value is undefined`);
  assertComplains(make({ normalizedShape: [3, "2"] }), TypeError, `${size} an integer: current value is "2"`);
  assertComplains(make({ normalizedShape: 0 }), RangeError, `${size} a positive integer: current value is 0`);
  const epsilon = `${must} epsilon must be a float32 number, at least 0: current value is -1`;
  assertComplains(make({ normalizedShape: 3, epsilon: -1 }), RangeError, epsilon);
});
