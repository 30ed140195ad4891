/**
 * Real answers of a server: whole ones, every event of streams, lists and errors.
 *
 * @module
 */
import { Vocabulary } from "../../mod.ts";
import { type Completion, getting, posting, type Served, serveSmall } from "../serve/served.ts";
import type { SchemaName } from "./document.ts";
import type { Place } from "./exceptions.ts";

/** An answer, and what it must be. */
export interface Answer {
  /** What was asked for. */
  readonly what: string;
  readonly schema: SchemaName;
  readonly value: unknown;
  /** Of a completion: where it stands. */
  readonly place?: Place;
}

/** Vocabularies, each with a text that it covers. */
const VOCABULARIES: readonly [vocabulary: Vocabulary, text: string][] = [
  [Vocabulary.fromText("abcdefgh \n分开不"), "分ab"],
  [Vocabulary.fromText("分", { kind: "byte" }), "分"],
  [Vocabulary.fromText("the cat sat on a mat", { kind: "word" }), "the cat"],
];

/** What is asked for, beside a prompt. */
const ASKED: readonly Record<string, unknown>[] = [
  {},
  { n: 3, temperature: 0.5, top_p: 0.9 },
  { logprobs: 0 },
  { logprobs: 5, temperature: 0 },
  { echo: true },
  { echo: true, logprobs: 2, n: 2 },
  { echo: true, logprobs: 1, max_tokens: 0 },
  { echo: true, logprobs: 0 },
  { best_of: 1, presence_penalty: 0, frequency_penalty: 0, logit_bias: {}, user: "me", seed: null },
];

/** Asks for everything, with both ways of streams. */
export async function* completions(): AsyncGenerator<Answer, void, void> {
  for (const [vocabulary, text] of VOCABULARIES) {
    using served = await serveSmall({}, vocabulary);
    const ids = [...vocabulary.encode(text)];
    const stop = await stopOf(served, ids);
    for (const prompt of [text, [text, text], ids, [ids, ids.slice(0, 1)]]) {
      for (const fields of [...ASKED, { stop, logprobs: 1 }, { stop: ["never", stop], echo: true }]) {
        const asked = { model: "small", prompt, max_tokens: 12, seed: 5, ...fields };
        yield await whole(served, asked);
        yield* events(served, { ...asked, stream: true });
        yield* events(served, { ...asked, stream: true, stream_options: { include_usage: true } });
      }
    }
  }
}

/** A part of what is drawn behind ids, which ends a text early. */
async function stopOf(served: Served, prompt: readonly number[]): Promise<string> {
  const fields = { model: "small", prompt, max_tokens: 12, seed: 5 };
  const response = await served.server.fetch(posting("/v1/completions", fields));
  const { choices: [choice] } = await response.json() as Completion;
  return choice!.text.slice(3, 5);
}

async function whole({ server }: Served, fields: Record<string, unknown>): Promise<Answer> {
  const response = await server.fetch(posting("/v1/completions", fields));
  const place = { begins: fields.echo === true, goesOn: false, usageFollows: false };
  return completionOf(fields, await response.json(), place);
}

function completionOf(fields: Record<string, unknown>, value: unknown, place: Place): Answer {
  return { what: JSON.stringify(fields), schema: "CreateCompletionResponse", value, place };
}

async function* events(
  { server }: Served,
  fields: Record<string, unknown>,
): AsyncGenerator<Answer, void, void> {
  const text = await (await server.fetch(posting("/v1/completions", fields))).text();
  const values = text.split("\n\n").slice(0, -2).map((line): Completion =>
    JSON.parse(line.replace(/^data: /, ""))
  );
  const indices = values.map(({ choices }) => choices[0]?.index);
  for (const [at, value] of values.entries()) {
    const index = indices[at];
    yield completionOf(fields, value, {
      begins: fields.echo === true && indices.indexOf(index) === at,
      goesOn: index !== undefined && indices.lastIndexOf(index) > at,
      usageFollows: "stream_options" in fields && at < values.length - 1,
    });
  }
}

/** Lists of models. */
export async function* lists(): AsyncGenerator<Answer, void, void> {
  using served = await serveSmall();
  const get = async (path: string): Promise<unknown> =>
    await (await served.server.fetch(getting(path))).json();
  yield { what: "all models", schema: "ListModelsResponse", value: await get("/v1/models") };
  yield { what: "one model", schema: "Model", value: await get("/v1/models/small") };
}

/** An error of each status. */
export async function* errors(): AsyncGenerator<Answer, void, void> {
  const fields = { model: "small", prompt: "ab" };
  const broken = {
    method: "GET",
    path: "/broken",
    handle: () => Promise.reject(new Error("broken")),
  } as const;
  using served = await serveSmall({ routes: [broken] });
  using closed = await serveSmall({ token: "0123456789abcdef" });
  const asked: [server: Served, status: number, request: Request][] = [
    [served, 400, posting("/v1/completions", { ...fields, prompt: "xyz" })],
    [served, 400, posting("/v1/completions", { ...fields, n: 0 })],
    [served, 400, posting("/v1/completions", { ...fields, nothing: 0 })],
    [served, 400, posting("/v1/completions", "{")],
    [closed, 401, getting("/v1/models")],
    [served, 403, getting("/v1/models", { origin: "http://evil.example" })],
    [served, 404, posting("/v1/completions", { ...fields, model: "other" })],
    [served, 404, getting("/v1/models/other")],
    [served, 404, getting("/nothing")],
    [served, 405, getting("/v1/completions")],
    [served, 413, posting("/v1/completions", { ...fields, prompt: "a".repeat(2 ** 20) })],
    [served, 415, posting("/v1/completions", fields, { "content-type": "text/plain" })],
    [served, 421, getting("/v1/models", { host: "evil.example" })],
    [served, 500, getting("/broken")],
  ];
  for (const [{ server }, status, request] of asked) yield errorOf(await server.fetch(request), status);
  yield await tooMany(served, fields);
}

/** The error of one more where as many are drawn and wait as may. */
async function tooMany({ server }: Served, fields: Record<string, unknown>): Promise<Answer> {
  const leave = new AbortController();
  const many = { ...fields, n: 128, max_tokens: 100_000 };
  const ask = (): Promise<Response> =>
    server.fetch(new Request(posting("/v1/completions", many), { signal: leave.signal }));
  const others = [ask(), ask()];
  const answer = await errorOf(await ask(), 429);
  leave.abort();
  for (const response of await Promise.all(others)) await response.body?.cancel();
  return answer;
}

async function errorOf(response: Response, status: number): Promise<Answer> {
  if (response.status !== status) throw new Error(`The status is ${response.status} in place of ${status}`);
  return { what: `the error of status ${status}`, schema: "ErrorResponse", value: await response.json() };
}
