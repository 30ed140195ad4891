/**
 * The limits of WebAssembly: two probes, compiled here when they are needed, that run on as many threads at once as the device
 * has.
 *
 * @module
 */
import { compile } from "./compile.ts";
import { LARGEST_SET, Limits } from "./limits.ts";

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

const START = 2 ** 16;
const PAGES = 1 + (START + LARGEST_SET) / 2 ** 16;
/** Seconds of one measurement. */
const DURATION = 0.01;

const FLAGS = [
  "--enable",
  "simd,relaxed-simd,threads",
  "--sharedMemory",
  "--initialMemory",
  `${PAGES}`,
  "--maximumMemory",
  `${PAGES}`,
];

/** A thread that runs one probe when told, and answers with the seconds that it took. */
const WORKER = `let exports;
onmessage = ({ data: { module, memory, name, args } }) => {
  if (module) ({ exports } = new WebAssembly.Instance(module, { env: { memory } }));
  const start = performance.now();
  if (name) exports[name](...args);
  postMessage((performance.now() - start) / 1000);
};`;

/** The limits of some threads. */
export class WasmLimits extends Limits {
  readonly title: string;
  readonly #call: (name: string, args: number[]) => number;
  readonly #workers: Worker[];

  private constructor(call: (name: string, args: number[]) => number, workers: Worker[]) {
    super();
    this.#call = call;
    this.#workers = workers;
    this.title = workers.length === 0 ? "1 thread" : `${workers.length + 1} threads`;
  }

  /**
   * Compiles the probes and starts the threads.
   *
   * @param threads How many compute at once, the caller's included.
   * @param relaxed Whether a product is added in one instruction, as in the build of the kernels.
   */
  static async open({ threads, relaxed }: { threads: number; relaxed: boolean }): Promise<WasmLimits> {
    const module = await WebAssembly.compile(await compile(source(relaxed), FLAGS));
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
    return new WasmLimits(call, workers);
  }

  protected async multiplyAdd(): Promise<number> {
    return await this.#probe("multiplyAdd", MULTIPLY_ADD_FLOP, (iterations) => [iterations, 0.999, 0.001]);
  }

  protected async read(size: number): Promise<number> {
    const bytes = Math.ceil(size / (this.#workers.length + 1) / 128) * 128;
    return await this.#probe("read", bytes, (times, thread) => [START + thread * bytes, bytes, times]);
  }

  /** Runs a probe on all threads for about DURATION, after the calls that find out how often: amounts a second. */
  async #probe(
    name: string,
    amount: number,
    args: (count: number, thread: number) => number[],
  ): Promise<number> {
    let count = 1;
    for (let seconds = 0; seconds < DURATION / 4; count *= 2) seconds = this.#call(name, args(count, 0));
    const answers = this.#workers.map((worker, i) => answer(worker, { name, args: args(count, i + 1) }));
    const own = this.#call(name, args(count, 0));
    const seconds = [own, ...await Promise.all(answers)];
    return seconds.reduce((sum, one) => sum + count * amount / one, 0);
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
