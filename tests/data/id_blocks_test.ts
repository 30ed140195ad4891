/** A list of ids keeps them all, whatever their width, and gives its memory back. @module */
import { assertEquals } from "@std/assert";
import { IdBlocks } from "../../src/data/id_blocks.ts";
import { atOnce } from "../../src/turn.ts";

Deno.test("ids that become wider on the way are counted and translated", () => {
  const limits = [1, 2, 255, 256, 257, 65_536, 65_537, 100_000];
  const blocks = new IdBlocks();
  const pushed: number[] = [];
  for (const [i, limit] of limits.entries()) {
    const ids = Uint32Array.from({ length: 700 * (i + 1) }, (_, k) => (limit - 1 + k * 7919) % limit);
    blocks.push(ids, limit);
    pushed.push(...ids);
  }
  assertEquals(blocks.size, pushed.length);
  const counts = atOnce(blocks.count(100_000));
  assertEquals(counts.reduce((sum, count) => sum + count), pushed.length);
  for (const id of [0, 1, 254, 256, 65_536]) {
    assertEquals(counts[id], pushed.filter((other) => other === id).length, `${id}`);
  }
  const map = Int32Array.from({ length: 100_000 }, (_, id) => id % 3 === 0 ? -1 : 99_999 - id);
  const kept = pushed.map((id) => map[id]!).filter((id) => id >= 0);
  const joined = atOnce(blocks.join(map, { size: kept.length, limit: 100_000 }));
  assertEquals(joined, Uint32Array.from(kept));
  assertEquals(blocks.size, 0);
});

Deno.test("ids of several large blocks are in their order", () => {
  const blocks = new IdBlocks();
  const part = Uint8Array.from({ length: 99_991 }, (_, i) => i % 251);
  for (let i = 0; i < 40; i++) blocks.push(part, 251); // four times the size of a block
  const same = Int32Array.from({ length: 251 }, (_, i) => i);
  const ids = atOnce(blocks.join(same, { size: blocks.size, limit: 251 }));
  const wrong = ids.findIndex((id, i) => id !== part[i % part.length]);
  assertEquals([ids.length, wrong], [40 * part.length, -1]);
});
