/**
 * `examples/classify.ts`, `examples/tagger.ts` and `examples/forecast.ts` beside PyTorch: the same model from the same weights, on the same batches.
 * How far are the losses of the first steps apart, and how good are they in the end?
 *
 *     deno run -A bench/examples.ts [--seeds 0,1,2] [--names classify,tagger,forecast] [--python PATH]
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
import { fetchSunspots } from "../examples/sunspots.ts";
import { compareForecast } from "./examples/forecast.ts";
import { makeTasks, type Task } from "./examples/tasks.ts";
import { table } from "./harness.ts";
import { temporaryFolder } from "./temporary_folder.ts";

const flags = parseArgs(Deno.args, {
  string: ["seeds", "names", "python"],
  default: {
    seeds: "0,1,2",
    names: "classify,tagger,forecast",
    python: Deno.env.get("REFRAIN_PYTHON") || "python3",
  },
}) as unknown as Record<"seeds" | "names" | "python", string>;
/** Steps whose losses are compared. */
const COMPARED = 20;

/** The loss of each step, and how many targets of the test are right. */
interface Result {
  readonly losses: readonly number[];
  readonly right: number;
}

/** What a step reads, whatever x is of. */
interface Batch {
  readonly x: Tensor | Tensor<"u32">;
  readonly lengths: Tensor<"u32">;
}

/** Batches of all epochs, as the example's, each with the numbers of its sequences. */
function batchesOf({ train, batchSize, classes, epochs }: Task, seed: number) {
  const numbered = { ...train, number: Uint32Array.from(train.x.keys()) };
  const options = { batchSize, numLengths: 4, seed, padding: { target: classes } };
  return Array.from(
    { length: epochs },
    (_, epoch) => [...paddedBatches(numbered, { ...options, epoch: epoch + 1 })],
  );
}

/** Trains here; beside the result are the first weights. */
async function byRefrain(
  { test, eachStep, inputSize, hiddenSize, classes, epochs, learningRate, clipGradNorm }: Task,
  seed: number,
  batches: ReturnType<typeof batchesOf>,
): Promise<Result & { weights: Record<"gru" | "dense", StateDict> }> {
  using device = await openDevice("wasm");
  using gru = new GRU(device, { inputSize, hiddenSize, bidirectional: true, seed });
  using dense = new Dense(device, { inputSize: gru.outputFeatures, outputSize: classes, seed });
  const weights = { gru: await gru.stateDict(), dense: await dense.stateDict() };
  const judge = ({ x, lengths }: Batch, tape?: Tape): Tensor => {
    const [outputs, state] = gru.forward(x, undefined, tape, { lengths });
    const logits = dense.forward(eachStep ? outputs : lastState(gru, state, tape), tape);
    return logits.reshape([logits.size / classes, classes]);
  };
  const training = fit([...gru.parameters(), ...dense.parameters()], (epoch) => batches[epoch - 1]!, {
    step: (batch, tape) => {
      const logits = judge(batch as Batch, tape);
      return crossEntropy(
        logits,
        batch.target as Tensor<"u32">,
        tape,
        eachStep ? { ignoreIndex: classes } : {},
      );
    },
    epochs,
    learningRate,
    clipGradNorm,
    logEvery: "1steps",
  });
  const losses: number[] = [];
  for await (const { loss, steps } of training.run()) losses[steps - 1] = loss;

  let right = 0;
  for (const { x, target, lengths } of paddedBatches(test, { batchSize: 1, numLengths: 100 })) {
    using inputs = Tensor.from(device, x.data as Float32Array, x.shape);
    using counts = Tensor.from(device, lengths, [1]);
    using logits = judge({ x: inputs, lengths: counts });
    const scores = await logits.data();
    right += [...target.data].filter((target, row) => {
      const own = scores.subarray(classes * row, classes * (row + 1));
      return own.indexOf(Math.max(...own)) === target;
    }).length;
  }
  return { losses, right, weights };
}

/** Trains there, from a file of all that it needs. */
async function byPyTorch<R = Result>(script: string, task: object): Promise<R> {
  using folder = temporaryFolder();
  const path = `${folder.path}/task.json`;
  const plain = (_: string, value: unknown): unknown =>
    ArrayBuffer.isView(value) ? Array.from(value as Float32Array) : value;
  await Deno.writeTextFile(path, JSON.stringify(task, plain));
  const file = decodeURIComponent(new URL(`examples/${script}`, import.meta.url).pathname);
  const { success, stdout, stderr } = await new Deno.Command(flags.python, { args: [file, path] }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

const rows: string[][] = [];
const names = flags.names.split(",");
const seeds = flags.seeds.split(",").map(Number);
/** How far the losses of the first steps are apart at most. */
const apart = (here: readonly number[], there: readonly number[]): string =>
  Math.max(...here.slice(0, COMPARED).map((loss, step) => Math.abs(loss - there[step]!))).toExponential(1);
for (const task of names.some((name) => name !== "forecast") ? await makeTasks() : []) {
  if (!names.includes(task.name)) continue;
  for (const seed of seeds) {
    const batches = batchesOf(task, seed);
    const steps = batches.flat().map(({ number }) => number.data);
    const { weights, ...here } = await byRefrain(task, seed, batches);
    const there = await byPyTorch("pytorch.py", { ...task, steps, weights });
    const { target } = task.test;
    const all = Array.isArray(target) ? target.flatMap((one) => [...one]).length : task.test.x.length;
    const shares = [here, there].map(({ right }) => `${right} of ${all} are right`);
    rows.push([task.name, `${seed}`, apart(here.losses, there.losses), ...shares]);
  }
}
const spots = names.includes("forecast") ? await fetchSunspots() : "";
for (const seed of spots ? seeds : []) {
  const { here, there } = await compareForecast(seed, spots, byPyTorch);
  const errors = [here, there].map(({ rmse }) => `RMSE ${rmse.toFixed(2)}`);
  rows.push(["forecast", `${seed}`, apart(here.losses, there.losses), ...errors]);
}
const titles = [
  "example",
  "seed",
  `losses apart, ${COMPARED} steps`,
  "in the end, refrain",
  "in the end, PyTorch",
];
console.log(table(titles, rows));
