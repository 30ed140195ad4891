/**
 * A net for memory that nobody frees: V8 is told how much each owner holds, and when it collects one the memory is given
 * back. It says so in macrotasks only: see turn.ts. Knows neither blocks nor devices.
 *
 * @module
 */

/** An object that holds memory outside of V8's heap. */
export interface Owner {
  /** For the reclaimer: what V8 takes for that memory. */
  weight?: object | undefined;
}

/** Bytes that small owners share: what V8 is told takes a system call. */
const SHARE = 65536;
/** V8 collects when some 64 MiB were added: on a device with less memory than this each byte weighs more. */
const ROOMY = 2 ** 30;
/** Bytes after which V8 shall have a turn to collect. */
const MUCH = 2 ** 24;

/** Gives back the memory of owners that were forgotten. */
export class Reclaimer {
  readonly #registry: FinalizationRegistry<() => void> = new FinalizationRegistry((free) => free());
  /** What a byte weighs. */
  readonly #scale: number;
  /** The weight of what is watched since due() was true. */
  #added = 0;
  #share: object | undefined;
  /** Bytes of the share that no owner has taken. */
  #left = 0;

  /** @param memoryBytes Of the device. */
  constructor(memoryBytes: number) {
    this.#scale = Math.max(1, Math.ceil(ROOMY / memoryBytes));
  }

  /** Whether much is watched since this was true. */
  due(): boolean {
    if (this.#added < MUCH) return false;
    this.#added = 0;
    return true;
  }

  /**
   * Begins to watch.
   *
   * @param owner Who holds the memory.
   * @param bytes How much.
   * @param free Gives it back; it must not know the owner, who would never be forgotten.
   */
  watch(owner: Owner, bytes: number, free: () => void): void {
    owner.weight = this.#weigh(bytes * this.#scale);
    this.#added += bytes * this.#scale;
    this.#registry.register(owner, free, owner);
  }

  /** Ends it: the owner has given the memory back. */
  release(owner: Owner): void {
    if (owner.weight === undefined) return;
    owner.weight = undefined;
    this.#registry.unregister(owner);
  }

  #weigh(bytes: number): object {
    if (bytes >= SHARE) return untouched(bytes);
    if (!this.#share || bytes > this.#left) {
      this.#share = untouched(SHARE);
      this.#left = SHARE;
    }
    this.#left -= bytes;
    return this.#share;
  }
}

/** What V8 counts as `bytes` of memory. One that can be resized is reserved, but takes no page until it is touched. */
function untouched(bytes: number): object {
  try {
    return new ArrayBuffer(bytes, { maxByteLength: bytes });
  } catch {
    return {}; // more than V8 has: it is told of the smaller ones
  }
}
