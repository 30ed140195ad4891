/**
 * A disk that fails when it is told to: the file operations of Deno below one folder are counted, and one of them fails, or
 * it and all behind it, or the process is killed at it. The program under test knows nothing of it.
 *
 * @module
 */

/** What happens, and at which operation. */
export interface Fault {
  /** `once`: it alone fails; `on`: all behind it fail too; `kill`: the process ends there. */
  readonly kind: "once" | "on" | "kill";
  /** The operation, counted from 1. */
  readonly at: number;
  /** Whether half of what the operation writes is on the disk by then. */
  readonly halfway: boolean;
  /** What the system says. */
  readonly reason: Reason;
  /** How paths begin that are always well. */
  readonly spares?: string;
}

/** What a system says of a disk, in Deno's words. */
const REASONS = {
  ENOSPC: () => new Error("No space left on device (os error 28)"),
  EIO: () => new Error("Input/output error (os error 5)"),
  EACCES: () => new Deno.errors.PermissionDenied("Permission denied (os error 13)"),
  EROFS: () => new Error("Read-only file system (os error 30)"),
  EMFILE: () => new Error("Too many open files (os error 24)"),
  ESTALE: () => new Error("Stale file handle (os error 116)"),
};

/** The names of what a system says. */
export type Reason = keyof typeof REASONS;

/** All of them. */
export const ALL_REASONS = Object.keys(REASONS) as Reason[];

/** An operation that was asked for. */
export interface Operation {
  /** Its name, and its path below the folder. */
  readonly what: string;
  /** Whether it writes bytes, so that it can end halfway. */
  readonly writes: boolean;
}

type Asynchronous = (...args: unknown[]) => Promise<unknown>;

/** The functions of Deno that a run uses, by path. */
const BY_PATH = ["mkdir", "open", "readFile", "readTextFile", "writeTextFile", "rename", "remove"]
  .concat(["stat", "lstat", "truncate"]);
/** The methods of open files. */
const OF_FILES = ["read", "write", "sync", "truncate", "stat", "tryLock"];

/** Deno's file operations below a folder, until it is disposed. */
export class FaultyDisk implements Disposable {
  /** All operations so far. */
  readonly operations: Operation[] = [];
  readonly #root: string;
  readonly #fault: Fault | undefined;
  readonly #originals: [name: string, value: unknown][] = [];
  readonly #files: Deno.FsFile[] = [];

  /**
   * Begins to count.
   *
   * @param root The folder, or the beginning of the paths that are meant.
   * @param fault What happens; without it operations are counted alone.
   */
  constructor(root: string, fault?: Fault) {
    this.#root = root;
    this.#fault = fault;
    for (const name of BY_PATH) this.#replace(name, (original) => this.#byPath(name, original));
    this.#replace("readDir", (original) => this.#listing(original as unknown as typeof Deno.readDir));
  }

  #replace(name: string, wrap: (original: Asynchronous) => unknown): void {
    const there = Deno as unknown as Record<string, Asynchronous>;
    const original = there[name]!;
    this.#originals.push([name, original]);
    Object.defineProperty(Deno, name, { value: wrap(original), configurable: true, writable: true });
  }

  #byPath(name: string, original: Asynchronous): Asynchronous {
    return async (path, ...rest) => {
      if (!this.#means(path)) return await original(path, ...rest);
      const half = name === "writeTextFile"
        ? () => original(path, halfOf(rest[0] as string), ...rest.slice(1))
        : undefined;
      await this.#pass(`${name} ${this.#below(path)}`, half);
      const result = await original(path, ...rest);
      if (name === "open") this.#watch(result as Deno.FsFile, path);
      return result;
    };
  }

  #listing(original: typeof Deno.readDir): (path: string | URL) => AsyncIterable<Deno.DirEntry> {
    const pass = (path: string): Promise<void> => this.#pass(`readDir ${this.#below(path)}`);
    const means = (path: unknown): path is string => this.#means(path);
    return async function* (path) {
      if (means(path)) await pass(path);
      yield* original(path);
    };
  }

  #watch(file: Deno.FsFile, path: string): void {
    this.#files.push(file);
    const methods = file as unknown as Record<string, Asynchronous>;
    for (const name of OF_FILES) {
      const original = methods[name]!.bind(file);
      methods[name] = async (...args) => {
        const half = name === "write" ? () => original(halfOf(args[0] as Uint8Array)) : undefined;
        await this.#pass(`${name} ${this.#below(path)}`, half);
        return await original(...args);
      };
    }
  }

  /** Counts an operation, which fails or is the last where that is meant. */
  async #pass(what: string, half?: () => Promise<unknown>): Promise<void> {
    this.operations.push({ what, writes: half !== undefined });
    const number = this.operations.length;
    const fault = this.#fault;
    if (!fault || number < fault.at || (fault.kind !== "on" && number > fault.at)) return;
    if (fault.halfway && number === fault.at) await half?.();
    if (fault.kind !== "kill") throw REASONS[fault.reason]();
    Deno.kill(Deno.pid, "SIGKILL");
    await new Promise(() => {}); // the signal comes before the next operation
  }

  #means(path: unknown): path is string {
    if (typeof path !== "string" || !path.startsWith(this.#root)) return false;
    return this.#fault?.spares === undefined || !path.startsWith(this.#fault.spares);
  }

  /** A path below the folder; names of temporary files are drawn. */
  #below(path: string): string {
    return path.slice(this.#root.length).replace(/[0-9a-f-]{36}/, "X");
  }

  /** The disk is well again; a process that ended would have closed its files. */
  [Symbol.dispose](): void {
    for (const [name, value] of this.#originals) {
      Object.defineProperty(Deno, name, { value, configurable: true, writable: true });
    }
    for (const file of this.#files) {
      try {
        file.close();
      } catch {
        // it is closed
      }
    }
  }
}

function halfOf<T extends string | Uint8Array>(all: T): T {
  return all.slice(0, all.length >> 1) as T;
}
