/**
 * A shape on a block: what layers take and give. Holds no arithmetic and no history.
 *
 * @module
 */
import type { Block, Device } from "../device/device.ts";
import { assertOn } from "../device/same_device.ts";
import { assertBelow, ID_ARRAYS, type Ids, isIds } from "../ids.ts";
import { refuseUnknown } from "../messages/options.ts";
import { firstOf, Printable } from "../messages/printable.ts";
import { typeName } from "../messages/type_name.ts";
import { formatShape, sizeOf } from "./shape.ts";

/** What the words of a tensor are. */
export type DType = "f32" | "u32";
/** The host's array for a dtype. */
export type DataOf<D extends DType> = D extends "u32" ? Uint32Array : Float32Array;

/** Numbers that a tensor's line shows. */
const MOST_SHOWN = 12;
/** The constructor's options. */
const OPTIONS = { dtype: true, owner: true };

/** What the host knows of a "u32" tensor: its words, for counting sorts and range checks, and what it made of them. */
interface HostSide {
  values: Uint32Array | undefined;
  /** Called when somebody asks for the values. */
  asked?: () => void;
  /** What recorded programs take for granted, by the value that they ignore: every other one is below. */
  readonly limits: Map<number | undefined, number>;
  readonly derived: Map<string, { blocks: Block[]; compute: (values: Uint32Array) => Uint32Array[] }>;
}

/** Numbers of one shape on one device. */
export class Tensor<D extends DType = "f32"> extends Printable implements Disposable {
  /** The device on which it lies. */
  readonly device: Device;
  /** Its words, row-major. */
  readonly block: Block;
  /** Its sizes, outermost first. */
  readonly shape: readonly number[];
  /** What its words are. */
  readonly dtype: D;
  readonly #owner: Block;
  /** Shared with the tensor's reshaped selves. */
  #host: HostSide;

  /**
   * Puts a shape on a block.
   *
   * @param device The device on which the block lies.
   * @param block At least as many words as the shape has elements.
   * @param shape The sizes, outermost first.
   * @param options `dtype`, and `owner`: the block that is freed with the tensor, where it is not `block`.
   * @throws {TypeError} If the block lies on another device, has fewer words than the shape, or an option is unknown.
   */
  constructor(
    device: Device,
    block: Block,
    shape: readonly number[],
    options: { dtype?: D; owner?: Block } = {},
  ) {
    super();
    refuseUnknown("make a tensor", options, OPTIONS);
    assertOn("a tensor's block", block, device);
    if (options.owner) assertOn("a tensor's owner", options.owner, device);
    if (sizeOf(shape) > block.length) {
      throw new TypeError(
        `Cannot make a tensor of shape ${formatShape(shape)} of a block: its length is ${block.length}`,
      );
    }
    this.device = device;
    this.block = block;
    this.shape = [...shape];
    this.dtype = options.dtype ?? ("f32" as D);
    this.#owner = options.owner ?? block;
    this.#host = { values: undefined, limits: new Map(), derived: new Map() };
  }

  /**
   * A tensor from the host's numbers.
   *
   * @param device The device on which it shall lie.
   * @param data The elements, row-major; ids of 8, 16 or 32 bits make a "u32" tensor, anything else "f32".
   * @param shape The sizes, outermost first, each at least 1.
   * @returns The tensor, which owns its memory.
   * @throws {RangeError} If a size is not a positive integer.
   * @throws {TypeError} If the shape does not have as many elements as data, or data is an array of other integers.
   *
   * @example Usage
   * ```ts
   * import { openDevice, Tensor } from "@refrain/refrain";
   * import { assertEquals } from "@std/assert";
   *
   * using device = await openDevice("wasm", { threads: 1 });
   * using x = Tensor.from(device, [1, 2, 3, 4, 5, 6], [2, 3]);
   * assertEquals(x.shape, [2, 3]);
   * assertEquals(await x.data(), new Float32Array([1, 2, 3, 4, 5, 6]));
   * ```
   */
  static from(device: Device, data: Ids, shape: readonly number[]): Tensor<"u32">;
  /** A tensor of "f32" from the host's numbers. */
  static from(device: Device, data: Float32Array | readonly number[], shape: readonly number[]): Tensor;
  static from(
    device: Device,
    data: Ids | Float32Array | readonly number[],
    shape: readonly number[],
  ): Tensor<DType> {
    if (!shape.every((size) => Number.isSafeInteger(size) && size > 0)) {
      throw new RangeError(
        `Cannot make a tensor of shape ${formatShape(shape)}: every size must be a positive integer`,
      );
    }
    // The tag is that of the array, whose class may be one of the caller's own.
    if (ArrayBuffer.isView(data) && !/^(Uint(8|16|32)|Float\d+)Array$/.test(data[Symbol.toStringTag])) {
      throw new TypeError(
        `Cannot make a tensor as ids must be ${ID_ARRAYS}, and other numbers a Float32Array or an array: ` +
          `current type is ${typeName(data)}`,
      );
    }
    if (data.length !== sizeOf(shape)) {
      throw new TypeError(
        `Cannot make a tensor of shape ${formatShape(shape)} from ${data.length} numbers: it has ${
          sizeOf(shape)
        } elements`,
      );
    }
    const block = device.alloc(data.length);
    if (isIds(data)) {
      const tensor = new Tensor<DType>(device, block, shape, { dtype: "u32" });
      const values = new Uint32Array(data);
      device.write(block, values);
      tensor.#host.values = values;
      return tensor;
    }
    device.write(block, data instanceof Float32Array ? data : new Float32Array(data));
    return new Tensor<DType>(device, block, shape);
  }

