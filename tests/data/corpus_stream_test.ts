/** A corpus of a text that comes in pieces is the one of the whole text, wherever the pieces end. @module */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Corpus } from "../../src/data/corpus.ts";
import type { CorpusOptions, StreamOptions } from "../../src/data/corpus_options.ts";
import { countLineBreaks } from "../../src/data/line_breaks.ts";
import type { TokenKind } from "../../src/data/tokens.ts";
import { Vocabulary } from "../../src/data/vocabulary.ts";
import { Random } from "../../src/random.ts";

const KINDS: readonly TokenKind[] = ["character", "byte", "word"];
const TEXT = "To be, or\r\n𠮷 not  to be:\rthat is\n\n分开 不分开 é\u3000end…\r\n to be";
const encoder = new TextEncoder();

/** What the vocabulary itself makes of the whole text. */
function expected(text: string, { maxChars = Infinity, vocabulary, ...options }: CorpusOptions) {
  const characters = text.match(/\r\n|[\s\S]/gu)!;
  const taken = characters.slice(0, maxChars).join("");
  const own = vocabulary ?? Vocabulary.fromText(taken, options);
  const used = vocabulary && options.unknown ? own.withUnknown(options.unknown) : own;
  return {
    ids: [...used.encode(taken)],
    tokens: used.tokens,
    counts: { ...countLineBreaks(taken), unknown: used.countUnknown(taken) },
  };
}

const found = ({ ids, vocabulary, counts }: Corpus) => ({
  ids: [...ids],
  tokens: vocabulary.tokens,
  counts,
});

/** Cuts into pieces of 0 to `most` units or bytes. */
function* cut<T extends string | Uint8Array>(whole: T, random: Random, most: number): Generator<T> {
  for (let at = 0; at < whole.length;) {
    const end = at + random.integer(most + 1);
    yield whole.slice(at, end) as T;
    at = end;
  }
}

/** Every way to prepare a text. */
function* allOptions(): Generator<CorpusOptions> {
  for (const kind of KINDS) {
    for (const newlines of ["keep", "space"] as const) {
      yield { kind, newlines };
      for (const maxChars of [1, 9, 10, 11, 12, 30, 1000]) yield { kind, newlines, maxChars };
      const vocabulary = Vocabulary.fromText("to be\n分开\r\n that𠮷 end", {
        kind,
        newlines,
        unknown: "replace",
      });
      yield { vocabulary };
      if (kind === "byte") continue;
      yield { vocabulary: vocabulary.withUnknown("skip"), maxChars: 20 };
      yield { vocabulary: vocabulary.withUnknown("error"), unknown: "skip" };
    }
  }
  yield { vocabulary: Vocabulary.fromTokens([...new Set(TEXT)]) }; // has "\r": nothing is replaced
}

Deno.test("Corpus.fromStream() and fromText() give what the vocabulary gives for the whole text", async () => {
  const random = new Random(0);
  for (const options of allOptions()) {
    const what = JSON.stringify(options);
    const whole = expected(TEXT, options);
    assertEquals(found(Corpus.fromText(TEXT, options)), whole, what);
    for (let i = 0; i < 12; i++) {
      const strings = cut(TEXT, random, 1 + i % 6);
      assertEquals(found(await Corpus.fromStream(strings, options)), whole, what);
      const bytes = cut(encoder.encode(TEXT), random, 1 + i % 9);
      assertEquals(found(await Corpus.fromStream(bytes, options)), whole, what);
    }
  }
});

/** What is cut in different ways by what stands beside it. */
const MARKS = [
  ..."ab12.,'’-: \n\r<>_é𠮷…👍🏽🇩🇪*=\u3000\t/\u2028\u200d\u0301",
  "\r\n",
  "<unk>",
];

Deno.test("words and characters of random texts are those of the whole, known or not", async () => {
  const random = new Random(0);
  const some = (): string =>
    Array.from({ length: 1 + random.integer(30) }, () => MARKS[random.integer(MARKS.length)]).join("");
  for (let i = 0; i < 500; i++) {
    const text = some();
    const known = `a ${some()}`;
    for (const kind of ["word", "character"] as const) {
      for (const unknown of ["skip", "replace"] as const) {
        const newlines = i % 2 === 0 ? "keep" : "space";
        const vocabulary = i % 3 > 0
          ? Vocabulary.fromText(known, { kind, newlines, unknown })
          : Vocabulary.fromTokens([...new Set(["<unk>", ...known.split(/\s+/u).filter(Boolean)])], {
            kind: "word",
            unknown,
          });
        const whole = expected(`a${text}`, { vocabulary });
        if (whole.ids.length === 0) continue;
        const what = JSON.stringify([text, known, kind, unknown]);
        const pieces = cut(`a${text}`, random, 5);
        assertEquals(found(await Corpus.fromStream(pieces, { vocabulary })), whole, what);
      }
    }
  }
});

Deno.test("Corpus.fromStream() takes streams and iterables, and bytes of any encoding", async () => {
  const bytes = encoder.encode("分开 不分开");
  const tokens = [" ", "不", "分", "开"];
  const stream = new Blob([bytes]).stream();
  assertEquals((await Corpus.fromStream(stream)).vocabulary.tokens, tokens);
  const { readable, writable } = new TransformStream<string, string>();
  const writer = writable.getWriter();
  writer.write("分开 ").then(() => writer.write("不分开")).then(() => writer.close());
  assertEquals((await Corpus.fromStream(readable)).vocabulary.tokens, tokens);
  // A browser may lack the iterator.
  const reader = new Blob([bytes]).stream().getReader();
  const other = { getReader: () => reader } as unknown as ReadableStream<Uint8Array>;
  assertEquals((await Corpus.fromStream(other)).vocabulary.tokens, tokens);
  const gb18030 = [Uint8Array.of(0xb7, 0xd6, 0xbf), Uint8Array.of(0xaa)];
  assertEquals((await Corpus.fromStream(gb18030, { encoding: "gb18030" })).vocabulary.tokens, ["分", "开"]);
  const utf8 = await Corpus.fromStream(gb18030, { encoding: "gb18030", kind: "byte" });
  assertEquals([...utf8.ids], [...encoder.encode("分开")]);
});

