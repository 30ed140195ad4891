/**
 * One workload: all systems started from its files, held to each other, then timed in turn.
 *
 * @module
 */
import { median } from "../harness.ts";
import { compareFirst } from "./agreement.ts";
import { PeerProcess } from "./peer_process.ts";
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
}

/** What was measured of one system. */
export interface Measured {
  system: System;
  version: string;
  /** Seconds a step, or a generation: the middle of each round, and the least of all. */
  rounds: number[];
  least: number;
  /** refrain's time as a multiple of this one's, by round; none for refrain itself. */
  ratios: number[];
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

/** Starts all, compares what they say first, and times those that agree. */
export async function measure(
  name: string,
  workload: WorkloadFile,
  { systems, path, effort }: { systems: readonly System[]; path: string; effort: Effort },
): Promise<Outcome> {
  const outcome: Outcome = { name, workload, measured: [], absent: [], faults: [] };
  const flags = [
    "--workload",
    path,
    "--threads",
    `${effort.threads}`,
    "--check",
    `${effort.check}`,
    "--report-every",
    `${effort.reportEvery}`,
  ];
  const peers = new Map<PeerProcess, Measured>();
  let own: PeerProcess | undefined;
  try {
    for (const system of systems.filter(({ kinds }) => kinds.includes(workload.kind))) {
      console.error(`${name}: ${system.name} …`);
      const peer = await start(system, flags, outcome);
      if (!peer) continue;
      own ??= peer;
      const agreement = compareFirst(own.first, peer.first);
      const { version } = peer.first;
      const nothing = { rounds: [], least: Infinity, ratios: [], peakMiB: undefined };
      const difference = "difference" in agreement ? agreement.difference : NaN;
      peers.set(peer, { system, version, ...nothing, difference });
      if ("fault" in agreement) outcome.faults.push(`${name}: ${system.name}: ${agreement.fault}`);
    }
    const agreeing = [...peers].filter(([, { difference }]) => !Number.isNaN(difference));
    for (let round = 0; round < effort.rounds; round++) await oneRound(agreeing, round, effort);
    outcome.measured = agreeing.map(([peer, measured]) => ({ ...measured, peakMiB: peer.peakMiB }));
  } finally {
    for (const peer of peers.keys()) await peer.end();
  }
  return outcome;
}

async function start(
  system: System,
  flags: readonly string[],
  outcome: Outcome,
): Promise<PeerProcess | undefined> {
  try {
    return await PeerProcess.start(system, flags);
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
  { steps, seconds, reportEvery }: Effort,
): Promise<void> {
  for (let i = 0; i < peers.length; i++) {
    const [peer, measured] = peers[(i + round) % peers.length]!;
    const units = Math.ceil(steps / reportEvery) + 1;
    const times = await peer.round({ units, seconds });
    // The first finds its caches cold and its threads asleep.
    const warm = (times.length > 2 ? times.slice(1) : times).map((time) => time / reportEvery);
    measured.rounds.push(median(warm));
    measured.least = Math.min(measured.least, ...warm);
  }
  const own = peers[0]![1].rounds.at(-1)!;
  for (const [, measured] of peers.slice(1)) measured.ratios.push(own / measured.rounds.at(-1)!);
}
