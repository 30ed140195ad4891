/**
 * Layers and functions one behind the other: PyTorch's nn.Sequential.
 *
 * @module
 */
import type { Device } from "../device/device.ts";
import { firstOf } from "../messages/printable.ts";
import { quote } from "../messages/quote.ts";
import { checkTape, checkTensor } from "../tensors/arguments.ts";
import { Module } from "../tensors/module.ts";
import type { Tape } from "../tensors/tape.ts";
import { Tensor } from "../tensors/tensor.ts";
import { typeName } from "../messages/type_name.ts";
import { Embedding } from "./embedding.ts";
import { Recurrent } from "./recurrent.ts";

/** What makes a tensor of a tensor: a layer, or a function such as relu. An Embedding, of ids, comes first. */
export type SequentialPart =
  | ((x: Tensor, tape?: Tape) => Tensor)
  | { forward(x: Tensor, tape?: Tape): Tensor }
  | Embedding;

/** Parts that its line shows. */
const MOST_PARTS = 8;

/** A part as a function. */
function applied(part: SequentialPart): (x: Tensor, tape?: Tape) => Tensor {
  return typeof part === "function"
    ? part
    : (x, tape) => (part.forward as (x: Tensor, tape?: Tape) => Tensor).call(part, x, tape);
}

/** A part in its line: a layer without its place, or a function's name. */
function described(part: SequentialPart): string {
  if (part instanceof Module) return part.describe();
  return typeof part === "function" ? part.name || "function" : String(part);
}

/** Whether something that is no Module has parameters that one can see. */
function hasLayers(part: object): boolean {
  return "parameters" in part || Object.values(part).some((one) => one instanceof Module);
}

function checkPart(part: unknown, index: number): void {
  if (part instanceof Recurrent) {
    throw new TypeError(
      `Cannot make a Sequential with ${part.describe()} as part ${index}: its forward() gives outputs and a state, ` +
        "of which a function (x, tape) => layer.forward(x, undefined, tape)[0] takes one",
    );
  }
  if (typeof part === "function") {
    if (!(part.prototype instanceof Module)) return;
    throw new TypeError(
      `Cannot make a Sequential with the class ${part.name} as part ${index}: a layer is made with new ${part.name}(device, …)`,
    );
  }
  if (typeof (part as { forward?: unknown } | null)?.forward === "function") {
    if (part instanceof Module || !hasLayers(part as object)) return;
    throw new TypeError(
      `Cannot make a Sequential with ${
        typeName(part)
      } as part ${index}: it has parameters, which would not be trained ` +
        "as it is no Module: a class of layers extends Module, and joins them",
    );
  }
  throw new TypeError(
    `Cannot make a Sequential as part ${index} must be a layer or a function of (x, tape): current value is ${
      quote(part)
    }`,
  );
}

/**
 * y = fₙ(… f₂(f₁(x))). Parameters are named by the places of their layers, as PyTorch's state dicts have them: "0.weight",
 * and "2.weight" where a function stands between. A layer that stands twice is one, under both names.
 *
 * @example Usage
 * ```ts
 * import { Dense, Dropout, openDevice, relu, Sequential, Tensor } from "@refrain/refrain";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice("wasm", { threads: 1 });
 * const model = new Sequential(device, [
 *   new Dense(device, { inputSize: 3, outputSize: 8, seed: 0 }),
 *   relu,
 *   new Dropout({ probability: 0.1 }),
 *   new Dense(device, { inputSize: 8, outputSize: 2, seed: 1 }),
 * ]);
 * assertEquals(model.parameterNames(), ["0.weight", "0.bias", "3.weight", "3.bias"]);
 * assertEquals(model.forward(Tensor.from(device, new Float32Array(12), [4, 3])).shape, [4, 2]);
 * ```
 */
export class Sequential extends Module {
  /** What it was made of, in order. */
  readonly parts: readonly SequentialPart[];

  /**
   * Joins layers, whose parameters become its own.
   *
   * @param device The device on which they lie.
   * @param parts Layers with a `forward(x, tape)`, and functions of (x, tape), at least one. Layers that only a function
   * knows lend no parameters: give these to fit() or an optimizer beside.
   * @throws {TypeError} If a part is neither, has layers and is no Module, gives a state beside its outputs, or lies on
   * another device.
   */
  constructor(device: Device, parts: readonly SequentialPart[]) {
    super(device);
    if (!Array.isArray(parts) || parts.length === 0) {
      throw new TypeError(
        `Cannot make a Sequential of what is not an array of at least one layer: current value is ${
          quote(parts)
        }`,
      );
    }
    this.parts = [...parts];
    this.parts.forEach(checkPart);
    const layers: Record<string, Module> = {};
    this.parts.forEach((part, index) => {
      if (part instanceof Module && part.parameters().length > 0) layers[index] = part;
    });
    if (Object.keys(layers).length > 0) this.join(layers);
  }

  /** Its class and parts: its line without the parameters. */
  override describe(): string {
    return `Sequential(${firstOf(this.parts.map(described), MOST_PARTS)})`;
  }

  /**
   * Applies all parts, one behind the other.
   *
   * @param x The input of the first one: f32, or u32 of any shape where that is an Embedding or a function.
   * @param tape The tape that records it; without one nothing is kept.
   * @returns The output of the last one.
   * @throws {TypeError} If x are ids that the first part does not take, something lies on another device, or a part refuses what the one before gave or
   * gives no Tensor.
   */
  forward(x: Tensor | Tensor<"u32">, tape?: Tape): Tensor {
    const { device } = this;
    this.#checkInput(x);
    checkTape(tape, device);
    const pass = (): Tensor =>
      this.parts.reduce((y, part, index) => {
        const next: unknown = applied(part)(y, tape);
        if (next instanceof Tensor) return next;
        throw new TypeError(
          `Cannot use part ${index} of a Sequential as it must give a Tensor: it gave ${quote(next)}`,
        );
      }, x as Tensor);
    return tape ? pass() : device.scope(pass);
  }

  #checkInput(x: unknown): void {
    const [first] = this.parts;
    const ids = x instanceof Tensor && x.dtype === "u32";
    const takesIds = typeof first === "function" || first instanceof Embedding || first instanceof Sequential;
    if (ids && !takesIds) {
      throw new TypeError(
        `Cannot use ids as an input of a Sequential that begins with ${described(first!)}: ` +
          "an Embedding before it makes vectors of them",
      );
    }
    checkTensor("an input", x, { dtype: ids ? "u32" : "f32", device: this.device });
  }
}
