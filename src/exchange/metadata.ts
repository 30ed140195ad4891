/**
 * What a model file says of itself in its metadata, untrusted: the format's version, the configuration, the vocabulary,
 * a checksum of these two, where the weights come from, and the SHA-256 of the whole file, which files/proof.ts takes.
 *
 * @module
 */
import { crc32 } from "../files/crc32.ts";
import { type Origin, readOrigin, writeOrigin } from "../files/origin.ts";
import { BLANK, PROOF } from "../files/proof.ts";
import { quote } from "../messages/quote.ts";

/** The version of the files that are written. Those of refrain 0.1 state none: they are version 1. */
export const FORMAT_VERSION = 3;
/** That of files with weights of int8, which refrains before them cannot read. */
export const INT8_VERSION = 4;

const PREFIX = "refrain.";
/** The keys of a file. */
const KEYS = ["version", "config", "vocabulary", "checksum", "sha256"];
/** The keys of files of former versions. */
const FORMER_KEYS: Readonly<Record<number, readonly string[]>> = {
  1: ["config", "vocabulary"],
  2: ["version", "config", "vocabulary", "checksum"],
};

/** What refrain's part of the metadata says. */
export interface ModelMetadata {
  /** The version of the file's format. */
  readonly version: number;
  /** The configuration's JSON, parsed. */
  readonly config: unknown;
  /** The vocabulary's JSON, parsed. */
  readonly vocabulary: unknown;
  /** Where the weights come from, as far as the file says it. */
  readonly origin: Origin;
}

/**
 * Writes the metadata of a model.
 *
 * @param config What the model is made of.
 * @param vocabulary The vocabulary that the ids of the model stand for.
 * @param origin What is known of where its weights come from.
 * @param version The format's version.
 * @returns Texts by their keys.
 */
export function writeMetadata(
  config: object,
  vocabulary: object,
  origin: Origin,
  version: number = FORMAT_VERSION,
): Record<string, string> {
  const texts = { config: JSON.stringify(config), vocabulary: JSON.stringify(vocabulary) };
  return {
    format: "pt", // as Python's safetensors.torch writes it
    "refrain.version": String(version),
    "refrain.config": texts.config,
    "refrain.vocabulary": texts.vocabulary,
    "refrain.checksum": checksumOf(texts),
    ...writeOrigin(origin),
    [PROOF]: BLANK,
  };
}

/**
 * Reads the metadata of a file. What has refrain's form calls for all of it: a damaged file is not taken for another's.
 * Texts of others are free, whatever their keys.
 *
 * @param metadata The file's.
 * @returns What it says; undefined where nothing is refrain's.
 * @throws {SyntaxError} If the file is of a newer version, a key is missing or unknown, or the checksum differs.
 */
export function readMetadata(metadata: Readonly<Record<string, string>>): ModelMetadata | undefined {
  const found = new Map(
    Object.entries(metadata).filter(([key]) => key.startsWith(PREFIX))
      .map(([key, text]) => [key.slice(PREFIX.length), text]),
  );
  if (!isOurs(found)) return undefined;
  const version = versionOf(found);
  const keys = FORMER_KEYS[version] ?? KEYS;
  // Without a checksum an unknown key was one of these before it was damaged.
  const unknown = version > 1 ? undefined : [...found.keys()].find((key) => !keys.includes(key));
  if (unknown !== undefined) throw damaged(`has the unknown key ${quote(PREFIX + unknown)}`);
  const missing = keys.find((key) => !found.has(key));
  if (missing !== undefined) throw damaged(`lacks the key "${PREFIX}${missing}"`);
  const texts = { config: found.get("config")!, vocabulary: found.get("vocabulary")! };
  if (version > 1 && found.get("checksum") !== checksumOf(texts)) throw damaged("has another checksum");
  const origin = version > 2 ? readOrigin(metadata) : {}; // before, these keys were free
  return { version, config: parse(texts.config), vocabulary: parse(texts.vocabulary), origin };
}

/** Whether a text under one of refrain's keys has the form that refrain gives it, whole or damaged elsewhere. */
function isOurs(found: ReadonlyMap<string, string>): boolean {
  return /^\{"kind":"|"layer":\{|"vocabularySize":/.test(found.get("config") ?? "") ||
    /^\{"kind":"|"tokens":\[/.test(found.get("vocabulary") ?? "") ||
    /^[0-9a-f]{8}$/.test(found.get("checksum") ?? "") && found.has("version");
}

/** Without a version a file is one of refrain 0.1: what has more keys, readMetadata() finds unknown. */
function versionOf(found: ReadonlyMap<string, string>): number {
  const text = found.get("version");
  if (text === undefined) return 1;
  if (!/^([2-9]|[1-9]\d{1,8})$/.test(text)) throw damaged(`states the version ${quote(text)}`);
  if (Number(text) <= INT8_VERSION) return Number(text);
  throw new SyntaxError(
    `Cannot read the model: its format is version ${text}, and this refrain reads up to ${INT8_VERSION}`,
  );
}

/** JSON has no bare line break: where one text ends is part of the sum. */
function checksumOf({ config, vocabulary }: { config: string; vocabulary: string }): string {
  return crc32(`${config}\n${vocabulary}`);
}

function damaged(complaint: string): SyntaxError {
  return new SyntaxError(`Cannot read the model: its metadata is damaged, as it ${complaint}`);
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new SyntaxError("Cannot read the model: its metadata is not JSON");
  }
}
