/**
 * How a model begins a text that it has not read before: the loss of the first tokens behind a zero state, and the loss of
 * one that goes on, by the way in which batches are cut and how likely their rows begin anew.
 *
 *     deno run -A bench/cold_start.ts --corpus FILE [--ways consecutive,0.1,random] [--seeds 0,1,2] [--epochs 5]
 *       [--batch-size 32] [--num-steps 64] [--hidden-size 128] [--threads N] [--results FILE]
 *
 * A GRU is trained by Adam, 3e-3 with a cosine, clipping at 1, on nine tenths of the text; the last tenth is measured. A
 * row of results is a line of JSON: rows that --results has are not trained again, so that a run goes on where it ended.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { Corpus, evaluate, GRU, openDevice, RNNModel, train } from "../mod.ts";
import { stepsPerEpoch } from "../src/data/batches.ts";
import { fail, numberOf, unknown } from "./flags.ts";
import { median, table } from "./harness.ts";

/** Tokens that count as a text's beginning. */
const BEGINNING = 8;

/** One training and its losses, in nats a token. */
interface Row {
  corpus: string;
  way: string;
  seed: number;
  sizes: Record<string, number>;
  /** Of tokens that follow up to 7 behind a zero state. */
  beginning: number;
  /** Of each part of the text, warmed by 256 tokens. */
  stateful: number;
}

const SIZE_FLAGS = ["epochs", "batch-size", "num-steps", "hidden-size"];
const flags = parseArgs(Deno.args, {
  string: ["corpus", "ways", "seeds", "threads", "results", ...SIZE_FLAGS],
  unknown,
}) as Partial<Record<string, string>>;
const number = (name: string, otherwise: number): number =>
  flags[name] === undefined ? otherwise : numberOf(name, flags[name]);
const SIZES = {
  epochs: number("epochs", 5),
  batchSize: number("batch-size", 32),
  numSteps: number("num-steps", 64),
  hiddenSize: number("hidden-size", 128),
};
const WAYS = (flags["ways"] ?? "consecutive,0.02,0.05,0.1,0.2,random").split(",");
const SEEDS = (flags["seeds"] ?? "0,1,2").split(",").map((seed) => numberOf("seeds", seed, 0));
const wrong = WAYS.find((way) =>
  !["consecutive", "random"].includes(way) && !(Number(way) > 0 && Number(way) <= 1)
);
if (wrong !== undefined) {
  fail(`Cannot measure with --ways ${wrong}: known are consecutive, random, and probabilities`);
}

const PATH = flags["corpus"] ?? fail("Cannot measure without --corpus FILE");
const NAME = PATH.split("/").at(-1)!;
const [training, validation] = Corpus.fromText(await Deno.readTextFile(PATH)).split(0.1);

/** Trains, and measures. */
async function measure(way: string, seed: number): Promise<Row> {
  const { hiddenSize, ...batch } = SIZES;
  using device = await openDevice(
    "wasm",
    flags["threads"] ? { threads: numberOf("threads", flags["threads"]) } : {},
  );
  const { size } = training.vocabulary;
  using model = new RNNModel(new GRU(device, { inputSize: size, hiddenSize, seed }), size);
  const sampling = way === "random" ? way : "consecutive";
  const reports = train(model, training, {
    ...batch,
    seed,
    sampling,
    resetProbability: Number(way) || 0,
    learningRate: 3e-3,
    clipGradNorm: 1,
    schedule: {
      kind: "cosine",
      unit: "step",
      maxSteps: batch.epochs * stepsPerEpoch(training.size, { ...batch, sampling }),
    },
    logEvery: batch.epochs,
  });
  for await (const _ of reports);
  const { loss: beginning } = await evaluate(model, validation, { windows: BEGINNING });
  const { loss: stateful } = await evaluate(model, validation, { rows: 4 });
  return { corpus: NAME, way, seed, sizes: SIZES, beginning, stateful };
}

/** The rows that a file has by now. */
async function kept(): Promise<Row[]> {
  if (flags["results"] === undefined) return [];
  const text = await Deno.readTextFile(flags["results"]).catch(() => "");
  return text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
}

const rows = (await kept()).filter(({ corpus, sizes }) =>
  corpus === NAME && JSON.stringify(sizes) === JSON.stringify(SIZES)
);
for (const seed of SEEDS) {
  for (const way of WAYS) {
    if (rows.some((row) => row.way === way && row.seed === seed)) continue;
    const row = await measure(way, seed);
    rows.push(row);
    const line = JSON.stringify(row);
    console.error(line);
    if (flags["results"] !== undefined) {
      await Deno.writeTextFile(flags["results"], `${line}\n`, { append: true });
    }
  }
}

const among = (way: string, what: "beginning" | "stateful"): number[] =>
  rows.filter((row) => row.way === way).map((row) => row[what]);
const cell = (values: readonly number[]): string =>
  `${median(values).toFixed(3)} (${Math.min(...values).toFixed(3)}–${Math.max(...values).toFixed(3)})`;
const ways = [...new Set(rows.map(({ way }) => way))];
console.log(table(
  [NAME, "characters 0–7", "stateful"],
  ways.map((way) => [way, cell(among(way, "beginning")), cell(among(way, "stateful"))]),
));
