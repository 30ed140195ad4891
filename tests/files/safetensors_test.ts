import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { decodeSafetensors, encodeSafetensors, type TensorData } from "../../src/files/safetensors.ts";

/** Written by Python's safetensors 0.8.0, `safetensors.numpy.save`. */
const FROM_PYTHON = Uint8Array.fromBase64(
  "YAEAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyJ2b2NhYnVsYXJ5IjoiW1wi5byAXCJdIn0sImRlbnNlLmJpYXMiOnsiZHR5cGUiOiJG" +
    "MzIiLCJzaGFwZSI6WzFdLCJkYXRhX29mZnNldHMiOlswLDRdfSwicm5uLndlaWdodF9paF9sMCI6eyJkdHlwZSI6IkYzMiIsInNo" +
    "YXBlIjpbMiwzXSwiZGF0YV9vZmZzZXRzIjpbNCwyOF19LCLDqVxuIjp7ImR0eXBlIjoiRjMyIiwic2hhcGUiOltdLCJkYXRhX29m" +
    "ZnNldHMiOlsyOCwzMl19LCLvvZ4iOnsiZHR5cGUiOiJGMzIiLCJzaGFwZSI6WzAsM10sImRhdGFfb2Zmc2V0cyI6WzMyLDMyXX0s" +
    "IvCggIsiOnsiZHR5cGUiOiJGMzIiLCJzaGFwZSI6WzJdLCJkYXRhX29mZnNldHMiOlszMiw0MF19fSAgAADAvwAAAAAAAIA+AAAA" +
    "PwAAQD8AAIA/AACgPwAAAEAAAEBAAACAQA==",
);
const TENSORS: Record<string, TensorData> = {
  "𠀋": { shape: [2], data: Float32Array.of(3, 4) },
  "～": { shape: [0, 3], data: new Float32Array(0) },
  "é\n": { shape: [], data: Float32Array.of(2) },
  "rnn.weight_ih_l0": { shape: [2, 3], data: Float32Array.of(0, 0.25, 0.5, 0.75, 1, 1.25) },
  "dense.bias": { shape: [1], data: Float32Array.of(-1.5) },
};

/** A file with this header and so many zero bytes of data. */
function file(header: string | Uint8Array, dataLength = 4): Uint8Array {
  const json = typeof header === "string" ? new TextEncoder().encode(header) : header;
  const bytes = new Uint8Array(8 + json.length + dataLength);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}

/** A header with one tensor "a", a single number, but for what is given. */
const one = (fields: Record<string, unknown> = {}) =>
  JSON.stringify({ a: { dtype: "F32", shape: [1], data_offsets: [0, 4], ...fields } });

function refuses(bytes: Uint8Array, complaint: string): void {
  const { message } = assertThrows(() => decodeSafetensors(bytes), SyntaxError);
  assert(message.startsWith("Cannot read safetensors data as "), message);
  assertStringIncludes(message, complaint);
}

Deno.test("encodeSafetensors() writes the bytes that Python's safetensors writes", () => {
  assertEquals(encodeSafetensors(TENSORS, { vocabulary: '["开"]' }), FROM_PYTHON);
});

Deno.test("decodeSafetensors() reads what Python's safetensors wrote", () => {
  const { tensors, metadata } = decodeSafetensors(FROM_PYTHON);
  assertEquals({ ...tensors }, TENSORS);
  assertEquals({ ...metadata }, { vocabulary: '["开"]' });
});

Deno.test("encodeSafetensors() begins the data at a multiple of 8 and sorts names by code point", () => {
  for (let length = 1; length <= 9; length++) {
    const bytes = encodeSafetensors({ ["x".repeat(length)]: { shape: [1], data: Float32Array.of(1) } });
    assertEquals(bytes.length % 8, 4);
    assertEquals(Number(new DataView(bytes.buffer).getBigUint64(0, true)), bytes.length - 12);
  }
  // By UTF-16 units both pairs of the second line would come before U+FF5E.
  const names = ["", "a", "a1", "ab", "b", "～", "𠀋", "𠀌", "𠀌a", "😀"].toSorted();
  const tensors = Object.fromEntries(names.map((name) => [name, { shape: [0], data: new Float32Array(0) }]));
  const byCodePoint = ["", "a", "a1", "ab", "b", "～", "😀", "𠀋", "𠀌", "𠀌a"];
  assertEquals(Object.keys(decodeSafetensors(encodeSafetensors(tensors)).tensors), byCodePoint);
});

