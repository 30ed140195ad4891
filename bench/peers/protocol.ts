/**
 * How a peer is timed. It is a process that
 *
 * 1. loads `--workload`'s .safetensors and .json, takes `--check` steps of training, or generates once, and prints
 *    `{"version": …, "losses": […]}` or `{"version": …, "ids": [[…], …]}`: what must be equal among all;
 * 2. starts anew from the same weights, and for each line `{"units": most, "seconds": about}` of standard input prints
 *    `{"seconds": […]}`, the time of each unit: `--report-every` steps with the last loss read, or a whole generation.
 *
 * So rounds of all peers alternate, and a start is paid for once. timing.py is the same for Python.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { decodeSafetensors, type TensorData } from "../../src/files/safetensors.ts";
import type { WorkloadFile } from "./workload_files.ts";

/** What a peer is started with. */
export interface Settings {
  workload: WorkloadFile;
  /** The path of the weights, and the weights. */
  path: string;
  weights: Record<string, TensorData>;
  /** Which way of using the system. */
  variant: string;
  device: string;
  threads: number;
  /** Losses to print first. */
  check: number;
  /** Steps of training from one read of the loss to the next. */
  reportEvery: number;
}

/** What a peer is ready with. */
export interface Ready {
  /** The system's name and version, for people. */
  version: string;
  losses?: number[];
  /** (streams, length) */
  ids?: number[][];
  /** Runs what is timed. */
  unit: () => Promise<void> | void;
}

/** One round's wish. */
export interface Round {
  units: number;
  seconds: number;
}

function settingsOf(args: string[]): Settings {
  const flags = parseArgs(args, {
    string: ["workload", "variant", "device", "threads", "check", "report-every"],
    default: { variant: "", device: "", threads: "2", check: "10", "report-every": "1" },
  });
  const path = `${flags.workload}.safetensors`;
  return {
    workload: JSON.parse(Deno.readTextFileSync(`${flags.workload}.json`)),
    path,
    weights: decodeSafetensors(Deno.readFileSync(path)).tensors,
    variant: String(flags.variant),
    device: String(flags.device),
    threads: Number(flags.threads),
    check: Number(flags.check),
    reportEvery: Number(flags["report-every"]),
  };
}

/** Is a peer, until standard input ends. */
export async function serve(start: (settings: Settings) => Promise<Ready>): Promise<void> {
  const { unit, ...first } = await start(settingsOf(Deno.args));
  console.log(JSON.stringify(first));
  for await (const line of linesOf(Deno.stdin.readable)) {
    const { units, seconds }: Round = JSON.parse(line);
    const times: number[] = [];
    for (let sum = 0; times.length < Math.max(1, units) && (times.length === 0 || sum < seconds);) {
      const since = performance.now();
      await unit();
      times.push((performance.now() - since) / 1000);
      sum += times.at(-1)!;
    }
    console.log(JSON.stringify({ seconds: times }));
  }
}

/** The lines of a stream of bytes. */
export async function* linesOf(bytes: ReadableStream<Uint8Array>): AsyncGenerator<string, void, void> {
  let rest = "";
  for await (
    const part of bytes.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>)
  ) {
    const lines = (rest + part).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
  if (rest) yield rest;
}
