/**
 * Texts of int8 weights beside the same of float32, in turn in one process: as V8 is, without AVX-VNNI, with turbo, and with
 * the plain build.
 *
 *     deno task bench:int8 [--workloads G1,G1-lstm,G32] [--threads 1,2] [--rounds 21] [--ways stock,turbo]
 *
 * A ratio is int8's time by float32's, of rounds that alternate: of the least times, and the median of the rounds' own
 * ratios, in brackets the quarter below and above. One thread's time is the processor's, which other processes' work does not
 * count into; that of several is the clock's, and means something on a quiet machine only.
 *
 * @module
 */
import { cpuUsage } from "node:process";
import { parseArgs } from "@std/cli/parse-args";
import { openDevice } from "../src/device/open_device.ts";
import { decodeModel, encodeModel } from "../src/exchange/model_file.ts";
import { quantize } from "../src/exchange/quantize.ts";
import { generate } from "../src/generate.ts";
import type { RNNModel } from "../src/model.ts";
import type { Vocabulary } from "../src/data/vocabulary.ts";
import { TURBO } from "./harness.ts";
import { corpusOf, GENERATION, type GenerationWorkload, modelOf } from "./workloads.ts";

/** How V8 and the device are started. */
interface Way {
  readonly flags: readonly string[];
  readonly deterministic: boolean;
}

const WAYS: Readonly<Record<string, Way>> = {
  "stock": { flags: [], deterministic: false },
  "no VNNI": { flags: ["--v8-flags=--no-enable-avx-vnni"], deterministic: false },
  "turbo": { flags: [TURBO], deterministic: false },
  "plain": { flags: [], deterministic: true },
};

/** Rounds that are not counted. */
const WARM_UP = 6;

/** Milliseconds since some moment. */
function now(threads: number): number {
  if (threads > 1) return performance.now();
  const { user, system } = cpuUsage();
  return (user + system) / 1000;
}

async function milliseconds(
  model: RNNModel,
  vocabulary: Vocabulary,
  { streams, length }: GenerationWorkload,
): Promise<number> {
  const options = { prefixes: vocabulary.tokens.slice(0, streams), length, temperature: 0 };
  const { threads } = model.device;
  const start = now(threads);
  for await (const _ of generate(model, vocabulary, options));
  return now(threads) - start;
}

/** Milliseconds of float32 and of int8, round by round. */
async function roundsOf(
  name: string,
  { threads, deterministic, rounds }: { threads: number; deterministic: boolean; rounds: number },
): Promise<[number, number][]> {
  using device = await openDevice("wasm", { threads, deterministic });
  const workload = GENERATION[name]!;
  const { vocabularySize } = workload;
  const { vocabulary } = corpusOf({ ...workload, batchSize: 1, numSteps: vocabularySize }, 1);
  using float = modelOf(device, workload);
  const file = await quantize(await encodeModel(float, vocabulary), { to: "int8" });
  using int8 = (await decodeModel(file, device)).model;
  const times: [number, number][] = [];
  for (let round = 0; round < WARM_UP + rounds; round++) {
    const first = await milliseconds(float, vocabulary, workload);
    times.push([first, await milliseconds(int8, vocabulary, workload)]);
  }
  return times.slice(WARM_UP);
}

/** A line of the table. */
function lineOf(labels: readonly string[], times: readonly [number, number][]): string {
  const sorted = (of: (pair: [number, number]) => number): number[] => times.map(of).sort((a, b) => a - b);
  const [float, int8] = [sorted(([time]) => time)[0]!, sorted(([, time]) => time)[0]!];
  const ratios = sorted(([float, int8]) => int8 / float);
  const at = (share: number): string => ratios[Math.floor(share * (ratios.length - 1))]!.toFixed(2);
  const cells = [float.toFixed(2), int8.toFixed(2), (int8 / float).toFixed(2)];
  return [...labels, ...cells, `${at(0.5)} (${at(0.25)} to ${at(0.75)})`].join(" | ");
}

const given = parseArgs(Deno.args, {
  string: ["workloads", "threads", "rounds", "ways", "within"],
}) as Record<string, string | undefined>;
const { workloads = "G1,G1-lstm,G32", threads = "1,2", rounds = "21", within } = given;
const { ways = Object.keys(WAYS).join() } = given;
if (within === undefined) {
  console.log("| way | workload | threads | float32 ms | int8 ms | ratio | of rounds |");
  console.log("|---|---|--:|--:|--:|--:|---|");
  for (const name of ways.split(",")) {
    const way = WAYS[name];
    if (!way) throw new Error(`Cannot time "${name}": ways are ${Object.keys(WAYS).join(", ")}`);
    const own = [
      `--workloads=${workloads}`,
      `--threads=${threads}`,
      `--rounds=${rounds}`,
      `--within=${name}`,
    ];
    const args = ["run", "-A", ...way.flags, import.meta.filename!, ...own];
    const { success } = await new Deno.Command(Deno.execPath(), { args, stdout: "inherit" }).output();
    if (!success) Deno.exit(1);
  }
} else {
  const { deterministic } = WAYS[within]!;
  for (const name of workloads.split(",")) {
    for (const count of threads.split(",").map(Number)) {
      const times = await roundsOf(name, { threads: count, deterministic, rounds: Number(rounds) });
      console.log(`| ${lineOf([within, name, String(count)], times)} |`);
    }
  }
}
