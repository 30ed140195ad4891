/**
 * Ways to break an answer, each of which the document must refuse: a judge that refuses nothing proves nothing.
 *
 * @module
 */
import type { SchemaName } from "./document.ts";

/** A place in an answer, and what is put there; undefined takes it away. */
export type Break = readonly [path: string, value: unknown];

const MODEL: readonly Break[] = [["id", undefined], ["object", "list"], ["created", "7"], ["owned_by", null]];

/** The ways by schema. */
export const BREAKS: Readonly<Record<SchemaName, readonly Break[]>> = {
  CreateCompletionResponse: [
    ["id", undefined],
    ["object", "chat.completion"],
    ["created", "1589478378"],
    ["created", 0.5],
    ["model", null],
    ["choices", undefined],
    ["choices", {}],
    ["choices.0.text", undefined],
    ["choices.0.text", null],
    ["choices.0.index", "0"],
    ["choices.0.finish_reason", undefined],
    ["choices.0.finish_reason", null],
    ["choices.0.finish_reason", "end"],
    ["choices.0.logprobs", undefined],
    ["choices.0.logprobs", []],
    ["choices.0.logprobs.tokens.0", 7],
    ["choices.0.logprobs.text_offset.0", 0.5],
    ["choices.0.logprobs.token_logprobs.0", null],
    ["choices.0.logprobs.token_logprobs.1", null],
    ["choices.0.logprobs.top_logprobs.0", null],
    ["choices.0.logprobs.top_logprobs.1", null],
    ["choices.0.logprobs.top_logprobs.1", { a: "-1" }],
    ["usage", null],
    ["usage.prompt_tokens", undefined],
    ["usage.completion_tokens", null],
    ["usage.total_tokens", undefined],
    ["usage.total_tokens", "9"],
  ],
  ListModelsResponse: [
    ["object", "model"],
    ["data", undefined],
    ["data", {}],
    ...MODEL.map(([path, value]): Break => [`data.0.${path}`, value]),
  ],
  Model: MODEL,
  ErrorResponse: [
    ["error", undefined],
    ["error", "a sentence"],
    ["error.message", undefined],
    ["error.message", null],
    ["error.type", null],
    ["error.param", undefined],
    ["error.param", 3],
    ["error.code", 400],
  ],
};

/**
 * Breaks an answer.
 *
 * @returns The broken one; undefined where it has no such place, or has that value there.
 */
export function broken(answer: unknown, [path, value]: Break): unknown {
  const copy = structuredClone(answer);
  const names = path.split(".");
  const last = names.pop()!;
  let at = copy as Record<string, unknown> | null | undefined;
  for (const name of names) at = at?.[name] as typeof at;
  if (!at || !(last in at) || at[last] === value) return undefined;
  if (value === undefined) delete at[last];
  else at[last] = value;
  return copy;
}
