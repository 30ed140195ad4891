/** What a console and a notebook show of public objects: a line, and no dump. @module */
import { assertEquals, assertMatch } from "@std/assert";
import { inspect } from "node:util";
import * as users from "../../mod.ts";
import {
  AdamW,
  Corpus,
  Dense,
  type Device,
  Dropout,
  Embedding,
  GRU,
  LayerNorm,
  LSTM,
  LSTMCell,
  Optimizer,
  RMSprop,
  RNN,
  RNNModel,
  Schedule,
  SGD,
  Standardizer,
  Tape,
  Tensor,
  Vocabulary,
} from "../../mod.ts";
import * as makers from "../../src/kernels_entry.ts";
import { Module, Printable } from "../../src/kernels_entry.ts";
import { testEach } from "../support/test_each.ts";

/** Two layers of one's own: one of children, one of parameters. */
class Mine extends Module {
  constructor(device: Device, children: Record<string, Module>) {
    super(device);
    const shape = [2, 3];
    if (Object.keys(children).length > 0) this.join(children);
    else {this.create({
        a: { shape, data: new Float32Array(6) },
        b: { shape: [2], data: new Float32Array(2) },
      });}
  }
}

/** Objects by the lines that they are shown as, `@` being the device's name. */
function* objectsOf(device: Device): Generator<[line: string, thing: unknown], void, void> {
  const sizes = { inputSize: 7, hiddenSize: 4 };
  const rnn = new RNN(device, sizes);
  const dense = new Dense(device, { inputSize: 3, outputSize: 2 });
  yield ["RNN(7, 4), 52 parameters on @", rnn];
  yield ["RNNModel(RNN(7, 4), Dense(4, 7)), 87 parameters on @", new RNNModel(rnn, 7)];
  yield ["GRU(7, 4, batchFirst: true), 156 parameters on @", new GRU(device, { ...sizes, batchFirst: true })];
  yield [
    "LSTM(7, 4, numLayers: 2, bias: false, bidirectional: true, projSize: 2), 512 parameters on @",
    new LSTM(device, { ...sizes, numLayers: 2, bias: false, bidirectional: true, projSize: 2 }),
  ];
  yield [
    "RNNModel(Embedding(9, 4), LSTM(4, 4), Dense(4, 9), dropout: 0.5, tieWeights: true), 205 parameters on @",
    new RNNModel(new LSTM(device, { inputSize: 4, hiddenSize: 4 }), 9, {
      embeddingSize: 4,
      dropout: 0.5,
      tieWeights: true,
    }),
  ];
  yield ["LSTMCell(7, 4), 208 parameters on @", new LSTMCell(device, sizes)];
  yield ["Dense(3, 2), 8 parameters on @", dense];
  yield ["Dense(3, 1, bias: false), 3 parameters on @", new Dense(device, { ...D1, bias: false })];
  yield [
    "Embedding(1000, 5), 5,000 parameters on @",
    new Embedding(device, { vocabularySize: 1000, embeddingSize: 5 }),
  ];
  yield ["LayerNorm(4), 8 parameters on @", new LayerNorm(device, { normalizedShape: 4 })];
  yield [
    "LayerNorm((2, 3), epsilon: 0.1, bias: false), 6 parameters on @",
    new LayerNorm(device, { normalizedShape: [2, 3], epsilon: 0.1, bias: false }),
  ];
  yield ["Dropout(0.5)", new Dropout()];
  yield ["Mine(a (2, 3), b (2,)), 8 parameters on @", new Mine(device, {})];
  yield [
    "Mine(Dense(3, 1), Mine(a (2, 3), b (2,))), 12 parameters on @",
    new Mine(device, {
      first: new Dense(device, D1),
      second: new Mine(device, {}),
    }),
  ];
  yield ["Parameter (2, 3) on @", dense.parameters()[0]];

  const x = Tensor.from(device, [1, 2, 3, 4, 5, 6], [2, 3]);
  yield ["Tensor (2, 3) f32 on @", x];
  yield ["Tensor (3,) u32 on @: [3, 1, 2]", Tensor.from(device, new Uint32Array([3, 1, 2]), [3])];
  const ids = Tensor.from(device, Uint32Array.from({ length: 100 }, (_, i) => i), [4, 25]);
  yield ["Tensor (4, 25) u32 on @: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, …]", ids];
  yield ["Block of 6 words on @", x.block];
  yield ["View of 64 words on @", device.alloc(128).view(64, 64)];
  const gone = Tensor.from(device, [1], [1]);
  gone[Symbol.dispose]();
  yield ["Tensor (1,) f32 freed", gone];
  yield ["Block of 1 word, freed", gone.block];

  const tape = new Tape(device);
  const y = dense.forward(x, tape);
  yield ["Tape on @, 1 pass, 0 gradients", tape];
  const other = new Tape(device);
  other.backward(dense.forward(x, other), y);
  yield ["Tape on @, 0 passes, 2 gradients", other];
  yield [
    "AdamW(learningRate: 0.001, betas: [0.9, 0.999], epsilon: 1e-8, weightDecay: 0.01), 8 parameters on @, 0 steps",
    new AdamW(dense.parameters()),
  ];
  const sgd = new SGD(dense.parameters(), { learningRate: 0.5, nesterov: true, momentum: 0.9 });
  sgd.step();
  yield [
    "SGD(learningRate: 0.5, momentum: 0.9, nesterov: true, weightDecay: 0), 8 parameters on @, 1 step",
    sgd,
  ];
  yield [
    "RMSprop(learningRate: 0.01, alpha: 0.99, epsilon: 1e-8, weightDecay: 0, momentum: 0), 3 parameters on @, 0 steps",
    new RMSprop(new Dense(device, { ...D1, bias: false }).parameters()),
  ];
  const program = device.record(() => device.clear(x.block));
  yield ["Program of 1 command on @", program];
  yield ["Part clear", program.parts()[0]];
  const scale = { rows: 2, columns: 3, ld: 3, offset: 0, scale: 1, accumulate: 0 };
  const sum = device.record(() => device.run("sum_rows", { x: x.block, y: device.alloc(3) }, scale));
  yield [
    "Part sum_rows, rows: 2, columns: 3, ld: 3, offset: 0, scale: 1, accumulate: 0",
    sum.parts()[0],
  ];
}
const D1 = { inputSize: 3, outputSize: 1 };

