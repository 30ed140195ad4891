/**
 * The running means of an optimizer: on the device a block beside each range of parameters, on the host a list beside
 * each parameter.
 *
 * @module
 */
import type { Block } from "../device/device.ts";
import type { Parameter, ParameterRange } from "../tensors/parameters.ts";

/** Running means by name, such as Adam's m and v: for each parameter, in the order given, its numbers. */
export type MomentsState = Record<string, Float32Array[]>;

/** The moments of one optimizer. */
export class Moments {
  readonly #parameters: readonly Parameter[];
  readonly #all: { readonly name: string; readonly range: ParameterRange; readonly block: Block }[] = [];

  /** Has none yet. */
  constructor(parameters: readonly Parameter[]) {
    this.#parameters = [...parameters];
  }

  /** Takes a block that lies beside a range: a word of it for each of the parameters'. */
  add(name: string, range: ParameterRange, block: Block): void {
    this.#all.push({ name, range, block });
  }

  /** Reads all of them at once. */
  async read(): Promise<MomentsState> {
    const blocks = await Promise.all(this.#all.map(({ block }) => block.device.read(block)));
    const state: MomentsState = {};
    this.#all.forEach(({ name, range }, index) => {
      const words = new Float32Array(blocks[index]!);
      state[name] ??= [];
      const arrays = state[name];
      for (const { parameter, offset } of range.members) {
        arrays[this.#parameters.indexOf(parameter)] = words.slice(offset, offset + parameter.size);
      }
    });
    return state;
  }

  /**
   * Checks what write() would take.
   *
   * @param state What read() gave.
   * @param optimizer Its name, for the sentence.
   * @throws {TypeError} If there are others, or of parameters of other sizes.
   */
  check(state: MomentsState, optimizer: string): void {
    const listed = (names: readonly string[]): string => [...new Set(names)].sort().join(", ") || "none";
    const expected = listed(this.#all.map(({ name }) => name));
    const given = listed(Object.keys(state));
    if (given !== expected) {
      throw new TypeError(
        `Cannot restore ${optimizer} as its moments must be ${expected}: current ones are ${given}`,
      );
    }
    const sizes = this.#parameters.map(({ size }) => size);
    for (const [name, arrays] of Object.entries(state)) {
      const fits = Array.isArray(arrays) && arrays.length === sizes.length &&
        arrays.every((array, i) => array instanceof Float32Array && array.length === sizes[i]);
      if (fits) continue;
      throw new TypeError(
        `Cannot restore ${optimizer} as its moment ${name} must have a Float32Array as large as each parameter`,
      );
    }
  }

  /**
   * Writes all of them.
   *
   * @param state What check() has let pass.
   */
  write(state: MomentsState): void {
    for (const { name, range, block } of this.#all) {
      const words = new Float32Array(range.length); // what lies between parameters stays zero
      for (const { parameter, offset } of range.members) {
        words.set(state[name]![this.#parameters.indexOf(parameter)]!, offset);
      }
      block.device.write(block, words);
    }
  }
}
