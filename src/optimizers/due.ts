/**
 * Which parameters a step moves: those that got a gradient since zeroGrad(), as PyTorch has it, where the others have
 * none. They count their own steps.
 *
 * @module
 */
import { align, type Block } from "../device/device.ts";
import { assertIn, RANGES } from "../ranges.ts";
import type { Parameter, ParameterRange } from "../tensors/parameters.ts";

/** Parameters side by side that a step moves alike. */
export interface MovedRange extends Omit<ParameterRange, "members"> {
  /** The range that they lie in. */
  readonly index: number;
  /** Steps of the optimizer that they sat out. */
  readonly missed: number;
  /** Words of a block beside the whole range that lie beside the part; all of a block of another size. */
  readonly beside: (block: Block) => Block;
}

/** A run of parameters, as it grows. */
interface Run {
  start: number;
  end: number;
  readonly missed: number;
}

/** What of an optimizer's parameters is due. */
export class Due {
  readonly #ranges: readonly ParameterRange[];
  readonly #parameters: readonly Parameter[];
  readonly #missed: Map<Parameter, number> = new Map();
  /** Those that the update moves that was recorded last. */
  #recorded: ReadonlySet<Parameter> | undefined;

  /** None has sat out a step. */
  constructor(parameters: readonly Parameter[], ranges: readonly ParameterRange[]) {
    this.#parameters = [...parameters];
    this.#ranges = ranges;
  }

  /** Steps that each parameter sat out, in the order given. */
  get missed(): number[] {
    return this.#parameters.map((parameter) => this.#missed.get(parameter) ?? 0);
  }
  set missed(steps: readonly number[]) {
    this.#parameters.forEach((parameter, index) => this.#missed.set(parameter, steps[index]!));
  }

  /**
   * Checks steps that were sat out.
   *
   * @param missed Of each parameter.
   * @param steps The optimizer's steps.
   * @param action For the sentence.
   * @throws {TypeError} If they are of other parameters.
   * @throws {RangeError} If one is more than the steps.
   */
  check(missed: readonly number[], steps: number, action: string): void {
    const { length } = this.#parameters;
    if (!Array.isArray(missed) || missed.length !== length) {
      throw new TypeError(
        `Cannot ${action} as its missed must be an array of ${length} numbers, one a parameter`,
      );
    }
    for (const count of missed) {
      assertIn({ ...RANGES.amount, to: steps }, count, { action, name: "each of missed" });
    }
  }

  /**
   * Counts a step.
   *
   * @param recorded Whether it may be one of a recorded program.
   */
  advance(recorded: boolean): void {
    const moved = recorded ? this.#recorded : undefined;
    if (moved?.size === this.#parameters.length) return; // none sits out: a step of a whole model makes no garbage here
    for (const parameter of this.#parameters) {
      if (moved ? moved.has(parameter) : parameter.moves) continue;
      this.#missed.set(parameter, (this.#missed.get(parameter) ?? 0) + 1);
    }
  }

  /** Takes all gradients for absent. */
  forget(): void {
    for (const parameter of this.#parameters) parameter.hasGradient = false;
  }

  /**
   * What a step moves. A program that is recorded before any pass moves all.
   *
   * @param recording Whether the step is recorded.
   */
  parts(recording: boolean): MovedRange[] {
    const all = recording && !this.#parameters.some(({ hasGradient }) => hasGradient);
    const due = new Set(this.#parameters.filter(({ moves }) => all || moves));
    if (recording) this.#recorded = due;
    return this.#ranges.flatMap((range, index) => {
      const runs: Run[] = [];
      for (const { parameter, offset } of range.members) {
        if (!due.has(parameter)) continue;
        const missed = this.#missed.get(parameter) ?? 0;
        const end = offset + align(parameter.size);
        const last = runs.at(-1);
        if (last?.end === offset && last.missed === missed) last.end = end;
        else runs.push({ start: offset, end, missed });
      }
      return runs.map((run) => partOf(range, index, run));
    });
  }
}

function partOf(range: ParameterRange, index: number, { start, end, missed }: Run): MovedRange {
  const length = end - start;
  const beside = (block: Block): Block =>
    length === range.length || block.length !== range.length ? block : block.view(start, length);
  const { values, gradients, health } = range;
  return { values: beside(values), gradients: beside(gradients), health, length, index, missed, beside };
}