Deno.test("Corpus.fromStream() takes bytes as they stand, UTF-8 or not", async () => {
  const chunks = [Uint8Array.of(0xef, 0xbb, 0xbf, 0xff, 0x0d), Uint8Array.of(0x0a, 0x80, 0x00)];
  const corpus = await Corpus.fromStream(chunks, { kind: "byte" });
  assertEquals(corpus.ids, Uint8Array.of(0xef, 0xbb, 0xbf, 0xff, 0x0d, 0x0a, 0x80, 0x00));
  assertEquals(corpus.counts, { lineBreaks: 1, carriageReturns: 1, unknown: 0 });
  // A character, two bytes that are in none, a line break.
  assertEquals((await Corpus.fromStream(chunks, { kind: "byte", maxChars: 3 })).size, 6);
  await assertRejects(() => Corpus.fromStream(chunks), SyntaxError, "invalid byte 0xff at offset 3");
});

/** Chunks that note how many were asked for, and whether the source was told to stop. */
function noting(chunks: readonly (string | Uint8Array)[]) {
  const notes = { asked: 0, stopped: false };
  const source = async function* () {
    try {
      for (const chunk of chunks) {
        notes.asked++;
        yield await Promise.resolve(chunk);
      }
    } finally {
      notes.stopped = true;
    }
  };
  return { notes, source: source() };
}

Deno.test("Corpus.fromStream() reads no more than maxChars needs, and stops the source", async () => {
  const cases: [StreamOptions, (string | Uint8Array)[], asked: number][] = [
    [{ maxChars: 4 }, ["ab", "cd", "ef"], 2],
    [{ maxChars: 5 }, ["ab", "cd", "ef", "gh"], 3],
    [{ maxChars: 2, kind: "word" }, ["ab", "cd"], 1],
    [{ maxChars: 1, kind: "byte" }, [Uint8Array.of(0xe5), Uint8Array.of(0x88, 0x86), Uint8Array.of(0x61)], 2],
    [{ maxChars: 2, kind: "byte" }, ["ab", "cd"], 1],
    // A "\n" might belong to the second character.
    [{ maxChars: 2, kind: "byte" }, ["a\r", "\n", "b"], 2],
    [{ maxChars: 1 }, ["a", "\ud800"], 1],
  ];
  for (const [options, chunks, asked] of cases) {
    const { notes, source } = noting(chunks);
    await Corpus.fromStream(source, options);
    assertEquals(notes, { asked, stopped: true }, JSON.stringify(options));
  }
  let cancelled = false;
  const endless = new ReadableStream({
    pull: (controller) => controller.enqueue("ab"),
    cancel: () => {
      cancelled = true;
    },
  });
  assertEquals((await Corpus.fromStream(endless, { maxChars: 5 })).size, 5);
  assert(cancelled);
});

Deno.test("Corpus.fromStream() stops the source where it fails, and says where", async () => {
  const vocabulary = Vocabulary.fromText("to be", { kind: "word" });
  const cases: [StreamOptions, (string | Uint8Array)[], message: string][] = [
    [{ vocabulary }, ["to b", "e or no", "t ", "x"], 'Cannot encode word "or" at position 3'],
    [{ vocabulary: Vocabulary.fromText("ab") }, ["ab", "ac", "x"], 'character "c" (U+0063) at position 4'],
    [{}, ["a𠮷", "b\ud800", "c", "d"], "half a character at position 4: lone surrogate U+D800"],
    [{}, [Uint8Array.of(0x61, 0xe5), Uint8Array.of(0x61), Uint8Array.of()], "invalid byte 0xe5 at offset 1"],
    [{}, ["a", 1 as unknown as string, "b"], "must be a Uint8Array or a string: current type is number"],
  ];
  for (const [options, chunks, message] of cases) {
    const { notes, source } = noting(chunks);
    await assertRejects(() => Corpus.fromStream(source, options), Error, message);
    assert(notes.asked < chunks.length && notes.stopped, message);
  }
  const end = noting(["a", "\ud842"]).source;
  await assertRejects(() => Corpus.fromStream(end), SyntaxError, "position 2: lone surrogate U+D842");
});

Deno.test("Corpus.fromStream() refuses what is no text before it reads", async () => {
  const { notes, source } = noting(["a"]);
  const refused = async (options: object, message: string) =>
    void await assertRejects(() => Corpus.fromStream(source, options), Error, message);
  await refused({ maxChars: 0 }, "maxChars must be a positive integer");
  await refused({ kind: "line" }, "kind must be");
  await refused({ encoding: "klingon" }, 'its encoding "klingon" is unknown');
  await refused({ vocabulary: Vocabulary.fromText("a"), kind: "word" }, "kind must be the vocabulary's");
  assertEquals(notes.asked, 0);
  await assertRejects(() => Corpus.fromStream([]), RangeError, "Cannot make a corpus as the text is empty");
  await assertRejects(() => Corpus.fromStream(["", ""]), RangeError, "the text is empty");
  const other = null as unknown as string[];
  await assertRejects(() => Corpus.fromStream(other), TypeError, "current type is null");
  assertThrows(() => Corpus.fromText("a", { encoding: "utf-8" } as object), TypeError, '"encoding"');
});
