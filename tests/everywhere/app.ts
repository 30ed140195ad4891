/**
 * An app that uses refrain: it trains, takes the model through its file and writes. tests/ run it wherever it must give the
 * same, with the number of threads as its argument; a browser sends what came out to its server.
 *
 * @module
 */
import {
  Corpus,
  decodeModel,
  type Device,
  encodeModel,
  generate,
  GRU,
  inspect,
  LSTM,
  openDevice,
  quantize,
  RNNModel,
  train,
} from "@refrain/refrain";

/** What one device did. */
export interface Trained {
  readonly description: string;
  /** The mean loss of each epoch. */
  readonly losses: readonly number[];
  /** What the model wrote. */
  readonly text: string;
  /** SHA-256 of the model's file: of all its bits. */
  readonly file: string;
  /** SHA-256 of its file with weights of 16 bits, and with those read and written again. */
  readonly halves: readonly string[];
  /** Which units of another model follow what. */
  readonly followed: readonly string[];
}

/** Trains a small model, takes it through its file, and lets it write. */
export async function trainOn(device: Device): Promise<Trained> {
  const poem = new Blob(["火车开了 我们只是暂时分开 ".repeat(8)]);
  const corpus = await Corpus.fromStream(poem.stream());
  const V = corpus.vocabulary.size;
  const model = new RNNModel(new LSTM(device, { inputSize: V, hiddenSize: 48, seed: 1 }), V);
  const options = { epochs: 20, batchSize: 4, numSteps: 5, learningRate: 1e-2, clipGradNorm: 1 };
  const losses: number[] = [];
  for await (const { loss } of train(model, corpus, options)) losses.push(loss);
  const bytes = await encodeModel(model, corpus.vocabulary);
  const { model: again, vocabulary } = await decodeModel(bytes, device);
  let text = "";
  for await (const one of generate(again, vocabulary, { prefix: "火车", length: 40, seed: 1 })) {
    text += one.text;
  }
  const small = await quantize(bytes, { to: "f16" });
  const read = await decodeModel(small, device);
  const files = [bytes, small, await encodeModel(read.model, read.vocabulary)];
  const [file, ...halves] = await Promise.all(files.map(digest)) as [string, ...string[]];
  return {
    description: device.info.description,
    losses,
    text,
    file,
    halves,
    followed: await inspectOn(device),
  };
}

/** What units of random weights follow. */
async function inspectOn(device: Device): Promise<string[]> {
  const corpus = Corpus.fromText("我们「只是」暂时\n分开「火车开了」吗，不分开\n".repeat(30));
  const V = corpus.vocabulary.size;
  const model = new RNNModel(new GRU(device, { inputSize: V, hiddenSize: 8, seed: 1 }), V);
  const { units } = await inspect(model, corpus, { top: 3 });
  return units.map(({ unit, feature, correlation }) => `${unit} ${feature} ${correlation.toFixed(2)}`);
}

async function digest(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const words = new Uint32Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(words, (word) => word.toString(16)).join(" ");
}

/** The same on a WebAssembly device whose bits no machine changes. */
export async function trainWith(threads: number): Promise<Trained> {
  const device = await openDevice("wasm", { threads, deterministic: true, wideTiles: false });
  try {
    return await trainOn(device);
  } finally {
    device[Symbol.dispose]();
  }
}
