/**
 * Parameters: weights and gradients, each one block a model, so that one kernel clips, one updates and one read saves.
 *
 * @module
 */
import { align, type Block, type Device } from "../device/device.ts";
import { assertOn } from "../device/same_device.ts";
import { Printable } from "../messages/printable.ts";
import type { Int8Matrix } from "./int8.ts";
import { formatShape, sizeOf } from "./shape.ts";

/** One block of weights and one of gradients, each parameter on a 64-word boundary, zeros between. */
export interface ParameterStorage {
  /** Words of each block. */
  readonly length: number;
  /** The weights of all parameters. */
  readonly values: Block;
  /** Their gradients, in the same places. */
  readonly gradients: Block;
  /** (8) words: the norm, the latch and the steps that clip_grad_norm keeps. */
  readonly health: Block;
  /** Words of matrices of int8, made by generation once a model and freed with the weights, and whose they are now. */
  int8?: { readonly words: Block; matrices: readonly Int8Matrix[] };
}

/** One weight matrix or bias: a place in a storage. */
export class Parameter extends Printable {
  /** Sizes, outermost first. */
  readonly shape: readonly number[];
  /** The blocks that hold it now. */
  storage: ParameterStorage;
  /** Its first word there. */
  offset: number;
  /** Whether a pass gave it a gradient since zeroGrad(). */
  hasGradient = false;
  /** The matrix of int8 that its weights stand for: no optimizer moves them. */
  int8: Int8Matrix | undefined = undefined;
  /** Whether its gradient was given out: whoever holds it may write it at any time. */
  #given = false;

  /** For modules. */
  constructor(shape: readonly number[], storage: ParameterStorage, offset: number) {
    super();
    this.shape = shape;
    this.storage = storage;
    this.offset = offset;
  }

  /** Its device. */
  get device(): Device {
    return this.storage.values.device;
  }
  /** How many numbers it has. */
  get size(): number {
    return sizeOf(this.shape);
  }
  /** Its weights. */
  get value(): Block {
    return this.storage.values.view(this.offset, this.size);
  }
  /**
   * Its gradient. Whoever has it may write it at any time, so that from then on every step of an optimizer moves the
   * parameter.
   */
  get gradient(): Block {
    this.#given = true;
    return this.#gradient();
  }
  /** Whether a step moves it: an optimizer leaves alone what has got no gradient since zeroGrad(). */
  get moves(): boolean {
    return this.#given || this.hasGradient;
  }

  /**
   * For layers: its gradient, to which the pass adds that is taken back now. Until zeroGrad() it has one.
   *
   * @returns The block.
   */
  gradientOfPass(): Block {
    this.noteGradient();
    return this.#gradient();
  }

  /** For layers: says that the pass which is taken back now adds to its gradient. */
  noteGradient(): void {
    this.device.note(() => {
      this.hasGradient = true;
    });
  }

  #gradient(): Block {
    return this.storage.gradients.view(this.offset, this.size);
  }

  /**
   * The parameter in a line: `Parameter (256, 1027) on wasm`.
   *
   * @returns Its shape and place.
   */
  override toString(): string {
    const place = this.storage.values.alive ? `on ${this.device.name}` : "freed";
    return `Parameter ${formatShape(this.shape)} ${place}`;
  }

  /** The memory that it lies in: a scope which it is returned from leaves that alone. */
  blocks(): Block[] {
    const { values, gradients, health, int8 } = this.storage;
    return [values, gradients, health, ...(int8 ? [int8.words] : [])];
  }
}

/** A run of words that an optimizer updates at once. */
export interface ParameterRange {
  /** The weights themselves. */
  readonly values: Block;
  /** Gradients. */
  readonly gradients: Block;
  /** The latch. */
  readonly health: Block;
  /** Its size in words. */
  readonly length: number;
  /** The parameters that lie in it, and the first word of each. */
  readonly members: readonly { readonly parameter: Parameter; readonly offset: number }[];
}

/**
 * Checks that a list is one of parameters, and all of them of one device.
 *
 * @param parameters What was given.
 * @param form How the call is written, for the sentence: "clipGradNorm(parameters, maxNorm)".
 * @throws {TypeError} If it is no list of parameters, or they lie on two devices.
 */
export function checkParameters(parameters: readonly Parameter[], form: string): void {
  if (!Array.isArray(parameters) || !parameters.every((parameter) => parameter instanceof Parameter)) {
    throw new TypeError(
      `Cannot use parameters that are not an array of Parameter: the call is written ${form}`,
    );
  }
  for (const parameter of parameters) assertOn("a parameter", parameter, parameters[0]!.device);
}

/**
 * Parameters that lie side by side, joined: a whole model is one range.
 *
 * @param parameters The parameters, in any order; one that comes twice is in two ranges.
 * @returns The ranges, those of a storage in its order.
 *
 * @example Usage
 * ```ts
 * import { Dense, openDevice } from "@refrain/refrain";
 * import { parameterRanges } from "@refrain/refrain/kernels";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice("wasm", { threads: 1 });
 * const dense = new Dense(device, { inputSize: 2, outputSize: 3, seed: 0 });
 * assertEquals(parameterRanges(dense.parameters()).map(({ length }) => length), [128]); // 6 and 3, each padded to 64
 * ```
 */
export function parameterRanges(parameters: readonly Parameter[]): ParameterRange[] {
  const result: { storage: ParameterStorage; start: number; end: number; members: Parameter[] }[] = [];
  for (const parameter of [...parameters].sort((a, b) => a.offset - b.offset)) {
    const end = parameter.offset + align(parameter.size);
    const last = result.find((range) =>
      range.storage === parameter.storage && range.end === parameter.offset
    );
    if (last) {
      last.end = end;
      last.members.push(parameter);
    } else result.push({ storage: parameter.storage, start: parameter.offset, end, members: [parameter] });
  }
  return result.map(({ storage, start, end, members }) => ({
    values: storage.values.view(start, end - start),
    gradients: storage.gradients.view(start, end - start),
    health: storage.health,
    length: end - start,
    members: members.map((parameter) => ({ parameter, offset: parameter.offset - start })),
  }));
}