Deno.test("encodeSafetensors() takes views and no tensors at all", () => {
  const view = Float32Array.of(9, 1, 2, 9).subarray(1, 3);
  assertEquals(decodeSafetensors(encodeSafetensors({ v: { shape: [2], data: view } })).tensors.v, {
    shape: [2],
    data: Float32Array.of(1, 2),
  });
  const { tensors, metadata } = decodeSafetensors(encodeSafetensors({}));
  assertEquals([Object.keys(tensors), Object.keys(metadata)], [[], []]);
});

Deno.test("encodeSafetensors() refuses what it could not read again", () => {
  const data = new Float32Array(6);
  for (const shape of [[2, 2], [], [-2, -3], [1.5, 4], [2 ** 52, 2 ** 52, 0]]) {
    const error = assertThrows(() => encodeSafetensors({ a: { shape, data } }), TypeError);
    assertStringIncludes(error.message, `must fit its 6 numbers: current shape is (${shape.join(", ")})`);
  }
  const zero = { shape: [2 ** 52, 2 ** 52, 0], data: new Float32Array(0) };
  assertThrows(() => encodeSafetensors({ a: zero }), TypeError, "must fit its 0 numbers");
  assertThrows(() => encodeSafetensors({ __metadata__: { shape: [6], data } }), RangeError, "__metadata__");
  assertThrows(() => encodeSafetensors({ "\ud800": { shape: [6], data } }), TypeError, "lone surrogate");
  assertThrows(() => encodeSafetensors({}, { a: "\udc00" }), TypeError, "lone surrogate");
  assertThrows(() => encodeSafetensors({}, { a: 1 as unknown as string }), TypeError, "must be a string");
});

Deno.test("decodeSafetensors() is at home with names from Object.prototype", () => {
  const names = ["__proto__", "constructor", "toString", "hasOwnProperty", "0"];
  const source = Object.create(null);
  for (const name of names) source[name] = { shape: [1], data: Float32Array.of(names.indexOf(name)) };
  const texts = Object.assign(Object.create(null), { ["__proto__"]: "text" });
  const { tensors, metadata } = decodeSafetensors(encodeSafetensors(source, texts));
  for (const name of names) assertEquals(tensors[name]!.data[0], names.indexOf(name));
  assertEquals(Object.keys(tensors).sort(), names.toSorted());
  assertEquals(Object.entries(metadata), [["__proto__", "text"]]);
  const { metadata: none } = decodeSafetensors(encodeSafetensors(source));
  for (const object of [tensors, metadata, none]) assertEquals(Object.getPrototypeOf(object), null);
});

Deno.test("decodeSafetensors() converts F16, BF16 and F64, also at odd offsets", () => {
  const fromPython = Uint8Array.fromBase64(
    "cAAAAAAAAAB7ImIiOnsiZHR5cGUiOiJGNjQiLCJzaGFwZSI6WzJdLCJkYXRhX29mZnNldHMiOlswLDE2XX0sImEiOnsiZHR5cGUiOiJGMTYiLCJz" +
      "aGFwZSI6WzRdLCJkYXRhX29mZnNldHMiOlsxNiwyNF19fSAgmpmZmZmZuT+cdQCIPOQ3fgA+AMABAAB8",
  );
  const { tensors } = decodeSafetensors(fromPython);
  assertEquals(tensors.a, { shape: [4], data: Float32Array.of(1.5, -2, 2 ** -24, Infinity) });
  assertEquals(tensors.b, { shape: [2], data: Float32Array.of(0.1, Infinity) });
  const bytes = file(
    '{"h":{"dtype":"BF16","shape":[3],"data_offsets":[0,6]},"d":{"dtype":"F64","shape":[1],"data_offsets":[6,14]},' +
      '"f":{"dtype":"F32","shape":[1],"data_offsets":[14,18]}}',
    18,
  );
  const view = new DataView(bytes.buffer, bytes.length - 18);
  [0x3fc0, 0xc000, 0x7f80].forEach((bits, i) => view.setUint16(2 * i, bits, true));
  view.setFloat64(6, -0.25, true);
  view.setFloat32(14, 3.5, true);
  const shifted = new Uint8Array(bytes.length + 1); // a file that begins at an odd address
  shifted.set(bytes, 1);
  const mixed = decodeSafetensors(shifted.subarray(1)).tensors;
  assertEquals(mixed.h!.data, Float32Array.of(1.5, -2, Infinity));
  assertEquals(mixed.d!.data, Float32Array.of(-0.25));
  assertEquals(mixed.f!.data, Float32Array.of(3.5));
});