  /**
   * The same numbers in another shape: the tensor is not copied, and a tape takes both for one.
   *
   * @param shape The new sizes, which make as many elements.
   * @returns The tensor in that shape, which shares the memory.
   * @throws {TypeError} If the count of elements differs.
   */
  reshape(shape: readonly number[]): Tensor<D> {
    if (sizeOf(shape) !== this.size) {
      throw new TypeError(`Cannot reshape ${formatShape(this.shape)} to ${formatShape(shape)}: sizes differ`);
    }
    const { device, block, dtype } = this;
    const tensor = new Tensor(device, block, shape, { dtype, owner: this.#owner });
    tensor.#host = this.#host;
    return tensor;
  }

  /** How many elements it has. */
  get size(): number {
    return sizeOf(this.shape);
  }

  /**
   * Its numbers on the host, row-major.
   *
   * @returns A copy of its numbers, as many as it has elements.
   * @throws {DeviceError} If the device was lost, or its memory was freed.
   */
  async data(): Promise<DataOf<D>> {
    const words = await this.device.read(this.block);
    const array = this.dtype === "u32" ? new Uint32Array(words) : new Float32Array(words);
    return array.subarray(0, this.size) as DataOf<D>;
  }

  /**
   * Writes new numbers, at once; what was derived from the old ones is derived again.
   *
   * @param data The new numbers, as many as it has elements.
   * @throws {TypeError} If the count or the type differs.
   * @throws {RangeError} If a recorded program takes the tensor as ids, and one is out of its range.
   */
  write(data: D extends "u32" ? Ids : Float32Array): void {
    if (this.dtype === "u32" ? !isIds(data) : !(data instanceof Float32Array)) {
      const needed = this.dtype === "u32" ? `ids must be ${ID_ARRAYS}` : "numbers must be a Float32Array";
      throw new TypeError(
        `Cannot write to a tensor of type ${this.dtype} as ${needed}: current type is ${typeName(data)}`,
      );
    }
    if (data.length !== this.size) {
      throw new TypeError(
        `Cannot write ${data.length} numbers to a tensor of shape ${formatShape(this.shape)}`,
      );
    }
    if (data instanceof Float32Array) return this.device.write(this.block, data);
    const values = new Uint32Array(data);
    for (const [ignored, limit] of this.#host.limits) assertBelow(values, limit, ignored);
    this.device.write(this.block, values);
    const { derived } = this.#host;
    this.#host.values = values;
    for (const [key, { blocks, compute }] of derived) {
      if (!blocks.every(({ alive }) => alive)) derived.delete(key);
      else compute(values).forEach((words, index) => this.device.write(blocks[index]!, words));
    }
  }

  /**
   * The host's copy of a "u32" tensor, which write() alone may change.
   *
   * @returns Its ids, row-major.
   * @throws {TypeError} If it has none.
   */
  get values(): Uint32Array {
    this.#host.asked?.();
    return this.#values();
  }

  /**
   * For what records a step of somebody else, who may take a value of that moment for one of each run.
   *
   * @param asked Called whenever `values` are asked for; it may throw.
   */
  watchValues(asked: () => void): void {
    this.#host.asked = asked;
  }

  #values(): Uint32Array {
    if (!this.#host.values) {
      throw new TypeError('Cannot give the values of a tensor that the host did not write as "u32"');
    }
    return this.#host.values;
  }

  /**
   * For layers: checks that every value names one of `limit` rows. A recorded program asks once, while it is recorded;
   * from then on write() checks the values that it will read.
   *
   * @param limit How many rows there are.
   * @param ignored A value that may be any number.
   * @throws {RangeError} If a value is too large; the message names the first.
   */
  assertBelow(limit: number, ignored?: number): void {
    assertBelow(this.#values(), limit, ignored);
    const { limits } = this.#host;
    if (this.device.recording) limits.set(ignored, Math.min(limits.get(ignored) ?? Infinity, limit));
  }

  /**
   * Blocks that the host computes from the values, now and whenever they are written.
   *
   * @param key The same key gives the same blocks.
   * @param compute The words of each block, always as many.
   */
  derive(key: string, compute: (values: Uint32Array) => Uint32Array[]): Block[] {
    let entry = this.#host.derived.get(key);
    if (!entry?.blocks.every(({ alive }) => alive)) { // those made in a scope or a program went with it
      const blocks = compute(this.#values()).map((words) => {
        const block = this.device.alloc(words.length);
        this.device.write(block, words);
        return block;
      });
      entry = { blocks, compute };
      this.#host.derived.set(key, entry);
    }
    return entry.blocks;
  }

  /**
   * The tensor in a line: `Tensor (2, 3) u32 on wasm: [1, 2, 3, 4, 5, 6]`.
   *
   * @returns Its shape, type and place, and the first of the numbers that the host knows: those of "u32".
   */
  override toString(): string {
    const { values } = this.#host;
    const { shape, dtype, device, block } = this;
    const place = block.alive ? `on ${device.name}` : "freed";
    return `Tensor ${formatShape(shape)} ${dtype} ${place}${
      values ? `: [${firstOf(values, MOST_SHOWN)}]` : ""
    }`;
  }

  /** Frees its memory. */
  [Symbol.dispose](): void {
    for (const { blocks } of this.#host.derived.values()) for (const block of blocks) block[Symbol.dispose]();
    this.#owner[Symbol.dispose]();
  }
}
