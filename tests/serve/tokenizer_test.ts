/** Tokens for programs that measure models. @module */
import { assertEquals } from "@std/assert";
import { Vocabulary } from "../../mod.ts";
import { ModelServer } from "../../src/serve.ts";
import { getting, posting, serveSmall, VOCABULARY } from "./served.ts";

Deno.test("ids and texts, also empty ones, of the model that is named, else of the first", async () => {
  using served = await serveSmall();
  const words = Vocabulary.fromText("the cat sat", { kind: "word" });
  const { model } = served;
  using server = new ModelServer({
    models: { small: { model, vocabulary: VOCABULARY }, words: { model, vocabulary: words } },
  });
  const post = async (path: string, body: object): Promise<unknown> => {
    const { error, ...answer } = await (await server.fetch(posting(path, body))).json();
    return error ? [error.param, error.message] : answer;
  };
  const text = "the cat";
  assertEquals(await post("/tokenize", { model: "words", prompt: text }), { tokens: [2, 0], count: 2 });
  assertEquals(await post("/detokenize", { model: "words", tokens: [2, 0] }), { prompt: text });
  assertEquals(await post("/tokenize", { prompt: "分" }), { tokens: [...VOCABULARY.encode("分")], count: 1 });
  assertEquals(await post("/tokenize", { prompt: "" }), { tokens: [], count: 0 });
  assertEquals(await post("/detokenize", { tokens: [] }), { prompt: "" });
  const wrong = [
    [await post("/tokenize", { prompt: "a", tokens: [1] }), [
      "tokens",
      'Cannot tokenize with "tokens": no such field',
    ]],
    [await post("/detokenize", { tokens: [99] }), [
      "tokens",
      "Cannot read tokens as each id must be a whole number from 0 to 12: at position 1 it is 99",
    ]],
    [await post("/tokenize", { model: "others", prompt: "a" }), [
      "model",
      'Cannot find model "others": this server has small, words',
    ]],
  ];
  for (const [found, wanted] of wrong) assertEquals(found, wanted);
  const info = await (await server.fetch(getting("/tokenizer_info"))).json();
  assertEquals(info, {
    model: "small",
    tokenizer_class: "character",
    vocab_size: 13,
    eos_token: null,
    bos_token: null,
    pad_token: null,
    chat_template: null,
  });
});
