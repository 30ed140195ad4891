/**
 * What ranks keep of a machine's speed: steps of training by two of them, one thread each, in turn with those of one process
 * on half of the rows, of one with two threads, and of two processes side by side that know nothing of each other, which is
 * what the machine itself leaves of two.
 *
 *     deno task bench:ranks [--workload H2] [--rounds 15] [--steps 1] [--mpi "Open MPI"]
 *
 * A round takes a few steps of each; ratios are those of a round, and their median counts. REFRAIN_MPICH names a venv with
 * PyPI's mpich, for `--mpi MPICH`.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { launchers } from "../tests/support/mpi.ts";
import { fail, namesOf, numberOf, unknown } from "./flags.ts";
import { formatSeconds, median, processor, table } from "./harness.ts";
import { kept, NETWORKS, ringSeconds, rowsToKeep } from "./ranks/ring.ts";
import { Workers } from "./ranks/workers.ts";
import { temporaryFolder } from "./temporary_folder.ts";
import { TRAINING } from "./workloads.ts";

/** What is timed in a round: its workers, and what is told of them. */
const WAYS = {
  ranks: [["ranks"], "2 ranks × 1 thread, whole batch"],
  half: [["half"], "1 process × 1 thread, half of the batch"],
  threads: [["threads"], "1 process × 2 threads, whole batch"],
  apart: [["half", "other"], "2 processes × 1 thread, half of the batch each"],
} as const;
type Way = keyof typeof WAYS;

/** Ratios of times: how many of the first go into the second, and what must come out. */
const RATIOS: readonly [Way, Way, string][] = [
  ["half", "ranks", "2 ranks keep of one process on half (goal 0.90)"],
  ["threads", "ranks", "2 ranks × 1 thread against 1 process × 2 threads (goal 0.95)"],
  ["half", "apart", "the machine leaves of one process beside another"],
  ["apart", "ranks", "2 ranks keep of two processes side by side"],
];

/** Ranks of which only arithmetic tells. */
const MANY = [8, 64];

const DEFAULTS = { workload: "H2", rounds: "15", steps: "1" };
const flags = parseArgs(Deno.args, { string: [...Object.keys(DEFAULTS), "mpi"], unknown }) as Record<
  string,
  string | undefined
>;
const given = { ...DEFAULTS, ...flags };
const [workload] = namesOf("workload", given.workload, Object.keys(TRAINING)) as [string];
const rounds = numberOf("rounds", given.rounds);
const steps = numberOf("steps", given.steps);
const launcher = (await launchers()).find(({ name }) => flags.mpi === undefined || name === flags.mpi);
if (!launcher) fail(`Cannot measure ranks as ${flags.mpi ?? "MPI"} is not here`);
const whole = TRAINING[workload]!.batchSize;

using temporary = temporaryFolder();
using workers = new Workers(temporary.path);
await workers.start("ranks", { workload, batch: whole, threads: 1 }, launcher, 2);
await workers.start("half", { workload, batch: whole / 2, threads: 1 });
await workers.start("other", { workload, batch: whole / 2, threads: 1 });
await workers.start("threads", { workload, batch: whole, threads: 2 });

const ways = Object.keys(WAYS) as Way[];
const times = Object.fromEntries(ways.map((way) => [way, [] as number[]])) as Record<Way, number[]>;
const summing: number[] = [];
const sums: number[] = [];
for (let round = 0; round < rounds; round++) {
  for (const way of round % 2 ? ways.toReversed() : ways) {
    const answer = await workers.time(WAYS[way][0], { steps });
    times[way].push(answer.seconds);
    if (way === "ranks") summing.push(answer.summing);
  }
  sums.push((await workers.time(["ranks"], { sums: 5 })).seconds);
}

const range = (values: readonly number[]): string =>
  `${median(values).toFixed(3)} (${Math.min(...values).toFixed(3)}–${Math.max(...values).toFixed(3)})`;
const told = (values: readonly number[]): string[] =>
  [median(values), Math.min(...values)].map(formatSeconds);
const megabytes = (workers.words * 4 / 1e6).toFixed(1);
console.log(
  `${processor()}, ${navigator.hardwareConcurrency} processors, Deno ${Deno.version.deno}, ${launcher.name}; \
${workload}, ${rounds} rounds of ${steps} steps\n`,
);
console.log(table(["a step", "median", "least"], [
  ...ways.map((way) => [WAYS[way][1], ...told(times[way])]),
  [`sum of gradients, ${megabytes} MB, alone`, ...told(sums)],
  ["the same within a step, of the rank that came last", ...told(summing)],
]));
console.log(`\n${
  table(
    ["ratio", "median (least–most)"],
    RATIOS.map((
      [of, by, name],
    ) => [name, range(times[of].map((time, round) => time / times[by][round]!))]),
  )
}`);
const measured = { bytes: workers.words * 4, local: median(sums), step: median(times.half), rows: whole / 2 };
console.log(
  `\nBy arithmetic (bench/ranks/ring.ts), one rank of one thread a host, ${measured.rows} rows each:\n`,
);
console.log(
  table(
    ["network", "ranks", "a sum", "kept", "rows a rank for 0.90"],
    NETWORKS.flatMap((network) =>
      MANY.map((ranks) => [
        network.name,
        `${ranks}`,
        formatSeconds(ringSeconds(ranks, network, measured)),
        kept(ranks, network, measured).toFixed(3),
        `${rowsToKeep(0.9, ranks, network, measured)}`,
      ])
    ),
  ),
);