Deno.test("decodeSafetensors() shares no memory with the file", () => {
  const bytes = FROM_PYTHON.slice();
  const { tensors } = decodeSafetensors(bytes);
  bytes.fill(0xff);
  assertEquals({ ...tensors }, TENSORS);
});

Deno.test("decodeSafetensors() refuses a file cut off anywhere, or with bytes left over", () => {
  refuses(new Uint8Array(0), "8 bytes: 0 bytes are there");
  refuses(new Uint8Array(7), "8 bytes: 7 bytes are there");
  const headerEnd = 8 + 352;
  for (let end = 8; end < headerEnd; end++) {
    refuses(FROM_PYTHON.subarray(0, end), "it is cut off: the header takes 352");
  }
  for (let end = headerEnd; end < FROM_PYTHON.length; end++) {
    refuses(FROM_PYTHON.subarray(0, end), `the tensors take 40 bytes, ${end - headerEnd} are there`);
  }
  refuses(
    Uint8Array.from([...FROM_PYTHON, 0]),
    "left over at its end: the tensors take 40 bytes, 41 are there",
  );
});

Deno.test("decodeSafetensors() refuses a header length that is out of bounds", () => {
  const bytes = file(one());
  const claim = (length: bigint) => {
    const copy = bytes.slice();
    new DataView(copy.buffer).setBigUint64(0, length, true);
    return copy;
  };
  refuses(claim(100_000_001n), "at most 100,000,000 bytes: it claims 100000001");
  refuses(claim(2n ** 64n - 1n), "it claims 18446744073709551615");
  refuses(claim(100_000_000n), "it is cut off: the header takes 100000000 bytes");
  refuses(claim(0n), 'its header must begin with "{"');
});

Deno.test("decodeSafetensors() refuses a header that is not sound JSON", () => {
  const entry = one().slice(5, -1);
  refuses(file("[]"), 'its header must begin with "{"');
  refuses(file(` ${one()}`), 'its header must begin with "{"');
  refuses(file(`\ufeff${one()}`), 'its header must begin with "{"');
  refuses(file("{"), "its header must have a string at byte 1: it has its end");
  refuses(file("{}}", 0), 'must have its end at byte 2: it has "}"');
  refuses(file(`${one()}\0`), "it has byte 0x00");
  refuses(file("{'a':1}"), `must have a string at byte 1: it has "'"`);
  refuses(file(`{"a":${entry},}`), 'must have a string at byte 54: it has "}"');
  refuses(file(`{"a":${entry} "b":${entry}}`), 'must have "," or "}" at byte 54: it has "\\""');
  refuses(file(`{"a" ${entry}}`), 'must have ":" at byte 5: it has "{"');
  refuses(file('{"a'), "its header ends within the string at byte 1");
  refuses(file('{"a\\"'), "its header ends within the string at byte 1");
  refuses(file('{"a\n":1}'), "a control character in a string at byte 3");
  refuses(file('{"\\x41":1}'), "an unknown escape in the string at byte 1");
  for (const bytes of [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe5, 0x88]]) {
    refuses(file(Uint8Array.of(0x7b, 0x22, ...bytes, 0x22, 0x3a)), "its header is not UTF-8");
  }
  refuses(file(`{"\\ud800":${entry}}`), 'a lone surrogate in "\\"\\\\ud800\\""');
  decodeSafetensors(file(`${one()} \n\t\r `)); // blanks after it are the padding
  const { tensors } = decodeSafetensors(
    file(`{ "\\ud83d\\ude00\\/\ufeff" :\t${entry.replaceAll(/[[,:{]/g, "$& ")} }`),
  );
  assertEquals(Object.keys(tensors), ["😀/\ufeff"]);
});

Deno.test("decodeSafetensors() refuses keys that come twice, however they are spelt", () => {
  const entry = '{"dtype":"F32","shape":[1],"data_offsets":[0,4]}';
  refuses(file(`{"a":${entry},"a":${entry}}`), 'its header has the key "a" twice');
  refuses(file(`{"a":${entry},"\\u0061":${entry}}`), 'its header has the key "a" twice');
  refuses(file(`{"__proto__":${entry},"__proto__":${entry}}`), '"__proto__" twice');
  refuses(file('{"a":{"dtype":"F32","shape":[1],"shape":[1],"data_offsets":[0,4]}}'), '"shape" twice');
  refuses(file(`{"__metadata__":{},"a":${entry},"__metadata__":{}}`), '"__metadata__" twice');
  // Metadata is free: of a key that comes twice the last text counts.
  const free = `{"__metadata__":{"x":"1","y":"2","x":"3"},"a":${entry}}`;
  assertEquals({ ...decodeSafetensors(file(free)).metadata }, { x: "3", y: "2" });
  // The same key in two objects, and a text that looks like one, are sound.
  const sound = `{"__metadata__":{"a":"\\"a\\":{","b":"a"},"a":${entry}}`;
  assertEquals({ ...decodeSafetensors(file(sound)).metadata }, { a: '"a":{', b: "a" });
});

