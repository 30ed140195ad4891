/** NGram: the formulas' numbers, probabilities that sum to 1, the order that is chosen, what it takes. @module */
import { assert, assertAlmostEquals, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Corpus, LYRICS, NGram, type NGramOptions } from "../../mod.ts";
import { Random } from "../../src/random.ts";
import { referenceProbability } from "./reference.ts";

/** Small enough for the reference, and with counts of 1 to 4 and more at each length. */
const TEXT = Corpus.fromText(LYRICS.slice(0, 700).replace(/[^火车开了我们只是暂时分不 ]/g, "…"));

/** Contexts of a text and of no text, from none to a token more than any order has. */
function contextsOf(corpus: Corpus, random: Random): number[][] {
  const { ids, vocabulary: { size } } = corpus;
  const seen = Array.from({ length: 12 }, (_, i) => {
    const from = random.integer(ids.length - 7);
    return [...ids.subarray(from, from + i % 7)];
  });
  const drawn = Array.from({ length: 6 }, (_, i) => Array.from({ length: i }, () => random.integer(size)));
  return [...seen, ...drawn, [...ids.subarray(-6)]];
}

for (const order of [1, 2, 3, 5]) {
  Deno.test(`a ${order}-gram has the probabilities of the formulas`, async () => {
    const ngram = await NGram.fromCorpus(TEXT, { order });
    const { size } = TEXT.vocabulary;
    const text = [[...TEXT.ids]];
    for (const context of contextsOf(TEXT, new Random(order)).slice(0, 12)) {
      const found = ngram.probabilities(Uint32Array.from(context));
      for (let token = 0; token < size; token += 2) {
        const wanted = referenceProbability(text, { order, size, context, token });
        assertAlmostEquals(found[token]!, wanted, 1e-14, `${token} behind ${context}`);
      }
    }
  });
}

Deno.test("no n-gram looks across the end of a line, and each line begins anew", async () => {
  const corpus = Corpus.fromText("ab\nab\nab\nba\n", { newlines: "lines" });
  const ngram = await NGram.fromCorpus(corpus, { order: 3 });
  // Discounts are 0.5, 1 and 1.5: there are no counts of 2.
  const alone = (2 - 1) / 6 + 3 * 1 / 6 * 1 / 3; // each token: behind two others, as often as both others
  const [a, b, end] = ["a", "b", "\n"].map((token) => ngram.vocabulary.id(token)) as [number, number, number];
  const first = ngram.probabilities(Uint32Array.of(end));
  assertAlmostEquals(first[a]!, (3 - 1.5) / 4 + (1.5 + 0.5) / 4 * alone, 1e-14); // three of four lines begin so
  assertAlmostEquals(first[b]!, (1 - 0.5) / 4 + (1.5 + 0.5) / 4 * alone, 1e-14);
  const behind = (1 - 0.5) / 2 + (0.5 + 0.5) / 2 * alone; // b behind a, and the end behind b: one of two
  const third = (3 - 1.5) / 3 + 1.5 / 3 * behind;
  assertAlmostEquals(ngram.probabilities(Uint32Array.of(end, a))[b]!, third, 1e-14);
  assertAlmostEquals(ngram.probabilities(Uint32Array.of(a, b))[end]!, third, 1e-14);
  assertEquals(ngram.probabilities(Uint32Array.of(b, end)), first); // what the line before ended with does not count
  const held = Corpus.fromText("ab\nab", { vocabulary: ngram.vocabulary });
  const { loss, measured } = await ngram.evaluate(held);
  assertAlmostEquals(loss, -(Math.log(first[a]!) + 2 * Math.log(third)) / 3, 1e-14);
  assertEquals(measured, "2 lines, each from a zero state, 6 of 7 characters predicted");
});

/** Lines of one to five characters, of three. */
function linesOf(random: Random, count: number): string[] {
  const letter = (): string => "abc"[random.integer(random.integer(3) + 1)]!;
  return Array.from({ length: count }, () => Array.from({ length: 1 + random.integer(5) }, letter).join(""));
}

