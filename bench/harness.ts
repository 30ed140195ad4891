/**
 * What all benchmarks share. A file of benchmarks is two things:
 *
 *     deno run -A bench/kernels.ts [--json FILE] [--filter TEXT] [--rounds 11]   rounds that alternate, a table
 *     deno bench -A bench/kernels.ts                                            one after the other, a table at the end
 *
 * The columns of `deno bench` itself are of a round, which may hold many units; the table is of one unit.
 * Measurements of a benchmark are taken in rounds, benchmarks of a group in turn, so that what slows the machine down
 * for a while slows them all. REFRAIN_DEVICES names the devices, REFRAIN_THREADS the threads of WebAssembly.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import type { Device } from "../src/device/device.ts";
import { type DeviceName, openDevice } from "../src/device/open_device.ts";
import { findAdapter } from "../src/device/webgpu.ts";
import { isSoftware } from "../src/device/webgpu/software.ts";

/** What `deno task turbo` tells V8: README, "Turbo". */
export const TURBO = "--v8-flags=--no-wasm-bounds-checks,--experimental-wasm-revectorize";

/** Something that is timed. */
export interface Benchmark {
  /** What it is compared with: the benchmarks of a group run in turn. */
  readonly group: string;
  /** Its name within the group and the device. */
  readonly name: string;
  /** Where it occurs. */
  readonly tags?: readonly string[];
  /** The device, where there is one: its name, or "wasm, 1 thread". */
  readonly device?: string;
  /** Amounts in one unit, by the unit of their rate: `{ "GFLOP/s": 0.6 }`. */
  readonly amounts: Readonly<Record<string, number>>;
  /** Seconds that one unit takes at the stated limit of this machine, as measured in this run. */
  readonly limit?: () => number;
  /** Allocates, checks the result, and warms up. */
  start(): Promise<Running>;
}

/** A benchmark under way. */
export interface Running extends Disposable {
  /** Runs some units: seconds a unit. */
  round(): Promise<number>;
}

/** What was measured of one benchmark. */
export interface Result {
  group: string;
  name: string;
  tags: string[];
  device: string;
  rounds: number;
  /** Seconds a unit: the middle and the least of all rounds. */
  median: number;
  least: number;
  /** Amounts a second at the median. */
  rates: Record<string, number>;
  /** The limit's time as a share of the least time. */
  share?: number;
}

/** A run, as `--json` keeps it. */
export interface Report {
  title: string;
  date: string;
  deno: string;
  processors: number;
  devices: Record<string, string>;
  results: Result[];
}

const devices = new Map<string, Device>();
/** The name of the device of openSingleThread(). */
export const SINGLE_THREAD = "wasm, 1 thread";

/**
 * The devices to measure: those that REFRAIN_DEVICES names, else wasm, and webgpu where there is a hardware adapter.
 *
 * @throws {DeviceError} If a named one is absent.
 */
export async function openDevices(): Promise<Device[]> {
  const named = (Deno.env.get("REFRAIN_DEVICES") ?? "").split(",").map((name) => name.trim()).filter(Boolean);
  const adapter = named.length > 0 ? null : await findAdapter();
  const hardware = adapter && !isSoftware(adapter.info) ? ["webgpu"] : [];
  const threads = Number(Deno.env.get("REFRAIN_THREADS") ?? 0);
  for (const name of (named.length > 0 ? named : ["wasm", ...hardware]) as DeviceName[]) {
    if (!devices.has(name)) devices.set(name, await openDevice(name, threads > 0 ? { threads } : {}));
  }
  return [...devices].flatMap(([name, device]) => name === SINGLE_THREAD ? [] : [device]);
}

/** Where "wasm" is measured with several threads, a device with one, to compare with. */
export async function openSingleThread(): Promise<Device | undefined> {
  const wasm = devices.get("wasm");
  if (!wasm || wasm.threads === 1) return undefined;
  if (!devices.has(SINGLE_THREAD)) devices.set(SINGLE_THREAD, await openDevice("wasm", { threads: 1 }));
  return devices.get(SINGLE_THREAD);
}

/** The middle of some numbers. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

function resultOf(
  { group, name, tags = [], device = "", amounts, limit }: Benchmark,
  times: number[],
): Result {
  const middle = median(times);
  const least = Math.min(...times);
  const rates = Object.entries(amounts).map(([unit, amount]) => [unit, amount / middle]);
  return {
    group,
    name,
    tags: [...tags],
    device,
    rounds: times.length,
    median: middle,
    least,
    rates: Object.fromEntries(rates),
    ...(limit ? { share: limit() / least } : {}),
  };
}

/** The machine's processor, where the system tells: its name, and of one from AMD or Intel its family and model. */
export function processor(): string {
  try {
    const text = Deno.readTextFileSync("/proc/cpuinfo");
    const [name, family, model] = ["model name", "cpu family", "model"].map((key) =>
      new RegExp(`^${key}\\s*:\\s*(.*)$`, "m").exec(text)?.[1]
    );
    if (!name) return Deno.build.arch;
    return family ? `${name} (family ${family}, model ${model})` : name;
  } catch {
    return Deno.build.arch;
  }
}

/** A table in Markdown; numbers stand to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const width = head.map((cell, i) => Math.max(3, cell.length, ...rows.map((row) => row[i]!.length)));
  const number = head.map((_, i) => rows.every((row) => /^([\d–—]|$)/.test(row[i]!)));
  const line = (cells: readonly string[]): string =>
    `| ${
      cells.map((cell, i) => number[i] ? cell.padStart(width[i]!) : cell.padEnd(width[i]!)).join(" | ")
    } |`;
  const rule = width.map((count, i) => number[i] ? `${"-".repeat(count - 1)}:` : "-".repeat(count));
  return [line(head), `| ${rule.join(" | ")} |`, ...rows.map(line)].join("\n");
}

/** Seconds in a unit that reads well. */
export function formatSeconds(seconds: number): string {
  if (seconds >= 1) return `${seconds.toFixed(2)} s`;
  return seconds >= 1e-3 ? `${(seconds * 1e3).toFixed(2)} ms` : `${(seconds * 1e6).toFixed(1)} µs`;
}

