/**
 * Every kernel at every shape that the workloads have, on every device: GFLOP/s, GB/s, and the share of what this machine
 * can do at most, as bench/limits.ts measures it in the same run. A result is checked before it is timed.
 *
 *     deno run -A bench/kernels.ts [--filter gemm] [--rounds 11] [--json FILE]
 *     deno bench -A bench/kernels.ts
 *
 * Products and recurrences are measured on one thread of WebAssembly too: what the others add is a table of its own.
 *
 * A kernel is timed in a program that holds it many times, so that the host's part is shared. Where it overwrites its
 * own input, either the input stays of its kind however often (activations as input parts, gradients as logits), or it
 * is copied back each time, and the copies' own time is taken off.
 *
 * @module
 */
import type { Block, Device, Program } from "../src/device/device.ts";
import { type Buffers, kernelEntry, type KernelName } from "../src/kernels.ts";
import { describe, type Work, workOf } from "../src/profile/kernel_work.ts";
import { upload } from "../src/verify/cases/arrays.ts";
import { type Case, encode } from "../src/verify/cases/check_kernel.ts";
import {
  bench,
  type Benchmark,
  formatNumber,
  formatSeconds,
  openDevices,
  openSingleThread,
  type Result,
  type Running,
  SINGLE_THREAD,
  table,
} from "./harness.ts";
import { caseOf, type Shape, shapesOn } from "./kernel_cases.ts";
import { check } from "./kernel_checks.ts";
import type { Limits } from "./limits.ts";
import { WasmLimits } from "./limits_wasm.ts";
import { WebgpuLimits } from "./limits_webgpu.ts";

/** Buffers that are copied back before each application. */
const RESTORED: Partial<Record<KernelName, readonly string[]>> = {
  recurrent_backward: ["gates", "dy", "dstates"],
};

/** Words that are copied back at once: a grid of WebGPU has at most 65,535 workgroups of 64 columns. */
const LONGEST_COPY = 2 ** 20;

/** Seconds of a round, and of a program, at the least; a GPU is given more, as the end of its work is found out slowly. */
const ROUND = { wasm: 0.01, webgpu: 0.1 };
const PROGRAM = 0.002;
/** What a program's length is reckoned with, a second. */
const GUESS = { flop: 2e10, bytes: 1e10 };

/** A kernel in a program, many times. */
class RunningKernel implements Running {
  readonly #device: Device;
  readonly #blocks: Block[] = [];
  readonly #programs: Program[] = [];
  readonly #last: Block;
  readonly #applications: number;
  #runs = 1;

