/**
 * Tokens for programs that measure models: `POST /tokenize`, `POST /detokenize` and `GET /tokenizer_info`, as
 * lm-evaluation-harness asks for them.
 *
 * @module
 */
import { quote } from "../messages/quote.ts";
import { currentOf, wrong } from "./api_error.ts";
import { readBody } from "./body.ts";
import { modelOf, type Models } from "./models.ts";
import { checkIds, idsOf } from "./prompts.ts";

/** Fields that change nothing: no token is added to a text. */
const WITHOUT_EFFECT = ["add_special_tokens", "model"];

/**
 * Answers with the ids of a text.
 *
 * @param request The request: `prompt` is the text, `model` its model, the first one without.
 * @param models The models.
 * @returns The response.
 * @throws {ApiError} If the text has what the vocabulary lacks.
 */
export async function tokenize(request: Request, models: Models): Promise<Response> {
  const body = await readBody(request);
  refuseOthers(body, "prompt");
  const { vocabulary } = await modelOf(models, body, "first");
  const { prompt } = body;
  if (typeof prompt !== "string") {
    throw wrong("prompt", `Cannot tokenize as prompt must be a text: ${currentOf(prompt)}`);
  }
  const tokens = prompt === "" ? [] : [...idsOf(prompt, vocabulary)];
  return Response.json({ tokens, count: tokens.length });
}

/**
 * Answers with the text of ids.
 *
 * @param request The request: `tokens` are the ids.
 * @param models The models.
 * @returns The response.
 * @throws {ApiError} If one is no token's.
 */
export async function detokenize(request: Request, models: Models): Promise<Response> {
  const body = await readBody(request);
  refuseOthers(body, "tokens");
  const { vocabulary } = await modelOf(models, body, "first");
  const { tokens } = body;
  if (!Array.isArray(tokens)) {
    throw wrong("tokens", `Cannot detokenize as tokens must be ids: ${currentOf(tokens)}`);
  }
  const ids = tokens.length === 0 ? [] : checkIds(tokens, vocabulary, "tokens");
  return Response.json({ prompt: vocabulary.decode(ids) });
}

/**
 * Answers with what the tokens of the first model are.
 *
 * @param models The models.
 * @returns The response.
 */
export async function tokenizerInfo(models: Models): Promise<Response> {
  const { vocabulary: { kind, size }, name } = await models.get();
  return Response.json({
    model: name,
    tokenizer_class: kind,
    vocab_size: size,
    // Texts go on without a token that begins or ends them.
    eos_token: null,
    bos_token: null,
    pad_token: null,
    chat_template: null,
  });
}

function refuseOthers(body: Readonly<Record<string, unknown>>, field: string): void {
  const other = Object.keys(body).find((name) => name !== field && !WITHOUT_EFFECT.includes(name));
  if (other !== undefined) throw wrong(other, `Cannot tokenize with ${quote(other)}: no such field`);
}
