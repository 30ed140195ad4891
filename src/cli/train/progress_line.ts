/**
 * The line that lives while a training runs: where it is, how it goes, and how long it still takes. As many of its parts are
 * shown as there is room for, the most wanted first.
 *
 * @module
 */
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
  /** What speed is counted in. */
  readonly kind: string;
  /** A loss in words that mean more: "perplexity 6.606". */
  readonly measure: (loss: number) => string | undefined;
}

/** The parts of the line, the most wanted first; the curve stands at its end. */
const WANTED = ["place", "left", "loss", "measure", "curve", "speed", "best"] as const;
/** What stands before the curve, in its order. */
type Parts = Readonly<Record<Exclude<typeof WANTED[number], "curve">, string | undefined>>;

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
    const text = fitting(this.#partsOf(progress, beside), columns);
    const room = columns - displayWidth(text) - 1;
    if (room < CURVE.least || this.#curve.values.length < 2) return [text];
    return [`${text} `, styled("cyan", sparkline(this.#curve.values, Math.min(room, CURVE.most)))];
  }

  #partsOf(progress: TrainProgress, { left, best, validated, kind, measure }: Beside): Parts {
    const { epoch, epochs, step, stepsPerEpoch, tokensPerSecond } = progress;
    const now = this.#loss;
    const of = (count: number, all: number): string => `${thousands(count)}/${thousands(all)}`;
    const which = validated ? "validation best" : "best";
    return {
      place: `epoch ${of(epoch, epochs)}, step ${of(step, stepsPerEpoch)}`,
      loss: now === undefined ? undefined : `loss ${now.toFixed(3)}`,
      measure: now === undefined ? undefined : measure(now),
      best: best === Infinity ? undefined : `${which} ${best.toFixed(3)}${inBrackets(measure(best))}`,
      speed: `${thousands(Math.round(tokensPerSecond))} ${kind}s/s`,
      left,
    };
  }
}

/** A measure's number: its name stands before the loss of now. */
function inBrackets(words: string | undefined): string {
  return words === undefined ? "" : ` (${words.replace(/^\S+ /, "")})`;
}

/** The parts that have room, the curve's least counted as one of them. */
function fitting(parts: Parts, columns: number): string {
  for (let count: number = WANTED.length;; count--) {
    const wanted: readonly string[] = WANTED.slice(0, count);
    const kept = Object.entries(parts).filter(([name, text]) => text !== undefined && wanted.includes(name));
    const text = kept.map(([, text]) => text).join(GAP);
    const curve = wanted.includes("curve") ? 1 + CURVE.least : 0;
    if (displayWidth(text) + curve <= columns || count === 1) return text;
  }
}
