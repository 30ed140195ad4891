/** Groups of HDF5 that have many members with names that are not of ASCII: what Keras wrote, and damaged ones. @module */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { Hdf5File } from "../../src/files/hdf5.ts";
import { Random } from "../../src/random.ts";
import { unpacked } from "../frameworks/golden.ts";

const BYTES = await unpacked("keras_letters.h5");
const TEXT = Array.from(BYTES, (byte) => String.fromCharCode(byte)).join("");
/** The file with some bytes changed, counted from where a signature is. */
function changed(signature: string, at: number, ...values: number[]): Uint8Array {
  const copy = BYTES.slice();
  copy.set(values, TEXT.indexOf(signature) + at);
  return copy;
}

Deno.test("the members of such a group are read by their names", () => {
  const file = new Hdf5File(BYTES);
  const names = file.texts("model_weights", "layer_names")!;
  assertEquals(names.filter((name) => name.startsWith("letters层")).length, 9);
  assertEquals(names.filter((name) => !file.names("model_weights").includes(name)), []);
});

Deno.test("a heap or a tree that is none, or of another form, is refused by a sentence", () => {
  for (
    const [bytes, sentence] of [
      [changed("FRHP", 0, 70, 82, 72, 81), "FRHP is not where it should be"],
      [changed("FRHP", 7, 1), "the names of its groups are packed"],
      [changed("FRHP", 128, 0, 0), "a group's heap has no places"],
      [changed("FRHP", 132, ...Array(8).fill(255)), "a group's heap is nowhere"],
      [changed("FRHP", 112, 16, 0), "a link lies outside of its heap"],
      [changed("BTHD", 5, 6), "a group's tree is none of links"],
      [changed("BTHD", 12, 9), "a group's tree is none of links"],
      [changed("BTHD", 12, 1), "BTIN is not where it should be"],
      [changed("BTLF", 0, 66, 84, 76, 71), "BTLF is not where it should be"],
      [changed("BTLF", 10, 16), "the names of its groups lie elsewhere"],
    ] as const
  ) {
    assertThrows(() => new Hdf5File(bytes).names("model_weights"), SyntaxError, sentence);
  }
});

Deno.test("3,000 files with a damaged heap or tree are read, or refused in one sentence", () => {
  const random = new Random(9);
  const places = ["FRHP", "BTHD", "BTLF", "FHDB", "FHIB"].map((signature) => TEXT.indexOf(signature))
    .filter((at) => at >= 0);
  assert(places.length >= 4);
  let refused = 0;
  for (let i = 0; i < 3000; i++) {
    const mutant = BYTES.slice();
    for (let flips = 1 + random.integer(3); flips > 0; flips--) {
      const at = places[random.integer(places.length)]! + random.integer(160);
      mutant[at] = mutant[at]! ^ (1 << random.integer(8));
    }
    try {
      new Hdf5File(mutant).names("model_weights");
    } catch (error) {
      assert(
        error instanceof SyntaxError && /^Cannot read the HDF5 file as [^\n]+$/.test(error.message),
        `${error}`,
      );
      refused++;
    }
  }
  assert(refused > 300 && refused < 2900, `${refused} refused`);
});
