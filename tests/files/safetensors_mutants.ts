/**
 * Files that are nearly sound: 10,000 mutants of a good one, the same for ever, as the seed is fixed. Those of even
 * number are mutated in their structure (the header's fields and their consistency), the others in any bytes.
 *
 * @module
 */
import { Random } from "../../src/random.ts";

/** How many mutants there are. */
export const MUTANTS = 10_000;

/** A tensor's description: pairs of a key and a value, both as JSON text. */
type Fields = [key: string, value: string][];

/** A file in pieces, each of which can be made wrong on its own. */
interface Draft {
  before: string;
  members: [key: string, value: string | Fields][];
  after: string;
  /** Added to the header's length. */
  lengthError: bigint;
  data: number[];
}

const TENSORS: [name: string, dtype: string, shape: number[], bytes: number][] = [
  ["dense.bias", "F32", [3], 12],
  ["dense.weight", "F16", [3, 2], 12],
  ["empty", "F32", [0, 5], 0],
  ["rnn.bias_hh_l0", "F64", [2], 16],
  ["rnn.weight_hh_l0", "F32", [2, 2], 16],
  ["rnn.weight_ih_l0", "BF16", [2, 3], 12],
  ["scale", "F32", [], 4],
];

function goodDraft(): Draft {
  let begin = 0;
  const members = TENSORS.map(([name, dtype, shape, bytes]): [string, Fields] => {
    const end = begin + bytes;
    const offsets = `[${begin},${end}]`;
    begin = end;
    const fields: Fields = [['"dtype"', `"${dtype}"`], ['"shape"', JSON.stringify(shape)]];
    return [`"${name}"`, [...fields, ['"data_offsets"', offsets]]];
  });
  return {
    before: "",
    members: [['"__metadata__"', '{"format":"pt","字":"[\\"开\\"]"}'], ...members],
    after: "  ",
    lengthError: 0n,
    data: Array.from({ length: begin }, (_, i) => (i * 37) % 251),
  };
}

function render({ before, members, after, lengthError, data }: Draft): Uint8Array {
  const object = (pairs: [string, string][]) =>
    `{${pairs.map(([key, value]) => `${key}:${value}`).join(",")}}`;
  const text = object(
    members.map(([key, value]) => [key, typeof value === "string" ? value : object(value)]),
  );
  const json = new TextEncoder().encode(before + text + after);
  const bytes = new Uint8Array(8 + json.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(64, BigInt(json.length) + lengthError), true);
  bytes.set(json, 8);
  bytes.set(data, 8 + json.length);
  return bytes;
}

const TYPES = [
  ..."F64 F32 F16 BF16 I64 I32 U8 BOOL F8_E4M3 f32 F128".split(" ").map((type) => `"${type}"`),
  "32",
  "null",
  '{"F32":null}',
  '"F3\\u0032"',
];
const NUMBERS = [
  ..."0 1 2 3 4 5 6 7 8 12 16 -1 -0 1.0 1e0 01 1E2 0x1 NaN null true".split(" "),
  "9007199254740991",
  "9007199254740993",
  "4611686018427387904",
  "18446744073709551615",
  "18446744073709551616",
  '"1"',
  "[1]",
  "1e999",
];
const NAMES = [
  '"__metadata__"',
  '"__proto__"',
  '"constructor"',
  '""',
  '"empty"',
  '"sc\\u0061le"',
  '"a\\/b"',
  '"a\u007fb"',
  '"\\ud83d\\ude00"',
  '"\\ud83d"',
  '"\\ude00x"',
  '"\\x41"',
  '"a\nb"',
  "'a'",
  "a",
  "1",
  "null",
  '"a',
  '"0"',
];
const VALUES = [
  "null",
  "1",
  "1.5",
  "[]",
  "{}",
  '"x"',
  "[[[]]]",
  '{"a":{"a":1}}',
  "true",
  "fals",
  "1e999",
  "-0",
  '"\\ud800"',
  ...[20, 120, 124, 125, 126, 127, 128, 5000].map((depth) => "[".repeat(depth) + "]".repeat(depth)),
];
const METADATA = [
  "null",
  "[]",
  "{}",
  '"x"',
  "1",
  '{"a":1}',
  '{"a":null}',
  '{"a":"1","a":"2"}',
  '{"a":"\\ud800"}',
  '{"a":}',
  '{"__proto__":"x"}',
  '{"":""}',
  '{"a":"\\u0000"}',
  '{ "a" : "b" }',
  '{"a":"b",}',
  '{"a":["b"]}',
  "nul",
];
const AROUND = [" ", "  \n\t\r", "\ufeff", "\0", "\x0b", "x", "{}", ",", "}", "{", "\u00a0", "//"];

