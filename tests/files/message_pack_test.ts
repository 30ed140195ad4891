/** MessagePack: each of its forms, and what is refused. @module */
import { assertEquals, assertThrows } from "@std/assert";
import { MessagePackExtension, readMessagePack } from "../../src/files/message_pack.ts";

const read = (...bytes: number[]): unknown => readMessagePack(Uint8Array.from(bytes));

Deno.test("MessagePack's values are read in each of their forms", () => {
  const a = 0x61;
  for (
    const [bytes, value] of [
      [[5], 5],
      [[0xff], -1],
      [[0xcc, 200], 200],
      [[0xcd, 1, 0], 256],
      [[0xce, 0, 1, 0, 0], 65_536],
      [[0xcf, 0, 0, 0, 1, 0, 0, 0, 0], 2 ** 32],
      [[0xd0, 0x80], -128],
      [[0xd1, 0xff, 0], -256],
      [[0xd2, 0xff, 0xff, 0, 0], -65_536],
      [[0xd3, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0], -(2 ** 32)],
      [[0xca, 0x3f, 0xc0, 0, 0], 1.5],
      [[0xcb, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0], 1.5],
      [[0xc0], null],
      [[0xc2], false],
      [[0xc3], true],
      [[0xa1, a], "a"],
      [[0xd9, 1, a], "a"],
      [[0xda, 0, 1, a], "a"],
      [[0xdb, 0, 0, 0, 1, a], "a"],
      [[0xc4, 1, 7], Uint8Array.of(7)],
      [[0xc5, 0, 1, 7], Uint8Array.of(7)],
      [[0xc6, 0, 0, 0, 1, 7], Uint8Array.of(7)],
      [[0x91, 1], [1]],
      [[0xdc, 0, 1, 1], [1]],
      [[0xdd, 0, 0, 0, 1, 1], [1]],
      [[0x81, 0xa1, a, 1], new Map([["a", 1]])],
      [[0xde, 0, 1, 0xa1, a, 1], new Map([["a", 1]])],
      [[0xdf, 0, 0, 0, 1, 0xa1, a, 1], new Map([["a", 1]])],
      [[0xd4, 3, 9], new MessagePackExtension(3, Uint8Array.of(9))],
      [[0xd5, 3, 9, 8], new MessagePackExtension(3, Uint8Array.of(9, 8))],
      [[0xc7, 1, 0xff, 9], new MessagePackExtension(-1, Uint8Array.of(9))],
      [[0xc8, 0, 1, 1, 9], new MessagePackExtension(1, Uint8Array.of(9))],
    ] as [number[], unknown][]
  ) {
    assertEquals(read(...bytes), value, bytes.join());
  }
});

Deno.test("MessagePack that is damaged, deep or long is refused in a sentence", () => {
  for (
    const [bytes, sentence] of [
      [[], "it is cut off"],
      [[0x92, 1], "it is cut off"],
      [[0xdd, 0xff, 0xff, 0xff, 0xff], "it is cut off"],
      [[0xc6, 0xff, 0xff, 0xff, 0xff, 0], "it is cut off"],
      [[0xcf, 0xff], "it is cut off"],
      [[0xc1], "byte 0 begins no value"],
      [[1, 2], "1 bytes stand behind its end"],
      [[0x81, 1, 1], "a key in it is no text"],
      [[0x81, 0x91, 0x91, 1, 1], "it is nested deeper than 100 levels"],
      [[0xa1, 0xff], "a text in it is not UTF-8"],
      [Array(102).fill(0x91), "it is nested deeper than 100 levels"],
      [[0xdd, 0, 4, 0, 0, ...Array(262_144).fill(1)], "it has more than 200000 values"],
    ] as [number[], string][]
  ) {
    assertThrows(
      () => readMessagePack(Uint8Array.from(bytes)),
      SyntaxError,
      `Cannot read the MessagePack file as ${sentence}`,
    );
  }
});
