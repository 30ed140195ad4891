/**
 * The device of WebAssembly: SIMD, one shared memory, one worker a thread. All threads walk the same program, each
 * taking its slice of every kernel, with a barrier between kernels; the host's thread is one of them and blocks
 * meanwhile. No message is sent per program. Knows nothing of WebGPU.
 *
 * @module
 */
import { WASM } from "../generated/kernels.ts";
import { CONTROL, SHARES } from "../kernels/numbers.ts";
import type { DeviceBlock } from "./block.ts";
import type { Command, Executable } from "./command.ts";
import { CommandDevice } from "./command_device.ts";
import {
  align,
  type Device,
  DeviceError,
  type DeviceInfo,
  type DeviceMemory,
  type HostAct,
} from "./device.ts";
import { checkMemoryBytes } from "./memory_limit.ts";
import type { TraceOptions } from "./trace.ts";
import { checksBounds } from "./wasm/bounds.ts";
import { encode } from "./wasm/encode.ts";
import { decodeBase64, singleBecause, supports } from "./wasm/features.ts";
import { countOpen } from "./wasm/left_open.ts";
import { WasmMemory } from "./wasm/memory.ts";
import { Packed, usesOf } from "./wasm/packed.ts";
import { shapeKey, ThreadChoices } from "./wasm/thread_choices.ts";
import { fastestTile, type Tile, TILE_WORDS, type TileExports, type Tiles, tilesOf } from "./wasm/tiles.ts";
import { unshared } from "./wasm/unshared.ts";
import { startWorker } from "./wasm/workers.ts";

/** Options of the WebAssembly device. */
export interface WasmOptions extends TraceOptions {
  /**
   * How many threads compute, the caller's included. One where there can be no more, and the device's description says why:
   * in a browser threads need a cross-origin isolated page, and a worker that opens the device.
   *
   * @default {navigator.hardwareConcurrency, at most 16}
   */
  threads?: number;
  /**
   * Take the plain build: its bits do not depend on the machine (relaxed SIMD's do).
   *
   * @default {false}
   */
  deterministic?: boolean;
  /**
   * Make products of wide tiles, which V8's 256-bit code needs (README, "Turbo"). The bits are the same either way.
   *
   * @default {what is fastest here: all are timed when the first device is opened}
   */
  wideTiles?: boolean;
  /**
   * Bytes that everything on the device may take together, at least 16,777,216. WebAssembly reserves them, and takes those
   * that are used.
   *
   * @default {4,294,967,296 on WebAssembly, or what is granted; on WebGPU what the adapter has}
   */
  memoryBytes?: number;
}

/** What a build of assembly/ exports, besides the kernels. */
interface Exports extends TileExports {
  run(control: number, threads: number): void;
  stop(control: number): void;
}

/** What openWasm() chose and started. */
interface Opened extends TraceOptions {
  readonly build: keyof typeof WASM;
  readonly threads: number;
  readonly workers: readonly Worker[];
  readonly tiles: Tiles;
  /** Why there is one thread only. */
  readonly reason: string | undefined;
}

/** Bytes of a page. */
const PAGE = 65536;
/** The pages that a WebAssembly memory has at most. */
const MOST_PAGES = 65536;
/** The first byte that is handed out: below lie the constants of the module. */
const ARENA = 65536;
const CONTROL_BYTES = (CONTROL.TAKEN + SHARES) * 4;
const { GENERATION, PROGRAM, SCRATCH, STRIDE, TILE, PACKED, BROKEN } = CONTROL;

/** A thread: it is told once what it needs, and then walks programs until it is told to stop, or traps and says so. */
const WORKER = `onmessage = ({ data: { module, memory, control, thread, threads } }) => {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  postMessage("ready");
  try {
    exports.work(control, thread, threads);
  } catch {
    const words = new Int32Array(memory.buffer, control, ${BROKEN} + 1);
    Atomics.compareExchange(words, ${BROKEN}, 0, thread);
    Atomics.notify(words, ${GENERATION});
  }
  close();
};`;

/**
 * Opens the WebAssembly device. `tile` names the tile of products, which is found out otherwise.
 *
 * @throws {RangeError} If `threads` or `memoryBytes` is out of range.
 * @throws {DeviceError} If SIMD is missing, no memory is granted, or a worker does not start.
 */
