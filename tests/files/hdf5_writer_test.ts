/** HDF5 files that are written: hdf5.ts reads them, and in `deno task exchange` h5py does. @module */
import { assertEquals, assertThrows } from "@std/assert";
import { Hdf5File } from "../../src/files/hdf5.ts";
import { encodeHdf5 } from "../../src/files/hdf5_writer.ts";

Deno.test("groups of any number of members and arrays of any shape are read again", () => {
  const numbers = (length: number): Float32Array => Float32Array.from({ length }, (_, i) => i / 7);
  const arrays = {
    "layers/dense/vars/0": { shape: [2, 3], data: numbers(6) },
    "layers/dense/vars/1": { shape: [3], data: numbers(4).subarray(1) },
    "single": { shape: [], data: numbers(1) },
    ...Object.fromEntries(
      Array.from(
        { length: 41 },
        (_, i) => [`layers/many/${i}`, { shape: [1, 1, i + 1], data: numbers(i + 1) }],
      ),
    ),
  };
  const file = new Hdf5File(encodeHdf5(arrays));
  assertEquals(file.names("/"), ["layers", "single"]);
  assertEquals(file.names("layers"), ["dense", "many"]);
  assertEquals(file.names("layers/many").length, 41);
  for (const [path, array] of Object.entries(arrays)) assertEquals(file.array(path), array, path);
  assertEquals(new Hdf5File(encodeHdf5({})).names("/"), []);
});

Deno.test("an array is no group", () => {
  const array = { shape: [1], data: Float32Array.of(1) };
  assertThrows(
    () => encodeHdf5({ "a": array, "a/b": array }),
    TypeError,
    'Cannot write "a/b" as "a" is an array',
  );
});
