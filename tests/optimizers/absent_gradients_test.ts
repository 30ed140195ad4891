/** Parameters that got no gradient since zeroGrad(): a step leaves them alone, as PyTorch's, eager or recorded. @module */
import { assertAlmostEquals, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { Adam, AdamW, Dense, type Device, type Optimizer, RMSprop, SGD, Tape, Tensor } from "../../mod.ts";
import { Module, type Parameter } from "../../src/kernels_entry.ts";
import { assertWithin, differenceOf } from "../../src/verify/cases/assert_close.ts";
import { OPTIMIZERS } from "../../src/verify/cases/tolerances.ts";
import { optimizerCases } from "../../src/verify/golden.ts";
import golden from "../golden/absent_gradients.json" with { type: "json" };
import { testEach } from "../support/test_each.ts";

/** Two layers whose weights lie side by side. */
class Pair extends Module {
  readonly first: Dense;
  readonly second: Dense;

  constructor(device: Device, inputSize: number) {
    super(device);
    [this.first, this.second] = [0, 1].map((seed) =>
      new Dense(device, { inputSize, outputSize: 1, bias: false, seed })
    ) as [
      Dense,
      Dense,
    ];
    this.join({ first: this.first, second: this.second });
  }
}

type Make = new (parameters: Parameter[], options: Record<string, unknown>) => Optimizer;
const KINDS = { Adam, AdamW, SGD, RMSprop } as unknown as Record<string, Make>;
const NAMES: Record<string, string> = { lr: "learningRate", eps: "epsilon", weight_decay: "weightDecay" };

const { initial, gradients } = await optimizerCases();
const shape = [1, initial.length];

async function weightsOf(parameters: readonly Parameter[]): Promise<number[][]> {
  const buffers = await Promise.all(parameters.map(({ device, value }) => device.read(value)));
  return buffers.map((words, i) => [...new Float32Array(words).subarray(0, parameters[i]!.size)]);
}

for (const { kind, options, first, second } of golden.optimizers) {
  const ours = Object.fromEntries(
    Object.entries(options).map(([name, value]) => [NAMES[name] ?? name, value]),
  );
  testEach(
    `${kind} ${JSON.stringify(options)} leaves alone what has no gradient, as PyTorch's`,
    async (device) => {
      using pair = new Pair(device, initial.length);
      using alone = new Dense(device, { inputSize: initial.length, outputSize: 1, bias: false });
      // Side by side, and in a module of its own.
      for (
        const [a, b] of [pair.parameters(), [pair.parameters()[0]!, alone.parameters()[0]!]] as Parameter[][]
      ) {
        const both = [a!, b!];
        for (const { value } of both) device.write(value, new Float32Array(initial));
        using optimizer = new KINDS[kind]!(both, ours);
        for (let step = 1; step <= golden.steps; step++) {
          const gradient = new Float32Array(gradients[step - 1]!);
          optimizer.zeroGrad();
          device.write(a!.gradientOfPass(), gradient);
          if (!golden.absent.includes(step)) device.write(b!.gradientOfPass(), gradient);
          optimizer.step();
        }
        const found = await weightsOf(both);
        [first, second].forEach((expected, i) =>
          assertWithin(
            differenceOf(found[i]!, expected, { shape, tolerance: OPTIMIZERS, what: `parameter ${i}` }),
          )
        );
      }
    },
  );
}

testEach("a step before any gradient moves nothing, nor does decay of what has none", async (device) => {
  using pair = new Pair(device, 67);
  using optimizer = new AdamW(pair.parameters(), { learningRate: 0.1, weightDecay: 0.5 });
  const before = await weightsOf(pair.parameters());
  optimizer.step();
  assertEquals(await weightsOf(pair.parameters()), before);
  device.clear(pair.parameters()[1]!.gradient); // one that is zero
  optimizer.step();
  const [first, second] = await weightsOf(pair.parameters());
  assertEquals(first, before[0]);
  second!.forEach((value, i) => assertAlmostEquals(value, 0.95 * before[1]![i]!, 1e-7));
  assertEquals(optimizer.steps, 2);
});

/** One step whose loss knows the layers that are named. */
function pass(pair: Pair, x: Tensor, layers: readonly ("first" | "second")[], optimizer: Optimizer): void {
  const tape = new Tape(pair.device);
  const outputs = layers.map((name) => pair[name].forward(x, tape));
  optimizer.zeroGrad();
  tape.backward(outputs, outputs);
}

testEach("recorded steps move what eager ones move, with the same bits", async (device) => {
  const x = Tensor.from(device, Float32Array.from({ length: 3 * 67 }, (_, i) => Math.sin(i)), [3, 67]);
  const make = (pair: Pair) => new Adam(pair.parameters(), { learningRate: 1e-2, weightDecay: 0.1 });
  using eager = new Pair(device, 67);
  using recorded = new Pair(device, 67);
  using optimizer = make(eager);
  using other = make(recorded);
  for (const layers of [["first"], ["first", "second"], ["second"], ["first", "second"]] as const) {
    using program = device.record(() => {
      pass(recorded, x, layers, other);
      other.update();
    });
    const before = await weightsOf(recorded.parameters());
    for (let step = 0; step < 3; step++) {
      pass(eager, x, layers, optimizer);
      optimizer.step();
      other.advance();
      program.run();
    }
    const after = await weightsOf(recorded.parameters());
    assertEquals(after, await weightsOf(eager.parameters()), layers.join());
    (["first", "second"] as const).forEach((name, i) =>
      (layers.some((layer) => layer === name) ? assertNotEquals : assertEquals)(after[i], before[i])
    );
  }
});

testEach("an update that is recorded before any gradient was asked for moves all", async (device) => {
  using pair = new Pair(device, 67);
  using sgd = new SGD(pair.parameters(), { learningRate: 1 });
  using program = device.record(() => sgd.update());
  const before = await weightsOf(pair.parameters());
  for (const { gradient } of pair.parameters()) device.write(gradient, new Float32Array(67).fill(0.5));
  sgd.advance();
  program.run();
  const after = await weightsOf(pair.parameters());
  after.forEach((values, i) =>
    values.forEach((value, j) => assertAlmostEquals(value, before[i]![j]! - 0.5, 1e-6))
  );
});

testEach("who keeps a gradient and writes it at each step trains", async (device) => {
  using pair = new Pair(device, 67);
  using sgd = new SGD(pair.parameters(), { learningRate: 1 });
  const [first, second] = await weightsOf(pair.parameters());
  const { gradient } = pair.parameters()[0]!;
  for (let step = 1; step <= 3; step++) {
    sgd.zeroGrad();
    device.write(gradient, new Float32Array(67).fill(0.5));
    sgd.step();
    const found = await weightsOf(pair.parameters());
    found[0]!.forEach((value, i) => assertAlmostEquals(value, first![i]! - 0.5 * step, 1e-6));
    assertEquals(found[1], second);
  }
});

testEach("a recorded pass gives gradients to steps that are not recorded", async (device) => {
  const x = Tensor.from(device, Float32Array.from({ length: 3 * 67 }, (_, i) => Math.sin(i)), [3, 67]);
  const make = (pair: Pair) => new AdamW(pair.parameters(), { learningRate: 1e-2, weightDecay: 0.1 });
  using eager = new Pair(device, 67);
  using recorded = new Pair(device, 67);
  using optimizer = make(eager);
  using other = make(recorded);
  for (const cleared of ["beside it", "within it"]) {
    for (const layers of [["first"], ["second"], ["first", "second"]] as const) {
      using program = device.record(() => {
        const tape = new Tape(device);
        const outputs = layers.map((name) => recorded[name].forward(x, tape));
        if (cleared === "within it") other.zeroGrad();
        tape.backward(outputs, outputs);
      });
      for (let step = 0; step < 3; step++) {
        pass(eager, x, layers, optimizer);
        optimizer.step();
        if (cleared === "beside it") other.zeroGrad();
        program.run();
        other.step();
        const found = await weightsOf(recorded.parameters());
        assertEquals(found, await weightsOf(eager.parameters()), `${layers}, cleared ${cleared}`);
      }
    }
  }
});

testEach("a state keeps the steps that were sat out", async (device) => {
  using pair = new Pair(device, 67);
  const [first, second] = pair.parameters() as [Parameter, Parameter];
  using adam = new Adam([first, second]);
  const step = (optimizer: Optimizer, parameters: Parameter[]): void => {
    optimizer.zeroGrad();
    for (const parameter of parameters) {
      device.write(parameter.gradientOfPass(), new Float32Array(67).fill(0.1));
    }
    optimizer.step();
  };
  step(adam, [first, second]);
  assertEquals("missed" in await adam.state(), false);
  step(adam, [first]);
  step(adam, [first]);
  const state = await adam.state();
  assertEquals([state.steps, state.missed], [3, [0, 2]]);
  const weights = await weightsOf([first, second]);
  step(adam, [first, second]);
  const expected = await weightsOf([first, second]);
  [first, second].forEach(({ value }, i) => device.write(value, new Float32Array(weights[i]!)));
  using again = new Adam([first, second]);
  again.restore(structuredClone(state));
  step(again, [first, second]);
  assertEquals(await weightsOf([first, second]), expected);
  assertThrows(() => again.restore({ ...state, missed: [0] }), TypeError, "an array of 2 numbers");
  assertThrows(
    () => again.restore({ ...state, missed: [0, 4] }),
    RangeError,
    "each of missed must be a whole number from 0 to 3",
  );
});
