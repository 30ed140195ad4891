/**
 * The line that lives while a training runs: where it is, how it goes, and how long it still takes. As many of its parts are
 * shown as there is room for, the most wanted first.
 *
 * @module
 */
import { perplexity } from "../../losses/cross_entropy.ts";
import { thousands } from "../../messages/printable.ts";
import type { TrainProgress } from "../../train.ts";
import { displayWidth } from "../display_width.ts";
import { Curve, sparkline } from "../sparkline.ts";
import { type Piece, styled } from "../style.ts";

/** Columns of the curve: where it has not even the least, it is left out. */
const CURVE = { least: 8, most: 32 };
/** How much of a new loss the shown one takes on: ten times a second there is one. */
const SHARE = 0.2;
/** What stands between two parts. */
const GAP = ", ";

/** What of the line the training does not tell. */
export interface Beside {
  /** "3:12 left". */
  readonly left: string | undefined;
  /** The best loss of an epoch with a report; Infinity before the first. */
  readonly best: number;
  /** Whether that is one of a validation. */
  readonly validated: boolean;
  /** What a token is. */
  readonly kind: string;
}

/** A part of the line: the higher its rank, the sooner it is left out. */
interface Part {
  readonly text: string;
  readonly rank: number;
}

/** The line, from step to step. */
export class ProgressLine {
  readonly #curve: Curve = new Curve();
  /** Of the last second, about. */
  #loss: number | undefined;

  /**
   * The line behind a step.
   *
   * @param progress Where the training is.
   * @param beside What it does not tell.
   * @param columns How many there are.
   */
  text(progress: TrainProgress, beside: Beside, columns: number): Piece[] {
    const { loss } = progress;
    if (loss !== undefined) {
      this.#loss = this.#loss === undefined ? loss : this.#loss + SHARE * (loss - this.#loss);
      this.#curve.add(this.#loss);
    }
    const parts = fitting(this.#partsOf(progress, beside), columns);
    const text = parts.map((part) => part.text).join(GAP);
    const room = columns - displayWidth(text) - 1;
    if (room < CURVE.least || this.#curve.values.length < 2) return [text];
    return [`${text} `, styled("cyan", sparkline(this.#curve.values, Math.min(room, CURVE.most)))];
  }

  #partsOf(progress: TrainProgress, { left, best, validated, kind }: Beside): Part[] {
    const { epoch, epochs, step, stepsPerEpoch, tokensPerSecond } = progress;
    const now = this.#loss;
    const of = (count: number, all: number): string => `${thousands(count)}/${thousands(all)}`;
    const which = validated ? "validation best" : "best";
    const parts: (Part | undefined)[] = [
      { text: `epoch ${of(epoch, epochs)}, step ${of(step, stepsPerEpoch)}`, rank: 0 },
      now === undefined ? undefined : { text: `loss ${now.toFixed(3)}`, rank: 2 },
      now === undefined ? undefined : { text: `perplexity ${perplexityText(now)}`, rank: 3 },
      best === Infinity
        ? undefined
        : { text: `${which} ${best.toFixed(3)} (${perplexityText(best)})`, rank: 6 },
      { text: `${thousands(Math.round(tokensPerSecond))} ${kind}s/s`, rank: 5 },
      left === undefined ? undefined : { text: left, rank: 1 },
    ];
    return parts.filter((part) => part !== undefined);
  }
}

/** e^loss in four digits or more. */
function perplexityText(loss: number): string {
  const value = perplexity(loss);
  return value < 1000 ? value.toPrecision(4) : thousands(Math.round(value));
}

/** The parts that have room, the curve's least counted as one of them. */
function fitting(parts: readonly Part[], columns: number): Part[] {
  const curve = 4; // its rank
  let kept = [...parts];
  for (;;) {
    const last = Math.max(...kept.map(({ rank }) => rank));
    const taken = displayWidth(kept.map(({ text }) => text).join(GAP));
    if (taken + (last > curve ? 1 + CURVE.least : 0) <= columns || kept.length === 1) return kept;
    kept = kept.filter(({ rank }) => rank < last);
  }
}
