/** Nothing is left behind: steps, programs, models, training and generation give back what they took. @module */
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  Adam,
  clipGradNorm,
  Corpus,
  crossEntropy,
  type Device,
  DeviceError,
  evaluate,
  generate,
  GRU,
  LSTM,
  openDevice,
  type Recurrent,
  RNN,
  RNNModel,
  SGD,
  type State,
  Tape,
  Tensor,
  train,
} from "../../mod.ts";
import { tensorsOf } from "../../src/layers/recurrent/arguments.ts";
import { DEVICE_NAMES } from "../support/test_each.ts";
import { usedBytes } from "../support/used_bytes.ts";

const V = 4;
const LAYERS = { RNN, GRU, LSTM };

/** A test for each device that it opens for itself: one thread, which is the fastest for what is tiny. */
function testAlone(name: string, body: (device: Device) => Promise<void>): void {
  for (const deviceName of DEVICE_NAMES) {
    Deno.test(`${name} [${deviceName}]`, async () => {
      using device = await openDevice(deviceName, { threads: 1 });
      await body(device);
    });
  }
}

function makeModel(device: Device, layer: keyof typeof LAYERS = "GRU", batchFirst = false): RNNModel {
  const options = { inputSize: V, hiddenSize: 4, seed: 0, batchFirst };
  return new RNNModel(new LAYERS[layer](device, options) as Recurrent, V);
}

/** One small step of training, as a user writes it out. */
function eagerStep(model: RNNModel, adam: Adam, state: State | undefined): State {
  const { device } = model;
  return device.scope(() => {
    const x = Tensor.from(device, new Uint32Array([1, 2, 3, 0]), [2, 2]);
    const y = Tensor.from(device, new Uint32Array([2, 3, 0, 1]), [2, 2]);
    using tape = new Tape(device);
    const [logits, final] = model.forward(x, state, tape);
    adam.zeroGrad();
    tape.backward(crossEntropy(logits, y, tape));
    clipGradNorm(model.parameters(), 1);
    adam.step();
    return final;
  });
}

/** The same without a scope: what the step gives is freed by hand. */
function disposingStep(model: RNNModel, adam: Adam, state: State | undefined): State {
  const { device } = model;
  using x = Tensor.from(device, new Uint32Array([1, 2, 3, 0]), [2, 2]);
  using y = Tensor.from(device, new Uint32Array([2, 3, 0, 1]), [2, 2]);
  using tape = new Tape(device);
  const [logits, final] = model.forward(x, state, tape);
  using loss = crossEntropy(logits, y, tape);
  adam.zeroGrad();
  tape.backward(loss);
  clipGradNorm(model.parameters(), 1);
  adam.step();
  logits[Symbol.dispose]();
  const [alone, last] = model.forward(x, final);
  for (const tensor of [alone, ...tensorsOf(last)]) tensor[Symbol.dispose]();
  return final;
}

for (const [how, step] of [["in a scope", eagerStep], ["freed by hand", disposingStep]] as const) {
  testAlone(`memory stays as it is over 2,000 eager steps ${how}`, async (device) => {
    for (const layer of ["RNN", "GRU", "LSTM"] as const) {
      for (const batchFirst of [false, true]) {
        using model = makeModel(device, layer, batchFirst);
        using adam = new Adam(model.parameters());
        let state: State | undefined;
        const run = async (steps: number): Promise<number> => {
          for (let i = 0; i < steps; i++) {
            const next = step(model, adam, state);
            if (state) { for (const tensor of tensorsOf(state)) tensor[Symbol.dispose](); }
            state = next;
          }
          await tensorsOf(state!)[0]!.data();
          return usedBytes(device);
        };
        const before = await run(3);
        assertEquals(await run(device.name === "wasm" ? 333 : 20), before, `${layer} ${batchFirst}`);
        for (const tensor of tensorsOf(state!)) tensor[Symbol.dispose]();
      }
    }
  });
}

testAlone("memory stays as it is over 500 runs of a program, which gives it back", async (device) => {
  using model = makeModel(device);
  using adam = new Adam(model.parameters());
  const run = async (program: { run(): void }, times: number): Promise<number> => {
    for (let i = 0; i < times; i++) program.run();
    await model.stateDict();
    return usedBytes(device);
  };
  const record = () => device.record(() => void eagerStep(model, adam, undefined));
  record()[Symbol.dispose]();
  await model.stateDict();
  const start = usedBytes(device);
  {
    using program = record();
    const before = await run(program, 2);
    assertEquals(await run(program, 500), before);
  }
  assertEquals(usedBytes(device), start);
});

testAlone(
  "models, optimizers, training, evaluation and generation give back all they took",
  async (device) => {
    const corpus = Corpus.fromText("abcd".repeat(10));
    const life = async (): Promise<void> => {
      for (const layer of ["RNN", "GRU", "LSTM"] as const) {
        using model = makeModel(device, layer);
        using sgd = new SGD(model.parameters(), { momentum: layer === "GRU" ? 0.9 : 0 });
        const options = { epochs: 2, batchSize: 2, numSteps: 3 };
        for await (const _ of train(model, corpus, options)) break;
        for await (const _ of train(model, corpus, { ...options, optimizer: sgd, sampling: "random" }));
        for (const bad of [{ batchSize: 99 }, { clipGradNorm: 0 }]) {
          await assertRejects(() => train(model, corpus, { ...options, ...bad }).next(), RangeError);
        }
        await evaluate(model, corpus);
        for await (
          const _ of generate(model, corpus.vocabulary, { prefixes: ["a", "bc"], length: 3, top: 2 })
        );
        for await (const _ of generate(model, corpus.vocabulary, { prefix: "abc", length: 30 })) break;
      }
    };
    await life();
    const before = usedBytes(device);
    await life();
    assertEquals(usedBytes(device), before);
  },
);

testAlone("what does not fit is refused, and everything else goes on", async (device) => {
  using before = Tensor.from(device, [1, 2], [2]);
  const used = usedBytes(device);
  assertThrows(() => device.alloc(2 ** 40), DeviceError, "Cannot allocate 4398046511104 bytes");
  assertEquals(usedBytes(device), used);
  using after = Tensor.from(device, [3, 4], [2]);
  assertEquals([...await before.data(), ...await after.data()], [1, 2, 3, 4]);
});
