/** HDF5 files: what h5py wrote, and what is refused. tests/fuzz/ has damaged ones by the thousand. @module */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { Hdf5File } from "../../src/files/hdf5.ts";
import { Random } from "../../src/random.ts";
import { unpacked } from "../frameworks/golden.ts";

const bytes = await unpacked("keras_lstm_language.h5");
const KERNEL = "model_weights/dense/sequential_7/dense/kernel";

/** The file with some bytes changed. */
function changed(at: number, ...values: number[]): Uint8Array {
  const copy = bytes.slice();
  copy.set(values, at);
  return copy;
}

Deno.test("groups, arrays and texts of a file are read", () => {
  const file = new Hdf5File(bytes);
  assertEquals(file.names("/"), ["model_weights"]);
  assertEquals(file.names("/nothing"), []);
  assertEquals(file.text("/", "keras_version"), "3.15.1");
  assertEquals(file.text("/", "nothing"), undefined);
  assertEquals(file.text("model_weights", "layer_names"), undefined, "which is a list");
  assertEquals(file.texts("model_weights", "nothing"), undefined);
  const layers = file.texts("model_weights", "layer_names")!;
  const [name] = layers.filter((name) => name.startsWith("dense"));
  const [path] = file.texts(`model_weights/${name}`, "weight_names")!;
  const { shape, data } = file.array(`model_weights/${name}/${path}`)!;
  assertEquals([shape, data.length], [[3, 8], 24]);
  assertEquals(file.array(KERNEL.replace(/kernel$/, "nothing")), undefined);
  assertEquals(file.array("model_weights"), undefined);
});

/** The file in a group of its own, which has messages for its members. */
function linked(info: number[], ...links: number[][]): Uint8Array {
  const message = (type: number, data: number[]): number[] => {
    const size = 8 * Math.ceil(data.length / 8);
    return [type, 0, size, 0, 0, 0, 0, 0, ...data, ...Array<number>(size - data.length).fill(0)];
  };
  const messages = [message(2, info), ...links.map((link) => message(6, link))].flat();
  const at = bytes.length;
  const group = [1, 0, 1 + links.length, 0, 1, 0, 0, 0, messages.length, 0, 0, 0, 0, 0, 0, 0, ...messages];
  return new Uint8Array([...changed(64, ...places(at)), ...group]);
}

/** An address as a file has it. */
function places(at: number): number[] {
  return [...new Uint8Array(new BigUint64Array([BigInt(at)]).buffer)];
}

Deno.test("groups whose members' names are not of ASCII are read", () => {
  const nowhere = Array<number>(16).fill(255);
  const root = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(64, true));
  const name = [...new TextEncoder().encode("层")];
  const whole = [1, 28, 0, 9, 9, 9, 9, 9, 9, 9, 9, 1, name.length, ...name, ...places(root)];
  const soft = [1, 24, 1, 1, 1, 97, 1, 0, 98];
  const file = new Hdf5File(linked([0, 0, ...nowhere], whole, soft, [1, 0, 1, 97, ...places(root)]));
  assertEquals(file.names("/"), ["层", "a"]);
  assertEquals(file.names("层"), ["model_weights"]);
  for (
    const [info, link, sentence] of [
      [[0, 1, ...places(7), ...places(8), ...places(9)], whole, "FRHP is not where it should be"],
      [[1, 0, ...nowhere], whole, "messages of newer versions"],
      [[0, 0, ...nowhere], [2, 0], "links are of newer versions"],
      [[0, 0, ...nowhere], [1, 0, 200, 97], "something lies outside of it"],
      [[0, 0, ...nowhere], [1, 0, 1, 97, ...nowhere], "an object is nowhere"],
    ] as const
  ) {
    const damaged = linked([...info], [...link]);
    assertThrows(() => new Hdf5File(damaged).names("/"), SyntaxError, sentence);
  }
});

Deno.test("a group that holds itself is refused", () => {
  const circle = bytes.slice();
  const view = new DataView(circle.buffer);
  const node = view.getBigUint64(80, true); // of the root, which the beginning has too
  view.setUint8(Number(node) + 5, 1); // a level above that of leaves
  view.setBigUint64(Number(node) + 32, node, true);
  assertThrows(() => new Hdf5File(circle).names("/"), SyntaxError, "a group goes round in a circle");
});

Deno.test("a file of another form or that is damaged is refused in a sentence", () => {
  const rootGroup = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(64, true));
  for (
    const [file, sentence] of [
      [new Uint8Array(0), "Cannot read the HDF5 file as HDF is not where it should be: it is damaged"],
      [bytes.slice(0, 50), "something lies outside of it"],
      [bytes.slice(0, rootGroup + 8), "something lies outside of it"],
      [
        changed(8, 2),
        "it is of version 2: what h5py writes for Keras, in chunks or packed by gzip too, is read alone",
      ],
      [changed(13, 4), "its addresses have other than 64 bits"],
      [changed(24, 1), "it begins behind other bytes"],
      [changed(71, 255), "it states the size"],
      [changed(rootGroup, 79), "headers of version 2"],
      [changed(rootGroup, 9), "a header of version 9"],
      [changed(rootGroup + 16, 2), "messages of newer versions"],
    ] as const
  ) {
    assertThrows(() => new Hdf5File(file).names("/"), SyntaxError, sentence);
  }
});

/** Reads what a reader of models reads: groups, lists of texts, arrays. */
function readAll(file: Hdf5File): number {
  let elements = 0;
  for (const layer of file.texts("model_weights", "layer_names") ?? file.names("model_weights")) {
    for (const name of file.texts(`model_weights/${layer}`, "weight_names") ?? []) {
      elements += file.array(`model_weights/${layer}/${name}`)?.data.length ?? 0;
    }
  }
  return elements + (file.text("/", "keras_version")?.length ?? 0) +
    (file.text("/", "model_config")?.length ?? 0);
}

Deno.test("6,000 damaged files are read, or refused in one sentence", () => {
  const random = new Random(3);
  // What tells structure is rare: a byte that is not zero, in front of texts and numbers, by its neighbours.
  const places = [...bytes.keys()].filter((at) => bytes[at] !== 0 || bytes[at - 1] !== 0);
  let refused = 0;
  for (let i = 0; i < 6000; i++) {
    const mutant = bytes.slice(0, random.integer(20) === 0 ? random.integer(bytes.length) : bytes.length);
    for (let flips = 1 + random.integer(3); flips > 0; flips--) {
      const at = places[random.integer(places.length)]!;
      mutant[at] = random.integer(3) === 0
        ? random.integer(256)
        : (mutant[at] ?? 0) ^ (1 << random.integer(8));
    }
    try {
      readAll(new Hdf5File(mutant));
    } catch (error) {
      assert(
        error instanceof SyntaxError && /^Cannot read the HDF5 file as [^\n]+$/.test(error.message),
        `${error}`,
      );
      refused++;
    }
  }
  assert(refused > 500 && refused < 5500, `${refused} refused`);
});