for (const order of [1, 2, 3, 4]) {
  Deno.test(`a ${order}-gram of lines has the probabilities of the formulas`, async () => {
    const random = new Random(order);
    const lines = linesOf(random, 60);
    const corpus = Corpus.fromText(lines.join("\n"), { newlines: "lines" });
    const { size } = corpus.vocabulary;
    const ngram = await NGram.fromCorpus(corpus, { order });
    const parts = lines.map((line) => [...corpus.vocabulary.encode(`\n${line}\n`)]);
    for (const context of contextsOf(corpus, random)) {
      const found = ngram.probabilities(Uint32Array.from(context));
      for (let token = 0; token < size; token++) {
        const wanted = referenceProbability(parts, { order, size, context, token, lines: true });
        assertAlmostEquals(found[token]!, wanted, 1e-14, `${token} behind ${context}`);
      }
      assertAlmostEquals(found.reduce((sum, one) => sum + one), 1, 1e-12);
    }
  });
}

Deno.test("of lines the order is the one that foretells the last ones best, none by the line before", async () => {
  const random = new Random(5);
  const letter = (): string => "abcdefghijklmnop"[random.integer(16)]!;
  let last = "a";
  const lines = Array.from({ length: 218 }, () => {
    const line = `${last}${last}${letter()}${letter()}`; // as the line before ends, so it begins
    last = line[3]!;
    return line;
  });
  const corpus = Corpus.fromText(lines.join("\n"), { newlines: "lines" });
  const { vocabulary } = corpus;
  const [counted, rest] = [lines.slice(0, 196), lines.slice(196)] // nine tenths of 1,091 tokens
    .map((part) => Corpus.fromText(part.join("\n"), { vocabulary })) as [Corpus, Corpus];
  const losses = await Promise.all(Array.from({ length: 10 }, async (_, i) => {
    const ngram = await NGram.fromCorpus(counted, { order: i + 1 });
    return (await ngram.evaluate(rest)).loss;
  }));
  const best = 1 + losses.indexOf(Math.min(...losses));
  assert(best > 1 && best < 6, `${losses}`);
  assertEquals((await NGram.fromCorpus(corpus)).order, best);
});

for (const kind of ["character", "byte", "word"] as const) {
  Deno.test(`the probabilities of all ${kind}s sum to 1 behind any context`, async () => {
    const text = "To be, or not to be: that is the question; whether 'tis nobler in the mind to be or not.\n";
    const corpus = Corpus.fromText(text.repeat(3) + LYRICS.slice(0, 500), { kind });
    for (const order of [undefined, 1, 4, 9]) {
      const ngram = await NGram.fromCorpus(corpus, order === undefined ? {} : { order });
      for (const context of contextsOf(corpus, new Random(7))) {
        const found = ngram.probabilities(Uint32Array.from(context));
        assertAlmostEquals(found.reduce((sum, one) => sum + one), 1, 1e-12, `${order}: ${context}`);
        assert(found.every((one) => one > 0), `${order}: ${context}`);
      }
    }
  });
}

Deno.test("the loss is that of the probabilities, however the text is read", async () => {
  const [training, heldOut] = Corpus.fromText(LYRICS.slice(0, 3000)).split(0.2);
  const ngram = await NGram.fromCorpus(training, { order: 3 });
  const { ids } = heldOut;
  const lossIn = (begin: (place: number) => number): number => {
    let sum = 0;
    for (let place = 1; place < ids.length; place++) {
      sum -= Math.log(ngram.probabilities(ids.subarray(begin(place), place))[ids[place]!]!);
    }
    return sum / (ids.length - 1);
  };
  const { loss, perplexity, bitsPerCharacter, characters, measured } = await ngram.evaluate(heldOut);
  assertAlmostEquals(loss, lossIn(() => 0), 1e-12);
  assertEquals([perplexity, bitsPerCharacter, characters], [Math.exp(loss), loss / Math.LN2, 599]);
  assertEquals(measured, "one stream from a zero state, 599 of 600 characters predicted");
  assertAlmostEquals((await ngram.evaluate(heldOut, { rows: 2 })).loss, loss, 1e-12); // each is warmed
  const windows = await ngram.evaluate(heldOut, { windows: 10 });
  assertAlmostEquals(windows.loss, lossIn((place) => place - 1 - (place - 1) % 10), 1e-12);
});

Deno.test("texts that are measured at once do not meddle with each other", async () => {
  const [training, heldOut] = Corpus.fromText(LYRICS.slice(0, 6000)).split(0.5);
  const ngram = await NGram.fromCorpus(training, { order: 3 });
  const [own, other] = [heldOut, training];
  const [first, second] = [await ngram.evaluate(own), await ngram.evaluate(other)];
  assertEquals(await Promise.all([ngram.evaluate(own), ngram.evaluate(other)]), [first, second]);
  const measuring = ngram.evaluate(own);
  ngram.probabilities(training.ids);
  assertEquals(await measuring, first);
});

