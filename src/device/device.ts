/**
 * What a device is: memory in blocks of 32-bit words, and kernels that run in the order given. Layers speak to this
 * interface alone. A device is not a tensor library: it knows no shapes, no gradients and no types of numbers.
 *
 * @module
 */
import type { Buffers, KernelName, Params } from "../kernels.ts";

/** A failure of the device itself: absent, lost, out of memory, or disposed. */
export class DeviceError extends Error {
  /** The class's name, for messages. */
  override readonly name: string = "DeviceError";
}

/** Memory on a device. */
export interface Block extends Disposable {
  /** The device on which it lies. No other device takes it. */
  readonly device: Device;
  /** Its size in 32-bit words. */
  readonly length: number;
  /** Whether its memory was not freed yet. */
  readonly alive: boolean;
  /**
   * A part of this block that shares its memory.
   *
   * @param offset Its first word: a multiple of 64, on every device.
   * @param length Its size in words.
   * @returns The view; disposing it does nothing.
   * @throws {RangeError} If the offset is not a multiple of 64 or the range does not lie in the block.
   */
  view(offset: number, length: number): Block;
}

/** What the host does with a block's words, f32. */
export type HostAct = (words: Float32Array) => void | Promise<void>;

/** What a function returns whose work is done by then: anything but a promise. */
export type NoPromise<R> = R extends PromiseLike<unknown> ? never : R;

/** A recorded list of kernels with the memory that was allocated for it. */
export interface Program extends Disposable {
  /** Runs all kernels of the program, in order. */
  run(): void;
  /**
   * Each command as a program of its own, for measurements: run in order, once each, they do what the program does.
   *
   * @param times How often a part runs its command.
   * @returns The parts, which hold as long as the program does.
   */
  parts(times?: number): Part[];
}

/** One command of a program: a kernel, or a clear of the block `target`. */
export interface Part extends Disposable {
  /** The kernel, or "clear". */
  readonly kernel: KernelName | "clear";
  /** The kernel's parameters. */
  readonly params: Readonly<Record<string, number>>;
  /** Words of each of its buffers. */
  readonly lengths: Readonly<Record<string, number>>;
  /** Runs the command. */
  run(): void;
}

/** Facts about a device, for people. */
export interface DeviceInfo {
  /** "webgpu" or "wasm". */
  readonly name: string;
  /** One line: what it is, threads or adapter, which build of the kernels. */
  readonly description: string;
  /** Everything known: adapter, features, limits, threads, build. */
  readonly details: Readonly<Record<string, unknown>>;
}

/** What a device's memory comes to, in bytes. */
export interface DeviceMemory {
  /** What all of it may take together; Infinity where the device does not say. */
  readonly size: number;
  /** What is in use: blocks, and on WebAssembly lists of commands and the memory of threads too. */
  readonly used: number;
  /** The most that was in use since the device was opened. */
  readonly peak: number;
  /** Of what is in use, the memory of threads, which the next kernels take over; 0 on a GPU. */
  readonly scratch: number;
}

/**
 * A device: WebGPU, or WebAssembly with SIMD and threads. Every method that takes a block throws a TypeError where it lies
 * on another device.
 */
