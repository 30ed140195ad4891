/** Measures of classes: the largest logit of a row, and how many targets it names. @module */
import { assertEquals, assertRejects } from "@std/assert";
import { accuracy, argmax, Tensor } from "../../mod.ts";
import { testEach } from "../support/test_each.ts";

const LOGITS = [0, 2, 1, /**/ 3, 3, 0, /**/ -2, -1, -1, /**/ 0, 0, 5];

testEach("argmax() gives the first of the largest numbers of each row", async (device) => {
  const x = Tensor.from(device, LOGITS, [2, 2, 3]);
  assertEquals(await argmax(x), Uint32Array.of(1, 0, 1, 2));
  assertEquals(await argmax(x.reshape([12])), Uint32Array.of(11));
});

testEach("accuracy() counts right rows in the order of crossEntropy(), padding left out", async (device) => {
  const targets = (ids: number[], shape: number[]): Tensor<"u32"> =>
    Tensor.from(device, Uint8Array.from(ids), shape);
  const [rows, steps] = [[4, 3], [2, 2, 3]].map((shape) => Tensor.from(device, LOGITS, shape));
  assertEquals(await accuracy(rows!, targets([1, 0, 1, 2], [4])), { sum: 4, count: 4 });
  assertEquals(await accuracy(rows!, targets([1, 1, 0, 2], [2, 2])), { sum: 4, count: 4 }); // (B, T)
  assertEquals(await accuracy(steps!, targets([1, 1, 0, 2], [2, 2])), { sum: 2, count: 4 });
  const options = { ignoreIndex: 9 };
  assertEquals(await accuracy(steps!, targets([1, 9, 2, 9], [2, 2]), options), { sum: 1, count: 2 });
  await assertRejects(() => accuracy(rows!, targets([1, 0, 0], [3])), TypeError, "Cannot compare logits");
  await assertRejects(() => accuracy(rows!, targets([1, 0, 0, 3], [4])), RangeError, "must be below 3");
});