/** A number with about three digits. */
export function formatNumber(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString("en");
  return value.toFixed(value >= 10 ? 1 : 2);
}

function tableOf(results: readonly Result[]): string {
  const units = [...new Set(results.flatMap(({ rates }) => Object.keys(rates)))];
  const tagged = results.some(({ tags }) => tags.length > 0);
  const onDevices = results.some(({ device }) => device !== "");
  const shares = results.some(({ share }) => share !== undefined);
  const optional = (condition: boolean, ...cells: string[]): string[] => condition ? cells : [];
  const head = [
    "group",
    "benchmark",
    ...optional(onDevices, "device"),
    ...optional(tagged, "in"),
    "median",
    "least",
    ...units,
  ];
  return table(
    [...head, ...optional(shares, "of the limit")],
    results.map(({ group, name, tags, device, median, least, rates, share }) => [
      group,
      name,
      ...optional(onDevices, device),
      ...optional(tagged, tags.join(" ")),
      formatSeconds(median),
      formatSeconds(least),
      ...units.map((unit) => rates[unit] ? formatNumber(rates[unit]) : "–"),
      ...optional(shares, share === undefined ? "–" : `${Math.round(share * 100)} %`),
    ]),
  );
}

/** Options of bench(). */
export interface BenchOptions {
  /** What the benchmarks are about. */
  title: string;
  /** Whether the file is the program: `import.meta.main`. */
  main: boolean;
  /**
   * Rounds where the command line says nothing.
   *
   * @default {11}
   */
  rounds?: number;
  /** What is said after the table, from all results. */
  after?: (results: readonly Result[]) => string;
}

/** Runs the benchmarks and prints their table, or, under `deno bench`, registers them. */
export async function bench(benchmarks: readonly Benchmark[], options: BenchOptions): Promise<void> {
  if (!options.main) return register(benchmarks, options);
  const flags = parseArgs(Deno.args, { string: ["json", "filter", "rounds"] });
  const rounds = Number(flags.rounds ?? options.rounds ?? 11);
  const filter = String(flags.filter ?? "");
  const chosen = benchmarks.filter(({ group, name, tags = [] }) =>
    `${group} ${name}`.includes(filter) || tags.includes(filter)
  );
  const results: Result[] = [];
  try {
    for (const group of new Set(chosen.map(({ group }) => group))) {
      console.error(`${group} …`);
      const inGroup = chosen.filter((benchmark) => benchmark.group === group);
      const times = await alternate(inGroup, rounds);
      inGroup.forEach((benchmark, i) => results.push(resultOf(benchmark, times[i]!)));
    }
    console.log(textOf(results, options));
    if (flags.json) {
      await Deno.writeTextFile(String(flags.json), JSON.stringify(reportOf(results, options), null, 1));
    }
  } finally {
    closeDevices();
  }
}

/** Frees the devices: their threads would keep the process alive. */
export function closeDevices(): void {
  for (const device of devices.values()) device[Symbol.dispose]();
  devices.clear();
}

async function alternate(benchmarks: readonly Benchmark[], rounds: number): Promise<number[][]> {
  using stack = new DisposableStack();
  const running: Running[] = [];
  for (const benchmark of benchmarks) running.push(stack.use(await benchmark.start()));
  const times: number[][] = benchmarks.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [i, one] of running.entries()) times[i]!.push(await one.round());
  }
  return times;
}

function textOf(results: readonly Result[], { title, after }: BenchOptions): string {
  const about = [...devices].map(([name, { info }]) => `- ${name}: ${info.description}`);
  const head = [`${title}, Deno ${Deno.version.deno}, ${navigator.hardwareConcurrency} processors`, ...about];
  return [head.join("\n"), tableOf(results), after?.(results) ?? ""].filter(Boolean).join("\n\n");
}

function reportOf(results: Result[], { title }: BenchOptions): Report {
  return {
    title,
    date: new Date().toISOString(),
    deno: Deno.version.deno,
    processors: navigator.hardwareConcurrency,
    devices: Object.fromEntries([...devices].map(([name, { info }]) => [name, info.description])),
    results,
  };
}

/** Registers with `deno bench`; the table comes when the file is done with. */
function register(benchmarks: readonly Benchmark[], options: BenchOptions): void {
  const times = new Map<Benchmark, number[]>();
  let current: { benchmark: Benchmark; running: Running } | undefined;
  for (const benchmark of benchmarks) {
    const { group, name, device } = benchmark;
    Deno.bench({
      name: device ? `${name} [${device}]` : name,
      group,
      n: options.rounds ?? 11,
      warmup: 1,
      fn: async (): Promise<void> => {
        if (current?.benchmark !== benchmark) {
          current?.running[Symbol.dispose]();
          current = { benchmark, running: await benchmark.start() };
          times.set(benchmark, []); // the warm-up, which does not count
          return void await current.running.round();
        }
        times.get(benchmark)!.push(await current.running.round());
      },
    });
  }
  addEventListener("unload", () => {
    const measured = benchmarks.filter((benchmark) => times.get(benchmark)?.length);
    const results = measured.map((benchmark) => resultOf(benchmark, times.get(benchmark)!));
    if (results.length > 0) console.log(`\n${textOf(results, options)}`);
    closeDevices();
  });
}