/** What each of the three shows. */
function assertShown(thing: unknown, line: string): void {
  assertEquals(Deno.inspect(thing), line);
  assertEquals(inspect(thing), line);
  assertEquals(String(thing), line);
  const method = (name: string): unknown => (thing as Record<symbol, () => unknown>)[Symbol.for(name)]!();
  assertEquals(method("nodejs.util.inspect.custom"), line); // Deno's inspect() does without
  assertEquals(method("Jupyter.display"), { "text/plain": line });
}

testEach("objects on a device are shown in a line", (device) => {
  for (const [line, thing] of objectsOf(device)) assertShown(thing, line.replace("@", device.name));
  assertEquals(Deno.inspect({ a: [new Dropout()] }), "{ a: [ Dropout(0.5) ] }");
  assertShown(device, `Device ${device.info.description}`);
});

Deno.test("a device that was disposed says so", async () => {
  const device = await users.openDevice("wasm", { threads: 1 });
  device[Symbol.dispose]();
  assertMatch(Deno.inspect(device), /^Device WebAssembly, .*1 thread.*, disposed$/);
});

testEach("what was freed is shown as freed, and a program that was disposed as such", (device) => {
  const dense = new Dense(device, D1);
  const program = device.record(() => device.clear(dense.parameters()[0]!.value));
  program[Symbol.dispose]();
  dense[Symbol.dispose]();
  assertShown(program, `Program of 1 command on ${device.name}, disposed`);
  assertShown(dense, "Dense(3, 1), 4 parameters, freed");
});

testEach("a prototype or a proxy is shown too: a console never throws", (device) => {
  const things = [...objectsOf(device)].map(([, thing]) => thing as object);
  for (const thing of [...things, device, Corpus.fromText("a"), new Dropout()]) {
    const { name } = thing.constructor;
    for (const other of [new Proxy(thing, {}), Object.create(thing), Object.getPrototypeOf(thing)]) {
      for (const shown of [Deno.inspect(other), inspect(other)]) {
        assertEquals(shown.includes("\n"), false, `${name}: ${shown}`);
      }
    }
  }
  assertEquals(Deno.inspect(RNN.prototype), "[RNN]");
});

Deno.test("texts, schedules and decoders are shown in a line", () => {
  const corpus = Corpus.fromText("to be or not to be", { kind: "word", unknown: "replace" });
  const words = 'Vocabulary(5 words: "<unk>", "be", "not", "or", "to", unknown: replace)';
  assertShown(corpus.vocabulary, words);
  assertShown(corpus, `Corpus(6 words), ${words}`);
  assertShown(Vocabulary.fromText("abcdefg"), 'Vocabulary(7 characters: "a", "b", "c", "d", "e", …)');
  assertShown(Vocabulary.fromText("a", { kind: "byte" }), "Vocabulary(256 bytes)");
  assertShown(Vocabulary.fromText("a", { kind: "byte" }).decoder(), "TokenDecoder(byte)");
  assertShown(
    new Standardizer({ mean: [2, 0.5], deviation: [1, 3] }),
    "Standardizer(mean 2, 0.5, deviation 1, 3)",
  );
  const schedule = new Schedule(0.1, { kind: "step", stepSize: 2, gamma: 0.5, warmup: 1 });
  schedule.next();
  assertShown(schedule, "Schedule(step, stepSize: 2, gamma: 0.5, warmup: 1), rate 0.1 at step 1");
});

Deno.test("every class of both entries is shown in a line", () => {
  const classes = Object.values<unknown>({ ...users, ...makers })
    .filter((value): value is new () => unknown => /^class\b/.test(String(value)));
  const others = classes.filter(({ prototype }) =>
    !(prototype instanceof Printable || prototype instanceof Error)
  );
  assertEquals(others.map(({ name }) => name), ["Printable"]);
  assertEquals(classes.includes(Optimizer as unknown as new () => unknown), true);
});
