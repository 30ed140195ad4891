/** How much of a part of a text stands in the rest of it. @module */
import { assert, assertEquals } from "@std/assert";
import { LYRICS } from "../../src/data/lyrics.ts";
import { repeatedShare } from "../../src/data/repeated_share.ts";
import { Corpus } from "../../mod.ts";
import { Random } from "../../src/random.ts";

/** Ids that do not repeat. */
function drawn(length: number, seed: number): Uint16Array {
  const random = new Random(seed);
  return Uint16Array.from({ length }, () => Math.floor(random.uniform() * 60_000));
}

Deno.test("a part that was copied is found, wherever it stands and in whichever array", () => {
  const part = drawn(500, 1);
  for (const before of [0, 1, 63, 64, 65, 1000]) {
    const text = new Uint32Array([...drawn(before, 2), ...part, ...drawn(70, 3)]);
    assertEquals(repeatedShare(part, text), 1, `behind ${before}`);
  }
});

Deno.test("half of a part that was copied is half of it, about", () => {
  const part = drawn(20_000, 1);
  const share = repeatedShare(part, part.subarray(0, 10_000));
  assert(share > 0.48 && share < 0.52, `${share}`);
});

Deno.test("a part of equal tokens stands in a text of equal tokens", () => {
  assertEquals(repeatedShare(new Uint8Array(300), new Uint8Array(64)), 1);
  assertEquals(repeatedShare(new Uint8Array(300), new Uint8Array(300).fill(1)), 0);
});

Deno.test("what is shorter than a window is never found", () => {
  assertEquals(repeatedShare(new Uint8Array(63), new Uint8Array(300)), 0);
  assertEquals(repeatedShare(new Uint8Array(64), new Uint8Array(63)), 0);
  assertEquals(repeatedShare(new Uint8Array(64), new Uint8Array(64)), 1);
});

Deno.test("choruses of songs are no copies of a text", () => {
  const [training, validation] = Corpus.fromText(LYRICS).split(0.1);
  const share = repeatedShare(validation.ids, training.ids);
  assert(share < 0.5, `${share}`);
});
