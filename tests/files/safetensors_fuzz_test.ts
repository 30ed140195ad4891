import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { decodeSafetensors, encodeSafetensors } from "../../src/files/safetensors.ts";
import { packMutants } from "../golden/safetensors_verdicts.ts";
import golden from "../golden/safetensors_verdicts.json" with { type: "json" };
import { MUTANTS, mutants } from "./safetensors_mutants.ts";

/** The complaints that refrain has and Python's safetensors has not: the rules that safetensors_header.ts lists. */
const STRICTER: Readonly<Record<string, RegExp>> = {
  "names come once": /its header has the key .* twice/,
  "begins with {": /its header must begin with "{"/,
  "a tensor is an object": /tensor .* must be described by an object/,
  "dtype is a string": /its header must have a string at byte \d+: it has "{"/,
  "nothing unknown": /is described by .*, which is unknown/,
  "below 2^53": /must be below 2\^53|is too large/,
};

function read(bytes: Uint8Array): string | undefined {
  try {
    const { tensors, metadata } = decodeSafetensors(bytes);
    for (const { shape, data } of Object.values(tensors)) {
      assertEquals(shape.reduce((product, dimension) => product * dimension, 1), data.length);
    }
    // What was read can be written, and read again as the same.
    const again = decodeSafetensors(encodeSafetensors(tensors, metadata));
    assertEquals({ ...again.tensors }, { ...tensors });
    assertEquals({ ...again.metadata }, { ...metadata });
    return undefined;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    assert(error.message.startsWith("Cannot read safetensors data as "), error.message);
    return error.message;
  }
}

Deno.test("decodeSafetensors() judges 10,000 mutants as Python's safetensors does, or by a stricter rule", async () => {
  assertEquals(golden.mutants, MUTANTS);
  assertEquals((await packMutants()).sha256, golden.sha256, "the mutants are not those that were judged");
  const verdicts = Uint8Array.fromBase64(golden.verdicts);
  const wrong: string[] = [];
  const seen = new Set<string>();
  let index = 0;
  let both = 0;
  let slowest = 0;
  for (const mutant of mutants()) {
    const accepted = verdicts[index >> 3]! >> (index & 7) & 1;
    const start = performance.now();
    const complaint = read(mutant);
    slowest = Math.max(slowest, performance.now() - start);
    if (accepted && complaint === undefined) both++;
    if (!accepted && complaint === undefined) wrong.push(`${index} is accepted`);
    if (accepted && complaint !== undefined) {
      const rule = Object.keys(STRICTER).find((name) => STRICTER[name]!.test(complaint));
      if (rule === undefined) wrong.push(`${index}: ${complaint}`);
      else seen.add(rule);
    }
    index++;
  }
  assertEquals(wrong, []);
  assertEquals(index, MUTANTS);
  assertEquals([...seen].sort(), Object.keys(STRICTER).sort(), "a rule that no mutant meets");
  assert(both > 1000 && both < 9000, `${both} mutants are accepted`);
  assert(slowest < 1000, `a mutant took ${slowest} ms`);
});

/** Decodes files in a process of its own and gives the complaint, the seconds, and the bytes its peak grew by. */
const CHILD = `
import { decodeSafetensors } from ${
  JSON.stringify(new URL("../../src/files/safetensors.ts", import.meta.url))
};
const peak = () => 1024 * Number(/VmHWM:\\s*(\\d+)/.exec(Deno.readTextFileSync("/proc/self/status"))[1]);
const decode = (bytes) => {
  try {
    decodeSafetensors(bytes);
    return "accepted";
  } catch (error) {
    return error.name + ": " + error.message;
  }
};
const bytes = Deno.readFileSync(Deno.args[0]);
decode(new Uint8Array(9)); // all modules are loaded
const before = peak(), start = performance.now(), verdict = decode(bytes);
console.log(JSON.stringify({ verdict, milliseconds: performance.now() - start, bytes: peak() - before }));
`;

