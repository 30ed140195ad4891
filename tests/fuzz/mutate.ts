/** Input that is nearly right: changes of bytes, of texts and of JSON, all drawn. @module */
import type { Random } from "../../src/random.ts";

/** One of a list. */
export function pick<T>(list: readonly T[], random: Random): T {
  return list[random.integer(list.length)]!;
}

/** Whether something happens that has a chance of one in so many. */
export function oneIn(many: number, random: Random): boolean {
  return random.integer(many) === 0;
}

/** Characters that are read as something else somewhere. */
const SIGNS = [
  ..."\0\t\n\r\x1b\x7f\x85\x9b\u00a0\u061c\u200b\u200d\u200e\u202e\u2028\u2066\ufe0f\ufeff\ufffd\uffff",
  "\ud83d",
  "\udc00",
  "\x1b[31m",
  "\r\n",
  "分",
  "é",
  "e\u0301",
  "👩‍👩‍👧",
  '"',
  "\\",
  "{",
  "[",
  "<unk>",
  "0",
  "-",
  " ",
];

/** A short text of any characters. */
export function drawText(random: Random, most = 12): string {
  return Array.from({ length: random.integer(most + 1) }, () => drawSign(random)).join("");
}

function drawSign(random: Random): string {
  if (oneIn(3, random)) return pick(SIGNS, random);
  return String.fromCodePoint(random.integer(pick([0x80, 0x800, 0x10000, 0x110000], random)));
}

/** Changes a text in a few places. */
export function mutateText(text: string, random: Random): string {
  let mutant = text;
  for (let changes = 1 + random.integer(3); changes > 0; changes--) {
    const at = random.integer(mutant.length + 1);
    const end = Math.min(mutant.length, at + random.integer(5));
    const between = [() => "", () => drawSign(random), () => mutant.slice(at, end).repeat(2)];
    mutant = mutant.slice(0, at) + pick(between, random)() + mutant.slice(end);
  }
  return mutant;
}

/** Changes bytes in a few places, or cuts them off. */
export function mutateBytes(bytes: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  let mutant = Array.from(bytes);
  for (let changes = 1 + random.integer(4); changes > 0; changes--) {
    const at = random.integer(mutant.length + 1);
    const count = 1 + random.integer(16);
    switch (random.integer(6)) {
      case 0:
        if (at < mutant.length) mutant[at]! ^= 1 << random.integer(8);
        break;
      case 1:
        if (at < mutant.length) mutant[at] = random.integer(256);
        break;
      case 2:
        mutant.splice(at, count);
        break;
      case 3:
        mutant.splice(at, 0, ...mutant.slice(at, at + count));
        break;
      case 4:
        mutant.splice(at, 0, ...drawBytes(random, count));
        break;
      case 5:
        if (oneIn(3, random)) mutant = mutant.slice(0, at);
        else mutant.splice(at, 4, ...pick(WORDS, random));
    }
  }
  return Uint8Array.from(mutant);
}

/** Words of files' formats: none, the largest, a negative one. */
const WORDS = [[0, 0, 0, 0], [255, 255, 255, 255], [0, 0, 0, 128], [1, 0, 0, 0], [0, 0, 255, 127]];

/** Bytes of any kind. */
export function drawBytes(random: Random, length: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, () => random.integer(256));
}

const NUMBERS = [0, 1, -1, 0.5, 2, 1e308, -1e308, 2 ** 31, 2 ** 32, 2 ** 53, 1e-320, 7, 13];
const TEXTS = [
  "",
  "x",
  "0",
  "1e999",
  "NaN",
  "__proto__",
  "constructor",
  "<unk>",
  "\x1b[31m",
  "\ud800",
  "\u202e",
  "\n",
];

/** Values that JSON may have where others are expected. */
const VALUES: readonly unknown[] = [
  null,
  true,
  false,
  ...NUMBERS,
  ...TEXTS,
  [],
  {},
  [null],
  { infinite: 1 },
  { length: 2 ** 40 },
  [[[[]]]],
  "long".repeat(5000),
  Array.from({ length: 3000 }, (_, i) => `${i}`),
];

/** Changes a value of JSON in a few places. */
export function mutateJson(value: unknown, random: Random): unknown {
  let mutant = structuredClone(value);
  for (let changes = 1 + random.integer(3); changes > 0; changes--) mutant = changed(mutant, random);
  return mutant;
}

function changed(value: unknown, random: Random): unknown {
  if (typeof value !== "object" || value === null || oneIn(12, random)) return drawValue(value, random);
  const keys = Object.keys(value);
  if (keys.length === 0 || oneIn(12, random)) return drawValue(value, random);
  const key = pick(keys, random);
  const members = value as Record<string, unknown>;
  switch (random.integer(8)) {
    case 0:
      if (Array.isArray(value)) value.splice(Number(key), 1);
      else delete members[key];
      break;
    case 1: // the same under another name, or twice
      put(value, mutateText(key, random), members[key]);
      break;
    case 2:
      put(
        value,
        pick(["__proto__", "constructor", "toString", "length", "x", ""], random),
        drawValue(0, random),
      );
      break;
    case 3: // two change places
      [members[key], members[pick(keys, random)]] = [members[pick(keys, random)], members[key]];
      break;
    default:
      members[key] = changed(members[key], random);
  }
  return value;
}

function put(value: object, key: string, member: unknown): void {
  if (Array.isArray(value)) value.push(member);
  else {Object.defineProperty(value, key, {
      value: member,
      enumerable: true,
      configurable: true,
      writable: true,
    });}
}

function drawValue(value: unknown, random: Random): unknown {
  if (typeof value === "number" && oneIn(2, random)) return value + pick([1, -1, 0.5, 100, -100], random);
  if (typeof value === "string" && oneIn(2, random)) return mutateText(value, random);
  return structuredClone(pick(VALUES, random));
}
