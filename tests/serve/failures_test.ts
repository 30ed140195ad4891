/** What is told where a text cannot be drawn: by the model, the device, for want of a place, or as nobody listens. @module */
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { Vocabulary } from "../../mod.ts";
import { completion, events, getting, posting, type Served, serveSmall } from "./served.ts";

const LONG = { model: "small", prompt: "a", max_tokens: 100_000 };

/** Puts numbers into the model that it cannot draw by. */
async function breakModel({ model }: Served): Promise<void> {
  const weights = await model.stateDict();
  for (const { data } of Object.values(weights)) data.fill(NaN);
  model.loadStateDict(weights);
}

async function post({ server }: Served, fields: object, signal?: AbortSignal): Promise<Response> {
  const request = posting("/v1/completions", fields);
  return await server.fetch(signal ? new Request(request, { signal }) : request);
}

/** A number of `/metrics`, once it is as it should be. */
async function countOf({ server }: Served, name: string, wanted: number): Promise<number> {
  let value = NaN;
  for (let tries = 0; value !== wanted && tries < 500; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    const text = await (await server.fetch(getting("/metrics"))).text();
    value = Number(new RegExp(`^${name}\\{model="small"\\} (\\d+)$`, "m").exec(text)![1]);
  }
  return value;
}

Deno.test("a model that cannot be drawn by says so, whole and as a stream that has not begun", async () => {
  using served = await serveSmall();
  await breakModel(served);
  for (const stream of [false, true]) {
    const response = await post(served, { ...LONG, n: 2, stream });
    const { error } = await response.json();
    assertEquals([response.status, error.type], [500, "server_error"]);
    assertMatch(error.message, /^Cannot generate as the model's logits are not finite: /);
  }
});

Deno.test("a device without room says so with status 503", async () => {
  using served = await serveSmall();
  served.device[Symbol.dispose]();
  const { status, error } = await completion(served, { prompt: "a" });
  assertEquals([status, error!.type], [503, "server_error"]);
  assertMatch(error!.message, /^Cannot [^\n]*[^.\n]$/);
});

Deno.test("a stream that fails ends with the error, and the texts beside it end too", async () => {
  const told: unknown[] = [];
  using served = await serveSmall({ onError: (error) => told.push(error) });
  const failing = await post(served, { ...LONG, n: 3, stream: true });
  const reader = failing.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = (await reader.read()).value!;
  await breakModel(served);
  for (let next = await reader.read(); !next.done; next = await reader.read()) text += next.value;
  const { error } = JSON.parse(text.split("\n\n").at(-2)!.slice("data: ".length));
  assertMatch(error.message, /^Cannot generate as the model's logits are not finite: /);
  assertEquals([error.type, told], ["server_error", []]);
  assertEquals(await countOf(served, "refrain_texts_running", 0), 0);
});

/** Streams a text until its first event, does something, and gives the error that ends it. */
async function errorBehind(served: Served, then: () => void): Promise<unknown> {
  const response = await post(served, { ...LONG, stream: true, logprobs: 1 });
  assertEquals(response.headers.get("content-type"), "text/event-stream; charset=utf-8");
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = (await reader.read()).value!;
  then();
  for (let next = await reader.read(); !next.done; next = await reader.read()) text += next.value;
  return JSON.parse(text.split("\n\n").at(-2)!.slice("data: ".length)).error;
}

Deno.test("a stream says no more of another error than that there was one; onError is told", async () => {
  const told: unknown[] = [];
  const vocabulary = Vocabulary.fromText("abcd");
  using served = await serveSmall({ onError: (error) => told.push(error) }, vocabulary);
  const fail = (): never => {
    throw new Error("a secret");
  };
  const error = await errorBehind(served, () => Object.assign(vocabulary, { decode: fail }));
  assertEquals(error, {
    message: "Cannot answer as something went wrong here",
    type: "server_error",
    param: null,
    code: null,
  });
  assertEquals(String(told), "Error: a secret");
});

Deno.test("a stream of a server that ends says so", async () => {
  using served = await serveSmall();
  const error = await errorBehind(served, () => served.server[Symbol.dispose]());
  const message = "Cannot go on with a text as the server ends";
  assertEquals(error, { message, type: "server_error", param: null, code: null });
});

Deno.test("an answer that fails behind its beginning breaks off", async () => {
  using served = await serveSmall();
  const response = await post(served, LONG);
  await breakModel(served);
  await assertRejects(() => response.text(), Error, "not finite");
});

Deno.test("one more than may wait is refused with status 429, and is asked to try again", async () => {
  using served = await serveSmall();
  const leave = new AbortController();
  const others = [1, 2].map(() => post(served, { ...LONG, n: 128 }, leave.signal));
  const response = await post(served, { ...LONG, n: 128 });
  const { error } = await response.json();
  assertEquals([response.status, error.code, response.headers.get("retry-after")], [
    429,
    "rate_limit_exceeded",
    "1",
  ]);
  assertEquals(error.message, "Cannot take one more as 256 wait");
  leave.abort();
  for (const other of await Promise.all(others)) {
    assertEquals(other.status, 499);
    await other.body?.cancel();
  }
  // Those that the refused request had asked for already are not drawn.
  assertEquals(await countOf(served, "refrain_texts_waiting", 0), 0);
  assertEquals(await countOf(served, "refrain_texts_running", 0), 0);
});

Deno.test("who leaves a stream frees its places", async () => {
  using served = await serveSmall();
  const response = await post(served, { ...LONG, n: 2, stream: true });
  const reader = response.body!.getReader();
  await reader.read();
  assertEquals(await countOf(served, "refrain_texts_running", 2), 2);
  await reader.cancel();
  assertEquals(await countOf(served, "refrain_texts_running", 0), 0);
});

Deno.test("who reads slowly has fewer, longer pieces, and the same text", async () => {
  using served = await serveSmall();
  const fields = { ...LONG, max_tokens: 2000, seed: 1 };
  const { choices: [whole] } = await completion(served, fields);
  const response = await post(served, { ...fields, stream: true });
  await countOf(served, "refrain_texts_running", 0); // nobody has read yet
  const pieces = (await response.text()).split("\n\n").slice(0, -2).map((event) =>
    JSON.parse(event.slice("data: ".length)).choices[0].text as string
  );
  assertEquals(pieces.join(""), whole!.text);
  assert(pieces.length < 20, `${pieces.length} pieces`);
  const [first, second] = [await events(served, fields), await events(served, fields)];
  assert(first.length > 20, `${first.length} pieces are read as they come`);
  const idOf = (pieces: object[]): unknown => (pieces[0] as { id: string }).id;
  assert(idOf(first) !== idOf(second), "each request has an id of its own");
});