  constructor(device: Device, { kernel, buffers, params }: Case<KernelName>, { flop, bytes }: Work) {
    this.#device = device;
    const upload_ = (name: string): Block => {
      const block = upload(device, encode(name, (buffers as Record<string, Float64Array>)[name]!));
      this.#blocks.push(block);
      return block;
    };
    const names = Object.keys(kernelEntry(kernel).buffers);
    const blocks = Object.fromEntries(names.map((name) => [name, upload_(name)]));
    const copies = (RESTORED[kernel] ?? []).map((name) => ({ source: upload_(name), target: blocks[name]! }));
    const restore = (): void => {
      for (const { source, target } of copies) {
        for (let at = 0; at < source.length; at += LONGEST_COPY) {
          const columns = Math.min(LONGEST_COPY, source.length - at);
          const strides = { ldX: columns, ldY: columns };
          const offsets = { offsetX: at, offsetY: at };
          const params = { rows: 1, columns, ...strides, ...offsets, accumulate: 0 };
          device.run("copy_columns", { x: source, y: target }, params);
        }
      }
    };
    this.#last = blocks[names.at(-1)!]!.view(0, 1);
    this.#applications = Math.ceil(Math.min(256, PROGRAM / (flop / GUESS.flop + bytes / GUESS.bytes)));
    const repeat = (body: () => void): Program =>
      device.record(() => {
        for (let i = 0; i < this.#applications; i++) body();
      });
    this.#programs.push(repeat(() => {
      restore();
      device.run(kernel, blocks as Buffers<KernelName, Block>, params);
    }));
    if (copies.length > 0) this.#programs.push(repeat(restore));
  }

  /** Runs until a round is long enough: compilers and caches are warm then. */
  async warmUp(): Promise<void> {
    const least = ROUND[this.#device.name as keyof typeof ROUND] ?? ROUND.webgpu;
    await this.#time(this.#programs[0]!);
    for (let seconds = 0; seconds < least;) {
      seconds = await this.#time(this.#programs[0]!);
      if (seconds < least) this.#runs = Math.ceil(this.#runs * Math.min(10, 1.2 * least / seconds));
    }
  }

  async #time(program: Program): Promise<number> {
    const start = performance.now();
    for (let i = 0; i < this.#runs; i++) program.run();
    await this.#device.read(this.#last);
    return (performance.now() - start) / 1000;
  }

  async round(): Promise<number> {
    const [work, copies] = this.#programs;
    const seconds = await this.#time(work!) - (copies ? await this.#time(copies) : 0);
    return seconds / (this.#runs * this.#applications);
  }

  [Symbol.dispose](): void {
    for (const program of this.#programs) program[Symbol.dispose]();
    for (const block of this.#blocks) block[Symbol.dispose]();
  }
}

/** How often each benchmark's shape occurs in each workload. */
const occurrences = new Map<string, ReadonlyMap<string, number>>();

/** Kernels that are held to one thread's speed. */
const SCALED: readonly KernelName[] = ["gemm", "recurrent_forward", "recurrent_backward"];

function benchmarkOf(
  device: Device,
  shape: Shape,
  { limits, label = device.name }: { limits: Limits; label?: string },
): Benchmark {
  const work = workOf(shape);
  const name = describe(shape);
  occurrences.set(`${shape.kernel} ${name}`, shape.occurrences);
  return {
    group: shape.kernel,
    name,
    tags: [...shape.occurrences.keys()],
    device: label,
    amounts: { ...(work.flop ? { "GFLOP/s": work.flop / 1e9 } : {}), "GB/s": work.bytes / 1e9 },
    limit: (): number => Math.max(work.flop / limits.flops, work.bytes / limits.stream(work.workingSet)),
    async start(): Promise<Running> {
      await limits.measure([work.workingSet]);
      const running = new RunningKernel(device, await check(device, caseOf(shape)), work);
      await running.warmUp();
      return running;
    },
  };
}

/** What the kernels of each step add up to, the largest parts first. */
function profile(results: readonly Result[]): string[] {
  const lines: string[] = [];
  for (const device of new Set(results.map((result) => result.device))) {
    if (device === SINGLE_THREAD) continue;
    const parts = new Map<string, Map<string, number>>();
    for (const { group, name, median } of results.filter((result) => result.device === device)) {
      for (const [workload, count] of occurrences.get(`${group} ${name}`)!) {
        if (workload === "-") continue;
        const kernels = parts.get(workload) ?? parts.set(workload, new Map()).get(workload)!;
        kernels.set(group, (kernels.get(group) ?? 0) + count * median);
      }
    }
    for (const [workload, kernels] of parts) {
      const total = [...kernels.values()].reduce((sum, part) => sum + part, 0);
      const shares = [...kernels].sort(([, a], [, b]) => b - a)
        .map(([kernel, part]) => `${kernel} ${Math.round(100 * part / total)} %`);
      lines.push(`- ${workload} on ${device}, ${formatSeconds(total)}: ${shares.join(", ")}`);
    }
  }
  return lines;
}

/** One thread against all, by shape. */
function scaling(results: readonly Result[]): string {
  const rows = results.filter(({ device }) => device === SINGLE_THREAD).flatMap((one) => {
    const all = results.find(({ group, name, device }) =>
      device === "wasm" && group === one.group && name === one.name
    );
    const cells = ({ rates, share }: Result): string[] => [
      formatNumber(rates["GFLOP/s"]!),
      `${Math.round(100 * share!)} %`,
    ];
    const times = all && (one.median / all.median).toFixed(2);
    return all ? [[one.group, one.name, one.tags.join(" "), ...cells(one), ...cells(all), times!]] : [];
  });
  if (rows.length === 0) return "";
  const head = ["GFLOP/s of 1 thread", "of its limit", "GFLOP/s of all", "of their limit", "times as fast"];
  return table(["kernel", "shape", "in", ...head], rows);
}

const devices = await openDevices();
const single = await openSingleThread();
const limits = new Map<Device, Limits>();
const benchmarks: Benchmark[] = [];

/** The limits of a device, as far as they are known. */
async function limitsOf(device: Device): Promise<Limits> {
  const relaxed = device.build === "relaxed";
  const limit = device.name === "wasm"
    ? await WasmLimits.open({ threads: device.threads, relaxed })
    : await WebgpuLimits.open();
  await limit.measure();
  limits.set(device, limit);
  return limit;
}

for (const device of devices) {
  const limits = await limitsOf(device);
  const shapes = await shapesOn(device);
  for (const shape of shapes) benchmarks.push(benchmarkOf(device, shape, { limits }));
  if (device.name !== "wasm" || !single) continue;
  const ofOne = await limitsOf(single);
  for (const shape of shapes.filter(({ kernel }) => SCALED.includes(kernel))) {
    benchmarks.push(benchmarkOf(single, shape, { limits: ofOne, label: SINGLE_THREAD }));
  }
}
const order = [...new Set(benchmarks.map(({ group, name }) => `${group} ${name}`))];
const place = ({ group, name }: Benchmark): number => order.indexOf(`${group} ${name}`);
// The same shape on all devices side by side; a kernel that one device alone is given comes last.
benchmarks.sort((a, b) => a.group < b.group ? -1 : a.group > b.group ? 1 : place(a) - place(b));

await bench(benchmarks, {
  title: "Kernels",
  main: import.meta.main,
  after: (results) => {
    const stated = [
      "The limit is the longer of two times: of the products at the speed of registers, and of the words, each once, " +
      `at the speed of a stream that is read from a working set of that size. Both are those of a machine that is full of ` +
      `such work: the start of a kernel, and cores that a small one leaves idle, count as lost. Here:\n\n${
        [...limits.values()].map((limit) => `- ${limit.describe()}`).join("\n")
      }`,
      scaling(results),
    ].filter(Boolean);
    if (results.length < benchmarks.length) return stated.join("\n\n");
    const sums =
      "Sums of the kernels, each as often as it occurs in one step (of training, or of a character):";
    return [...stated, sums, profile(results).join("\n")].join("\n\n");
  },
});
if (import.meta.main) { for (const limit of limits.values()) limit[Symbol.dispose](); }
