/**
 * refrain and its peers, turn by turn, from the same weights, on the same characters; ratios as tables in Markdown.
 *
 *     deno task bench:peers [--workloads H1,G1] [--peers turbo,pytorch,jax,tfjs,onnxruntime] [--rounds 3]
 *         [--steps 30] [--seconds 1] [--threads 2] [--busy] [--device wasm|webgpu] [--torch-device cpu|cuda]
 *         [--python PATH] [--json FILE]
 *     deno task bench:peers --from A.json,B.json     the tables of runs that were kept, without measuring
 *
 * With `--busy` each round has a second half beside a busy process, and four times `--seconds` go before each time that
 * counts. With `--readme` the facts and ratios are put into README.md and README.zh-CN.md, between
 * their marks.
 *
 * A system whose losses or greedy characters are not refrain's has no ratio, and the exit code is 1. One that is not
 * there is left out, with a line that says so. With `--device webgpu` the command `verify` must pass first.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { openDevice } from "../../src/device/open_device.ts";
import { findAdapter } from "../../src/device/webgpu.ts";
import { isSoftware } from "../../src/device/webgpu/software.ts";
import { fail, namesOf, numberOf, unknown } from "../flags.ts";
import { processor, type Report } from "../harness.ts";
import { GENERATION, TRAINING } from "../workloads.ts";
import { type Effort, measure, type Outcome } from "./measure.ts";
import { PEERS, systemsOf } from "./systems.ts";
import { busyTable, detailTable, ratioTable, resultsOf, type Words } from "./tables.ts";
import { NAMES, writeWorkload } from "./workload_files.ts";
import { temporaryFolder } from "../temporary_folder.ts";

/** What a hardware GPU is timed with. */
const ON_GPU = ["H1", "H1-lstm", "H2", "H3", "G1"];
/** Losses that are compared. */
const CHECK = 10;
/** The same of steps that take seconds in some system. */
const CHECK_LARGE = 3;
/** Workloads of such steps. */
const LARGE = ["H2", "H3"];

/** The tables' words in Chinese. */
const CHINESE: Words = {
  "workload": "任务",
  "characters/s": "字/秒",
  "peak MiB": "内存峰值 MiB",
  "× quiet": "× 空闲时",
  "Beside one busy process": "旁边有一个繁忙进程时",
};

const TEXTS = ["workloads", "peers", "device", "torch-device", "python", "json", "from"] as const;
const COUNTS = { rounds: 3, steps: 0, seconds: 1, threads: 2, "report-every": 0 };
const flags = parseArgs(Deno.args, {
  string: [...TEXTS, ...Object.keys(COUNTS)],
  boolean: ["readme", "busy"],
  unknown,
});
const text = (name: typeof TEXTS[number]): string | undefined => flags[name] as string | undefined;
const count = (name: keyof typeof COUNTS): number =>
  flags[name] === undefined ? COUNTS[name] : numberOf(name, `${flags[name]}`, name === "seconds" ? 0 : 1);

/** All kernels and layers are held to their references before anything is timed. */
async function verify(device: string): Promise<void> {
  const args = ["run", "-A", new URL("../../mod.ts", import.meta.url).href, "verify", "--device", device];
  const { success } = await new Deno.Command(Deno.execPath(), { args, stdout: "inherit" }).spawn().status;
  if (!success) fail(`Cannot time ${device} as verify found something off`);
}

/** A run, as `--json` keeps it: what bench/compare.ts reads, and what the tables are made of. */
interface Kept extends Report {
  /** The machine, and how long was measured. */
  about: string[];
  outcomes: Outcome[];
}

/** Prints the tables. */
async function print(kept: readonly Kept[]): Promise<void> {
  const outcomes = kept.flatMap(({ outcomes }) => outcomes);
  console.log(
    [factsOf(kept), ...tablesOf(outcomes), detailTable(outcomes), ...missingOf(outcomes)].join("\n\n"),
  );
  if (!flags.readme) return;
  await putInto("README.md", [factsOf(kept), ...tablesOf(outcomes)]);
  await putInto("README.zh-CN.md", [factsOf(kept), ...tablesOf(outcomes, CHINESE)]);
}

/** Puts parts between the marks of a file. */
async function putInto(name: string, parts: readonly string[]): Promise<void> {
  const path = new URL(`../../${name}`, import.meta.url);
  const text = await Deno.readTextFile(path);
  const [start, end] = ["<!-- bench:peers -->", "<!-- end -->"];
  const from = text.indexOf(start) + start.length;
  if (from < start.length || text.indexOf(end, from) < 0) fail(`Cannot find ${start} … ${end} in ${name}`);
  const table = `${text.slice(0, from)}\n\n${parts.join("\n\n")}\n\n`;
  await Deno.writeTextFile(path, table + text.slice(text.indexOf(end, from)));
  await new Deno.Command(Deno.execPath(), { args: ["fmt", "--quiet", decodeURIComponent(path.pathname)] })
    .output();
}

