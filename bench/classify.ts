/**
 * `examples/classify.ts` beside PyTorch: the same model from the same weights, on the same batches. How far are the losses of
 * the first steps apart, and how many utterances are right in the end?
 *
 *     deno run -A bench/classify.ts [--seeds 0,1,2] [--epochs 30] [--python PATH]
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import {
  crossEntropy,
  Dense,
  fit,
  GRU,
  lastState,
  openDevice,
  paddedBatches,
  type StateDict,
  type Tape,
  Tensor,
} from "../mod.ts";
import { fetchJapaneseVowels } from "../examples/japanese_vowels.ts";
import { table } from "./harness.ts";
import { temporaryFolder } from "./temporary_folder.ts";

const flags = parseArgs(Deno.args, {
  string: ["seeds", "epochs", "python"],
  default: { seeds: "0,1,2", epochs: "30", python: Deno.env.get("REFRAIN_PYTHON") || "python3" },
}) as unknown as Record<"seeds" | "epochs" | "python", string>;
/** Steps whose losses are compared. */
const COMPARED = 20;
const SIZES = { inputSize: 12, hiddenSize: 32, classes: 9 };
const RECIPE = { learningRate: 3e-3, clipGradNorm: 1 };

/** The loss of each step, and how many utterances of the test are right. */
interface Result {
  readonly losses: readonly number[];
  readonly right: number;
}

const { train, test } = await fetchJapaneseVowels();
const epochs = Number(flags.epochs);

/** Batches of all epochs, as the example's, each with the numbers of its utterances. */
function batchesOf(seed: number) {
  const numbered = { ...train, number: Uint32Array.from(train.x.keys()) };
  return Array.from(
    { length: epochs },
    (_, epoch) => [...paddedBatches(numbered, { batchSize: 10, numLengths: 4, seed, epoch: epoch + 1 })],
  );
}

/** Trains here; beside the result are the first weights. */
async function byRefrain(
  seed: number,
  batches: ReturnType<typeof batchesOf>,
): Promise<Result & { weights: Record<"gru" | "dense", StateDict> }> {
  using device = await openDevice("wasm");
  const { inputSize, hiddenSize, classes } = SIZES;
  using gru = new GRU(device, { inputSize, hiddenSize, bidirectional: true, seed });
  using dense = new Dense(device, { inputSize: gru.outputFeatures, outputSize: classes, seed });
  const weights = { gru: await gru.stateDict(), dense: await dense.stateDict() };
  const judge = ({ x, lengths }: { x: Tensor; lengths: Tensor<"u32"> }, tape?: Tape): Tensor => {
    const [, state] = gru.forward(x, undefined, tape, { lengths });
    return dense.forward(lastState(gru, state, tape), tape);
  };
  const training = fit([...gru.parameters(), ...dense.parameters()], (epoch) => batches[epoch - 1]!, {
    step: (batch, tape) => crossEntropy(judge(batch, tape), batch.speaker, tape),
    epochs,
    ...RECIPE,
    logEvery: "1steps",
  });
  const losses: number[] = [];
  for await (const { loss, steps } of training.run()) losses[steps - 1] = loss;

  let right = 0;
  for (const { x, speaker, lengths } of paddedBatches(test, { batchSize: test.x.length, numLengths: 1 })) {
    using inputs = Tensor.from(device, x.data, x.shape);
    using counts = Tensor.from(device, lengths, [lengths.length]);
    using logits = judge({ x: inputs, lengths: counts });
    const scores = await logits.data();
    right += speaker.data.filter((speaker, row) => {
      const own = scores.subarray(classes * row, classes * (row + 1));
      return own.indexOf(Math.max(...own)) === speaker;
    }).length;
  }
  return { losses, right, weights };
}

/** Trains there, from a file of all that it needs. */
async function byPyTorch(task: object): Promise<Result> {
  using folder = temporaryFolder();
  const path = `${folder.path}/task.json`;
  const plain = (_: string, value: unknown): unknown =>
    ArrayBuffer.isView(value) ? Array.from(value as Float32Array) : value;
  await Deno.writeTextFile(path, JSON.stringify(task, plain));
  const script = decodeURIComponent(new URL("classify/pytorch.py", import.meta.url).pathname);
  const { success, stdout, stderr } = await new Deno.Command(flags.python, { args: [script, path] }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

const rows: string[][] = [];
for (const seed of flags.seeds.split(",").map(Number)) {
  const batches = batchesOf(seed);
  const steps = batches.flat().map(({ number }) => number.data);
  const { weights, ...here } = await byRefrain(seed, batches);
  const there = await byPyTorch({ train, test, steps, weights, ...SIZES, ...RECIPE });
  const apart = here.losses.slice(0, COMPARED).map((loss, step) => Math.abs(loss - there.losses[step]!));
  const shares = [here, there].map(({ right }) => `${right} of ${test.x.length}`);
  rows.push([`${seed}`, Math.max(...apart).toExponential(1), ...shares]);
}
console.log(table(["seed", `losses apart, ${COMPARED} steps`, "right, refrain", "right, PyTorch"], rows));
