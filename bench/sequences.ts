/**
 * A training on sequences of numbers by fit(), as a user writes it, beside PyTorch, TensorFlow.js' layers and brain.js, round
 * by round: a recurrent layer, a dense one, mean squared error, Adam. 20 steps of 5 numbers, each of which tells the next.
 *
 *     deno task bench:sequences [--rounds 7] [--tasks small,rnn,gru,lstm] [--systems refrain,PyTorch] [--seconds 0.3]
 *         [--python PATH]
 *
 * A ratio is refrain's time divided by the other's in one round: the middle of all rounds, and their range. Of PyTorch the
 * best of its ways and of 1 and 2 threads counts, of TensorFlow.js the best backend. Losses of the first steps must be
 * refrain's; brain.js has first weights of its own. brain.js and TensorFlow.js take part in `small` alone.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { openDevice } from "../mod.ts";
import { findAdapter } from "../src/device/webgpu.ts";
import { namesOf, numberOf, unknown } from "./flags.ts";
import { formatNumber, formatSeconds, median, processor, table } from "./harness.ts";
import { compareFirst } from "./peers/agreement.ts";
import { PeerProcess } from "./peers/peer_process.ts";
import { BATCHES, TASKS, writeTask } from "./sequences/task.ts";
import { temporaryFolder } from "./temporary_folder.ts";

const FAMILIES = ["refrain", "PyTorch", "TensorFlow.js", "brain.js"];
const DEFAULTS = {
  rounds: "7",
  tasks: Object.keys(TASKS).join(),
  systems: FAMILIES.join(),
  seconds: "0.3",
  python: Deno.env.get("REFRAIN_PYTHON") || "python3",
};
const given = parseArgs(Deno.args, { string: Object.keys(DEFAULTS), default: DEFAULTS, unknown });
const flags = given as unknown as typeof DEFAULTS;
const rounds = numberOf("rounds", flags.rounds);
const seconds = numberOf("seconds", flags.seconds, 0);
const tasks = namesOf("tasks", flags.tasks, Object.keys(TASKS));
const families = namesOf("systems", flags.systems, FAMILIES);

/** A system in one of its ways. */
interface Way {
  readonly family: string;
  readonly name: string;
  readonly command: readonly string[];
  /** The tasks that it takes part in; all where absent. */
  readonly only?: string;
}

/** What refrain's time may be of another's, at most. */
const GOALS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  small: { "PyTorch": 1 / 8, "TensorFlow.js": 1 / 15, "brain.js": 1 / 15 },
  rnn: { PyTorch: 0.6 },
  gru: { PyTorch: 0.6 },
  lstm: { PyTorch: 0.6 },
};

const place = (file: string): URL => new URL(`sequences/${file}`, import.meta.url);
const deno = (file: string, device: string): string[] => {
  const args = ["run", "-A", "--no-lock", place(file).href]; // the peers' packages are no part of the project
  return [Deno.execPath(), ...args, "--device", device];
};
const pytorch = (variant: string, threads: number): Way => ({
  family: "PyTorch",
  name: `PyTorch ${variant}, ${threads === 1 ? "1 thread" : `${threads} threads`}`,
  command: [flags.python, decodeURIComponent(place("pytorch.py").pathname), "--variant", variant]
    .concat("--threads", `${threads}`),
});
const adapter = await findAdapter();
const WAYS: readonly Way[] = [
  { family: "refrain", name: "refrain wasm", command: deno("refrain.ts", "wasm") },
  ...(adapter ? [{ family: "refrain", name: "refrain webgpu", command: deno("refrain.ts", "webgpu") }] : []),
  ...[1, 2].flatMap((threads) => ["library", "hand"].map((variant) => pytorch(variant, threads))),
  ...["wasm", "cpu"].map((device): Way => ({
    family: "TensorFlow.js",
    name: `TensorFlow.js ${device}`,
    command: deno("tfjs.ts", device),
    only: "small",
  })),
  { family: "brain.js", name: "brain.js", command: deno("brain.ts", ""), only: "small" },
].filter(({ family }) => families.includes(family));