export interface Device extends Disposable {
  /** "webgpu" or "wasm". */
  readonly name: string;
  /** Which device of this process it is, counted from 1: messages write `device "wasm" (2)`. */
  readonly number: number;
  /** What it is, for people: no decision is taken from it. */
  readonly info: DeviceInfo;
  /** Whether its GPU is a driver that computes on the CPU. */
  readonly software: boolean;
  /** How many threads of the CPU it was told to compute with; 1 on a GPU. */
  readonly threads: number;
  /** Which build of the kernels it runs, where there are several: "relaxed" or "plain". */
  readonly build?: string;
  /** Whether a program is being recorded. */
  readonly recording: boolean;
  /**
   * Waits for what a program needs before its first run, holding nobody: else the first run waits for it, in a browser with
   * a software GPU for seconds.
   *
   * @returns A promise that settles when all programs so far can run at once.
   */
  ready(): Promise<void>;
  /** What memory it has, and how much of it is in use. */
  readonly memory: DeviceMemory;
  /** Words that a block may have at most, where the device says so. */
  readonly mostWords?: number;
  /**
   * Takes memory, filled with zeros. While recording it belongs to the program.
   *
   * @param length Size in 32-bit words, at least 1.
   * @throws {DeviceError} If there is not enough memory.
   */
  alloc(length: number): Block;
  /**
   * Writes words from the host at the block's start. Acts at once, even while recording; kernels that were given
   * before see the old words.
   *
   * @throws {TypeError} If the words are of another type.
   * @throws {RangeError} If they are more than the block has.
   */
  write(target: Block, words: Float32Array | Uint32Array): void;
  /**
   * Has the host act on a block's words once the kernels that were given have run, before those that follow: on WebAssembly
   * in place, on WebGPU on a copy, which is written back.
   *
   * @param target The block.
   * @param act Changes the words. They are its own until it has returned, or its promise is kept.
   * @returns Nothing where all is done; else a promise to wait for before anything else is given to the device.
   * @throws {DeviceError} If a program is being recorded.
   */
  alter(target: Block, act: HostAct): void | Promise<void>;
  /** Fills a block with zeros, in order with the kernels; recorded while recording. */
  clear(target: Block): void;
  /** Gives a kernel to run, after all that were given before. */
  run<K extends KernelName>(kernel: K, buffers: Buffers<K, Block>, params: Params<K>): void;
  /**
   * Takes a note on the host of what kernels do that are given here: now, and at each run of the program that is being
   * recorded.
   *
   * @param take Takes the note. It must give nothing to run.
   */
  note(take: () => void): void;
  /**
   * Captures what `body` gives to run, without running it. What is allocated inside belongs to the program, and is freed
   * with it.
   *
   * @param body Gives kernels to run; it must not await.
   * @param answers `read`: what a read gets within the body, which fails unless it is given.
   * @returns The program, which owns what was allocated inside.
   * @throws {DeviceError} If recording already.
   * @throws {TypeError} If the body returns a promise.
   *
   * @example A product that is recorded once and run twice
   * ```ts
   * import { Dense, openDevice, Tensor } from "@refrain/refrain";
   * import { assertNotEquals } from "@std/assert";
   *
   * using device = await openDevice("wasm", { threads: 1 });
   * using dense = new Dense(device, { inputSize: 2, outputSize: 1, seed: 0 });
   * using x = Tensor.from(device, [1, 2], [1, 2]);
   * const outputs: Tensor[] = [];
   * using program = device.record(() => {
   *   outputs.push(dense.forward(x));
   * });
   * const y = outputs[0]!; // run by run
   * program.run();
   * const before = await y.data();
   * x.write(new Float32Array([3, 4]));
   * program.run(); // on what x holds now
   * assertNotEquals(await y.data(), before);
   * ```
   */
  record<R>(body: () => NoPromise<R>, answers?: { read?: () => Promise<ArrayBuffer> }): Program;
  /**
   * Reads a block after all kernels given so far: the only wait there is.
   *
   * @throws {DeviceError} If a program is being recorded, or the device was lost.
   */
  read(source: Block): Promise<ArrayBuffer>;
  /**
   * Runs `body` and frees what was allocated inside, except blocks that are found in what it returns: a block, a tensor, a
   * layer, a model, an optimizer or a tape, and all of these in arrays, maps, sets and plain objects. An object of another
   * class is asked for its `block`, or by its method `blocks()`. A tape that is returned has its gradients, but goes
   * backwards inside of the scope alone: what lies between its layers is freed.
   *
   * @param body What to run; it must not await.
   * @returns What it returned.
   * @throws {TypeError} If the body returns a promise.
   *
   * @example A loop whose steps leave nothing behind but the state
   * ```ts
   * import { GRU, openDevice, Tensor } from "@refrain/refrain";
   * import { assertEquals } from "@std/assert";
   *
   * using device = await openDevice("wasm", { threads: 1 });
   * using gru = new GRU(device, { inputSize: 5, hiddenSize: 4, seed: 0 });
   * let state: Tensor | undefined;
   * for (const id of [1, 4, 2]) {
   *   const { next } = device.scope(() => {
   *     const [, next] = gru.step(Tensor.from(device, new Uint32Array([id]), [1]), state);
   *     return { next };
   *   });
   *   state?.[Symbol.dispose]();
   *   state = next;
   * }
   * assertEquals(state!.shape, [1, 1, 4]);
   * ```
   */
  scope<R>(body: () => NoPromise<R>): R;
}

/** The words on which every view and every parameter starts: WebGPU's 256 bytes. */
export const ALIGNMENT = 64;

/**
 * The next multiple of the alignment.
 *
 * @param words A size or offset in words.
 * @returns The smallest multiple of 64 that is not below it.
 */
export function align(words: number): number {
  return Math.ceil(words / ALIGNMENT) * ALIGNMENT;
}
