/**
 * What a row of published results is: a text, a model and its training as flags of the command line, what is measured, and
 * the published figure that it stands beside.
 *
 * @module
 */

/** How a text becomes what is trained on and what is held out. */
export type Split =
  /** All of it is trained on, and the figure is the training's perplexity. */
  | { kind: "none" }
  /** As the row's flags say: `--validation-split`, `--split`, `--split-rows`. */
  | { kind: "flags" }
  /** Of its bytes the first are trained on; the held-out ones end the text. */
  | { kind: "first"; train: number; heldOut: number }
  /** Two files. */
  | { kind: "files"; heldOut: string };

/** A text, by the name of its file in the folder of `--data`. */
export interface Text {
  /** What it is called. */
  title: string;
  file: string;
  /**
   * What is done to it first: `letters` leaves small letters with single spaces between, `crlf` ends lines with CR LF.
   *
   * @default {"nothing"}
   */
  prepared?: "letters" | "crlf";
  /** Where it can be had, of texts that are not at hand. */
  from?: string;
}

/** A way to measure a model on what was held out. */
export interface Measure {
  /** What the table calls it. */
  name: string;
  /** Flags of `evaluate`, beside model and text. */
  flags: string;
}

/** A figure that somebody published, or that counting reaches. */
export interface Published {
  figure: string;
  /** Of which model. */
  of: string;
  /** Where a reader finds it. */
  source: string;
}

/** A row. */
export interface Row {
  name: string;
  text: Text;
  split: Split;
  /** Flags of `train` as they are typed, beside text, seed, folder and device. */
  flags: string;
  seeds: readonly number[];
  /** What is measured on held-out text; empty where the figure is the training's perplexity. */
  measures: readonly Measure[];
  published?: Published;
  /** Flags of bench/peers/pytorch.py, of rows that PyTorch runs too. */
  pytorch?: string;
  /** Why no result is to be expected. */
  notRun?: string;
}

/** Flags as the arguments of a command. */
export function argumentsOf(flags: string): string[] {
  return flags.split(/\s+/).filter(Boolean);
}

/** The value that a row's flag has; undefined where it is not given. */
export function valueOf({ flags }: Row, flag: string): string | undefined {
  return new RegExp(`--${flag} (\\S+)`).exec(flags)?.[1];
}

/** A row's model in words: `LSTM 384, embedding 64`. */
export function modelOf(row: Row): string {
  const cell = (valueOf(row, "cell") ?? "rnn").toUpperCase();
  const layers = valueOf(row, "num-layers");
  const size = valueOf(row, "hidden-size") ?? "256";
  const embedding = valueOf(row, "embedding-size");
  return `${cell} ${layers ? `${layers}×` : ""}${size}${embedding ? `, embedding ${embedding}` : ""}`;
}

/** The flags that hold out a part of the text, as `train` and `evaluate` both take them. */
export function splitOf(row: Row): string[] {
  return ["validation-split", "split", "split-rows"].flatMap((flag) => {
    const value = valueOf(row, flag);
    return value === undefined ? [] : [`--${flag}`, value];
  });
}
