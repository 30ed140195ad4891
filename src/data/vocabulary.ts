/**
 * Characters and their ids. A character is a Unicode code point: 𠮷 and an emoji are one token each, never two UTF-16
 * halves; a letter with a combining mark is two.
 *
 * @module
 */

/** What {@linkcode Vocabulary.toJSON} returns, and what a model file stores. */
export interface VocabularyJSON {
  /** The sort of token. */
  readonly kind: "character";
  /** The tokens; a token's id is its index. */
  readonly tokens: readonly string[];
}

/**
 * A one-to-one map between characters and the ids 0 to `size` - 1. It never changes after it is built, and it travels
 * with the model: the same text always gives the same ids.
 *
 * @example
 * ```ts
 * import { Vocabulary } from "@refrain/refrain";
 * import { assertEquals } from "@std/assert";
 *
 * const vocabulary = Vocabulary.fromText("banana");
 * assertEquals(vocabulary.tokens, ["a", "b", "n"]);
 * assertEquals(vocabulary.encode("nab"), Uint32Array.of(2, 0, 1));
 * assertEquals(vocabulary.decode([2, 0, 1]), "nab");
 * ```
 */
export class Vocabulary {
  /** The tokens, each one character; a token's id is its index. */
  readonly tokens: readonly string[];
  readonly #ids: ReadonlyMap<number, number>;

  private constructor(tokens: string[]) {
    this.tokens = Object.freeze(tokens);
    this.#ids = new Map(tokens.map((token, id) => [token.codePointAt(0)!, id]));
  }

  /**
   * Builds the vocabulary of a text: its distinct characters in code point order.
   *
   * @param text Any text that is not empty.
   * @returns The vocabulary.
   * @throws {RangeError} If the text is empty.
   * @throws {SyntaxError} If the text has a lone surrogate.
   */
  static fromText(text: string): Vocabulary {
    requireString(text);
    if (text.length === 0) throw new RangeError("Cannot build a vocabulary as the text is empty");
    const codePoints = new Set<number>();
    eachCodePoint(text, (codePoint) => codePoints.add(codePoint));
    return new Vocabulary([...codePoints].sort((a, b) => a - b).map((c) => String.fromCodePoint(c)));
  }

  /**
   * Builds a vocabulary from its tokens, in the order of their ids.
   *
   * @param tokens At least one token, each one character, no two the same.
   * @returns The vocabulary.
   * @throws {TypeError} If a token is not a string of one character.
   * @throws {RangeError} If there is no token, or one comes twice.
   */
  static fromTokens(tokens: readonly string[]): Vocabulary {
    if (tokens.length === 0) throw new RangeError("Cannot build a vocabulary as there are no tokens");
    const first = new Map<string, number>();
    tokens.forEach((token, id) => {
      if (!isCharacter(token)) {
        throw new TypeError(
          `Cannot build a vocabulary as each token must be one character: token ${id} is ${
            JSON.stringify(token)
          }`,
        );
      }
      if (first.has(token)) {
        throw new RangeError(
          `Cannot build a vocabulary as tokens must be distinct: ` +
            `tokens ${first.get(token)} and ${id} are both ${describe(token.codePointAt(0)!)}`,
        );
      }
      first.set(token, id);
    });
    return new Vocabulary([...tokens]);
  }

  /**
   * Builds a vocabulary from what {@linkcode Vocabulary.toJSON} returned.
   *
   * @param value The parsed JSON, not trusted.
   * @returns The vocabulary.
   * @throws {TypeError} If the value has another shape.
   * @throws {RangeError} If its kind is another one, it has no tokens, or one comes twice.
   */
  static fromJSON(value: unknown): Vocabulary {
    if (typeof value !== "object" || value === null || !("kind" in value) || !("tokens" in value)) {
      throw new TypeError('Cannot read the vocabulary as it must be an object with "kind" and "tokens"');
    }
    if (value.kind !== "character") {
      throw new RangeError(
        `Cannot read the vocabulary as its kind must be "character": current kind is ${
          JSON.stringify(value.kind)
        }`,
      );
    }
    if (!Array.isArray(value.tokens)) {
      throw new TypeError('Cannot read the vocabulary as its "tokens" must be an array');
    }
    return Vocabulary.fromTokens(value.tokens);
  }

