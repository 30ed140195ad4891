/**
 * The half of a device that both devices share: lists of commands, recording, scopes, and who owns which block.
 * Eager and recorded mode are one path: `run` appends to a list, `read` and `write` flush it, `record` keeps it.
 * Says nothing of how a list is executed.
 *
 * @module
 */
import { type Buffers, isWritten, kernelEntry, type KernelName, type Params } from "../kernels.ts";
import { counted, Printable, printable } from "../messages/printable.ts";
import { assertFits, assertOwn, DeviceBlock, disposeAll } from "./block.ts";
import { numbersOf } from "./command_numbers.ts";
import { type Command, type Executable, keepInOrder, type Recording } from "./command.ts";
import {
  align,
  type Block,
  type Device,
  DeviceError,
  type DeviceInfo,
  type DeviceMemory,
  type HostAct,
  type NoPromise,
  type Part,
  type Program,
} from "./device.ts";
import { refusePromise, rootsIn } from "./kept.ts";
import { partOf } from "./part.ts";
import { type Owner, Reclaimer } from "./reclaimer.ts";
import { type TracedCommand, tracedList, type TraceOptions } from "./trace.ts";
import { turn } from "../turn.ts";

/** Eager commands that wait at most: enough for a layer, few enough to keep memory small. */
const MOST_PENDING = 512;
/** What a command of a program takes beside blocks, about: a bind group on WebGPU, a few words on WebAssembly. */
const COMMAND_BYTES = 1024;

/** A device that executes lists of commands. */
export abstract class CommandDevice<Handle> extends Printable implements Device {
  static #opened = 0;
  abstract readonly name: string;
  readonly number: number = ++CommandDevice.#opened;
  abstract readonly info: DeviceInfo;
  abstract readonly software: boolean;
  abstract readonly threads: number;
  abstract readonly memory: DeviceMemory;
  #pending: Command<Handle>[] = [];
  #recording: Recording<Handle> | undefined;
  /** Open scopes, innermost last: the blocks that each has allocated. */
  readonly #scopes: Set<Block>[] = [];
  /** Watches blocks that no scope owns, and programs. */
  readonly #reclaimer: Reclaimer;
  readonly #trace: ((command: TracedCommand) => void) | undefined;
  #disposed = false;

  /**
   * @param memoryBytes What all blocks may take together.
   * @param options Whether commands are told one by one.
   */
  constructor(memoryBytes: number, { trace }: TraceOptions = {}) {
    super();
    this.#reclaimer = new Reclaimer(memoryBytes);
    this.#trace = trace;
  }

  /** Takes zero-filled memory of `length` words (a multiple of the alignment). */
  protected abstract allocate(length: number): Handle;
  /** Gives memory back; kernels that were executed before may still be using it. */
  protected abstract release(handle: Handle, length: number): void;
  /** Makes a list ready; `once` tells that it will run exactly once. */
  protected abstract compile(commands: readonly Command<Handle>[], once: boolean): Executable;
  /** Waits until the device has done what it was given, for the times of a trace. */
  protected abstract wait(): void;
  /** Writes words at a block's start, after everything that was executed. */
  protected abstract upload(target: DeviceBlock<Handle>, words: Float32Array | Uint32Array): void;
  /** Reads a block, after everything that was executed. */
  protected abstract download(source: DeviceBlock<Handle>): Promise<ArrayBuffer>;
  /** Lends the host a block's words, after everything that was executed. */
  protected abstract lend(target: DeviceBlock<Handle>, act: HostAct): void | Promise<void>;
  /** Frees whatever the device holds beside blocks. */
  protected abstract close(): void;
  /** What has ended the device, for a message; undefined while it works. */
  protected abstract get failure(): string | undefined;

  get recording(): boolean {
    return this.#recording !== undefined;
  }

  ready(): Promise<void> {
    return turn();
  }