Deno.test("decodeSafetensors() leaves out texts of the metadata that are too long to keep", () => {
  const long = "\\u5f00字".repeat(1_000_000);
  const read = (members: string) => ({
    ...decodeSafetensors(file(`{"__metadata__":{${members}},${one().slice(1)}`)).metadata,
  });
  assertEquals(read(`"a":"1","log":"${long}","b":"2"`), { a: "1", b: "2" });
  assertEquals(read(`"a":"1","${long}":"","b":"2"`), { a: "1", b: "2" });
  const half = "x".repeat(5_000_000);
  assertEquals(Object.keys(read(`"a":"${half}","b":"${half}","c":"3"`)), ["a", "c"]);
  const wrong = new TextEncoder().encode(`{"__metadata__":{"a":"${long}"},${one().slice(1)}`);
  wrong[5_000_000] = 0xff;
  refuses(file(wrong), "its header is not UTF-8");
});

Deno.test("decodeSafetensors() refuses metadata that is not text", () => {
  const header = (metadata: unknown) => JSON.stringify({ __metadata__: metadata, ...JSON.parse(one()) });
  for (const metadata of [[], "text", 1, true]) refuses(file(header(metadata)), "must be an object");
  for (const value of [1, null, {}, []]) {
    refuses(file(header({ good: "", bad: value })), "its header must have a string at byte 33");
  }
  assertEquals(Object.keys(decodeSafetensors(file(header(null))).metadata), []);
});

Deno.test("decodeSafetensors() names tensors of whole numbers and leaves them aside", () => {
  const sizes = { I64: 8, U64: 8, I32: 4, U32: 4, I16: 2, U16: 2, I8: 1, U8: 1, BOOL: 1 };
  const found: Record<string, string> = {};
  let end = 0;
  const header = Object.entries(sizes).map(([dtype, size]) => {
    const begin = end;
    end += 3 * size;
    found[`n.${dtype}`] = dtype;
    return [`n.${dtype}`, { dtype, shape: [3], data_offsets: [begin, end] }];
  });
  const weight = { dtype: "F32", shape: [2], data_offsets: [end, end + 8] };
  const text = JSON.stringify(Object.fromEntries([...header, ["w", weight]]));
  const { tensors, whole } = decodeSafetensors(file(text, end + 8));
  assertEquals({ ...whole }, found);
  assertEquals(Object.entries(tensors).map(([name, { shape }]) => [name, shape]), [["w", [2]]]);
  refuses(file(one({ dtype: "I64" })), "of type I64 and shape (1) must take 8 bytes: it has 4");
});

Deno.test("decodeSafetensors() refuses types that it cannot read", () => {
  for (const dtype of ["F8_E4M3", "C64", "f32", "", "toString", "__proto__"]) {
    refuses(
      file(one({ dtype })),
      `tensor "a" must be of type F64, F32, F16, BF16, which .float() gives in Python: current type is ${
        JSON.stringify(dtype)
      }`,
    );
  }
  for (const dtype of [32, null, {}]) refuses(file(one({ dtype })), "must have a string at byte 14");
});

