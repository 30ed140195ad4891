/** Texts that join and leave others: the same as alone, and no place is lost. @module */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { type Device, generate, type Generated, type RNNModel, Vocabulary } from "../../mod.ts";
import { type Asked, Batcher, BusyError, EndedError } from "../../src/serve/batcher.ts";
import { KINDS } from "../../src/layers/recurrent/cell.ts";
import { makeModel } from "../support/language_models.ts";
import { testEach } from "../support/test_each.ts";

const VOCABULARY = Vocabulary.fromText("床前明月光，疑是地上霜。举头望，低头思故乡。");

function modelOf(device: Device, cell: "rnn" | "gru" | "lstm" = "lstm"): RNNModel {
  return makeModel(device, { cell, vocabularySize: VOCABULARY.size, numLayers: 2, hiddenSize: 21 });
}

async function take(tokens: AsyncIterable<Generated>, count = Infinity): Promise<Generated[]> {
  const taken: Generated[] = [];
  for await (const token of tokens) {
    taken.push(token);
    if (taken.length >= count) break;
  }
  return taken;
}

/** Bytes that are held once nothing is given back any more. */
async function idleBytes(device: Device): Promise<number> {
  let bytes = Infinity;
  while (device.memory.used < bytes) {
    bytes = device.memory.used;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return bytes;
}

/** What each asks for: prefixes short and long, in manners of their own. */
const ASKED: readonly (Omit<Asked, "prefix"> & { text: string })[] = [
  { text: "床", length: 90, seed: 3 },
  { text: "举头望明月", length: 7, seed: 3, stream: 4, temperature: 0.7 },
  { text: "低头思故乡。".repeat(20), length: 30, seed: 8, topK: 4 },
  { text: "光，", length: 25, temperature: 0 },
  { text: "霜", length: 60, seed: 2 ** 40, topP: 0.8, stop: ["月", "光"] },
  { text: "疑是", length: 5, seed: 1, top: 3 },
  { text: "地上霜", length: 1, seed: 1 },
];

const join = (tokens: readonly Generated[]): string => tokens.map(({ text }) => text).join("");

testEach("a seed gives the same text alone or beside those that join and leave", async (device) => {
  for (const cell of KINDS) {
    using model = modelOf(device, cell);
    const alone: Generated[][] = [];
    for (const { text, stream = 0, ...options } of ASKED) {
      alone.push(await take(generate(model, VOCABULARY, { prefix: text, firstRow: stream, ...options })));
    }
    for (const rows of [1, 3, 8]) {
      using batcher = new Batcher(model, VOCABULARY, { rows });
      const texts: Promise<Generated[]>[] = [];
      for (const { text, ...asked } of ASKED) {
        texts.push(take(batcher.ask({ ...asked, prefix: VOCABULARY.encode(text) })));
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      const together = await Promise.all(texts);
      assertEquals(together.map(join), alone.map(join), `${cell}, ${rows} rows`);
      assertEquals(together.map((one) => one.at(-1)!.end), alone.map((one) => one.at(-1)!.end));
      assertEquals(
        together[5]!.map(({ top }) => top!.map(({ text }) => text)),
        alone[5]!.map(({ top }) => top!.map(({ text }) => text)),
      );
      assertEquals([batcher.waiting, batcher.running], [0, 0]);
    }
  }
});

testEach("who joins late goes on beside a long text, which ends after it", async (device) => {
  using model = modelOf(device);
  using batcher = new Batcher(model, VOCABULARY, { rows: 2 });
  const long = batcher.ask({ prefix: Uint32Array.of(1), length: 100_000 });
  await take({ [Symbol.asyncIterator]: () => ({ next: () => long.next() }) }, 5);
  assertEquals((await take(batcher.ask({ prefix: Uint32Array.of(2, 3, 4), length: 10 }))).length, 10);
  assertEquals(batcher.running, 1);
  await long.return();
  assertEquals(batcher.running, 0);
});

testEach("places are limited, and who leaves frees one", async (device) => {
  using model = modelOf(device);
  using batcher = new Batcher(model, VOCABULARY, { rows: 2, waiting: 3 });
  const asked = { prefix: Uint32Array.of(1), length: 100_000 };
  const controller = new AbortController();
  const first = batcher.ask({ ...asked, signal: controller.signal });
  const others = Array.from({ length: 4 }, () => batcher.ask(asked));
  assertThrows(() => batcher.ask(asked), BusyError, "Cannot take one more as 3 wait");
  await first.next();
  assertEquals([batcher.running, batcher.waiting], [2, 3]);
  controller.abort(new Error("enough"));
  await assertRejects(() => first.next(), Error, "enough");
  assertEquals([batcher.running, batcher.waiting], [1, 3]);
  await others[1]!.next(); // has taken the place
  assertEquals([batcher.running, batcher.waiting], [2, 2]);
  for (const one of others) await one.return();
  assertEquals([batcher.running, batcher.waiting], [0, 0]);
  assertEquals((await take(batcher.ask({ ...asked, length: 3 }))).length, 3);
});

testEach("a batcher that is disposed ends all texts", async (device) => {
  using model = modelOf(device);
  const batcher = new Batcher(model, VOCABULARY, { rows: 1 });
  const texts = [1, 2].map((id) => batcher.ask({ prefix: Uint32Array.of(id), length: 100_000 }));
  await texts[0]!.next();
  batcher[Symbol.dispose]();
  for (const text of texts) await assertRejects(() => take(text), EndedError, "the server ends");
  assertThrows(() => batcher.ask({ prefix: Uint32Array.of(1), length: 1 }), EndedError, "the server ends");
});

testEach("a batcher that is retired draws for who asks, and has rows only meanwhile", async (device) => {
  using model = modelOf(device);
  const asked = { prefix: Uint32Array.of(1), length: 50, seed: 2 };
  const first = new Batcher(model, VOCABULARY);
  const whole = await take(first.ask(asked));
  first[Symbol.dispose]();
  using batcher = new Batcher(model, VOCABULARY);
  const before = await idleBytes(device);
  await take(batcher.ask(asked));
  assert(device.memory.used > before, "its rows");
  batcher.retire();
  assertEquals(await idleBytes(device), before);
  const text = batcher.ask(asked);
  assertEquals((await text.next()).value, whole[0]);
  assert(device.memory.used > before, "rows again");
  assertEquals(join(await take(text)), join(whole.slice(1)));
  assertEquals(await idleBytes(device), before);
});

testEach("a text that cannot be drawn is refused at once", (device) => {
  using model = modelOf(device);
  using batcher = new Batcher(model, VOCABULARY);
  const prefix = Uint32Array.of(1);
  assertThrows(() => batcher.ask({ prefix: new Uint32Array(0), length: 1 }), RangeError, "empty prefix");
  assertThrows(
    () => batcher.ask({ prefix: Uint32Array.of(999), length: 1 }),
    RangeError,
    "at index 0 must be below",
  );
  assertThrows(() => batcher.ask({ prefix, length: 1, temperature: -1 }), RangeError, "temperature");
  assertEquals(batcher.waiting, 0);
});

testEach("memory stays as it is however many come and go", async (device) => {
  using model = modelOf(device);
  using batcher = new Batcher(model, VOCABULARY, { rows: 8 });
  const round = async (): Promise<void> => {
    const texts = Array.from({ length: 20 }, (_, i) => {
      const prefix = Uint32Array.from({ length: 1 + i }, (_, at) => at % 9);
      return take(batcher.ask({ prefix, length: 3 + i, seed: i }), i % 10 === 9 ? 2 : Infinity);
    });
    await Promise.all(texts);
    await take(batcher.ask({ prefix: Uint32Array.of(1), length: 1 })); // back to one row
  };
  await round();
  const before = device.memory.used;
  for (let i = 0; i < 3; i++) await round();
  assert(device.memory.used <= before, `${before} bytes before, ${device.memory.used} after`);
});
