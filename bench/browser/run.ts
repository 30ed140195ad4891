/**
 * refrain in Chromium beside TensorFlow.js and jax-js, and beside itself in Deno: workers of a page that is cross-origin isolated and
 * of one that is not, from the same weights, rounds in turn, ratios.
 *
 *     deno task bench:browser [--workloads H1,H1-lstm,G1] [--rounds 5] [--seconds 1] [--threads 2] [--webgpu]
 *
 * `--webgpu` times all on Chromium's software adapter instead. A peer that fails has a row with its own message; one whose
 * losses or characters are not refrain's has no ratio, and the exit code is 1. REFRAIN_BROWSER names another program than
 * chromium.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { launchChromium, PROGRAM } from "../../tests/browser/launch.ts";
import type { Browser, Page } from "../../tests/browser/playwright.ts";
import { fail, namesOf, numberOf, unknown } from "../flags.ts";
import { formatSeconds, median, table } from "../harness.ts";
import { compareFirst } from "../peers/agreement.ts";
import { type First, PeerProcess } from "../peers/peer_process.ts";
import { systemsOf } from "../peers/systems.ts";
import { range } from "../peers/tables.ts";
import { NAMES } from "../peers/workload_files.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { fillFolder } from "./bundles.ts";
import { startServer } from "./server.ts";

const PEERS = ["tfjs", "jax"];

/** Something that is timed. */
interface Side {
  readonly name: string;
  readonly first: First;
  round(): Promise<number[]>;
  end(): Promise<unknown>;
  readonly rounds: number[];
}

const flags = parseArgs(Deno.args, {
  string: ["workloads", "rounds", "seconds", "threads"],
  boolean: ["webgpu"],
  default: { workloads: "H1,H1-lstm,G1", rounds: "5", seconds: "1", threads: "2" },
  unknown,
});
const device = flags.webgpu ? "webgpu" : "wasm";
const rounds = numberOf("rounds", `${flags.rounds}`);
const seconds = numberOf("seconds", `${flags.seconds}`, 0);
const threads = numberOf("threads", `${flags.threads}`);
const check = flags.webgpu ? 2 : 10;
const names = namesOf("workloads", `${flags.workloads}`, NAMES);
for (const needed of [PROGRAM, "npm"]) {
  try {
    new Deno.Command(needed, { args: ["--version"], stdout: "null", stderr: "null" }).outputSync();
  } catch {
    fail(`Cannot measure in a browser: no ${needed} was found`);
  }
}
using temporary = temporaryFolder();
const folder = temporary.path;
await fillFolder(folder, names);
const server = startServer(folder);
let different = false;

async function worker(page: Page, script: string, place: string, path: string): Promise<Side> {
  const ask = async (message: object): Promise<unknown> => {
    const answer = await page.evaluate(`ask("${script}", ${JSON.stringify(message)})`);
    const { error } = answer as { error?: string };
    if (error) throw new Error(`${script}: ${error}`);
    return answer;
  };
  const first = await ask({ path, device, threads, check }) as First;
  return {
    name: `${script}, ${place}`,
    first,
    rounds: [],
    round: async () => (await ask({ units: 1000, seconds }) as { seconds: number[] }).seconds,
    end: () => page.evaluate(`end("${script}")`),
  };
}

async function stockDeno(path: string): Promise<Side> {
  const [own] = await systemsOf({ device, torchDevice: "cpu", peers: [], python: undefined } as never);
  const workload = ["--workload", `${folder}/${path}`, "--threads", `${threads}`, "--check", `${check}`];
  const peer = await PeerProcess.start(own!, workload);
  const round = (): Promise<number[]> => peer.round({ units: 1000, seconds });
  return { name: "refrain, Deno", first: peer.first, rounds: [], round, end: () => peer.end() };
}

async function measure(path: string, pages: Record<string, Page>): Promise<string[][]> {
  const sides: Side[] = [];
  const failed: string[][] = [];
  try {
    for (const [place, page] of Object.entries(pages)) {
      sides.push(await worker(page, "refrain", place, path));
      for (const script of PEERS) {
        try {
          sides.push(await worker(page, script, place, path));
        } catch (error) {
          failed.push([path, `${script}, ${place}`, "–", (error as Error).message, "–"]);
          await page.evaluate(`end("${script}")`);
        }
      }
    }
    sides.push(await stockDeno(path));
    for (let round = 0; round < rounds; round++) {
      for (let i = 0; i < sides.length; i++) {
        const side = sides[(i + round) % sides.length]!;
        const times = await side.round();
        side.rounds.push(median(times.length > 2 ? times.slice(1) : times)); // the first finds its caches cold
      }
    }
    return [...sides.map((side) => rowOf(path, side, sides)), ...failed];
  } finally {
    for (const side of sides) await side.end();
  }
}

/** A row of the table: refrain's time in the same place, or in the first for Deno, as a multiple of this one's. */
function rowOf(path: string, side: Side, sides: readonly Side[]): string[] {
  const place = side.name.split(", ")[1];
  const own = sides.find(({ name }) => name === `refrain, ${place}` && name !== "refrain, Deno") ?? sides[0]!;
  const agreement = compareFirst(own.first, side.first);
  if ("fault" in agreement) different = true;
  const ratio = "fault" in agreement
    ? agreement.fault
    : side === own
    ? "–"
    : range(own.rounds.map((seconds, round) => seconds / side.rounds[round]!));
  return [path, side.name, formatSeconds(median(side.rounds)), ratio, side.first.version];
}

async function open(browser: Browser, url: string): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(url);
  return page;
}

let chromium: Browser | undefined;
try {
  chromium = await launchChromium();
  const pages: Record<string, Page> = { "isolated": await open(chromium, `${server.url}/?isolated`) };
  if (!flags.webgpu) pages["not isolated"] = await open(chromium, server.url);
  const rows: string[][] = [];
  for (const name of names) rows.push(...await measure(name, pages));
  console.log(
    `Chromium ${chromium.version()}, Deno ${Deno.version.deno}, ${navigator.hardwareConcurrency} processors\n`,
  );
  console.log(table(["workload", "system", "median", "refrain ÷ it", "version"], rows));
} finally {
  await chromium?.close();
  await server.close();
}
if (different) Deno.exitCode = 1;
