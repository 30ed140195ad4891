/** NumPy's arrays: headers as NumPy and MLX write them, and what is refused. @module */
import { assertEquals, assertThrows } from "@std/assert";
import { readNpy } from "../../src/files/npy.ts";

/** A file of a header and numbers. */
function npy(header: string, numbers: Uint8Array, version = 1): Uint8Array {
  const text = new TextEncoder().encode(`${header}\n`);
  const length = version === 1 ? [text.length & 255, text.length >> 8] : [text.length, 0, 0, 0];
  return Uint8Array.of(
    0x93,
    ...new TextEncoder().encode("NUMPY"),
    version,
    0,
    ...length,
    ...text,
    ...numbers,
  );
}

const header = (descr: string, shape: string, columns = "False"): string =>
  `{'descr': '${descr}', 'fortran_order': ${columns}, 'shape': (${shape}), }`;
const six = new Uint8Array(Float32Array.of(1, 2, 3, 4, 5, 6).buffer);

Deno.test("arrays of NumPy are read by rows, whatever their order, type and version", () => {
  const big = new Uint8Array(8);
  new DataView(big.buffer).setFloat64(0, 2.5);
  for (
    const [bytes, shape, numbers] of [
      [npy(header("<f4", "2, 3"), six), [2, 3], [1, 2, 3, 4, 5, 6]],
      [npy(header("<f4", "2, 3", "True"), six), [2, 3], [1, 3, 5, 2, 4, 6]],
      [npy(header("<f4", "6,"), six, 2), [6], [1, 2, 3, 4, 5, 6]],
      [npy(header("<f4", "6L,"), six, 3), [6], [1, 2, 3, 4, 5, 6]],
      [npy(header(">f8", ""), big), [], [2.5]],
      [npy(header("<f2", "1,"), Uint8Array.of(0, 0x3c)), [1], [1]],
      [npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 0)}", new Uint8Array(0)), [2, 0], []],
    ] as const
  ) {
    const array = readNpy(bytes);
    assertEquals<unknown>([array.shape, [...array.data!]], [shape, numbers]);
  }
  assertEquals(readNpy(npy(header("<i8", "1,"), new Uint8Array(8))), {
    shape: [1],
    type: "i8",
    data: undefined,
  });
});

Deno.test("an array of NumPy that is damaged or of no numbers is refused in a sentence", () => {
  for (
    const [bytes, sentence] of [
      [new Uint8Array(3), "it does not begin as one"],
      [npy(header("<f4", "6,"), six, 9), "it is of version 9"],
      [npy(header("<f4", "6,"), six).subarray(0, 40), "its header is cut off"],
      [npy(header("<f4", "7,"), six), "its 7 numbers of f4 have 24 bytes"],
      [npy(header("<f4", "9007199254740992, 2"), six), "its shape is none"],
      [npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (6,), }", six), "its header is"],
      [npy("__import__('os')", six), "its header is"],
    ] as const
  ) {
    assertThrows(() => readNpy(bytes), SyntaxError, `Cannot read the NumPy array as ${sentence}`);
  }
});