/** What makes a file's structure another one, sound or not. */
const CHANGES: ((draft: Draft, random: Random) => void)[] = [
  (draft, random) => setField(draft, random, "dtype", () => pick(TYPES, random)),
  (draft, random) => setField(draft, random, "shape", (text) => changeNumber(text, random)),
  (draft, random) => setField(draft, random, "data_offsets", (text) => changeNumber(text, random)),
  (draft, random) => setField(draft, random, "shape", (text) => changeList(text, random)),
  (draft, random) => setField(draft, random, "data_offsets", (text) => changeList(text, random)),
  (draft, random) => { // all offsets from one tensor on move: a hole, or an overlap
    const by = pick([-8, -4, -2, -1, 1, 2, 4, 8, 1e6], random);
    const from = 1 + random.integer(draft.members.length);
    draft.members.slice(from).forEach(([, value]) => {
      const field = fieldOf(value, "data_offsets");
      if (field) field[1] = field[1].replace(/\d+/g, (digits) => String(Number(digits) + by));
    });
  },
  (draft, random) => { // the sound file in another order
    random.shuffle(draft.members);
  },
  (draft, random) => {
    const [, value] = tensor(draft, random);
    if (typeof value !== "string") random.shuffle(value);
  },
  (draft, random) => draft.members.splice(random.integer(draft.members.length), 1),
  (draft, random) => draft.members.push(structuredClone(pick(draft.members, random))),
  (draft, random) => {
    pick(draft.members, random)[0] = pick(NAMES, random);
  },
  (draft, random) => {
    const [, value] = tensor(draft, random);
    if (typeof value !== "string") value.splice(random.integer(value.length), 1);
  },
  (draft, random) => {
    const [, value] = tensor(draft, random);
    if (typeof value !== "string") value.push([...pick(value, random)]);
  },
  (draft, random) => {
    const [, value] = tensor(draft, random);
    if (typeof value !== "string") {
      value.push([pick(['"x"', '"strides"', '"Shape"'], random), pick(VALUES, random)]);
    }
  },
  (draft, random) => {
    tensor(draft, random)[1] = pick(VALUES, random);
  },
  (draft, random) => { // no number at all, of a large shape
    const large = pick(NUMBERS.slice(21, 25), random);
    for (const [name, value] of draft.members) {
      const field = name === '"empty"' ? fieldOf(value, "shape") : undefined;
      if (field) field[1] = pick([`[0,${large}]`, `[${large},0]`, `[${large},${large},0]`], random);
    }
  },
  (draft, random) => { // the fields' values alone, in their order
    const found = tensor(draft, random);
    if (typeof found[1] !== "string") found[1] = `[${found[1].map(([, value]) => value).join(",")}]`;
  },
  (draft, random) => {
    draft.members[0]![1] = pick(METADATA, random);
  },
  (draft, random) => {
    draft.before = pick(AROUND, random);
  },
  (draft, random) => {
    draft.after = pick(AROUND, random);
  },
  (draft, random) => {
    draft.lengthError = pick([-1n, 1n, -2n, 2n, 3n, 8n, 100n, 1n << 32n, -1000n, 1n << 63n], random);
  },
  (draft, random) => draft.data.splice(random.integer(draft.data.length), 1 + random.integer(16)),
  (draft, random) => draft.data.push(...Array(1 + random.integer(9)).fill(0)),
  (draft, random) => { // one tensor more, sound as such
    const begin = draft.data.length;
    const size = random.integer(3);
    draft.data.push(...Array(size * 4).fill(1));
    const offsets = `[${begin},${begin + size * 4}]`;
    const name = pick(['"more"', '"__proto__"', '"toString"', '""', '"字\\n"', '"0"'], random);
    draft.members.push([name, [['"data_offsets"', offsets], ['"dtype"', '"F32"'], [
      '"shape"',
      `[ ${size} ]`,
    ]]]);
  },
  (draft, random) =>
    setField(draft, random, "shape", (text) => text.replace("[", pick(["[1,", "[ 0,", "[\n"], random))),
];

