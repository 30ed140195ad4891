/**
 * Memory as both devices keep it: a root that owns a handle (an address, or a GPU buffer) and views into it.
 * Says nothing of where the words lie.
 *
 * @module
 */
import { align, ALIGNMENT, type Block, type Device, DeviceError } from "./device.ts";
import { counted, Printable } from "../messages/printable.ts";
import { assertOn } from "./same_device.ts";

/** A block, or a view into one; Handle is the device's own name for the root's memory. */
export class DeviceBlock<Handle> extends Printable implements Block {
  /** The device whose memory it is. */
  readonly device: Device;
  /** Size in words. */
  readonly length: number;
  /** First word, counted from the root's first. */
  readonly start: number;
  /** The block that owns the memory: this one, unless it is a view. */
  readonly root: DeviceBlock<Handle>;
  /** The device's name for the root's memory. */
  readonly handle: Handle;
  /** What the reclaimer makes V8 take for this block's memory. */
  weight: object | undefined = undefined;
  readonly #free: ((block: DeviceBlock<Handle>) => void) | undefined;
  #alive = true;

  /** For devices only; `free` is called once, when the root is disposed. */
  constructor(
    device: Device,
    handle: Handle,
    length: number,
    owner: { root: DeviceBlock<Handle>; start: number } | ((block: DeviceBlock<Handle>) => void),
  ) {
    super();
    this.device = device;
    this.handle = handle;
    this.length = length;
    this.root = typeof owner === "function" ? this : owner.root;
    this.start = typeof owner === "function" ? 0 : owner.start;
    this.#free = typeof owner === "function" ? owner : undefined;
  }

  /** Whether the memory is still there. */
  get alive(): boolean {
    return this.root.#alive;
  }

  view(offset: number, length: number): DeviceBlock<Handle> {
    if (offset % ALIGNMENT !== 0) {
      throw new RangeError(
        `Cannot view a block at word ${offset}: a view starts at a multiple of ${ALIGNMENT}`,
      );
    }
    if (offset < 0 || !Number.isInteger(length) || length < 1 || offset + length > align(this.length)) {
      throw new RangeError(
        `Cannot view words ${offset} to ${offset + length} of a block: its length is ${this.length}`,
      );
    }
    const owner = { root: this.root, start: this.start + offset };
    return new DeviceBlock(this.device, this.handle, length, owner);
  }

  override toString(): string {
    const what = this.root === this ? "Block" : "View";
    return `${what} of ${counted(this.length, "word")}${this.alive ? ` on ${this.device.name}` : ", freed"}`;
  }

  [Symbol.dispose](): void {
    if (this.root !== this || !this.#alive) return;
    this.#alive = false;
    this.#free?.(this);
  }
}

/** Throws unless `block` is a live block of `device`. */
export function assertOwn<Handle>(
  block: Block,
  what: string,
  device: Device,
): asserts block is DeviceBlock<Handle> {
  if (!(block instanceof DeviceBlock)) {
    throw new TypeError(`Cannot use ${what}: it is not a block of a device`);
  }
  assertOn(what, block, device);
  if (!block.alive) throw new DeviceError(`Cannot use ${what}: its memory was freed`);
}

/** Throws unless `words` can be written to `target`. */
export function assertFits(target: Block, words: Float32Array | Uint32Array): void {
  if (!(words instanceof Float32Array || words instanceof Uint32Array)) {
    throw new TypeError("Cannot write words that are neither a Float32Array nor a Uint32Array");
  }
  if (words.length > target.length) {
    throw new RangeError(`Cannot write ${words.length} words to a block: its length is ${target.length}`);
  }
}

/** Frees all, though one of them complains: the first runs what waits. */
export function disposeAll(blocks: Iterable<Block>): void {
  const [first, ...others] = blocks;
  try {
    first?.[Symbol.dispose]();
  } finally {
    for (const block of others) block[Symbol.dispose]();
  }
}