/** The ratios, and those beside a busy process where they were measured. */
function tablesOf(outcomes: readonly Outcome[], words: Words = {}): string[] {
  const busy = outcomes.filter(({ measured }) => measured[0]!.busy.rounds.length > 0);
  const title = "Beside one busy process";
  return [
    ratioTable(outcomes, words),
    ...(busy.length > 0 ? [`${words[title] ?? title}:`, busyTable(busy, words)] : []),
  ];
}

/** Machine, versions, effort, agreement. */
function factsOf(kept: readonly Kept[]): string {
  const outcomes = kept.flatMap(({ outcomes }) => outcomes);
  const measured = outcomes.flatMap((one) => one.measured);
  const trained = outcomes.filter(({ workload }) => workload.kind === "training");
  const largest = Math.max(
    ...trained.flatMap(({ measured }) => measured.map(({ difference }) => difference)),
  );
  const agreement = [
    ...(trained.length > 0 ? [`losses within ${largest.toExponential(1)} of their size`] : []),
    ...(trained.length < outcomes.length ? ["greedy characters equal"] : []),
  ];
  const about = [...kept.flatMap(({ about }) => about), ...measured.map(({ version }) => version)];
  const facts = [...about, `all from the same weights, with refrain's results: ${agreement.join(", ")}`];
  return [...new Set(facts)].map((fact) => `- ${fact}`).join("\n");
}

/** Who has no ratio, and why. */
function missingOf(outcomes: readonly Outcome[]): string[] {
  const absent = outcomes.flatMap(({ absent }) => absent);
  const faults = outcomes.flatMap(({ faults }) => faults);
  return [
    absent.length > 0 ? `Left out, as they did not start:\n\n${absent.join("\n")}` : "",
    faults.length > 0 ? `Without a ratio, as they computed something else:\n\n${faults.join("\n")}` : "",
  ].filter(Boolean);
}

const from = text("from");
if (from) {
  await print(from.split(",").map((path): Kept => JSON.parse(Deno.readTextFileSync(path))));
  Deno.exit();
}

const [device] = namesOf("device", text("device") ?? "wasm", ["wasm", "webgpu"]) as [string];
const gpu = device === "webgpu";
const adapter = gpu ? await findAdapter() : null;
const software = gpu && (!adapter || isSoftware(adapter.info));
const hardware = gpu && !software;
const usual = hardware ? ON_GPU : gpu ? ["H1"] : [...Object.keys(TRAINING), ...Object.keys(GENERATION)];
const names = namesOf("workloads", text("workloads") ?? usual.join(), NAMES);
const effort: Omit<Effort, "check"> = {
  rounds: count("rounds"),
  steps: count("steps") || (hardware ? 200 : 30),
  seconds: count("seconds"),
  threads: count("threads"),
  // A read from a GPU costs as much as many steps; who trains on one reads seldom.
  reportEvery: count("report-every") || (hardware ? 50 : 1),
  spinners: flags.busy ? 1 : 0,
};
const systems = await systemsOf({
  device,
  torchDevice: text("torch-device") ?? "cpu",
  busy: flags.busy === true,
  python: text("python") ?? (Deno.env.get("REFRAIN_PYTHON") || undefined),
  peers: namesOf("peers", text("peers") ?? (gpu ? "pytorch,tfjs" : PEERS.join()), PEERS),
});
if (gpu) await verify(device);

using temporary = temporaryFolder();
const folder = temporary.path;
const outcomes: Outcome[] = [];
for (const name of names) {
  using writer = await openDevice("wasm", { threads: 1 });
  const workload = await writeWorkload(writer, folder, name);
  const large = LARGE.includes(name);
  const path = `${folder}/${name}`;
  const check = Math.min(effort.steps, large ? CHECK_LARGE : CHECK);
  const reportEvery = large ? Math.ceil(effort.reportEvery / 5) : effort.reportEvery;
  const whole = { ...effort, check, reportEvery };
  outcomes.push(await measure(name, workload, { systems, path, effort: whole }));
}
const { version } = JSON.parse(await Deno.readTextFile(new URL("../../deno.json", import.meta.url)));
const { rounds, steps, seconds, threads } = effort;
const kept: Kept = {
  title: "Peers",
  date: new Date().toISOString(),
  deno: Deno.version.deno,
  processors: navigator.hardwareConcurrency,
  devices: {},
  results: resultsOf(outcomes, device),
  about: [
    `${processor()}, ${navigator.hardwareConcurrency} processors, ${threads} threads`,
    `refrain ${version}, Deno ${Deno.version.deno}`,
    `${rounds} rounds in turn, each of at most ${steps} steps or ${seconds} s: median (least–most)`,
  ],
  outcomes,
};
await print([kept]);
const json = text("json");
if (json) await Deno.writeTextFile(json, JSON.stringify(kept, null, 1));
if (outcomes.some(({ faults }) => faults.length > 0)) Deno.exitCode = 1;
