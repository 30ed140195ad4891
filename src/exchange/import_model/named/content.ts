/**
 * Arrays by their names, wherever they lay: what safetensors, NumPy's archives, Flax's and burn's files come down to.
 *
 * @module
 */
import type { SafetensorsContent } from "../../../files/safetensors.ts";
import { listed } from "../../../model/config.ts";
import type { HostTensor, StateDict } from "../../../tensors/module.ts";

/** Arrays by their names. */
export interface NamedContent extends Omit<SafetensorsContent, "int8"> {
  /** What who uses the model should know, a sentence each. */
  readonly notes: readonly string[];
}

/** Takes arrays one by one. */
export class Names implements NamedContent {
  readonly tensors: StateDict = Object.create(null);
  readonly whole: Record<string, string> = Object.create(null);
  readonly metadata: Record<string, string> = {};
  readonly #noted: readonly string[];
  readonly #rounded: string[] = [];

  /** @param noted What is noted already. */
  constructor(noted: readonly string[] = []) {
    this.#noted = noted;
  }

  /**
   * Takes an array.
   *
   * @param name Its name.
   * @param type The type of its numbers in the file.
   * @param tensor The array; undefined where it has others than floating-point numbers.
   */
  put(name: string, type: string, tensor: HostTensor | undefined): void {
    if (!tensor) this.whole[name] = type;
    else this.tensors[name] = tensor;
    if (tensor && ["f8", "float64", "F64"].includes(type)) this.#rounded.push(name);
  }

  get notes(): readonly string[] {
    return [...this.#noted, ...roundedNotes(this.#rounded)];
  }
}

/**
 * The note of arrays that are rounded.
 *
 * @param names Those of float64.
 * @returns The note, where there are some.
 */
export function roundedNotes(names: readonly string[]): string[] {
  return names.length > 0 ? [`float64 is rounded to float32 here: ${listed(names)}`] : [];
}
