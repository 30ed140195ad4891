import { assert, assertEquals, assertThrows } from "@std/assert";
import { fillUniform, Random, threefry2x32, uniform } from "../src/random.ts";

Deno.test("threefry2x32() gives Random123's known answers", () => {
  // kat_vectors of Random123, "threefry2x32 20": counter, key, result.
  const ones = 0xffffffff;
  assertEquals(threefry2x32(0, 0, 0, 0), [0x6b200159, 0x99ba4efe]);
  assertEquals(threefry2x32(ones, ones, ones, ones), [0x1cb996fc, 0xbb002be7]);
  assertEquals(threefry2x32(0x13198a2e, 0x03707344, 0x243f6a88, 0x85a308d3), [0xc4923a9c, 0x483df7a0]);
});

Deno.test("uniform() keeps the upper 24 bits and stays below 1 in float32", () => {
  assertEquals(uniform(0), 0);
  assertEquals(uniform(0xff), 0);
  assertEquals(uniform(0x100), 2 ** -24);
  assertEquals(uniform(0xffffffff), 1 - 2 ** -24);
  assertEquals(Math.fround(uniform(0xffffffff)), uniform(0xffffffff));
});

Deno.test("Random gives the words of the counters (k, stream) under the seed's low and high word", () => {
  const random = new Random(7 * 2 ** 32 + 5, 3);
  const expected = [0, 1, 2].flatMap((k) => threefry2x32(5, 7, k, 3));
  assertEquals(expected.map(() => random.next()), expected);
  assertEquals(new Random(2 ** 53 - 1).next(), threefry2x32(0xffffffff, 0x1fffff, 0, 0)[0]);
});

Deno.test("Random refuses seeds and streams that are not integers of its range", () => {
  for (const seed of [-1, 0.5, NaN, 2 ** 53]) {
    assertThrows(() => new Random(seed), RangeError, `from 0 to 2^53 - 1: current value is ${seed}`);
  }
  for (const stream of [-1, 0.5, NaN, 2 ** 32]) {
    assertThrows(() => new Random(0, stream), RangeError, `from 0 to 2^32 - 1: current value is ${stream}`);
  }
});

Deno.test("Random.integer() draws each integer about equally often, and refuses an empty choice", () => {
  const random = new Random(1);
  const counts = new Array<number>(7).fill(0);
  for (let i = 0; i < 7000; i++) {
    const drawn = random.integer(7);
    counts[drawn]! += 1;
  }
  assertEquals(counts.length, 7);
  assert(counts.every((count) => Math.abs(count - 1000) < 150), `counts are ${counts}`); // 5 standard deviations
  for (const n of [0, -1, 1.5, NaN, 2 ** 32 + 1]) {
    assertThrows(() => random.integer(n), RangeError, `current value is ${n}`);
  }
});

Deno.test("Random.integer() draws again what would favour small numbers", () => {
  // Below 3 * 2^30, the words from there up are one quarter of all; taking their remainder would give the first
  // third of the integers half of the draws.
  const n = 3 * 2 ** 30;
  const random = new Random(2);
  let low = 0;
  for (let i = 0; i < 3000; i++) low += random.integer(n) < n / 3 ? 1 : 0;
  assert(Math.abs(low - 1000) < 130, `${low} of 3000 are in the first third`); // 5 standard deviations
});

Deno.test("Random.shuffle() permutes any array, the same way for the same seed", () => {
  const sorted = Array.from({ length: 101 }, (_, i) => i);
  const array = [...sorted];
  const typed = Uint32Array.from(sorted);
  new Random(3).shuffle(array);
  new Random(3).shuffle(typed);
  assertEquals([...typed], array);
  assertEquals([...array].sort((a, b) => a - b), sorted);
  assert(array.filter((value, i) => value === i).length < 10, "most elements must have moved");
});

Deno.test("Random.shuffle() gives every order of three about equally often", () => {
  const random = new Random(4);
  const counts = new Map<string, number>();
  for (let i = 0; i < 6000; i++) {
    const letters = ["a", "b", "c"];
    random.shuffle(letters);
    const order = letters.join("");
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  assertEquals(counts.size, 6);
  for (const [order, count] of counts) assert(Math.abs(count - 1000) < 150, `${order} came ${count} times`);
});

Deno.test("fillUniform() gives element i number i of the stream, scaled", () => {
  const target = new Float32Array(1009);
  fillUniform(target, -0.25, 0.75, 11, 2);
  const random = new Random(11, 2);
  assertEquals(target, Float32Array.from(target, () => random.uniform() - 0.25));
  const mean = target.reduce((sum, value) => sum + value, 0) / target.length;
  assert(Math.abs(mean - 0.25) < 0.05, `the mean is ${mean}`);
});

Deno.test("fillUniform() gives other numbers for another seed or stream", () => {
  const fill = (seed: number, stream: number) => {
    const target = new Float32Array(16);
    fillUniform(target, 0, 1, seed, stream);
    return target.join();
  };
  assertEquals(new Set([fill(0, 0), fill(1, 0), fill(0, 1), fill(2 ** 32, 0)]).size, 4);
});
