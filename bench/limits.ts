/**
 * What this machine's WebAssembly can do at most, measured in the run that states shares of it: multiplications and
 * additions in registers alone, and a stream of loads from a working set. Two probes, compiled here when they are
 * needed, that run on as many threads at once as the device has.
 *
 * @module
 */
import asc from "assemblyscript/asc";

/**
 * The probes. `multiplyAdd`: 12 chains of 4 lanes, enough to hide a latency of 4 cycles on two units; 4 rounds of them an
 * iteration; its factor is an argument, as V8 would load a constant anew each time. `read`: 8 loads an iteration, each with one addition.
 */
function source(relaxed: boolean): string {
  const chains = Array.from({ length: 12 }, (_, i) => `c${i}`);
  const next = (c: string): string =>
    relaxed ? `f32x4.relaxed_madd(${c}, x, y)` : `f32x4.add(f32x4.mul(${c}, x), y)`;
  const loads = Array.from({ length: 8 }, (_, i) => `s${i} = f32x4.add(s${i}, v128.load(p, ${i * 16}));`);
  return `
export function multiplyAdd(iterations: u32, factor: f32, summand: f32): f32 {
  const x = f32x4.splat(factor), y = f32x4.splat(summand);
  let ${chains.map((c, i) => `${c} = f32x4.splat(${i}.0)`).join(", ")};
  for (let i: u32 = 0; i < iterations; i++) {
    ${Array.from({ length: 4 }, () => chains.map((c) => `${c} = ${next(c)};`).join(" ")).join("\n    ")}
  }
  return f32x4.extract_lane(${chains.reduce((sum, c) => `f32x4.add(${sum}, ${c})`)}, 0);
}
export function read(address: usize, bytes: u32, times: u32): f32 {
  let ${loads.map((_, i) => `s${i} = f32x4.splat(0.0)`).join(", ")};
  for (let i: u32 = 0; i < times; i++) {
    for (let p = address, end = address + bytes; p < end; p += ${loads.length * 16}) {
      ${loads.join("\n      ")}
    }
  }
  return f32x4.extract_lane(${loads.map((_, i) => `s${i}`).reduce((sum, s) => `f32x4.add(${sum}, ${s})`)}, 0);
}
`;
}
const MULTIPLY_ADD_FLOP = 12 * 4 * 4 * 2; // an iteration

/** Bytes of working sets in all levels of caches, and in memory. */
const WORKING_SETS = [2 ** 16, 2 ** 18, 2 ** 20, 2 ** 22, 2 ** 24, 2 ** 26];
const START = 2 ** 16, PAGES = 1 + (START + WORKING_SETS.at(-1)!) / 2 ** 16;
/** Seconds of one measurement. */
const DURATION = 0.01;
/** Measurements of which the greatest counts: other work on the machine only ever takes away. */
const TIMES = 3;

async function compile(relaxed: boolean): Promise<WebAssembly.Module> {
  let wasm: Uint8Array<ArrayBuffer> | undefined;
  const { error, stderr } = await asc.main([
    ...["limits.ts", "--outFile", "limits.wasm", "--runtime", "stub", "-O3", "--noAssert", "--use", "abort="],
    ...["--enable", "simd,relaxed-simd,threads", "--importMemory", "--sharedMemory"],
    ...["--initialMemory", `${PAGES}`, "--maximumMemory", `${PAGES}`],
  ], {
    readFile: (name: string): string | null => name === "limits.ts" ? source(relaxed) : null,
    writeFile: (name: string, data: string | Uint8Array): void => {
      if (name.endsWith(".wasm")) wasm = data as Uint8Array<ArrayBuffer>;
    },
    listFiles: (): string[] => [],
  });
  if (error || !wasm) throw new Error(`Cannot compile the probes:\n${stderr.toString()}`);
  return await WebAssembly.compile(wasm);
}

/** A thread that runs one probe when told, and answers with the seconds that it took. */
const WORKER = `let exports;
onmessage = ({ data: { module, memory, name, args } }) => {
  if (module) ({ exports } = new WebAssembly.Instance(module, { env: { memory } }));
  const start = performance.now();
  if (name) exports[name](...args);
  postMessage((performance.now() - start) / 1000);
};`;

