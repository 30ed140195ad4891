/** Vocabularies of bytes and words, and what becomes of unknown tokens. @module */
import { assertEquals, assertThrows } from "@std/assert";
import { Vocabulary } from "../../src/data/vocabulary.ts";

Deno.test("a vocabulary of bytes has 256 tokens and takes any text", () => {
  const bytes = Vocabulary.fromText("a", { kind: "byte" });
  assertEquals(bytes.size, 256);
  for (const text of ["分开", "𠮷 é", "\0\n"]) {
    const ids = bytes.encode(text);
    assertEquals([...ids], [...new TextEncoder().encode(text)]);
    assertEquals(bytes.decode(ids), text);
    const decoder = bytes.decoder();
    assertEquals(Array.from(ids, (id) => decoder.push(id)).join("") + decoder.end(), text);
  }
});

Deno.test("a vocabulary of words splits at white space and joins by spaces", () => {
  const words = Vocabulary.fromText("the cat  sat\non the mat", { kind: "word" });
  assertEquals(words.size, 5);
  assertEquals(words.decode(words.encode("the mat\nsat")), "the mat sat");
  const decoder = words.decoder();
  assertEquals(Array.from(words.encode("cat sat"), (id) => decoder.push(id)), ["cat", " sat"]);
});

Deno.test("an unknown token is an error, skipped, or replaced, as the policy says", () => {
  const unknown = (policy: "error" | "skip" | "replace"): Vocabulary =>
    Vocabulary.fromText("ab", { unknown: policy });
  assertThrows(() => unknown("error").encode("a?b"), RangeError, "position 2");
  assertEquals(unknown("skip").decode(unknown("skip").encode("a?b")), "ab");
  assertEquals(unknown("replace").decode(unknown("replace").encode("a?b")), "a\ufffdb");
  const words = Vocabulary.fromText("a b", { kind: "word", unknown: "replace" });
  assertEquals(words.decode(words.encode("a c b")), "a <unk> b");
});

Deno.test("kind and policy travel in JSON", () => {
  for (const kind of ["character", "byte", "word"] as const) {
    for (const unknown of ["error", "skip", "replace"] as const) {
      if (kind === "byte" && unknown !== "error") continue;
      const vocabulary = Vocabulary.fromText("ab cd", { kind, unknown });
      const read = Vocabulary.fromJSON(JSON.parse(JSON.stringify(vocabulary)));
      assertEquals([read.kind, read.unknown, read.size], [kind, unknown, vocabulary.size]);
      assertEquals([...read.encode("cd ab")], [...vocabulary.encode("cd ab")]);
    }
  }
});
