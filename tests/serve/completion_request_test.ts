/** Fields of completions at the edges of what they may be. @module */
import { assertEquals, assertThrows } from "@std/assert";
import { Vocabulary } from "../../mod.ts";
import { ApiError } from "../../src/serve/api_error.ts";
import { type CompletionRequest, readCompletion } from "../../src/serve/completion_request.ts";

const VOCABULARY = Vocabulary.fromText("the cat sat", { kind: "word" });

function read(fields: Record<string, unknown>): CompletionRequest {
  return readCompletion({ prompt: "cat", ...fields }, VOCABULARY);
}

/** The sentence that refuses fields. */
function refusalOf(fields: Record<string, unknown>): string {
  return assertThrows(() => read(fields), ApiError).message;
}

Deno.test("the last value of each range is taken, and one more is not", () => {
  const texts = (count: number): string[] => Array(count).fill("cat");
  assertEquals(read({ n: 128 }).n, 128);
  assertEquals(read({ n: 2, prompt: texts(64) }).prompts.length, 64);
  assertEquals(
    refusalOf({ n: 2, prompt: texts(65) }),
    "Cannot complete 65 × 2 texts at once: at most 128 are taken",
  );
  assertEquals(read({ stop: texts(64) }).stop.length, 64);
  assertEquals(refusalOf({ stop: texts(65) }), "Cannot complete with 65 texts in stop: at most 64 are taken");
  assertEquals(read({ logprobs: 5 }).logprobs, 5);
  assertEquals(read({ max_tokens: 100_000 }).length, 100_000);
  assertEquals(read({ seed: 2 ** 53 - 1 }).seed, 2 ** 53 - 1);
  assertEquals([read({ seed: 0 }).seed, read({ top_p: 0, temperature: 1 }).temperature], [0, 0]);
});

Deno.test("what changes nothing passes with other values too", () => {
  assertEquals(read({ n: 3, best_of: 3 }).n, 3);
  assertEquals(
    refusalOf({ n: 3, best_of: 1 }),
    "Cannot complete with best_of 1 as that is not done here: leave it out",
  );
  const usage = (options: object): boolean => read({ stream: true, stream_options: options }).includeUsage;
  assertEquals([usage({}), usage({ include_usage: null }), usage({ include_usage: true })], [
    false,
    false,
    true,
  ]);
  assertEquals(usage({ include_obfuscation: false, other: null, include_usage: true }), true);
  const sentence = 'Cannot complete with "include_obfuscation" in stream_options';
  assertEquals(refusalOf({ stream: true, stream_options: { include_obfuscation: true } }), sentence);
});

Deno.test("a field that is not known has the name that may be meant", () => {
  assertEquals(refusalOf({ max_token: 3 }), 'Cannot complete with "max_token": did you mean "max_tokens"?');
  assertEquals(refusalOf({ messages: [] }), 'Cannot complete with "messages": no such field');
});

Deno.test("prompts of two kinds are refused, and what is no id by its place", () => {
  assertEquals(
    refusalOf({ prompt: ["cat", [1]] }),
    "Cannot complete as prompt must have texts alone, or ids: one is [1]",
  );
  assertEquals(
    refusalOf({ prompt: [[1], "cat"] }),
    'Cannot complete as prompt must have texts alone, or ids: one is "cat"',
  );
  assertEquals(
    refusalOf({ prompt: [1, 0, 7] }),
    "Cannot read prompt as each id must be a whole number from 0 to 2: at position 3 it is 7",
  );
});

Deno.test("what a vocabulary lacks is said without advice that no request can take", () => {
  assertEquals(
    refusalOf({ prompt: "cat Ж" }),
    'Cannot go on from prefix "cat Ж" with its word "Ж" at position 2 as the vocabulary does not have it',
  );
});
