/** Arrays of HDF5 in chunks: what h5py made of a file of Keras, and damaged ones. @module */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Hdf5File } from "../../src/files/hdf5.ts";
import { Random } from "../../src/random.ts";
import { unpacked } from "../frameworks/golden.ts";

const WHOLE = await unpacked("keras_lstm_language.h5");
const CHUNKS = await unpacked("keras_lstm_language_chunks.h5");
const PACKED = await unpacked("keras_lstm_language_packed.h5");

/** The arrays of a file by their paths. */
async function arraysOf(bytes: Uint8Array): Promise<Map<string, number[]>> {
  const file = new Hdf5File(bytes);
  await file.unpack("model_weights");
  const arrays = new Map<string, number[]>();
  let left = 1000; // of a damaged file, whose groups may hold themselves
  const walk = (path: string): void => {
    if (left-- <= 0) return;
    for (const name of file.names(path)) {
      const array = file.array(`${path}/${name}`);
      if (array) arrays.set(`${path}/${name}`, [...array.data]);
      else walk(`${path}/${name}`);
    }
  };
  walk("model_weights");
  return arrays;
}

Deno.test("arrays in chunks are those in one piece, packed or not", async () => {
  const arrays = await arraysOf(WHOLE);
  assert(arrays.size >= 9);
  assertEquals(await arraysOf(CHUNKS), arrays);
  assertEquals(await arraysOf(PACKED), arrays);
});

Deno.test("zeros, which gzip packs to a thousandth, are read", async () => {
  const zeros = await unpacked("keras_zeros_packed.h5");
  const arrays = await arraysOf(zeros);
  const count = [...arrays.values()].reduce((sum, { length }) => sum + length, 0);
  assert(4 * count > 16 * zeros.length, `${count} numbers, ${zeros.length} bytes`);
  assertEquals(arrays, await arraysOf(await unpacked("keras_zeros.h5")));
});

Deno.test("arrays in chunks are not read before they are unpacked", () => {
  const file = new Hdf5File(PACKED);
  const [layer = ""] = file.texts("model_weights", "layer_names")!.filter((name) => name.startsWith("dense"));
  const [path] = file.texts(`model_weights/${layer}`, "weight_names")!;
  assertThrows(
    () => file.array(`model_weights/${layer}/${path}`),
    SyntaxError,
    "an array does not lie in one piece",
  );
});

Deno.test("1,000 damaged files in chunks are read, or refused in one sentence", async () => {
  const random = new Random(5);
  let refused = 0;
  for (let i = 0; i < 1000; i++) {
    const bytes = i % 2 === 0 ? PACKED : CHUNKS;
    const mutant = bytes.slice();
    for (let flips = 1 + random.integer(3); flips > 0; flips--) {
      const at = random.integer(mutant.length);
      mutant[at] = mutant[at]! ^ (1 << random.integer(8));
    }
    try {
      await arraysOf(mutant);
    } catch (error) {
      assert(
        error instanceof SyntaxError && /^Cannot read the HDF5 file as [^\n]+$/.test(error.message),
        `${error}`,
      );
      refused++;
    }
  }
  assert(refused > 30 && refused < 990, `${refused} refused`);
});

Deno.test("chunks of a newer version or of other filters are refused by what they are", async () => {
  /** A file with each place of some bytes changed. */
  const changed = (bytes: Uint8Array, find: number[], put: number[]): Uint8Array => {
    const copy = bytes.slice();
    for (let at = 0; at + find.length <= copy.length; at++) {
      if (find.every((byte, i) => copy[at + i] === byte)) copy.set(put, at);
    }
    return copy;
  };
  for (
    const [bytes, sentence] of [
      [changed(CHUNKS, [3, 2, 3], [4, 2, 3]), "chunks are of a newer version"],
      [changed(PACKED, [2, 0, 8, 0, 1, 0, 1, 0], [4, 0, 8, 0, 1, 0, 1, 0]), "packed by filter 4"],
    ] as const
  ) {
    await assertRejects(() => arraysOf(bytes), SyntaxError, sentence);
  }
});

Deno.test("chunks that are too large, or too many, are refused before there is memory for them", async () => {
  /** A file whose arrays of two axes have chunks of some size. */
  const sized = (bytes: Uint8Array, size: number): Uint8Array => {
    const copy = bytes.slice();
    const view = new DataView(copy.buffer);
    for (let at = 0; at + 23 <= copy.length; at++) {
      const isLayout = copy[at] === 3 && copy[at + 1] === 2 && copy[at + 2] === 3;
      if (isLayout) { for (const axis of [11, 15]) view.setUint32(at + axis, size, true); }
    }
    return copy;
  };
  for (
    const [bytes, sentence] of [
      [sized(PACKED, 0x7fff_ffff), "unpack to 18446744056529682000 bytes, for which it is too short"],
      [sized(PACKED, 9000), "unpack to 324000000 bytes, for which it is too short"],
      [sized(PACKED, 0), "chunks have no size"],
      [sized(CHUNKS, 20), "more chunks than places"],
    ] as const
  ) {
    await assertRejects(() => arraysOf(bytes), SyntaxError, sentence);
  }
});