function hostile(
  header: string | Uint8Array,
  { length, data = 0 }: { length?: bigint; data?: number } = {},
): Uint8Array {
  const json = typeof header === "string" ? new TextEncoder().encode(header) : header;
  const bytes = new Uint8Array(8 + json.length + data);
  new DataView(bytes.buffer).setBigUint64(0, length ?? BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}

/** A header of nearly 8,000,000 bytes: `piece` again and again between two ends. */
function long(begin: string, piece: (index: number) => string, end: string): string {
  const pieces = [begin];
  let size = begin.length + end.length;
  for (let i = 0; size < 7_990_000 / (piece(0).includes("字") ? 2 : 1); i++) {
    pieces.push(piece(i));
    size += pieces.at(-1)!.length;
  }
  return pieces.join("") + end;
}

const HOSTILE: [name: string, make: () => Uint8Array, verdict: string][] = [
  ["a length of 2^64 - 1", () => hostile("{}", { length: 2n ** 64n - 1n }), "at most 100,000,000 bytes"],
  ["a header of more than 100 MB", () => hostile(new Uint8Array(1e8 + 1)), "at most 100,000,000 bytes"],
  ["a header of 100 MB", () => hostile(new Uint8Array(1e8).fill(0x20)), 'must begin with "{"'],
  ["a text of 99 MB", () => hostile(`{"__metadata__":{"a":"${"a".repeat(99e6)}"}}`), "accepted"],
  ["a name of 99 MB", () => hostile(`{"${"a".repeat(99e6)}":1}`), "at most 8,000,000 bytes beside"],
  ["a key of 99 MB", () => hostile(`{"a":{"${"a".repeat(99e6)}":1}}`), "at most 8,000,000 bytes beside"],
  ["deep JSON", () => hostile(`{"a":${"[".repeat(7_000_000)}`), "must be described by an object"],
  ["a deep shape", () => hostile(`{"a":{"shape":${"[".repeat(7_000_000)}`), "a non-negative integer at byte"],
  ["a long shape", () => hostile(long('{"a":{"shape":[', () => "1,", "1]}}")), "at most 64 numbers"],
  ["a long number", () => hostile(`{"a":{"shape":[${"1".repeat(7_000_000)}]}}`), "must be below 2^53"],
  ["a long name", () => hostile(`{"${"a".repeat(7_000_000)}":1}`), "must be described by an object"],
  [
    "a long text of escapes",
    () => hostile(long('{"__metadata__":{"a":"', () => "\\u5f00字", '"}}')),
    "accepted",
  ],
  [
    "many texts",
    () => hostile(long('{"__metadata__":{', (i) => `"${i}":"",`, '"":""}}')),
    "accepted",
  ],
  [
    "many tensors",
    () =>
      hostile(
        long("{", (i) => `"${i}":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},`, '"__metadata__":{}}'),
      ),
    "at most 16,384 tensors",
  ],
  [
    "a tensor of 2^53 - 1 bytes",
    () => hostile('{"a":{"dtype":"F32","shape":[2251799813685247],"data_offsets":[0,9007199254740988]}}'),
    "it is cut off",
  ],
];

for (const [name, make, verdict] of HOSTILE) {
  Deno.test(`decodeSafetensors() withstands ${name}`, { ignore: Deno.build.os !== "linux" }, async () => {
    const folder = await Deno.makeTempDir();
    try {
      const bytes = make();
      await Deno.writeFile(`${folder}/file`, bytes);
      await Deno.writeTextFile(`${folder}/child.js`, CHILD);
      const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "--no-config", "-A", `${folder}/child.js`, `${folder}/file`],
      }).output();
      assert(success, new TextDecoder().decode(stderr));
      const found = JSON.parse(new TextDecoder().decode(stdout));
      assertStringIncludes(found.verdict, verdict);
      assert(found.verdict.length < 500, "the complaint is short");
      assert(found.milliseconds < 1000, `it took ${found.milliseconds} ms`);
      const most = bytes.length + 2 ** 25; // beside the file itself
      assert(found.bytes < most, `it took ${found.bytes} bytes, more than ${most}`);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}