/** A way that is timed. */
interface Timed {
  readonly way: Way;
  readonly peer: PeerProcess;
  /** Seconds a step, a round each. */
  readonly times: number[];
}

/** Starts all ways of a task whose first losses are refrain's. */
async function start(task: string, path: string): Promise<Timed[]> {
  const all: Timed[] = [];
  for (const way of WAYS) {
    if (way.only !== undefined && way.only !== task) continue;
    try {
      const peer = await PeerProcess.start(way, ["--workload", path, "--check", "10"]);
      all.push({ way, peer, times: [] });
      const { losses } = peer.first;
      const own = all[0]!.peer.first;
      const agreement = losses &&
        compareFirst({ ...own, losses: own.losses!.slice(0, losses.length) }, peer.first);
      if (!agreement || !("fault" in agreement)) continue;
      console.error(`${task}: ${way.name} has no time, as it computes something else: ${agreement.fault}`);
      await all.pop()!.peer.end();
    } catch (error) {
      console.error(`${task}: ${way.name} is left out: ${(error as Error).message.split("\n").at(-1)}`);
    }
  }
  return all;
}

/** The time of a round: the middle of some epochs, the first of which finds caches cold. */
async function time({ peer, times }: Timed, wish: number): Promise<void> {
  const epochs = await peer.round({ units: 1000, seconds: wish });
  times.push(median(epochs.length > 2 ? epochs.slice(1) : epochs) / BATCHES);
}

/** The middle and the range of some numbers. */
function spread(numbers: readonly number[], show: (value: number) => string): string {
  return `${show(median(numbers))} (${show(Math.min(...numbers))}–${show(Math.max(...numbers))})`;
}

/** Of each family the way that is fastest. */
function bestOf(all: readonly Timed[]): Timed[] {
  return [...new Set(all.map(({ way }) => way.family))].map((family) =>
    all.filter(({ way }) => way.family === family).reduce((best, one) =>
      median(one.times) < median(best.times) ? one : best
    )
  );
}

using temporary = temporaryFolder();
using writer = await openDevice("wasm", { threads: 1 });
const versions = new Set<string>();
const steps: string[][] = [];
const ratios: string[][] = [];
for (const task of tasks) {
  const path = `${temporary.path}/${task}`;
  await writeTask(writer, path, TASKS[task]!);
  const all = await start(task, path);
  try {
    for (const one of all) await time(one, 2 * seconds); // warm
    for (const { times } of all) times.length = 0;
    for (let round = 0; round < rounds; round++) {
      console.error(`${task}: round ${round + 1} of ${rounds}`);
      for (let at = 0; at < all.length; at++) await time(all[(at + round) % all.length]!, seconds);
    }
  } finally {
    for (const { peer } of all) await peer.end();
  }
  for (const { way, peer, times } of all) {
    versions.add(peer.first.version);
    steps.push([task, way.name, spread(times, formatSeconds), formatNumber(1 / median(times))]);
  }
  const [own, ...others] = bestOf(all);
  for (const { way, times } of others) {
    const each = times.map((seconds, round) => own!.times[round]! / seconds);
    const goal = GOALS[task]![way.family]!;
    ratios.push([
      task,
      own!.way.name,
      way.name,
      spread(each, (value) => value.toFixed(3)),
      formatNumber(1 / median(each)),
      `${goal.toFixed(3)}: ${median(each) <= goal ? "met" : "missed"}`,
    ]);
  }
}
const about = [`${processor()}, ${navigator.hardwareConcurrency} processors`, `Deno ${Deno.version.deno}`];
console.log([...about, ...versions].map((fact) => `- ${fact}`).join("\n"));
console.log(`\n${table(["task", "system", "a step, median (range)", "steps a second"], steps)}`);
console.log(
  `\n${
    table(["task", "refrain's best", "beside", "ratio, median (range)", "times as fast", "goal"], ratios)
  }`,
);
