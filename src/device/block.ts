/**
 * Memory as both devices keep it: a root that owns a handle (an address, or a GPU buffer) and views into it.
 * Says nothing of where the words lie.
 *
 * @module
 */
import { align, ALIGNMENT, type Block, DeviceError } from "./device.ts";

/** A block, or a view into one; Handle is the device's own name for the root's memory. */
export class DeviceBlock<Handle> implements Block {
  /** Size in words. */
  readonly length: number;
  /** First word, counted from the root's first. */
  readonly start: number;
  /** The block that owns the memory: this one, unless it is a view. */
  readonly root: DeviceBlock<Handle>;
  /** The device's name for the root's memory. */
  readonly handle: Handle;
  readonly #free: ((block: DeviceBlock<Handle>) => void) | undefined;
  #alive = true;

  /** For devices only; `free` is called once, when the root is disposed. */
  constructor(
    handle: Handle,
    length: number,
    owner: { root: DeviceBlock<Handle>; start: number } | ((block: DeviceBlock<Handle>) => void),
  ) {
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
    if (offset < 0 || length < 1 || offset + length > align(this.length)) {
      throw new RangeError(
        `Cannot view words ${offset} to ${offset + length} of a block: its length is ${this.length}`,
      );
    }
    return new DeviceBlock(this.handle, length, { root: this.root, start: this.start + offset });
  }

  [Symbol.dispose](): void {
    if (this.root !== this || !this.#alive) return;
    this.#alive = false;
    this.#free?.(this);
  }
}

/** Throws when `block` is not a live block of this kind. */
export function assertAlive<Handle>(block: Block, what: string): asserts block is DeviceBlock<Handle> {
  if (!(block instanceof DeviceBlock)) {
    throw new TypeError(`Cannot use ${what}: it is not a block of a device`);
  }
  if (!block.alive) throw new DeviceError(`Cannot use ${what}: its memory was freed`);
}