  /** How many tokens there are: V. */
  get size(): number {
    return this.tokens.length;
  }

  /**
   * Turns a text into ids.
   *
   * @param text Any text, also the empty one.
   * @returns The ids, one a character.
   * @throws {RangeError} If a character is not in the vocabulary; the message names it and its place.
   * @throws {SyntaxError} If the text has a lone surrogate.
   */
  encode(text: string): Uint32Array {
    requireString(text);
    const ids = new Uint32Array(text.length); // UTF-16 units: at least as many as there are characters
    let size = 0;
    eachCodePoint(text, (codePoint) => {
      const id = this.#ids.get(codePoint);
      if (id === undefined) {
        throw new RangeError(
          `Cannot encode character ${describe(codePoint)} at position ${
            size + 1
          } as the vocabulary does not have it`,
        );
      }
      ids[size++] = id;
    });
    return size === ids.length ? ids : ids.slice(0, size);
  }

  /**
   * Turns ids into text.
   *
   * @param ids The ids, an array or a typed array.
   * @returns The text, one character an id.
   * @throws {RangeError} If an id is not from 0 to `size` - 1.
   */
  decode(ids: ArrayLike<number>): string {
    let text = "";
    for (let i = 0; i < ids.length; i++) {
      const token = this.tokens[ids[i]!];
      if (token === undefined) {
        throw new RangeError(
          `Cannot decode id ${ids[i]} at position ${i + 1} as ids must be from 0 to ${this.size - 1}`,
        );
      }
      text += token;
    }
    return text;
  }

  /**
   * Tells whether a character is in the vocabulary.
   *
   * @param token Any string.
   * @returns Whether it is one of the tokens.
   */
  has(token: string): boolean {
    return isCharacter(token) && this.#ids.has(token.codePointAt(0)!);
  }

  /**
   * Looks up the id of one character.
   *
   * @param token One character.
   * @returns Its id.
   * @throws {RangeError} If the vocabulary does not have it.
   */
  id(token: string): number {
    const id = isCharacter(token) ? this.#ids.get(token.codePointAt(0)!) : undefined;
    if (id === undefined) {
      throw new RangeError(
        `Cannot look up token ${JSON.stringify(token)} as the vocabulary does not have it`,
      );
    }
    return id;
  }

  /**
   * Describes the vocabulary for `JSON.stringify`.
   *
   * @returns A plain object, which {@linkcode Vocabulary.fromJSON} reads.
   */
  toJSON(): VocabularyJSON {
    return { kind: "character", tokens: this.tokens };
  }
}

function requireString(text: string): void {
  if (typeof text !== "string") {
    throw new TypeError(`Cannot read the text as it must be a string: current type is ${typeof text}`);
  }
}

/** Whether a value is a string of exactly one code point; a lone surrogate is none. */
function isCharacter(token: unknown): token is string {
  if (typeof token !== "string" || token.length === 0 || token.length > 2) return false;
  const codePoint = token.codePointAt(0)!;
  return !isSurrogate(codePoint) && token.length === (codePoint > 0xffff ? 2 : 1);
}

function isSurrogate(codePoint: number): boolean {
  return codePoint >= 0xd800 && codePoint <= 0xdfff;
}

/** Walks the code points; an index loop, as a string's own iterator makes a string for each of them. */
function eachCodePoint(text: string, visit: (codePoint: number) => void): void {
  for (let i = 0, position = 1; i < text.length; position++) {
    const codePoint = text.codePointAt(i)!;
    if (isSurrogate(codePoint)) {
      throw new SyntaxError(
        `Cannot read the text as it has half a character at position ${position}: ` +
          `lone surrogate ${hexadecimal(codePoint)}`,
      );
    }
    visit(codePoint);
    i += codePoint > 0xffff ? 2 : 1;
  }
}

/** A character as errors show it: `"龘" (U+9F98)`, `"\n" (U+000A)`. */
function describe(codePoint: number): string {
  return `${JSON.stringify(String.fromCodePoint(codePoint))} (${hexadecimal(codePoint)})`;
}

function hexadecimal(codePoint: number): string {
  return `U+${codePoint.toString(16).toUpperCase().padStart(4, "0")}`;
}