Deno.test("decodeSafetensors() refuses shapes and offsets that are not sound", () => {
  for (const a of [null, 1, "x", [1]]) {
    refuses(file(JSON.stringify({ a })), 'tensor "a" must be described by an object');
  }
  for (const missing of ["dtype", "shape", "data_offsets"]) {
    refuses(file(one({ [missing]: undefined })), `it has no ${missing}`);
  }
  refuses(file(one({ strides: [1] })), 'tensor "a" is described by "strides", which is unknown');
  for (const shape of [null, 1, "1", { 0: 1, length: 1 }]) {
    refuses(file(one({ shape })), 'the shape of tensor "a" must be an array of non-negative integers');
  }
  for (const shape of [["1"], [null], [[1]]]) {
    refuses(file(one({ shape })), "must have a non-negative integer at byte");
  }
  refuses(file(one({ shape: Array(65).fill(1) })), 'the shape of tensor "a" must have at most 64 numbers');
  assertEquals(decodeSafetensors(file(one({ shape: Array(64).fill(1) }))).tensors.a!.shape.length, 64);
  refuses(file(one({ data_offsets: [4] })), 'the data_offsets of tensor "a" must be two');
  refuses(
    file(one({ data_offsets: [0, 4, 4] })),
    'the data_offsets of tensor "a" must have at most 2 numbers',
  );
  for (const offsets of [null, 4, { 0: 0, 1: 4 }]) {
    refuses(file(one({ data_offsets: offsets })), 'the data_offsets of tensor "a" must be an array');
  }
  for (const number of ["1.0", "1e0", "-1", "-0", "1E+0", "01", "+1", "1-1"]) {
    const text = one().replace("[1]", `[${number}]`);
    refuses(file(text), `must be non-negative integers: one is "${number}"`);
  }
  refuses(file(one().replace("[1]", "[9007199254740993]")), "must be below 2^53: one is 9007199254740993");
  refuses(file(one({ shape: [2 ** 27, 2 ** 27] })), "is too large: its shape is (134217728, 134217728)");
  refuses(file(one({ shape: [2 ** 52, 2 ** 52, 0], data_offsets: [0, 0] })), "is too large");
  refuses(file(one({ shape: [2] })), "must take 8 bytes: it has 4");
  refuses(file(one({ dtype: "F16" })), "of type F16 and shape (1) must take 2 bytes: it has 4");
  refuses(file(one({ data_offsets: [4, 0] })), "must not end before it begins: current bytes are 4 to 0");
});

Deno.test("decodeSafetensors() refuses holes and overlaps", () => {
  const two = (first: [number, number], second: [number, number]) =>
    JSON.stringify({
      a: { dtype: "F32", shape: [1], data_offsets: first },
      b: { dtype: "F32", shape: [1], data_offsets: second },
    });
  refuses(
    file(two([0, 4], [8, 12]), 12),
    'tensor "b" leaves a hole before it: it must begin at byte 4, not 8',
  );
  refuses(
    file(two([4, 8], [8, 12]), 12),
    'tensor "a" leaves a hole before it: it must begin at byte 0, not 4',
  );
  refuses(file(two([0, 4], [0, 4])), 'tensor "b" overlaps the one before: it must begin at byte 4, not 0');
  refuses(file(two([0, 4], [2, 6]), 6), 'tensor "b" overlaps the one before');
  decodeSafetensors(file(two([4, 8], [0, 4]), 8)); // the header's order is free
  const empty = JSON.stringify({
    b: { dtype: "F32", shape: [1], data_offsets: [0, 4] },
    a: { dtype: "F32", shape: [0], data_offsets: [0, 0] },
    c: { dtype: "F32", shape: [0, 7], data_offsets: [4, 4] },
  });
  assertEquals(decodeSafetensors(file(empty)).tensors.c, { shape: [0, 7], data: new Float32Array(0) });
});

Deno.test("decodeSafetensors() refuses a header with more entries than any model, and reads one with as many", () => {
  const entry = '{"dtype":"F32","shape":[0],"data_offsets":[0,0]}';
  const header = (count: number) =>
    `{${Array.from({ length: count }, (_, i) => `"${i}":${entry}`).join(",")}}`;
  assertEquals(Object.keys(decodeSafetensors(file(header(16_384), 0)).tensors).length, 16_384);
  refuses(file(header(16_385), 0), "its header may have at most 16,384 tensors");
  const texts = (count: number) => `{${Array.from({ length: count }, (_, i) => `"${i}":""`).join(",")}}`;
  for (const count of [16_384, 16_385]) { // the first are kept
    const { metadata } = decodeSafetensors(file(`{"__metadata__":${texts(count)}}`, 0));
    assertEquals(Object.keys(metadata).length, 16_384);
  }
  const tensors = Object.fromEntries(
    Array.from({ length: 16_385 }, (_, i) => [i, { shape: [0], data: new Float32Array(0) }]),
  );
  assertThrows(() => encodeSafetensors(tensors), RangeError, "at most 16,384 tensors: it has 16385");
  assertThrows(
    () => encodeSafetensors({}, { a: "x".repeat(8_000_000) }),
    RangeError,
    "at most 8,000,000 bytes",
  );
});

Deno.test("decodeSafetensors() quotes the beginning of a long name", () => {
  const { message } = assertThrows(
    () => decodeSafetensors(file(JSON.stringify({ ["a".repeat(10_000)]: 1 }))),
    SyntaxError,
  );
  assert(message.length < 200, message);
});
