/**
 * How a peer is timed in a browser: a worker that answers two messages as a process answers lines (bench/peers/protocol.ts).
 *
 * @module
 */
import { decodeSafetensors } from "../../src/files/safetensors.ts";
import type { Ready, Round, Settings } from "../peers/protocol.ts";

/** What a worker is told first: the settings without weights, which it fetches with the workload. */
export type Given = Pick<Settings, "path" | "device" | "threads" | "check">;
/** A worker's start: its file's bytes beside the settings. */
export type Start = (settings: Settings, bytes: Uint8Array<ArrayBuffer>) => Promise<Ready>;

declare function postMessage(message: unknown): void;

/** Is a peer, until the worker is ended. */
export function serve(start: Start): void {
  let unit: Ready["unit"];
  const answer = async (data: Given | Round): Promise<unknown> => {
    if ("units" in data) return { seconds: await timesOf(unit, data) };
    const workload = await (await fetch(`/${data.path}.json`)).json();
    const bytes = await (await fetch(`/${data.path}.safetensors`)).bytes();
    const { tensors: weights } = decodeSafetensors(bytes);
    const ready = await start({ ...data, workload, weights, variant: "", reportEvery: 1 }, bytes);
    ({ unit } = ready);
    const { version, losses, ids } = ready;
    return { version, losses, ids };
  };
  addEventListener("message", (event) => {
    answer((event as MessageEvent).data).then(postMessage, (error) => postMessage({ error: `${error}` }));
  });
}

async function timesOf(unit: Ready["unit"], { units, seconds }: Round): Promise<number[]> {
  const times: number[] = [];
  for (let sum = 0; times.length < units && (times.length === 0 || sum < seconds);) {
    const since = performance.now();
    await unit();
    times.push((performance.now() - since) / 1000);
    sum += times.at(-1)!;
  }
  return times;
}