/** The size of a working set that is measured for one of `bytes`: not so small that a loop ends at once, nor larger. */
function clamped(bytes: number): number {
  return Math.min(WORKING_SETS.at(-1)!, Math.max(WORKING_SETS[0]!, Math.ceil(bytes / 4096) * 4096));
}

/** The limits of some threads. */
export class Limits implements Disposable {
  readonly #call: (name: string, args: number[]) => number;
  readonly #workers: Worker[];
  /** The greatest of all measurements so far, a second. */
  readonly #best: Map<string, number> = new Map();

  private constructor(call: (name: string, args: number[]) => number, workers: Worker[]) {
    this.#call = call;
    this.#workers = workers;
  }

  /**
   * Compiles the probes and starts the threads.
   *
   * @param threads how many compute at once, the caller's included
   * @param relaxed whether a product is added in one instruction, as in the build of the kernels
   */
  static async open({ threads, relaxed }: { threads: number; relaxed: boolean }): Promise<Limits> {
    const module = await compile(relaxed);
    const memory = new WebAssembly.Memory({ initial: PAGES, maximum: PAGES, shared: true });
    new Uint8Array(memory.buffer).fill(0); // pages that are there
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    const call = (name: string, args: number[]): number => {
      const start = performance.now();
      (exports[name] as (...args: number[]) => number)(...args);
      return (performance.now() - start) / 1000;
    };
    const url = URL.createObjectURL(new Blob([WORKER], { type: "text/javascript" }));
    const workers = Array.from({ length: threads - 1 }, () => new Worker(url, { type: "module" }));
    await Promise.all(workers.map((worker) => answer(worker, { module, memory })));
    return new Limits(call, workers);
  }

  /** Measures the products, and the stream from working sets of these sizes in bytes. */
  async measure(sizes: readonly number[] = WORKING_SETS): Promise<void> {
    for (let time = 0; time < TIMES; time++) {
      await this.#probe("multiplyAdd", MULTIPLY_ADD_FLOP, (iterations) => [iterations, 0.999, 0.001]);
      for (const size of sizes.map(clamped)) {
        const bytes = Math.ceil(size / (this.#workers.length + 1) / 128) * 128;
        await this.#probe(`read ${size}`, bytes, (times, thread) => [START + thread * bytes, bytes, times]);
      }
    }
  }

  /** Runs a probe on all threads for about DURATION, after the calls that find out how often. */
  async #probe(
    key: string,
    amount: number,
    args: (count: number, thread: number) => number[],
  ): Promise<void> {
    const name = key.split(" ")[0]!;
    let count = 1;
    for (let seconds = 0; seconds < DURATION / 4; count *= 2) seconds = this.#call(name, args(count, 0));
    const answers = this.#workers.map((worker, i) => answer(worker, { name, args: args(count, i + 1) }));
    const own = this.#call(name, args(count, 0));
    const seconds = [own, ...await Promise.all(answers)];
    const rate = seconds.reduce((sum, one) => sum + count * amount / one, 0);
    this.#best.set(key, Math.max(rate, this.#best.get(key) ?? 0));
  }

  /** Floating-point operations a second that stay in registers. */
  get flops(): number {
    return this.#best.get("multiplyAdd")!;
  }

  /** Bytes a second that are read from a working set of `size` bytes, which was measured. */
  stream(size: number): number {
    return this.#best.get(`read ${clamped(size)}`)!;
  }

  /** One line for people. */
  describe(): string {
    const sizes = WORKING_SETS.map((set) =>
      `${set < 2 ** 20 ? `${set / 2 ** 10} KiB` : `${set / 2 ** 20} MiB`} ${
        (this.stream(set) / 1e9).toFixed(1)
      }`
    );
    return `${(this.flops / 1e9).toFixed(1)} GFLOP/s in registers; read from ${sizes.join(", ")} GB/s`;
  }

  [Symbol.dispose](): void {
    for (const worker of this.#workers) worker.terminate();
  }
}

function answer(worker: Worker, message: Record<string, unknown>): Promise<number> {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }): void => resolve(data);
    worker.onerror = ({ message }): void => reject(new Error(`Cannot run a probe: ${message}`));
    worker.postMessage(message);
  });
}
