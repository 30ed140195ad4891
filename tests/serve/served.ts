/**
 * A small server and requests to it, without a port.
 *
 * @module
 */
import { type Device, openDevice, type RNNModel, Vocabulary } from "../../mod.ts";
import { ModelServer, type ServeOptions } from "../../src/serve.ts";
import { makeModel } from "../support/language_models.ts";

/** Tokens of the small model. */
export const VOCABULARY: Vocabulary = Vocabulary.fromText("abcdefgh \n分开不");

/** A server of one small model, `small`. */
export interface Served extends Disposable {
  readonly device: Device;
  readonly model: RNNModel;
  readonly server: ModelServer;
}

/** Opens a device, and a server on it; `tokens` are those of another vocabulary. */
export async function serveSmall(
  options: Omit<ServeOptions, "models"> = {},
  vocabulary: Vocabulary = VOCABULARY,
): Promise<Served> {
  const device = await openDevice("wasm", { threads: 1 });
  const model = makeModel(device, { vocabularySize: vocabulary.size, cell: "lstm" });
  const server = new ModelServer({ models: { small: { model, vocabulary, created: 7 } }, ...options });
  return {
    device,
    model,
    server,
    [Symbol.dispose](): void {
      server[Symbol.dispose]();
      device[Symbol.dispose]();
    },
  };
}

const BASE = "http://127.0.0.1:8000";

/** A GET request. */
export function getting(path: string, headers: Record<string, string> = {}): Request {
  return new Request(BASE + path, { headers });
}

/** A POST request of JSON. */
export function posting(path: string, body: unknown, headers: Record<string, string> = {}): Request {
  return new Request(BASE + path, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

/** A choice as it is told. */
export interface Choice {
  text: string;
  index: number;
  finish_reason: string | null;
  logprobs: null | {
    tokens: string[];
    token_logprobs: (number | null)[];
    top_logprobs: (Record<string, number> | null)[];
    text_offset: number[];
  };
}

/** A response's body. */
export interface Completion {
  choices: Choice[];
  usage: { prompt_tokens: number; completion_tokens: number; total_tokens: number } | null;
  error?: { message: string; type: string; param: string | null; code: string | null };
}

/** Completes with the small model; what is refused has its status. */
export async function completion(
  { server }: Pick<Served, "server">,
  fields: Record<string, unknown>,
): Promise<Completion & { status: number }> {
  const response = await server.fetch(posting("/v1/completions", { model: "small", ...fields }));
  return { status: response.status, ...await response.json() };
}

/** The events of a streamed completion, `[DONE]` left off, which must be there. */
export async function events(
  { server }: Pick<Served, "server">,
  fields: Record<string, unknown>,
): Promise<Completion[]> {
  const request = posting("/v1/completions", { model: "small", stream: true, ...fields });
  const text = await (await server.fetch(request)).text();
  const lines = text.split("\n\n");
  if (lines.pop() !== "" || lines.pop() !== "data: [DONE]") {
    throw new Error(`The stream ends otherwise: ${text}`);
  }
  return lines.map((line) => JSON.parse(line.replace(/^data: /, "")));
}