export async function openWasm(options: WasmOptions & { tile?: Tile } = {}): Promise<Device> {
  const { threads = defaultThreads(), deterministic = false, memoryBytes = MOST_PAGES * PAGE } = options;
  if (!Number.isInteger(threads) || threads < 1 || threads > 64) {
    throw new RangeError(
      `Cannot open device "wasm" with ${threads} threads: threads must be an integer from 1 to 64`,
    );
  }
  checkMemoryBytes("wasm", memoryBytes);
  if (!supports("simd")) {
    throw new DeviceError(`Cannot open device "wasm": WebAssembly SIMD is not supported here`);
  }
  const single = singleBecause();
  const shared = single === undefined;
  const build = !deterministic && supports("relaxed") ? "relaxed" : "plain";
  const count = shared ? threads : 1;
  const memory = grantedMemory(shared, memoryBytes);
  const module = compiled(build, shared);
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const starting = Promise.all(
    Array.from({ length: count - 1 }, (_, index) => {
      return startWorker(WORKER, { module, memory, control: ARENA, thread: index + 1, threads: count });
    }),
  );
  const tile = options.tile ?? givenTile(options.wideTiles, build);
  const tiles = tile === undefined
    ? fastestTile(exports as unknown as Exports, ARENA + CONTROL_BYTES, build)
    : { tile, speed: undefined };
  const end = (): void => (exports as unknown as Exports).stop(ARENA); // workers that wait keep the process alive
  const workers = (await starting.catch((error) => {
    end();
    throw error;
  })).filter((worker) => worker !== undefined);
  const forbidden = workers.length < count - 1 ? "the page's policy forbids blob workers" : undefined;
  if (forbidden) end();
  return new WasmDevice(memory, exports as unknown as Exports, {
    build,
    threads: forbidden ? 1 : count,
    workers,
    tiles,
    reason: single ?? forbidden,
    trace: options.trace,
  });
}

function compiled(build: keyof typeof WASM, shared: boolean): WebAssembly.Module {
  const bytes = decodeBase64(WASM[build]);
  try {
    return new WebAssembly.Module(shared ? bytes : unshared(bytes));
  } catch (error) {
    throw new DeviceError(
      `Cannot open device "wasm": its kernels were not compiled: ${(error as Error).message}`,
      { cause: error },
    );
  }
}

function givenTile(wide: boolean | undefined, build: keyof typeof WASM): Tile | undefined {
  return wide === undefined ? undefined : wide ? "6x16" : tilesOf(build)[0];
}

function defaultThreads(): number {
  return singleBecause() === undefined ? Math.min(navigator.hardwareConcurrency || 1, 16) : 1;
}

/** One memory whose maximum is there from the start: a growth would not be seen by a thread inside wasm. */
function grantedMemory(shared: boolean, bytes: number): WebAssembly.Memory {
  for (let pages = Math.min(Math.floor(bytes / PAGE), MOST_PAGES); pages >= 256; pages = pages >> 1) {
    try {
      return new WebAssembly.Memory({ initial: pages, maximum: pages, shared });
    } catch {
      // Half as much may be granted.
    }
  }
  throw new DeviceError(`Cannot open device "wasm": no WebAssembly memory was granted`);
}

class WasmDevice extends CommandDevice<number> {
  readonly name = "wasm";
  readonly software = false;
  readonly threads: number;
  readonly build: string;
  readonly info: DeviceInfo;
  readonly #exports: Exports;
  readonly #words: Uint32Array;
  readonly #buffer: ArrayBufferLike;
  readonly #memory: WasmMemory;
  readonly #scratch = { address: 0, bytes: 0 };
  readonly #packed: Packed;
  readonly #choices: ThreadChoices;
  #failure: string | undefined;
  /** Tells that the threads have ended. */
  readonly #ended: () => void;

  constructor(
    memory: WebAssembly.Memory,
    exports: Exports,
    { build, threads, workers, tiles, reason, trace }: Opened,
  ) {
    super(memory.buffer.byteLength, { trace });
    this.#exports = exports;
    this.#buffer = memory.buffer;
    this.#words = new Uint32Array(memory.buffer);
    this.#packed = new Packed(this.#words);
    this.threads = threads;
    this.#choices = new ThreadChoices(threads);
    this.#ended = threads > 1 ? countOpen() : () => {};
    this.build = build;
    this.#words[ARENA / 4 + TILE] = TILE_WORDS[tiles.tile];
    const wide = tiles.tile === "6x16";
    this.#memory = new WasmMemory(ARENA + CONTROL_BYTES, memory.buffer.byteLength);
    this.info = {
      name: "wasm",
      description: `WebAssembly, ${build} SIMD, ${threads} thread${threads > 1 ? "s" : ""}${
        reason === undefined ? "" : ` as ${reason}`
      }${wide && !checksBounds() ? ", turbo" : ""}`,
      details: {
        build,
        threads,
        workers: workers.length,
        memoryBytes: memory.buffer.byteLength,
        tile: tiles.tile,
        wideTiles: wide,
        wideTileSpeed: tiles.speed,
      },
    };
  }