  alloc(length: number): Block {
    this.#assertOpen();
    if (!Number.isSafeInteger(length) || length < 1) {
      throw new RangeError(`Cannot allocate ${length} words: the length must be a positive integer`);
    }
    const size = align(length);
    const block = new DeviceBlock<Handle>(this, this.allocate(size), length, (self) => {
      if (this.#disposed || this.failure !== undefined) return;
      // A program will run again: what it has allocated stays until the program goes.
      if (this.#recording?.owned.has(self)) return void this.#recording.disposed.add(self);
      for (const scope of this.#scopes) scope.delete(self);
      try {
        this.flush(); // kernels that wait may name this block: they run before its memory can be taken again
      } finally {
        this.#free(self);
      }
    });
    this.#own(block);
    return block;
  }

  /** Makes the innermost scope the owner of a block, or whoever holds it. */
  #own(block: DeviceBlock<Handle>): void {
    const scope = this.#scopes.at(-1);
    if (scope) scope.add(block);
    else this.#watch(block);
  }

  #watch(block: DeviceBlock<Handle>): void {
    const words = align(block.length);
    this.#reclaimer.watch(block, words * 4, this.#releasing(block.handle, words));
  }

  /** Apart, so that it does not know the block. */
  #releasing(handle: Handle, words: number): () => void {
    return () => {
      if (!this.#disposed) this.release(handle, words);
    };
  }

  #free(block: DeviceBlock<Handle>): void {
    this.#reclaimer.release(block);
    if (!this.#disposed) this.release(block.handle, align(block.length));
  }

  write(target: Block, words: Float32Array | Uint32Array): void {
    this.#assertOpen();
    assertOwn<Handle>(target, "the target of a write", this);
    assertFits(target, words);
    this.flush();
    if (words.length > 0) this.upload(target, words);
  }

  alter(target: Block, act: HostAct): void | Promise<void> {
    this.#assertOpen();
    if (this.#recording) throw new DeviceError("Cannot alter a block while a program is being recorded");
    assertOwn<Handle>(target, "the target of a change", this);
    this.flush();
    return this.lend(target, act);
  }

  clear(target: Block): void {
    assertOwn<Handle>(target, "the target of a clear", this);
    this.#give({ kernel: "clear", blocks: [target], params: [] });
  }

  run<K extends KernelName>(kernel: K, buffers: Buffers<K, Block>, params: Params<K>): void {
    const entry = kernelEntry(kernel);
    const written = new Map<DeviceBlock<Handle>, boolean>();
    const blocks = Object.entries(entry.buffers).map(([name, use]) => {
      const block = (buffers as Record<string, Block>)[name]!;
      assertOwn<Handle>(block, `buffer "${name}" of kernel ${kernel}`, this);
      const other = written.get(block.root);
      if (other !== undefined && other !== isWritten(use)) {
        throw new TypeError(`Cannot run ${kernel}: buffer "${name}" is bound both to read and to write`);
      }
      written.set(block.root, isWritten(use));
      return block;
    });
    this.#give({ kernel, blocks, params: numbersOf(kernel, params) });
  }

  note(take: () => void): void {
    take();
    this.#recording?.notes.push(take);
  }

  record<R>(body: () => NoPromise<R>, { read }: { read?: () => Promise<ArrayBuffer> } = {}): Program {
    this.#assertOpen();
    if (this.#recording) throw new DeviceError("Cannot record a program: another one is being recorded");
    this.flush();
    const lists = {
      commands: [],
      notes: [],
      owned: new Set<Block>(),
      disposed: new Set<DeviceBlock<Handle>>(),
    };
    const recording: Recording<Handle> = { ...lists, read };
    this.#scopes.push(recording.owned);
    this.#recording = recording;
    const dispose = (): void => {
      for (const block of recording.owned) block[Symbol.dispose]();
      for (const block of recording.disposed) this.#free(block);
    };
    let executable: Executable;
    try {
      refusePromise(body(), "record a program");
      executable = this.#compileWatched(recording.commands);
    } catch (error) {
      this.#recording = undefined;
      dispose();
      throw error;
    } finally {
      this.#recording = undefined;
      this.#scopes.splice(this.#scopes.indexOf(recording.owned), 1);
    }
    const used = new Set(recording.commands.flatMap(({ blocks }) => blocks.map(({ root }) => root)));
    for (const block of recording.disposed) used.delete(block); // their memory goes with the program
    let there = true;
    const run = (executable: Executable): void => {
      this.#assertOpen();
      if (!there) throw new DeviceError("Cannot run a program: it was disposed");
      // Another block may lie by now where a freed one lay.
      for (const block of used) assertOwn<Handle>(block, "a block of a program", this);
      this.flush();
      executable.run();
      for (const take of recording.notes) take();
    };
    for (const block of recording.owned) this.#watch(block as DeviceBlock<Handle>);
    const program: Program = {
      run: (): void => run(executable),
      parts: (times = 1): Part[] =>
        recording.commands.map((command) => {
          const own = this.#compileWatched(Array<Command<Handle>>(times).fill(command));
          return partOf(command, { run: () => run(own), [Symbol.dispose]: () => own[Symbol.dispose]() });
        }),
      [Symbol.dispose]: (): void => {
        if (!there) return;
        there = false;
        executable[Symbol.dispose]();
        dispose();
      },
    };
    return printable(
      program,
      () => {
        const count = counted(recording.commands.length, "command");
        return `Program of ${count} on ${this.name}${there ? "" : ", disposed"}`;
      },
    );
  }

  /** A list made ready: as one, or command by command for a trace. */
  #ready(commands: readonly Command<Handle>[], once: boolean): Executable {
    if (!this.#trace) return this.compile(commands, once);
    return tracedList(commands, {
      compile: (command) => this.compile([command], once),
      wait: () => this.wait(),
      tell: this.#trace,
    });
  }

  /** A list that will run again, and is freed when nobody can run it any more. */
  #compileWatched(commands: readonly Command<Handle>[]): Executable {
    const list = this.#ready(commands, false);
    const bytes = commands.length * COMMAND_BYTES;
    const watched: Executable & Owner & { commands: unknown } = {
      commands, // their blocks stay as long as they can be run
      run: (): void => list.run(),
      [Symbol.dispose]: (): void => {
        this.#reclaimer.release(watched);
        list[Symbol.dispose]();
      },
    };
    this.#reclaimer.watch(watched, bytes, disposing(list));
    return watched;
  }

  async read(source: Block): Promise<ArrayBuffer> {
    this.#assertOpen();
    if (this.#recording?.read) return await this.#recording.read();
    if (this.#recording) throw new DeviceError("Cannot read a block while a program is being recorded");
    assertOwn<Handle>(source, "the source of a read", this);
    this.flush();
    const words = await this.download(source);
    await turn({ due: this.#reclaimer.due() });
    return words;
  }

  scope<R>(body: () => NoPromise<R>): R {
    // A program owns all that is allocated while it is recorded: it will run again.
    if (this.#recording) {
      const result = body();
      refusePromise(result, "open a scope");
      return result;
    }
    const frame = new Set<Block>();
    this.#scopes.push(frame);
    let kept = new Set<Block>();
    try {
      const result = body();
      refusePromise(result, "open a scope");
      kept = rootsIn(result);
      return result;
    } finally {
      this.#scopes.splice(this.#scopes.indexOf(frame), 1);
      for (const block of kept) {
        if (frame.delete(block)) this.#own(block as DeviceBlock<Handle>);
      }
      disposeAll(frame);
    }
  }

  override toString(): string {
    const end = this.#disposed ? "disposed" : this.failure;
    return `Device ${this.info.description}${end === undefined ? "" : `, ${end}`}`;
  }

  /** Executes what waits. */
  protected flush(): void {
    if (this.#pending.length === 0) return;
    const commands = this.#pending;
    this.#pending = [];
    const executable = this.#ready(commands, true);
    try {
      executable.run();
    } finally {
      executable[Symbol.dispose]();
    }
  }

  [Symbol.dispose](): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#pending = [];
    this.close();
  }

  /** What every call gives once the device has failed. */
  protected broken(cause?: unknown): DeviceError {
    return new DeviceError(`Cannot use device "${this.name}": ${this.failure}: open a new device`, { cause });
  }

  #give(command: Command<Handle>): void {
    this.#assertOpen();
    if (this.#recording) keepInOrder(this.#recording.commands, command);
    else if (this.#pending.push(command) >= MOST_PENDING) this.flush();
  }

  #assertOpen(): void {
    if (this.#disposed) throw new DeviceError(`Cannot use device "${this.name}": it was disposed`);
    if (this.failure !== undefined) throw this.broken();
  }
}

/** Apart, so that it does not know who owns the list. */
function disposing(list: Executable): () => void {
  return () => list[Symbol.dispose]();
}
