/**
 * A program: a loop of one's own for so many rounds, which keeps twice the memory of its device, and the memory of the
 * process meanwhile: its median in each quarter, in MiB.
 *
 *     deno run -A tests/support/loop_and_weigh.ts wasm train 2000 4294967296
 *
 * The last number is the device's memory in bytes.
 *
 * Loops: train (the README's), scope (the same in a scope), tape (the same, whose tapes are forgotten too), step,
 * generate (texts of which one character is asked for).
 *
 * @module
 */
import {
  Adam,
  clipGradNorm,
  crossEntropy,
  type Device,
  type DeviceName,
  generate,
  GRU,
  LSTM,
  openDevice,
  RNNModel,
  Tape,
  Tensor,
  Vocabulary,
} from "../../mod.ts";

type Round = () => Promise<void>;

/** The README's step: of each the logits and the loss are kept, (T·B, V) and 1 words. */
function training(device: Device, words: number, how: "train" | "scope" | "tape"): Round {
  const B = 32;
  const T = 35;
  const V = Math.ceil(words / (B * T));
  const model = new RNNModel(new GRU(device, { inputSize: V, hiddenSize: 16, seed: 0 }), V);
  const adam = new Adam(model.parameters());
  const ids = Tensor.from(device, Uint32Array.from({ length: B * T }, (_, i) => i % V), [B, T]);
  const step = (tape: Tape): Tensor => {
    const [logits] = model.forward(ids, undefined, tape);
    const loss = crossEntropy(logits, ids, tape);
    adam.zeroGrad();
    tape.backward(loss);
    clipGradNorm(model.parameters(), 1);
    adam.step();
    return loss;
  };
  if (how === "tape") return async () => void await step(new Tape(device)).data();
  return async () => {
    using tape = new Tape(device);
    const loss = how === "scope" ? device.scope(() => step(tape)) : step(tape);
    await loss.data();
  };
}

/** A step of a layer: states of two steps, h and c are kept, 6 (B, H). */
function stepping(device: Device, words: number): Round {
  const H = 16;
  const B = Math.ceil(words / (6 * H));
  const lstm = new LSTM(device, { inputSize: 1, hiddenSize: H, seed: 0 });
  const x = Tensor.from(device, new Float32Array(B), [B, 1]);
  let [y, state] = lstm.step(x);
  return async () => {
    [y, state] = lstm.step(x, state);
    await device.read(y.block.view(0, 1));
  };
}

/** Texts that are begun and never ended: each keeps its program and the logits, (B, V). */
function generating(device: Device, words: number): Round {
  const V = 1027;
  const B = Math.ceil(words / V);
  const H = 8;
  const model = new RNNModel(new GRU(device, { inputSize: V, hiddenSize: H, seed: 0 }), V);
  const tokens = Array.from({ length: V }, (_, id) => String.fromCodePoint(0x4e00 + id));
  const vocabulary = Vocabulary.fromText(tokens.join(""));
  const prefixes = Array<string>(B).fill(tokens[0]!);
  return async () => void await generate(model, vocabulary, { prefixes, length: 2 }).next();
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!;
}

if (import.meta.main) {
  const [name = "wasm", loop = "train", count = "2000", bytes = `${2 ** 28}`] = Deno.args;
  const rounds = Number(count);
  const memoryBytes = Number(bytes);
  const words = 2 * memoryBytes / 4 / rounds;
  using device = await openDevice(name as DeviceName, { memoryBytes });
  const round = loop === "step"
    ? stepping(device, words)
    : loop === "generate"
    ? generating(device, words)
    : training(device, words, loop as "train");
  const resident: number[] = [];
  const start = performance.now();
  for (let i = 0; i < rounds; i++) {
    await round();
    resident.push(Deno.memoryUsage().rss / 2 ** 20);
  }
  const quarters = [0, 1, 2, 3].map((quarter) =>
    median(resident.slice(rounds * quarter / 4, rounds * (quarter + 1) / 4))
  );
  const milliseconds = (performance.now() - start) / rounds;
  console.log(JSON.stringify({ name, loop, rounds, memoryBytes, quarters, milliseconds }));
}
