/**
 * A vocabulary as JSON: refrain's own form, and those in which other programs keep tokens and ids. Nothing is trusted; the
 * tokens themselves are left to Vocabulary.fromTokens().
 *
 * @module
 */

import type { Newlines } from "./line_breaks.ts";
import { kindOf, RULES, type TokenKind, UNKNOWN_NAMES } from "./tokens.ts";
import { checkChoices, type CheckedOptions, type UnknownPolicy } from "./vocabulary_options.ts";
import { quote } from "../messages/quote.ts";

/** What Vocabulary.toJSON() returns, and what a model file stores. */
export interface VocabularyJSON {
  /** The sort of token. */
  readonly kind: TokenKind;
  /** The tokens; a token's id is its index. Bytes have none: they are always the same. */
  readonly tokens?: readonly string[];
  /**
   * What becomes of unknown tokens.
   *
   * @default {"error"}
   */
  readonly unknown?: UnknownPolicy;
  /**
   * What becomes of line breaks.
   *
   * @default {"keep"} Of tokens that have no line break among them `"space"`.
   */
  readonly newlines?: Newlines;
}

/** Names of lists of tokens: idx_to_token, itos, id2word. */
const LIST = /^_?(?:i|id|ix|idx|index|int)_?(?:to|2)_?(?:s|t|w|c|str|token|word|char)$/i;
/** Names of maps from tokens to ids: token_to_idx, stoi, word2id. */
const MAP = /^_?(?:s|t|w|c|str|token|word|char)_?(?:to|2)_?(?:i|id|ix|idx|index|int)$/i;

/** Names without angle brackets for what is no text: [UNK], UNK, __pad__, and the empty one. */
const BARE_NAME = /^(?:\[\w+\]|__\w+__|unk|pad|[bes]os|mask|)$/i;

/** What can be read, for errors. */
const FORMS =
  'a list of tokens, an object of tokens and their ids, or {"kind": "character", "tokens": ["a", "b"]}';

/**
 * Reads a vocabulary's JSON.
 *
 * @param value The parsed JSON.
 * @returns Its options and tokens, which are none for bytes.
 * @throws {TypeError} If the value has another shape.
 * @throws {RangeError} If its kind, its policy or an id is another one.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const tokens = ["<unk>", "the"];
 * const read = [tokens, { the: 1, "<unk>": 0 }, { itos: tokens }].map(readJSON);
 * assertEquals(read.map(({ kind, unknown }) => kind + unknown), ["wordreplace", "wordreplace", "wordreplace"]);
 * assertEquals(read.map(({ tokens }) => tokens), [tokens, tokens, tokens]);
 * ```
 */
export function readJSON(value: unknown): CheckedOptions & { readonly tokens: readonly string[] } {
  if (Array.isArray(value)) return fromElsewhere(value, {});
  const { kind, unknown, newlines, ...members } = membersOf(value);
  const options = { kind, unknown, newlines };
  const named = Object.entries(members).filter(([name, list]) =>
    (LIST.test(name) || MAP.test(name)) && typeof list === "object" && list !== null
  );
  if (named.length === 0 && typeof kind !== "string" && !Array.isArray(members["tokens"])) {
    return fromElsewhere(tokensOf(membersOf(value)), {});
  }
  checkChoices(options, (name) => `Cannot read the vocabulary as its "${name}"`);
  return named.length > 0 ? fromElsewhere(agreeing(named), options) : own(options, members);
}

/** Refrain's own form. */
function own(
  options: Partial<CheckedOptions>,
  { tokens, ...others }: Record<string, unknown>,
): CheckedOptions & { readonly tokens: readonly string[] } {
  const { kind, unknown = "error", newlines } = options;
  const [other] = Object.keys(others);
  if (other !== undefined) { // a policy under another name must not become "error"
    throw new TypeError(`Cannot read the vocabulary as it must have no ${quote(other)}`);
  }
  if (kind === "byte") {
    if (tokens === undefined) return { kind, unknown, newlines, tokens: [] };
    throw new TypeError('Cannot read the vocabulary as one of bytes must have no "tokens"');
  }
  if (!Array.isArray(tokens)) {
    throw new TypeError('Cannot read the vocabulary as its "tokens" must be an array');
  }
  return kind === undefined ? fromElsewhere(tokens, options) : { kind, unknown, newlines, tokens };
}