Deno.test("the order is the one that foretells the text's end best", async () => {
  const corpus = Corpus.fromText(LYRICS.slice(0, 6000));
  const counted = Corpus.fromText(LYRICS.slice(0, 6000)).split(0.1)[0];
  const end = (order: number): Promise<number> =>
    NGram.fromCorpus(counted, { order }).then((ngram) => {
      let sum = 0;
      for (let place = counted.size; place < corpus.size; place++) {
        const probabilities = ngram.probabilities(corpus.ids.subarray(place - order, place));
        sum -= Math.log(probabilities[corpus.ids[place]!]!);
      }
      return sum;
    });
  const losses = await Promise.all(Array.from({ length: 10 }, (_, i) => end(i + 1)));
  const best = 1 + losses.indexOf(Math.min(...losses));
  assert(best > 1 && best < 10, `${losses}`);
  const { order } = await NGram.fromCorpus(corpus);
  assertEquals(order, best);
});

Deno.test("a text of a few tokens has n-grams, too", async () => {
  for (const text of ["a", "ab", "aab", "abababababab"]) {
    const ngram = await NGram.fromCorpus(Corpus.fromText(text));
    assertAlmostEquals(ngram.probabilities(new Uint8Array()).reduce((sum, one) => sum + one), 1, 1e-12);
  }
  const alone = await NGram.fromCorpus(Corpus.fromText("ab"), { order: 9 });
  assertEquals(String(alone), '9-gram of 2 characters, Vocabulary(2 characters: "a", "b")');
});

Deno.test("NGram refuses what has no meaning", async () => {
  const refused: [NGramOptions, new () => Error, string][] = [
    [{ order: 0 }, RangeError, "Cannot count n-grams as order must be a whole number from 1 to 255"],
    [{ order: 2.5 }, RangeError, "Cannot count n-grams as order must be a whole number from 1 to 255"],
    [{ orders: 3 } as object, TypeError, 'unknown option "orders": did you mean "order"?'],
  ];
  for (const [options, type, sentence] of refused) {
    await assertRejects(() => NGram.fromCorpus(TEXT, options), type, sentence);
  }
  const ngram = await NGram.fromCorpus(TEXT, { order: 2 });
  assertThrows(() => ngram.probabilities(Uint32Array.of(99)), RangeError, "must be below");
  assertThrows(
    () => ngram.probabilities([1, 2] as unknown as Uint8Array),
    TypeError,
    "Cannot use the context as ids must be a Uint8Array, Uint16Array or Uint32Array",
  );
  await assertRejects(() => ngram.evaluate(Corpus.fromText("ab")), TypeError, "current size is 2");
  await assertRejects(() => NGram.fromCorpus("text" as unknown as Corpus), TypeError, "must be a Corpus");
});

/** As many characters as "War and Peace" has. */
const CHARACTERS = 3_200_000;
/** Bytes. No book has as many n-grams as characters that are drawn. */
const MOST = 2 ** 30;

Deno.test({
  name: "a 9-gram of 3.2 million characters takes at most 1 GiB",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const mod = new URL("../../mod.ts", import.meta.url).href;
    const script = `
      const { Corpus, NGram, Vocabulary } = await import(${JSON.stringify(mod)});
      let state = 1;
      const next = () => { // xorshift32: Marsaglia 2003
        state ^= state << 13;
        state ^= state >>> 17;
        state ^= state << 5;
        return String.fromCharCode(97 + (state >>> 0) % 26);
      };
      const corpus = Corpus.fromText(Array.from({ length: ${CHARACTERS} }, next).join(""));
      const { order } = await NGram.fromCorpus(corpus, { order: 9 });
      const peak = 1024 * Number(/VmHWM:\\s*(\\d+)/.exec(Deno.readTextFileSync("/proc/self/status"))[1]);
      console.log(JSON.stringify({ order, peak }));
    `;
    const args = ["run", "-A", "--no-check", `data:text/javascript,${encodeURIComponent(script)}`];
    const { stdout } = await new Deno.Command(Deno.execPath(), { args, stderr: "inherit" }).output();
    const { order, peak } = JSON.parse(new TextDecoder().decode(stdout));
    assertEquals(order, 9);
    assert(peak <= MOST, `${(peak / 2 ** 20).toFixed(0)} MiB`);
  },
});
