/** Vocabularies of other programs: read, or answered in one sentence. @module */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { Corpus } from "../../src/data/corpus.ts";
import { Vocabulary } from "../../src/data/vocabulary.ts";

const CHARACTERS = ["<unk>", " ", "e", "t", "\n"];
const IDS = { " ": 1, e: 2, t: 3, "\n": 4, "<unk>": 0 };

Deno.test("every form of a list of tokens or of a map to ids gives the same vocabulary", () => {
  const forms: unknown[] = [
    CHARACTERS,
    IDS,
    { 0: "<unk>", 1: " ", 2: "e", 3: "t", 4: "\n" },
    { idx_to_token: CHARACTERS, token_to_idx: IDS, _token_freqs: [["e", 9]], unk: 0 },
    { itos: CHARACTERS },
    { stoi: IDS, specials: ["<unk>"] },
    { id2word: { 0: "<unk>", 1: " ", 2: "e", 3: "t", 4: "\n" } },
    { char_to_ix: IDS },
    { _itos: CHARACTERS, _stoi: IDS },
    { tokens: CHARACTERS },
    { kind: "character", unknown: "replace", idx_to_token: CHARACTERS },
  ];
  for (const form of forms) {
    const { tokens, kind, unknown, newlines } = Vocabulary.fromJSON(JSON.parse(JSON.stringify(form)));
    assertEquals([tokens, kind, unknown, newlines], [CHARACTERS, "character", "replace", "keep"]);
  }
});

Deno.test("a name in angle brackets among characters is a token that no text gives", () => {
  const tokens = ["<unk>", "<pad>", "<bos>", "<eos>", "<", "u", "n", "k", ">"];
  const vocabulary = Vocabulary.fromJSON(tokens);
  assertEquals([vocabulary.kind, vocabulary.size, vocabulary.id("<eos>")], ["character", 9, 3]);
  assertEquals([...vocabulary.encode("<unk>")], [4, 5, 6, 7, 8]);
  assertEquals([...vocabulary.encode("n?")], [6, 0]);
  assertEquals(vocabulary.decode([6, 0, 3]), "n<unk><eos>");
  assertEquals([vocabulary.countUnknown("n?!"), vocabulary.covers("<bos>")], [2, false]);
  const corpus = Corpus.fromText("nun!", { vocabulary });
  assertEquals([[...corpus.ids], corpus.counts.unknown], [[6, 5, 6, 0], 1]);
  const again = Vocabulary.fromJSON(JSON.parse(JSON.stringify(vocabulary)));
  assertEquals([again.tokens, again.unknown], [tokens, "replace"]);
  // Refrain's own form says its policy, and has "error" where it does not.
  const own = Vocabulary.fromJSON({ kind: "character", tokens });
  assertEquals([own.unknown, ...own.withUnknown("replace").encode("?")], ["error", 0]);
});

Deno.test("tokens of several characters are words", () => {
  const vocabulary = Vocabulary.fromJSON({ the: 1, "<unk>": 0, end: 2, ".": 3 });
  assertEquals([vocabulary.kind, vocabulary.unknown], ["word", "replace"]);
  assertEquals(vocabulary.decode(vocabulary.encode("the best end.")), "the <unk> end.");
  assertEquals(vocabulary.decode(vocabulary.encode("<unk> end")), "<unk> end");
  assertEquals(Vocabulary.fromJSON(["<UNK>", "a", "the"]).encode("x"), Uint32Array.of(0));
  assertEquals(Vocabulary.fromJSON(["kind", "tokens"]).kind, "word");
  assertEquals(Vocabulary.fromJSON({ kind: 1, tokens: 0 }).tokens, ["tokens", "kind"]);
});

Deno.test("what is no vocabulary is answered in one sentence", () => {
  const cases: [value: unknown, sentence: string][] = [
    [{ a: 0, b: 2 }, "ids must go from 0 to 1 without a gap: no token has 1"],
    [{ a: 1, b: 2 }, "without a gap: no token has 0"],
    [{ a: 0, b: 0 }, 'ids must be distinct: tokens "a" and "b" both have 0'],
    [{ a: 0, b: "1" }, 'ids must be whole numbers from 0: that of token "b" is "1"'],
    [{ a: 0, b: 0.5 }, 'that of token "b" is 0.5'],
    [{ a: -1, b: 0 }, 'that of token "a" is -1'],
    [{ a: 0, b: null }, 'that of token "b" is null'],
    [{ 0: "a", 2: "b" }, "no token has 1"],
    [{ 0: "a", 1: "a" }, 'tokens 0 and 1 are both "a"'],
    [["a", "b", "a"], 'tokens 0 and 2 are both "a"'],
    [["the", 7], "each token must be a word, without whitespace, or a line break: token 1 is 7"],
    [["the", "new york"], 'token 1 is "new york"'],
    [{ idx_to_token: ["a", "b"], token_to_idx: { a: 1, b: 0 } }, 'id 0 is "a" in one and "b" in the other'],
    [{ itos: ["a"], stoi: { a: 0, b: 1 } }, 'its "itos" and "stoi" differ: id 1 is missing in one and "b"'],
    [
      { model: { vocab: { a: 0 } } },
      'must be a list of tokens, an object of tokens and their ids, or {"kind": ',
    ],
    [{ vocab: ["a"] }, "must be a list of tokens, an object"],
    [
      { kind: "word", idx_to_token: ["a"], unknown: "ignore" },
      'its "unknown" must be "error", "skip" or "replace"',
    ],
    [{ kind: "word", tokens: ["a"], policy: "skip" }, 'must have no "policy"'],
    [["[UNK]", "分", "开"], 'token 0, "[UNK]", is no character: write names in angle brackets, as "<unk>"'],
    [{ a: 0, UNK: 1, " ": 2 }, 'token 1, "UNK", is no character: write names in angle brackets'],
    [{ itos: ["", "a", "__pad__"] }, 'token 0, "", is no character: write names in angle brackets'],
    ["the", 'or {"kind": "character", "tokens": ["a", "b"]}: current value is "the"'],
  ];
  for (const [value, sentence] of cases) {
    const error = assertThrows(() => Vocabulary.fromJSON(value), Error, sentence);
    assert(error instanceof TypeError || error instanceof RangeError, String(error));
    assert(/^Cannot (read|build) (the|a) vocabulary as [^\n]{10,250}$/.test(error.message), error.message);
  }
});
