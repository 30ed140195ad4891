/** A text as its tokens come: places in characters, spaces between words, and what is told of no token. @module */
import { assertEquals } from "@std/assert";
import { type Generated, Vocabulary } from "../../mod.ts";
import { ChoiceText } from "../../src/serve/choice_text.ts";

/** A token that was drawn, with the text that is decided with it. */
function drawn(id: number, text: string, end?: "stop" | "length"): Generated {
  return { id, text, row: 0, logProbability: -1, ...(end ? { end } : {}) };
}

Deno.test("places count characters, of which some have two units", () => {
  const vocabulary = Vocabulary.fromText("😀a𝄞");
  const ids = vocabulary.encode("😀a");
  const scores = [...ids].map((id, at) => ({
    position: at + 1,
    id,
    token: vocabulary.tokens[id]!,
    sum: 0,
    ...(at > 0 ? { logProbability: -2 } : {}),
  }));
  const text = new ChoiceText(vocabulary, { ids, echo: true });
  const { tokens } = text.echo(scores);
  assertEquals(tokens.map(({ offset }) => offset), [0, 1]);
  assertEquals(tokens.map(({ top }) => top), [null, { a: -2 }]);
  const places = [..."𝄞😀a"].map((character) => {
    const [id] = vocabulary.encode(character);
    return text.push(drawn(id!, character)).tokens[0]!.offset;
  });
  assertEquals(places, [2, 3, 4]);
  const alone = new ChoiceText(vocabulary, { ids, echo: false });
  assertEquals(alone.echo(scores), { text: "", tokens: [] });
  assertEquals(alone.push(drawn(vocabulary.encode("𝄞")[0]!, "𝄞")).tokens[0]!.offset, 0);
});

Deno.test("a space that ends the prompt does not stand before the first word again", () => {
  const vocabulary = Vocabulary.fromText("the cat sat", { kind: "word" });
  const ids = vocabulary.encode("the");
  const [cat, sat] = vocabulary.encode("cat sat");
  const textOf = (options: { echo: boolean; spaced: boolean }): string => {
    const text = new ChoiceText(vocabulary, { ids, ...options });
    const first = text.push(drawn(cat!, options.spaced ? "cat" : " cat")); // as the batcher gives it
    return text.echo([]).text + first.text + text.push(drawn(sat!, " sat")).text;
  };
  assertEquals(textOf({ echo: false, spaced: true }), "cat sat");
  assertEquals(textOf({ echo: false, spaced: false }), " cat sat");
  assertEquals(textOf({ echo: true, spaced: true }), "the cat sat");
});

Deno.test("bytes before a character is whole take no space away, and are told at the end", () => {
  const vocabulary = Vocabulary.fromText("分", { kind: "byte" });
  const [first, second] = vocabulary.encode("分");
  const text = new ChoiceText(vocabulary, { ids: Uint32Array.of(first!), echo: false });
  assertEquals(text.push(drawn(first!, "")).tokens, []);
  const { tokens, end } = text.push(drawn(second!, "", "length"));
  assertEquals([tokens.length, end], [2, "length"]);
});

Deno.test("a token that may become a stop is told once it is none", () => {
  const vocabulary = Vocabulary.fromText("ab");
  const text = new ChoiceText(vocabulary, { ids: Uint32Array.of(0), echo: false });
  assertEquals(text.push(drawn(0, "")).tokens, []);
  assertEquals(text.push(drawn(1, "ab")).tokens.map(({ token }) => token), ["a", "b"]);
  assertEquals(text.push(drawn(0, "")).tokens, []);
  assertEquals(text.push(drawn(1, "", "stop")), { text: "", tokens: [], end: "stop" });
});