function pick<T>(list: readonly T[], random: Random): T {
  return list[random.integer(list.length)]!;
}

function tensor(draft: Draft, random: Random): Draft["members"][number] {
  return draft.members[Math.min(1 + random.integer(TENSORS.length), draft.members.length - 1)]!;
}

function fieldOf(value: string | Fields, name: string): [string, string] | undefined {
  return typeof value === "string" ? undefined : value.find(([key]) => key === `"${name}"`);
}

function setField(draft: Draft, random: Random, name: string, change: (text: string) => string): void {
  const field = fieldOf(tensor(draft, random)[1], name);
  if (field) field[1] = change(field[1]);
}

/** One number of a list becomes another. */
function changeNumber(text: string, random: Random): string {
  const which = random.integer(Math.max(1, text.match(/\d+/g)?.length ?? 0));
  const number = pick(NUMBERS, random);
  let index = 0;
  return text.replace(/\d+/g, (digits) => index++ === which ? number : digits);
}

/** A list gets longer, shorter, turned round, or no list. */
function changeList(text: string, random: Random): string {
  const items = text.slice(1, -1).split(",").filter(Boolean);
  return pick([
    () => `[${[...items, pick(NUMBERS, random)].join(",")}]`,
    () => `[${items.slice(1).join(",")}]`,
    () => `[${items.toReversed().join(",")}]`,
    () => `[${items.join(" , ")}]`,
    () => `[${items.join(",")},]`,
    () => pick(VALUES, random),
  ], random)();
}

/**
 * Changes a file in one to three random places: a bit, a byte, a digit, a piece taken out or put in twice.
 *
 * @param bytes Any, with a digit among them.
 * @param random What draws the places.
 * @returns The changed bytes.
 */
export function mutateBytes(bytes: Uint8Array, random: Random): Uint8Array {
  let mutant = [...bytes];
  for (let changes = 1 + random.integer(3); changes > 0; changes--) {
    const place = random.integer(mutant.length);
    const piece = mutant.slice(place, place + 1 + random.integer(12));
    const digits = mutant.flatMap((byte, i) => byte >= 0x30 && byte <= 0x39 ? [i] : []);
    switch (random.integer(6)) {
      case 0:
        mutant[place]! ^= 1 << random.integer(8);
        break;
      case 1:
        mutant[place] = random.integer(256);
        break;
      case 2:
        mutant[digits[random.integer(digits.length)]!] = 0x30 + random.integer(10);
        break;
      case 3:
        mutant = mutant.toSpliced(place, piece.length);
        break;
      case 4:
        mutant = mutant.toSpliced(place, 0, ...piece);
        break;
      case 5: // a number of the data
        mutant[mutant.length - 1 - random.integer(72)] = random.integer(256);
    }
  }
  return Uint8Array.from(mutant);
}

/**
 * Makes the mutants.
 *
 * @returns MUTANTS files, most of them broken.
 */
export function* mutants(): Generator<Uint8Array, void, void> {
  const random = new Random(20_26);
  const good = render(goodDraft());
  for (let i = 0; i < MUTANTS; i++) {
    if (i % 2 === 1) {
      yield mutateBytes(good, random);
      continue;
    }
    const draft = goodDraft();
    for (let changes = 1 + random.integer(2); changes > 0; changes--) pick(CHANGES, random)(draft, random);
    yield render(draft);
  }
}
