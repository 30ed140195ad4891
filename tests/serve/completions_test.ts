/** POST /v1/completions: what is drawn, told and refused. @module */
import { assert, assertAlmostEquals, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { Corpus, generate, score, Vocabulary } from "../../mod.ts";
import { completion, events, serveSmall, VOCABULARY } from "./served.ts";

/** The texts that generate() draws. */
async function drawn(
  model: Parameters<typeof generate>[0],
  options: Parameters<typeof generate>[2],
): Promise<string[]> {
  const texts: string[] = [];
  for await (const { row, text } of generate(model, VOCABULARY, options)) {
    texts[row] = (texts[row] ?? "") + text;
  }
  return texts;
}

Deno.test("texts are those that generate() draws: of a text, several, and ids", async () => {
  using served = await serveSmall();
  const wanted = await drawn(served.model, { prefixes: ["ab", "分"], count: 2, length: 30, seed: 5 });
  const ids = ["ab", "分"].map((text) => [...VOCABULARY.encode(text)]);
  for (const prompt of [["ab", "分"], ids]) {
    const { status, choices, usage } = await completion(served, { prompt, n: 2, max_tokens: 30, seed: 5 });
    assertEquals(status, 200);
    assertEquals(choices.map(({ text }) => text), wanted);
    assertEquals(choices.map(({ index }) => index), [0, 1, 2, 3]);
    assertEquals(choices.map((one) => [one.finish_reason, one.logprobs]), Array(4).fill(["length", null]));
    assertEquals(usage, { prompt_tokens: 3, completion_tokens: 120, total_tokens: 123 });
  }
  for (const prompt of ["ab", ids[0]]) {
    const { choices: [choice] } = await completion(served, { prompt, max_tokens: 30, seed: 5 });
    assertEquals(choice!.text, wanted[0]);
  }
});

Deno.test("16 tokens at temperature 1 are drawn where nothing is said, by another seed each time", async () => {
  using served = await serveSmall();
  const [one, other] = [await completion(served, { prompt: "a" }), await completion(served, { prompt: "a" })];
  assertEquals(one.usage!.completion_tokens, 16);
  assert(one.choices[0]!.text !== other.choices[0]!.text);
  const [greedy] = await drawn(served.model, { prefix: "a", length: 16, temperature: 0 });
  for (const manner of [{ temperature: 0 }, { top_p: 0 }, { top_p: 1e-9 }]) {
    assertEquals((await completion(served, { prompt: "a", ...manner })).choices[0]!.text, greedy);
  }
});

Deno.test("logprobs has tokens, numbers and places, of the echo too: score()'s numbers", async () => {
  using served = await serveSmall();
  const fields = { prompt: "分ab", max_tokens: 4, temperature: 0, logprobs: 2, echo: true };
  const { choices: [choice] } = await completion(served, fields);
  const { tokens, token_logprobs: own, top_logprobs: top, text_offset: offsets } = choice!.logprobs!;
  assertEquals(choice!.text, tokens.join(""));
  assertEquals(choice!.text.slice(0, 3), "分ab");
  assertEquals(offsets, [0, 1, 2, 3, 4, 5, 6]);
  assertEquals([own[0], top[0]], [null, null]);
  const corpus = Corpus.fromText(choice!.text, { vocabulary: VOCABULARY });
  const scores = await Array.fromAsync(score(served.model, corpus));
  for (let at = 1; at < 7; at++) {
    assertAlmostEquals(own[at]!, scores[at]!.logProbability!, 1e-5);
    assertEquals(top[at]![tokens[at]!], own[at]);
    assertEquals(Object.keys(top[at]!).length, at > 2 || scores[at]!.rank! <= 2 ? 2 : 3);
    const largest = Math.max(...Object.values(top[at]!));
    if (scores[at]!.rank === 1) assertEquals(largest, own[at]);
    else assert(largest > own[at]!);
  }
  const { choices: [few] } = await completion(served, { ...fields, logprobs: 0 });
  assertEquals(few!.logprobs!.top_logprobs[0], null);
  for (let at = 1; at < 7; at++) assertEquals(few!.logprobs!.top_logprobs[at], { [tokens[at]!]: own[at] });
  const { choices: [alone] } = await completion(served, { ...fields, echo: false, logprobs: 0 });
  assertEquals(alone!.logprobs!.text_offset, [0, 1, 2, 3]);
  assertEquals(
    alone!.logprobs!.top_logprobs.map((one) => Object.keys(one!)),
    tokens.slice(3).map((t) => [t]),
  );
});

Deno.test("nothing is drawn of no tokens: the prompt alone is echoed and measured", async () => {
  using served = await serveSmall();
  const { choices, usage } = await completion(served, {
    prompt: ["a", "ab"],
    max_tokens: 0,
    echo: true,
    logprobs: 1,
  });
  assertEquals(choices.map(({ text, finish_reason }) => [text, finish_reason]), [["a", "length"], [
    "ab",
    "length",
  ]]);
  assertEquals(choices.map(({ logprobs }) => logprobs!.token_logprobs.length), [1, 2]);
  assertEquals(usage!.completion_tokens, 0);
});

Deno.test("a text ends before a stop, of which neither text nor tokens are sent, nor its beginning in a stream", async () => {
  using served = await serveSmall();
  const base = { prompt: "a", max_tokens: 60, seed: 3, logprobs: 1 };
  const { choices: [whole] } = await completion(served, base);
  const stop = whole!.text.slice(20, 23);
  const text = whole!.text.slice(0, whole!.text.indexOf(stop));
  const { choices: [choice], usage } = await completion(served, { ...base, stop });
  assertEquals([choice!.text, choice!.finish_reason], [text, "stop"]);
  assertEquals(choice!.logprobs!.tokens.join(""), text);
  assertEquals(usage!.completion_tokens, [...text].length + 3);
  const pieces = (await events(served, { ...base, stop: ["never", stop] })).map(({ choices }) => choices[0]!);
  assertEquals(pieces.map((piece) => piece.text).join(""), text);
  assertEquals(pieces.flatMap((piece) => piece.logprobs!.tokens).join(""), text);
  const unfinished = pieces.slice(0, -1).map((piece) => piece.finish_reason);
  assertEquals([new Set(unfinished), pieces.at(-1)!.finish_reason], [new Set([null]), "stop"]);
  let sent = "";
  for (const piece of pieces) {
    sent += piece.text;
    assertEquals(text.startsWith(sent), true);
  }
  assert(pieces.length > 3, "it comes in pieces");
});

Deno.test("a stream has the texts of a request, its echo, and what it took where that is asked for", async () => {
  using served = await serveSmall();
  const base = { prompt: ["ab", "c"], n: 2, max_tokens: 12, seed: 9, echo: true, logprobs: 1 };
  const whole = await completion(served, base);
  const parts = await events(served, { ...base, stream_options: { include_usage: true } });
  const last = parts.pop()!;
  assertEquals([last.choices, last.usage], [[], whole.usage]);
  assertEquals(new Set(parts.map(({ usage }) => usage)), new Set([null]));
  for (const choice of whole.choices) {
    const own = parts.map(({ choices: [one] }) => one!).filter(({ index }) => index === choice.index);
    assertEquals(own.map(({ text }) => text).join(""), choice.text);
    for (const name of ["tokens", "token_logprobs", "top_logprobs", "text_offset"] as const) {
      assertEquals(own.flatMap(({ logprobs }) => logprobs![name] as unknown[]), choice.logprobs![name]);
    }
    assertEquals(own.at(-1)!.finish_reason, "length");
  }
  assertEquals("usage" in (await events(served, base))[0]!, false);
});

Deno.test("bytes within a character, and words, are told as they are decided", async () => {
  const bytes = Vocabulary.fromText("分", { kind: "byte" });
  using served = await serveSmall({}, bytes);
  const prompt = [...bytes.encode("分").slice(0, 2)];
  const fields = { prompt, max_tokens: 8, seed: 1, logprobs: 0, echo: true };
  const { choices: [choice] } = await completion(served, fields);
  const { tokens, text_offset: offsets } = choice!.logprobs!;
  assertEquals(tokens.length, 10);
  assertMatch(tokens[0]!, /^<0xE5>$/);
  assertEquals(offsets.every((offset, at) => at === 0 || offset >= offsets[at - 1]!), true);
  assertEquals(offsets.at(-1)! <= [...choice!.text].length, true);
  const pieces = await events(served, fields);
  assertEquals(pieces.map(({ choices }) => choices[0]!.text).join(""), choice!.text);

  const words = Vocabulary.fromText("the cat sat on a mat", { kind: "word" });
  using other = await serveSmall({}, words);
  const ask = async (text: string, echo = false): Promise<string> =>
    (await completion(other, { prompt: text, max_tokens: 3, temperature: 0, echo })).choices[0]!.text;
  assertEquals(await ask("the "), (await ask("the")).slice(1));
  assertEquals(await ask("the", true), `the${await ask("the")}`);
});

Deno.test("a stop is not found in the space that ends a prompt of words, echoed or not", async () => {
  using words = await serveSmall({}, Vocabulary.fromText("the cat sat on a mat", { kind: "word" }));
  const ask = async (fields: Record<string, unknown>): Promise<string> => {
    const asked = { prompt: "the ", max_tokens: 3, temperature: 0, ...fields };
    const { text } = (await completion(words, asked)).choices[0]!;
    const pieces = await events(words, asked);
    assertEquals(pieces.map(({ choices }) => choices[0]!.text).join(""), text);
    return text;
  };
  const [first = ""] = (await ask({})).split(" ");
  assertEquals(await ask({ stop: " " }), first);
  assertEquals(await ask({ stop: " ", echo: true }), `the ${first}`);
  assertEquals(await ask({ stop: ` ${first}z` }), await ask({}));
});

const LONG = Array(129).fill("a");

for (
  const [param, fields] of [
    ["model", { model: null }],
    ["model", { model: 3 }],
    ["prompt", {}],
    ["prompt", { prompt: "" }],
    ["prompt", { prompt: "xyz" }],
    ["prompt", { prompt: "\ud800" }],
    ["prompt", { prompt: [] }],
    ["prompt", { prompt: [[]] }],
    ["prompt", { prompt: ["a", ""] }],
    ["prompt", { prompt: ["a", 1] }],
    ["prompt", { prompt: [1, "a"] }],
    ["prompt", { prompt: [VOCABULARY.size] }],
    ["prompt", { prompt: [0.5] }],
    ["prompt", { prompt: [-1] }],
    ["prompt", { prompt: { a: 1 } }],
    ["prompt", { prompt: LONG }],
    ["n", { n: 0 }],
    ["n", { n: 129 }],
    ["n", { n: 65, prompt: ["a", "b"] }],
    ["n", { n: "2" }],
    ["max_tokens", { max_tokens: -1 }],
    ["max_tokens", { max_tokens: 1e9 }],
    ["temperature", { temperature: -1 }],
    ["temperature", { temperature: "1" }],
    ["top_p", { top_p: 1.5 }],
    ["seed", { seed: -1 }],
    ["seed", { seed: 0.5 }],
    ["stop", { stop: "" }],
    ["stop", { stop: ["a", 1] }],
    ["stop", { stop: "\ud800" }],
    ["logprobs", { logprobs: 6 }],
    ["logprobs", { logprobs: true }],
    ["echo", { echo: 1 }],
    ["stream", { stream: "true" }],
    ["stream_options", { stream_options: { include_usage: true } }],
    ["stream_options", { stream: true, stream_options: { include_usage: 1 } }],
    ["stream_options", { stream: true, stream_options: { other: 1 } }],
    ["best_of", { best_of: 2 }],
    ["presence_penalty", { presence_penalty: 0.5 }],
    ["frequency_penalty", { frequency_penalty: -1 }],
    ["logit_bias", { logit_bias: { 1: 100 } }],
    ["suffix", { suffix: "end" }],
    ["user", { user: 3 }],
    ["top_k", { top_k: 3 }],
    ["messages", { messages: [] }],
    ["__proto__", JSON.parse('{"__proto__": 1}')],
  ] as [string, Record<string, unknown>][]
) {
  Deno.test(`${JSON.stringify(fields).slice(0, 60)} is refused, and ${param} named`, async () => {
    using served = await serveSmall();
    const whole = param === "prompt" ? fields : { prompt: "a", ...fields };
    const { status, error } = await completion(served, whole);
    assertEquals([status, error!.param, error!.type, error!.code], [
      400,
      param,
      "invalid_request_error",
      null,
    ]);
    assertMatch(error!.message, /^Cannot [^\n]*[^.\n]$/);
  });
}

Deno.test("fields that change nothing pass", async () => {
  using served = await serveSmall();
  const nothing = {
    best_of: 1,
    presence_penalty: 0,
    frequency_penalty: 0,
    logit_bias: { 5: 0 },
    suffix: "",
    user: "me",
  };
  const none = Object.fromEntries(
    [
      "n",
      "max_tokens",
      "temperature",
      "top_p",
      "seed",
      "stop",
      "echo",
      "logprobs",
      "stream",
      "stream_options",
      "suffix",
    ]
      .map((name) => [name, null]),
  );
  const fields = { prompt: "a", temperature: 0 };
  const { choices: [wanted] } = await completion(served, fields);
  for (const others of [nothing, { ...none, temperature: 0 }, { stop: [] }, { n: 1, best_of: null }]) {
    const { status, choices } = await completion(served, { ...fields, ...others });
    assertEquals([status, choices[0]!.text], [200, wanted!.text]);
  }
});

Deno.test("who leaves ends the drawing", async () => {
  using served = await serveSmall();
  const leave = new AbortController();
  const body = JSON.stringify({ model: "small", prompt: "a", max_tokens: 100_000 });
  const url = "http://127.0.0.1:8000/v1/completions";
  const headers = { "content-type": "application/json" };
  const request = new Request(url, { method: "POST", headers, body, signal: leave.signal });
  setTimeout(() => leave.abort(), 50);
  const response = await served.server.fetch(request);
  await assertRejects(() => response.text(), Error, "nobody listens");

  const unread = await served.server.fetch(new Request(url, { method: "POST", headers, body }));
  await unread.body!.cancel();

  const stream = body.replace("}", ', "stream": true}');
  const streamed = await served.server.fetch(new Request(url, { method: "POST", headers, body: stream }));
  const reader = streamed.body!.getReader();
  await reader.read();
  await reader.cancel();
  const next = await completion(served, { prompt: "a", max_tokens: 3 }); // comes behind those that left
  assertEquals(next.usage!.completion_tokens, 3);
});
