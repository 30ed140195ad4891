/**
 * One workload: all systems started from its files, held to each other, then timed in turn.
 *
 * @module
 */
import { median } from "../harness.ts";
import { compareFirst } from "./agreement.ts";
import { Spinners } from "../busy/spinners.ts";
import { type First, PeerProcess } from "./peer_process.ts";
import type { System } from "./systems.ts";
import type { WorkloadFile } from "./workload_files.ts";

/** How long, how often. */
export interface Effort {
  rounds: number;
  /** Steps, or generations, of a round at most, and about how many seconds they may take. */
  steps: number;
  seconds: number;
  threads: number;
  /** Steps whose losses are compared. */
  check: number;
  /** Steps from one read of the loss to the next. */
  reportEvery: number;
  /** Processes that keep a core busy in the second half of each round; without them there is none. */
  spinners: number;
}

/** Times by round. */
export interface Times {
  /** Seconds a step, or a generation: the middle of each round, and the least of all. */
  rounds: number[];
  least: number;
  /** refrain's time as a multiple of this one's, by round; none for refrain itself. */
  ratios: number[];
}

/** What was measured of one system, while nothing else ran. */
export interface Measured extends Times {
  system: System;
  version: string;
  /** The same beside spinners. */
  busy: Times;
  peakMiB: number | undefined;
  /** The largest relative difference of its losses from refrain's. */
  difference: number;
}

/** A workload's results, refrain's first, and why systems are missing among them. */
export interface Outcome {
  name: string;
  workload: WorkloadFile;
  measured: Measured[];
  /** Systems that could not be started. */
  absent: string[];
  /** Systems that computed something else. */
  faults: string[];
}

/** A workload's files, and who is timed with them. */
interface Task {
  systems: readonly System[];
  /** The path of the files, without their extensions; a model with an embedding lies beside it. */
  path: string;
  effort: Effort;
}

/** Where quiet and busy halves take turns, so many times what is timed goes before: refrain finds out how busy a machine is. */
const SETTLE = 4;

/** Starts all, compares what they say first, and times those that agree. */
export async function measure(name: string, workload: WorkloadFile, task: Task): Promise<Outcome> {
  const { effort } = task;
  const outcome: Outcome = { name, workload, measured: [], absent: [], faults: [] };
  const systems = task.systems.filter(({ kinds }) => kinds.includes(workload.kind));
  const peers = new Map<PeerProcess, Measured>();
  let own: First | undefined;
  let embedded: First | undefined;
  try {
    for (const system of systems) {
      console.error(`${name}: ${system.name} …`);
      const peer = await start(system, task, outcome);
      if (!peer) continue;
      own ??= peer.first;
      if (system.embedding) embedded ??= await firstWithEmbedding(systems[0]!, task);
      const agreement = system.counts
        ? { difference: 0 }
        : compareFirst(system.embedding ? embedded! : own, peer.first);
      const difference = "difference" in agreement ? agreement.difference : NaN;
      peers.set(peer, nothingYet(system, peer.first.version, difference));
      if ("fault" in agreement) outcome.faults.push(`${name}: ${system.name}: ${agreement.fault}`);
    }
    const agreeing = [...peers].filter(([, { difference }]) => !Number.isNaN(difference));
    for (let round = 0; round < effort.rounds; round++) {
      await oneRound(agreeing, round, effort, (measured) => measured);
      if (effort.spinners === 0) continue;
      await using _spinners = await Spinners.start(effort.spinners);
      await oneRound(agreeing, round, effort, ({ busy }) => busy);
    }
    outcome.measured = agreeing.map(([peer, measured]) => ({ ...measured, peakMiB: peer.peakMiB }));
  } finally {
    for (const peer of peers.keys()) await peer.end();
  }
  return outcome;
}

function nothingYet(system: System, version: string, difference: number): Measured {
  const none = { rounds: [], ratios: [], least: Infinity };
  return {
    system,
    version,
    ...none,
    busy: { rounds: [], ratios: [], least: Infinity },
    peakMiB: undefined,
    difference,
  };
}

function flagsOf({ threads, embedding }: System, { path, effort }: Task): string[] {
  const flags = {
    workload: embedding ? `${path}-embedding` : path,
    threads: threads ?? effort.threads,
    check: effort.check,
    "report-every": effort.reportEvery,
  };
  return Object.entries(flags).flatMap(([flag, value]) => [`--${flag}`, `${value}`]);
}

/** What refrain says first of the model with an embedding, which is not timed. */
async function firstWithEmbedding(refrain: System, task: Task): Promise<First> {
  const peer = await PeerProcess.start(refrain, flagsOf({ ...refrain, embedding: true }, task));
  await peer.end();
  return peer.first;
}

async function start(system: System, task: Task, outcome: Outcome): Promise<PeerProcess | undefined> {
  try {
    return await PeerProcess.start(system, flagsOf(system, task));
  } catch (error) {
    if (system.family === "refrain") throw error;
    outcome.absent.push(`${outcome.name}: ${system.name}: ${(error as Error).message}`);
    return undefined;
  }
}

/** All systems once, each round in another order, so that none profits from its place. */
async function oneRound(
  peers: readonly [PeerProcess, Measured][],
  round: number,
  { steps, seconds, reportEvery, spinners }: Effort,
  timesOf: (measured: Measured) => Times,
): Promise<void> {
  for (let i = 0; i < peers.length; i++) {
    const [peer, measured] = peers[(i + round) % peers.length]!;
    const units = Math.ceil(steps / reportEvery) + 1;
    if (spinners > 0) await peer.round({ units: SETTLE * units, seconds: SETTLE * seconds });
    const times = await peer.round({ units, seconds });
    // The first finds its caches cold and its threads asleep.
    const warm = (times.length > 2 ? times.slice(1) : times).map((time) => time / reportEvery);
    const kept = timesOf(measured);
    kept.rounds.push(median(warm));
    kept.least = Math.min(kept.least, ...warm);
  }
  const own = timesOf(peers[0]![1]).rounds.at(-1)!;
  for (const [, measured] of peers.slice(1)) {
    const { ratios, rounds } = timesOf(measured);
    ratios.push(own / rounds.at(-1)!);
  }
}
