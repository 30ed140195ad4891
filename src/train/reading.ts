/**
 * How a text is read to be measured: in one stream, in rows side by side, or in windows. It knows numbers only, no device.
 *
 * @module
 */
import { errorNaming } from "../messages/naming.ts";
import { counted, thousands } from "../messages/printable.ts";
import { assertIn, RANGES } from "../ranges.ts";
import type { Corpus } from "../data/corpus.ts";
import { breaksOf } from "../data/lines.ts";
import type { TokenKind } from "../data/tokens.ts";

/** Tokens before its part that a row reads, so that its state is nearly that of one stream. */
const WARM_UP = 256;
/**
 * Tokens of a validation text that make a row. Warming up then takes half again as long at most, which is what rows gain
 * on WebAssembly: never dearer there than one stream, and on a GPU up to 64 times as fast.
 */
const TOKENS_A_ROW = 2 * WARM_UP;
/** Rows that are read at once at most, where nobody says how many: as many as 16 threads of WebAssembly share well. */
const MOST_ROWS = 64;

/** A row reads tokens one by one from a zero state, and gives a loss for the token behind each. */
export interface Row {
  /** The token that it reads first. */
  readonly start: number;
  /** The first token whose successor counts. */
  readonly from: number;
  /** The token before which it ends. */
  readonly end: number;
}

/** How a text of N tokens is read, such that each token but the first is predicted and counts once. */
export interface Reading {
  /** B: rows that are read at once. */
  readonly rows: number;
  /** S: tokens that the longest row reads. */
  readonly steps: number;
  /** How, for people. */
  readonly words: string;
  /** Rows to read at once, at most B, again and again. */
  sweeps(): Iterable<readonly Row[]>;
}

/** A text, as far as it matters here. */
interface Size {
  /** N. */
  readonly size: number;
  /** Parts of the same length, each a text of its own. */
  readonly parts?: number;
  readonly vocabulary: { readonly kind: TokenKind };
}

/**
 * Cuts a text into parts of about the same length, which are read side by side.
 *
 * @param text The text.
 * @param rows B: how many parts.
 * @param action What is done to it, for sentences.
 * @throws {RangeError} If there are more parts than tokens to predict.
 */
export function sideBySide(text: Size, rows: number, action: string = "evaluate"): Reading {
  const { size, vocabulary: { kind } } = text;
  assertIn(RANGES.count, rows, { action, name: "rows" });
  const predicted = size - 1;
  if (rows === 1) return inOrder(text);
  if (rows > predicted) {
    throw errorNaming(
      RangeError,
      (option) =>
        `Cannot ${action} ${counted(size, kind)} with ${option("rows", rows)}: ` +
        `each row must have a ${kind} to predict, and there are ${thousands(predicted)}`,
    );
  }
  const cut = (row: number): number => Math.floor(row * predicted / rows);
  const all = Array.from({ length: rows }, (_, row): Row => ({
    start: Math.max(0, cut(row) - WARM_UP),
    from: cut(row),
    end: cut(row + 1),
  }));
  return {
    rows,
    steps: all.reduce((most, { start, end }) => Math.max(most, end - start), 0),
    words: `${rows} rows side by side from zero states, each warmed by the ${WARM_UP} ${kind}s before it`,
    sweeps: () => [all],
  };
}

/**
 * Reads the parts of a text, each from its beginning to its end.
 *
 * @param text The text.
 */
export function ofParts({ size, parts = 1 }: Size): Reading {
  const length = size / parts;
  return {
    rows: Math.min(MOST_ROWS, parts),
    steps: length - 1,
    words: `${counted(parts, "part")} side by side, each from a zero state`,
    sweeps: () => sweepsOf(spansOf({ size, parts }, length)),
  };
}

/**
 * Reads the lines of a text, each from a zero state to its end: those of about the same length side by side.
 *
 * @param corpus A corpus of lines.
 * @param rows Lines at once, at most.
 */
export function byLine(corpus: Pick<Corpus, "ids" | "vocabulary">, rows: number = MOST_ROWS): Reading {
  const breaks = breaksOf(corpus);
  const lines = Array.from(breaks.subarray(1), (end, line): Row => {
    const start = breaks[line]!;
    return { start, from: start, end };
  });
  if (rows > 1) lines.sort((a, b) => a.end - a.start - (b.end - b.start) || a.start - b.start);
  return {
    rows: Math.min(rows, lines.length),
    steps: lines.reduce((most, { start, end }) => Math.max(most, end - start), 0),
    words: `${counted(lines.length, "line")}, each from a zero state`,
    sweeps: () => sweepsOf(lines, rows),
  };
}

/**
 * Reads a text from its beginning to its end, or so its parts one by one.
 *
 * @param text The text.
 * @param learning What is learnt from the tokens before, for people; absent, nothing is.
 */
export function inOrder({ size, parts = 1 }: Size, learning?: string): Reading {
  const length = size / parts;
  const stream = parts > 1 ? `${counted(parts, "part")} in their order, each` : "one stream";
  return {
    rows: 1,
    steps: length - 1,
    words: `${stream} from a zero state${learning === undefined ? "" : `, ${learning}`}`,
    *sweeps(): Generator<Row[], void, void> {
      for (const span of spansOf({ size, parts }, length)) yield [span];
    },
  };
}

/**
 * Reads a text in pieces that know nothing of each other.
 *
 * @param text The text.
 * @param length Tokens from one zero state to the next.
 */
export function inWindows({ size, parts = 1, vocabulary: { kind } }: Size, length: number): Reading {
  assertIn(RANGES.count, length, { action: "evaluate", name: "windows" });
  const predicted = size / parts - 1;
  const within = parts > 1 ? ` of one of ${thousands(parts)} parts` : "";
  return {
    rows: Math.min(MOST_ROWS, parts * Math.ceil(predicted / length)),
    steps: Math.min(length, predicted),
    words: `windows of ${counted(length, kind)}${within}, each from a zero state`,
    sweeps: () => sweepsOf(spansOf({ size, parts }, length)),
  };
}

/** Pieces of a text, or of its parts, in the text's order. */
function* spansOf(
  { size, parts }: { size: number; parts: number },
  length: number,
): Generator<Row, void, void> {
  const partLength = size / parts;
  for (let part = 0; part < parts; part++) {
    const last = (part + 1) * partLength - 1;
    for (let start = part * partLength; start < last; start += length) {
      yield { start, from: start, end: Math.min(start + length, last) };
    }
  }
}

/** As many rows at once as there may be. */
function* sweepsOf(spans: Iterable<Row>, most: number = MOST_ROWS): Generator<Row[], void, void> {
  let rows: Row[] = [];
  for (const span of spans) {
    rows.push(span);
    if (rows.length < most) continue;
    yield rows;
    rows = [];
  }
  if (rows.length > 0) yield rows;
}

/**
 * How a validation text is read within training: by its length alone, so that no option of a batch changes the loss.
 *
 * @param text The text.
 */
export function ofValidation(text: Size): Reading {
  if ((text.parts ?? 1) > 1) return ofParts(text);
  return sideBySide(text, Math.min(MOST_ROWS, Math.max(1, Math.floor((text.size - 1) / TOKENS_A_ROW))));
}

/**
 * How what is held out of a training is read: lines one by one, else as ofValidation() says.
 *
 * @param corpus What is held out.
 */
export function validationReading(corpus: Corpus): Reading {
  return corpus.vocabulary.newlines === "lines" ? byLine(corpus) : ofValidation(corpus);
}
