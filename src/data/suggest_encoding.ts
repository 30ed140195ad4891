/**
 * Which encoding a text that is not UTF-8 may be in: a guess for an error message, never taken by itself, and no guess
 * where nothing is sure.
 *
 * Each encoding of TextDecoder reads the bytes as some text. Its letters beyond ASCII are held against their frequencies in
 * the languages that people write in this encoding; what reads best is suggested if it reads as a text at all, and if all
 * that reads differently is far less likely.
 *
 * @module
 */

import { allLanguages, type Language } from "./letter_frequencies.ts";
import { costsOf, type Reading, readingOf } from "./text_reading.ts";
import { isDamagedUtf8, tellingBytes } from "./telling_bytes.ts";
import { isUtf32 } from "./utf32.ts";

/** As much of a text is looked at, in bytes. */
const SAMPLE = 2 ** 16;

/** As many bytes of it tell. */
const MOST_TOLD = 2 ** 13;

/** What other readings must cost more than the best, in nats: in all, and for each character that differs. */
const MARGIN = 9;
const MARGIN_EACH = 0.5;

/** How much more than the language allows a character beyond ASCII may cost where there is one, by the square root of how many. */
const TOLERANCE_FEW = 1.5;

/** So many zeros, and as large a share of them, are those of UTF-16: of English they are half. */
const LEAST_ZEROS = 4;
const LEAST_ZEROS_SHARE = 0.1;

/** Two different characters beyond ASCII make a text sure if they come as often as this, as those of Finnish do. */
const LEAST_SIZE_OF_TWO = 12;

/**
 * Encodings that texts are seldom in, and how much less a character may cost in them: texts of old systems, whose encodings
 * TextDecoder does not have, read as Western ones in them.
 */
const SELDOM = new Set(["macintosh", "iso-8859-3", "iso-8859-14", "iso-8859-16"]);
const SELDOM_COST = 0.5;

/**
 * Finds the encoding in which bytes read as a text.
 *
 * @param bytes The file's bytes, or a part of them that begins with a whole character.
 * @returns A name for TextDecoder; undefined where nothing is sure.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const bytes = Uint8Array.of(0xce, 0xd2, 0xc3, 0xc7, 0xd6, 0xbb, 0xca, 0xc7, 0xb7, 0xd6, 0xbf, 0xaa);
 * assertEquals(suggestEncoding(bytes), "gb18030"); // 我们只是分开
 * assertEquals(suggestEncoding(Uint8Array.of(0xff, 0xff, 0xff)), undefined);
 * ```
 */
export function suggestEncoding(bytes: Uint8Array): string | undefined {
  const mark = markOf(bytes);
  if (mark !== undefined) return isUtf32(bytes) ? undefined : mark;
  if (isDamagedUtf8(bytes.subarray(0, SAMPLE))) return undefined;
  const guesses = guessesOf(bytes);
  const [best, ...others] = [...guesses].sort((a, b) => a.cost - b.cost);
  if (best === undefined || !isPlausible(best) && !isWide(bytes, best)) return undefined;
  if (!others.every((other) => isSurer(best, other))) return undefined;
  return guesses.find(({ reading }) => reading.text === best.reading.text)!.encoding;
}

/** The readings in all encodings in which the bytes are valid. */
function guessesOf(bytes: Uint8Array): Guess[] {
  const part = bytes.subarray(0, SAMPLE);
  const cut = part.length < bytes.length;
  const start = part.subarray(0, MOST_TOLD);
  const told = part.includes(0) || part.includes(0x1b) ? start : tellingBytes(part, MOST_TOLD);
  const guesses: Guess[] = [];
  for (const encoding of new Set(allLanguages().flatMap(({ encodings }) => encodings))) {
    const utf16 = encoding.startsWith("utf-16");
    const sample = utf16 ? start : told;
    const reading = isValid(part, encoding, cut) ? readingOf(sample, encoding, true) : undefined;
    if (reading && (utf16 || reading.size + reading.punctuation > 0)) {
      guesses.push(bestOf(encoding, reading, sample.length));
    }
  }
  return guesses;
}

/** Whether zeros make UTF-16 sure, of which no other encoding has any. */
function isWide(bytes: Uint8Array, { excess }: Guess): boolean {
  const start = bytes.subarray(0, MOST_TOLD);
  const zeros = start.reduce((count, byte) => byte === 0 ? count + 1 : count, 0);
  return zeros >= LEAST_ZEROS && zeros > LEAST_ZEROS_SHARE * start.length && excess < 0;
}

/** The encoding of UTF-16 whose byte order mark stands at the beginning. */
function markOf([first, second]: Uint8Array): string | undefined {
  if (first === 0xff && second === 0xfe) return "utf-16le";
  return first === 0xfe && second === 0xff ? "utf-16be" : undefined;
}

/** Whether another reading is the same, or far less likely: in all, and for each character that differs. */
function isSurer(best: Guess, other: Guess): boolean {
  const characters = [...best.reading.text];
  const others = [...other.reading.text];
  let differing = Math.abs(characters.length - others.length);
  characters.forEach((character, i) => {
    if (character !== others[i]) differing++;
  });
  const margin = Math.max(MARGIN, MARGIN_EACH * differing) / best.bytes;
  return differing === 0 || other.cost > best.cost + margin;
}

/** Whether a reading is a text of its language, rather than the least strange of strange ones. */
function isPlausible({ encoding, reading, excess, language: { least, distinct } }: Guess): boolean {
  const { size, many, punctuation, placement } = reading;
  // English has quotation marks alone: they are sure where each of them stands as it should.
  if (size === 0) return placement === 0 && reading.distinct >= distinct && punctuation >= least;
  const enough = reading.distinct >= distinct ? least : reading.distinct === 2 ? LEAST_SIZE_OF_TWO : Infinity;
  return size + many >= enough &&
    excess + (SELDOM.has(encoding) ? SELDOM_COST : 0) < TOLERANCE_FEW / Math.sqrt(size);
}

/** The likeliest language of a reading. */
interface Guess {
  readonly encoding: string;
  readonly reading: Reading;
  readonly bytes: number;
  /** In nats a byte, as readings may be of different parts of the text. */
  readonly cost: number;
  /** How much more a character beyond ASCII costs than it should in the language. */
  readonly excess: number;
  readonly language: Language;
}

function bestOf(encoding: string, reading: Reading, bytes: number): Guess {
  let best: Guess | undefined;
  for (const language of allLanguages()) {
    if (!language.encodings.includes(encoding)) continue;
    const [all, each] = costsOf(reading, language);
    const cost = all / bytes;
    if (best === undefined || cost < best.cost) {
      best = { encoding, reading, bytes, cost, excess: each - language.allowed, language };
    }
  }
  return best!;
}

function isValid(bytes: Uint8Array, encoding: string, cut: boolean): boolean {
  try {
    new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: cut });
    return true;
  } catch {
    return false;
  }
}
