/** Corpora of lines: what becomes of blank ones, of line breaks, and of the lines that are held out. @module */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { Corpus, type TokenKind, Vocabulary } from "../../mod.ts";
import { LineBatches } from "../../src/data/line_batches.ts";
import { breaksOf, countLines } from "../../src/data/lines.ts";

const KINDS: readonly TokenKind[] = ["character", "byte", "word"];

function textOf({ ids, vocabulary }: Corpus): string {
  return vocabulary.decode(ids);
}

for (const kind of KINDS) {
  Deno.test(`lines of ${kind}s begin and end at a line break, blank ones are left out`, async () => {
    for (const text of ["anna\nbo b\ncy", "\r\n\nanna\r\n \t\r\nbo b\rcy\n\n", "anna\nbo b\ncy\n  "]) {
      const corpus = Corpus.fromText(text, { newlines: "lines", kind });
      assertEquals(textOf(corpus), "\nanna\nbo b\ncy\n");
      const chunks = [...text].map((character) => character);
      const streamed = await Corpus.fromStream(ReadableStream.from(chunks), { newlines: "lines", kind });
      assertEquals([streamed.ids, streamed.vocabulary.tokens], [corpus.ids, corpus.vocabulary.tokens]);
      assertEquals(Corpus.fromText(text, { vocabulary: corpus.vocabulary }).ids, corpus.ids);
    }
  });
}

Deno.test("a line without a line break is one, and lines that are equal are as many", () => {
  const one = Corpus.fromText("anna", { newlines: "lines" });
  assertEquals([textOf(one), countLines(one)], ["\nanna\n", 1]);
  assertEquals(one.vocabulary.tokens, ["\n", "a", "n"]);
  assertEquals(Vocabulary.fromText("anna", { newlines: "lines" }).tokens, ["\n", "a", "n"]);
  assertEquals(countLines(Corpus.fromText("bo\nbo\nbo", { newlines: "lines" })), 3);
  assertEquals([...breaksOf(Corpus.fromText("bo\nanna", { newlines: "lines" }))], [0, 3, 8]);
});

Deno.test("what stands in blank lines alone is no token", () => {
  const { vocabulary } = Corpus.fromText("\tx\n \u3000\nanna\r\n\r\n  ", { newlines: "lines" });
  assertEquals(vocabulary.tokens, ["\t", "\n", "a", "n", "x"]);
});

Deno.test("what has no lines is refused", () => {
  for (const text of ["\n", " \r\n\t"]) {
    const make = (): Corpus => Corpus.fromText(text, { newlines: "lines" });
    assertThrows(make, RangeError, "Cannot make a corpus of lines as all of the text's are blank");
  }
  const lacking = "the line break, which begins and ends each, must be among its tokens";
  const value = { kind: "character", tokens: ["a", "b"], newlines: "lines" };
  assertThrows(() => Vocabulary.fromJSON(value), RangeError, lacking);
  const options = { newlines: "lines", maxVocabulary: 2 } as const;
  assertThrows(() => Corpus.fromText("aaa bbb", options), RangeError, lacking);
  const running = Corpus.fromText("a\nb").vocabulary;
  const other = (): Corpus => Corpus.fromText("a\nb", { newlines: "lines", vocabulary: running });
  assertThrows(other, RangeError, 'newlines must be the vocabulary\'s, "keep"');
});

Deno.test("a vocabulary of lines goes through JSON, and encodes texts as they are", () => {
  const { vocabulary } = Corpus.fromText("anna\nbo", { newlines: "lines" });
  const read = Vocabulary.fromJSON(JSON.parse(JSON.stringify(vocabulary)));
  assertEquals([read.newlines, read.tokens], ["lines", vocabulary.tokens]);
  assertEquals(read.decode(read.encode("bo\r\n\nanna")), "bo\n\nanna");
});

Deno.test("lines that are held out are drawn from all of the text, the same ones each time", () => {
  const lines = Array.from({ length: 50 }, (_, n) => `${String.fromCharCode(97 + n % 25)}${n}`);
  const corpus = Corpus.fromText(lines.join("\n"), { newlines: "lines" });
  const [training, validation] = corpus.split(0.2);
  const [kept, drawn] = [training, validation].map((part) => textOf(part).slice(1, -1).split("\n"));
  assertEquals([...kept!, ...drawn!].sort(), [...lines].sort());
  assertEquals(kept, lines.filter((line) => kept!.includes(line))); // in the text's order
  assertEquals(drawn!.length, 10);
  const places = drawn!.map((line) => lines.indexOf(line));
  assert(places[0]! < 25 && places.at(-1)! > 25, `${places}`);
  assertEquals(corpus.split(0.2).map(textOf), [training, validation].map(textOf));
  assertThrows(() => corpus.split(0.2, { rows: 2 }), RangeError, "Cannot split lines with rows 2");
  const one = Corpus.fromText("anna", { newlines: "lines" });
  assertThrows(() => one.split(0.5), RangeError, "nothing would be left to train on: it has 1 line");
});

Deno.test("each epoch has each line once, from its beginning to its end, in another order", () => {
  const lines = Array.from({ length: 37 }, (_, n) => "x".repeat(n * n % 11 + 1) + n);
  const corpus = Corpus.fromText(lines.join("\n"), { newlines: "lines" });
  const { vocabulary } = corpus;
  for (const accumulateSteps of [1, 2]) {
    for (const numLengths of [1, 3]) {
      const batches = new LineBatches(corpus, { batchSize: 4, accumulateSteps, seed: 3, numLengths });
      const rows = 4 * accumulateSteps;
      assertEquals(batches.stepsPerEpoch, Math.ceil(37 / rows));
      assert(batches.lengths.length <= numLengths);
      const orders = [1, 2, 1].map((epoch) => {
        const seen: string[] = [];
        let tokens = 0;
        let steps = 0;
        for (const { inputs, targets, steps: T, tokens: counted } of batches.of(epoch)) {
          assertEquals([inputs.length, targets.length], [rows * T, rows * T]);
          assert(batches.lengths.includes(T));
          tokens += counted;
          steps++;
          for (let row = 0; row < rows; row++) {
            const wanted = targets.subarray(row * T, (row + 1) * T).filter((id) => id !== batches.padding);
            if (wanted.length === 0) continue;
            const line = vocabulary.decode(wanted);
            seen.push(line);
            const read = inputs.subarray(row * T, row * T + wanted.length);
            assertEquals(vocabulary.decode(read) + "\n", "\n" + line);
          }
        }
        assertEquals([tokens, steps], [corpus.size - 1, batches.stepsPerEpoch]);
        assertEquals([...seen].sort(), lines.map((line) => `${line}\n`).sort());
        return seen.join("");
      });
      assertEquals(orders[0], orders[2]);
      assert(orders[0] !== orders[1]);
    }
  }
});

Deno.test("fewer lines than a batch are one batch of their own size", () => {
  const corpus = Corpus.fromText("anna\nbo\ncy", { newlines: "lines" });
  const batches = new LineBatches(corpus, { batchSize: 32, accumulateSteps: 1, seed: 0 });
  assertEquals([batches.batchSize, batches.stepsPerEpoch, [...batches.lengths]], [3, 1, [3, 5]]);
  assertEquals([...batches.of(1)].map(({ steps }) => steps), [5]);
});