/** Tokens of another program: what a token is, they tell, and whether one stands for unknown ones. */
function fromElsewhere(
  tokens: readonly unknown[],
  { kind: given, unknown, newlines }: Partial<CheckedOptions>,
): CheckedOptions & { readonly tokens: readonly string[] } {
  if (given === undefined) refuseBareNames(tokens);
  const kind = given ?? kindOf(tokens);
  const replaces = UNKNOWN_NAMES.some((name) => tokens.includes(name));
  return { kind, unknown: unknown ?? (replaces ? "replace" : "error"), newlines, tokens: tokens as string[] };
}

/** Among characters a name would make words of them all. */
function refuseBareNames(tokens: readonly unknown[]): void {
  const others = tokens.filter((token) => RULES.character.key(token) === undefined);
  if (others.length === tokens.length) return;
  if (!others.every((token) => typeof token === "string" && BARE_NAME.test(token))) return;
  const [name] = others;
  if (name === undefined) return;
  throw new TypeError(
    `Cannot read the vocabulary as token ${tokens.indexOf(name)}, ${quote(name)}, is no character: ` +
      `write names in angle brackets, as "<unk>" for unknown characters and "<pad>"`,
  );
}

function membersOf(value: unknown): Record<string, unknown> {
  if (typeof value === "object" && value !== null) return { ...value };
  throw new TypeError(`Cannot read the vocabulary as it must be ${FORMS}: current value is ${quote(value)}`);
}

/** The tokens of an object of tokens and their ids, or of ids and their tokens. */
function tokensOf(members: object): unknown[] {
  const entries = Object.entries(members);
  if (entries.some(([, id]) => typeof id === "number")) return inOrder(entries);
  const reverse = entries.length > 0 &&
    entries.every(([id, token]) => /^\d+$/.test(id) && typeof token === "string");
  if (reverse) return inOrder(entries.map(([id, token]) => [token, Number(id)]));
  throw new TypeError(`Cannot read the vocabulary as it must be ${FORMS}`);
}

/** Tokens in the order of their ids, which must be 0 to V - 1. */
function inOrder(entries: readonly [token: string, id: unknown][]): string[] {
  const tokens = new Map<number, string>();
  for (const [token, id] of entries) {
    if (typeof id !== "number" || !Number.isSafeInteger(id) || id < 0) {
      throw new TypeError(
        `Cannot read the vocabulary as ids must be whole numbers from 0: that of token ${quote(token)} is ${
          quote(id)
        }`,
      );
    }
    const other = tokens.get(id);
    if (other !== undefined) {
      throw new RangeError(
        `Cannot read the vocabulary as ids must be distinct: tokens ${quote(other)} and ${
          quote(token)
        } both have ${id}`,
      );
    }
    tokens.set(id, token);
  }
  return Array.from(entries, (_, id) => {
    const token = tokens.get(id);
    if (token !== undefined) return token;
    throw new RangeError(
      `Cannot read the vocabulary as ids must go from 0 to ${
        entries.length - 1
      } without a gap: no token has ${id}`,
    );
  });
}

/** The one list that all members give. */
function agreeing(named: readonly [name: string, value: unknown][]): unknown[] {
  const lists = named.map(([name, value]): [string, unknown[]] => [
    name,
    Array.isArray(value) ? value : tokensOf(value as object),
  ]);
  const [[name, tokens], ...others] = lists as [[string, unknown[]], ...[string, unknown[]][]];
  for (const [other, list] of others) {
    const length = Math.max(tokens.length, list.length);
    for (let id = 0; id < length; id++) {
      if (tokens[id] === list[id]) continue;
      throw new RangeError(
        `Cannot read the vocabulary as its "${name}" and "${other}" differ: ` +
          `id ${id} is ${quotedAt(tokens, id)} in one and ${quotedAt(list, id)} in the other`,
      );
    }
  }
  return tokens;
}

function quotedAt(tokens: readonly unknown[], id: number): string {
  return id < tokens.length ? quote(tokens[id]) : "missing";
}