  get memory(): DeviceMemory {
    return { ...this.#memory.state, scratch: this.#scratch.bytes * this.threads };
  }

  protected allocate(length: number): number {
    const address = this.#memory.take(length * 4);
    this.#packed.write([address, length * 4]);
    this.#words.fill(0, address / 4, address / 4 + length);
    return address;
  }

  protected release(address: number, length: number): void {
    this.#memory.give(address, length * 4);
  }

  protected compile(commands: readonly Command<number>[]): Executable {
    const { words, shape, settings, scratch, alone } = encode(commands, this.threads);
    this.#reserveScratch(scratch * 4);
    const bytes = align(words.length) * 4;
    const program = this.#memory.take(bytes);
    this.#words.set(words, program / 4);
    const { length } = commands; // the list itself would keep its blocks alive
    const uses = usesOf(commands);
    const key = shapeKey(shape);
    return {
      run: (): void => {
        if (length === 0) return;
        const [steps, given] = settings === undefined ? [1, 0] : this.#words.subarray(settings, settings + 2);
        const choice = this.#choices.of(key, given, steps, alone);
        const threads = choice.next();
        this.#words[ARENA / 4 + PACKED] = this.#packed.run(uses, threads);
        this.#words[ARENA / 4 + PROGRAM] = program;
        const start = performance.now();
        this.#run(threads);
        choice.took((performance.now() - start) / Math.max(steps!, 1));
      },
      [Symbol.dispose]: (): void => this.#memory.give(program, bytes),
    };
  }

  protected wait(): void {
    // The host's thread is one of those that compute: all is done when it returns.
  }

  #run(threads: number): void {
    try {
      this.#exports.run(ARENA, threads);
    } catch (error) {
      const control = new Int32Array(this.#buffer, ARENA, CONTROL_BYTES / 4);
      const thread = Atomics.compareExchange(control, BROKEN, 0, -1);
      this.#failure = thread === 0
        ? `a kernel failed: ${error instanceof Error ? error.message : error}`
        : `thread ${thread} of ${this.threads} has ended`;
      this.close(); // the other threads end, wherever they wait
      Atomics.notify(control, GENERATION);
      throw this.broken(error);
    }
  }

  protected get failure(): string | undefined {
    return this.#failure;
  }

  /** Makes every thread's scratch at least `bytes` large. */
  #reserveScratch(bytes: number): void {
    if (bytes <= this.#scratch.bytes) return;
    const scratch = this.#scratch;
    if (scratch.bytes > 0) this.#memory.give(scratch.address, scratch.bytes * this.threads);
    try {
      this.#takeScratch(align(Math.ceil(bytes / 4)) * 4);
    } catch (error) {
      if (scratch.bytes > 0) this.#takeScratch(scratch.bytes); // recorded programs need it
      throw error;
    }
  }

  #takeScratch(size: number): void {
    const address = this.#memory.take(size * this.threads, "end");
    Object.assign(this.#scratch, { address, bytes: size });
    this.#packed.forget();
    this.#words[ARENA / 4 + SCRATCH] = address;
    this.#words[ARENA / 4 + STRIDE] = size;
  }

  protected upload(target: DeviceBlock<number>, words: Float32Array | Uint32Array): void {
    const address = target.handle + target.start * 4;
    this.#packed.write([address, words.length * 4]);
    if (words instanceof Uint32Array) this.#words.set(words, address / 4);
    else new Float32Array(this.#buffer, address, words.length).set(words);
  }

  protected lend(target: DeviceBlock<number>, act: HostAct): void | Promise<void> {
    const address = target.handle + target.start * 4;
    this.#packed.write([address, target.length * 4]);
    return act(new Float32Array(this.#buffer, address, target.length));
  }

  protected download(source: DeviceBlock<number>): Promise<ArrayBuffer> {
    const address = source.handle + source.start * 4;
    return Promise.resolve(this.#words.slice(address / 4, address / 4 + source.length).buffer as ArrayBuffer);
  }

  /** Lets every worker return and close itself: one that is terminated while it waits keeps the process alive. */
  protected close(): void {
    if (this.threads > 1) this.#exports.stop(ARENA);
    this.#ended();
  }
}
