/** How far files may unpack. @module */
import { assertEquals } from "@std/assert";
import { mostUnpacked } from "../../src/files/most_unpacked.ts";

Deno.test("a file unpacks as far as deflate can, or to 256 MiB, or 16 times: zeros are read, and no more than that", async () => {
  const zeros = new Uint8Array(2 ** 24);
  const packed = await new Response(new Blob([zeros]).stream().pipeThrough(new CompressionStream("deflate")))
    .bytes();
  assertEquals(mostUnpacked(packed.length) > zeros.length, true);
  assertEquals(mostUnpacked(packed.length) < 1.01 * zeros.length, true);
  assertEquals([2 ** 18, 2 ** 22, 2 ** 26].map(mostUnpacked), [2 ** 28, 2 ** 28, 2 ** 30]);
});
