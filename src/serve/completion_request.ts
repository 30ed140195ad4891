/**
 * What a request for completions asks for. What would change nothing here passes; what asks for something that refrain does
 * not do is refused by its name, never left out in silence.
 *
 * @module
 */
import type { Vocabulary } from "../data/vocabulary.ts";
import { nearest } from "../messages/options.ts";
import { quote } from "../messages/quote.ts";
import { isIn, type NumberRange, RANGES, wordsOf } from "../ranges.ts";
import { wrong } from "./api_error.ts";
import { readPrompts } from "./prompts.ts";

/** Texts that one request may ask for. */
const MOST_TEXTS = 128;
/** Strings that may end a text. */
const MOST_STOPS = 64;

/** What each number may be. */
const NUMBERS = {
  n: { kind: "integer", from: 1, to: MOST_TEXTS },
  max_tokens: { kind: "integer", from: 0, to: 100_000 },
  temperature: RANGES.rate,
  top_p: RANGES.probability,
  seed: RANGES.seed,
  logprobs: { kind: "integer", from: 0, to: 5 },
} as const satisfies Record<string, NumberRange>;

/** Fields that change nothing with some values, and are refused with others. */
const WITHOUT_EFFECT: Readonly<Record<string, (value: unknown, n: number) => boolean>> = {
  user: (value) => typeof value === "string",
  best_of: (value, n) => value === n,
  presence_penalty: (value) => value === 0,
  frequency_penalty: (value) => value === 0,
  suffix: (value) => value === "",
  logit_bias: (value) => typeof value === "object" && Object.values(value!).every((bias) => bias === 0),
};

/** All fields that are read. */
const READ = ["model", "prompt", ...Object.keys(NUMBERS), "stop", "echo", "stream", "stream_options"];

/** A request for completions. */
export interface CompletionRequest {
  /** Ids of each prompt. */
  readonly prompts: readonly Uint32Array[];
  /** Whether the text of each ends with a space. */
  readonly spaced: readonly boolean[];
  /** Texts of each. */
  readonly n: number;
  readonly length: number;
  readonly temperature: number;
  readonly topP: number;
  readonly seed: number;
  readonly stop: readonly string[];
  readonly echo: boolean;
  /** Alternatives of each token; undefined where no probabilities are asked for. */
  readonly logprobs: number | undefined;
  readonly stream: boolean;
  /** Whether a stream ends with what it has taken. */
  readonly includeUsage: boolean;
}

/**
 * Reads a request's fields.
 *
 * @param body The fields, which nobody trusts.
 * @param vocabulary The model's tokens.
 * @returns What is asked for.
 * @throws {ApiError} If a field is unknown, of another type, out of range, or asks for what is not done here.
 */
export function readCompletion(
  body: Readonly<Record<string, unknown>>,
  vocabulary: Vocabulary,
): CompletionRequest {
  const n = numberOf(body, "n") ?? 1;
  refuseOthers(body, n);
  const stream = switchOf(body, "stream");
  const topP = numberOf(body, "top_p") ?? 1;
  const prompts = readPrompts(body["prompt"], vocabulary);
  if (prompts.length * n > MOST_TEXTS) {
    throw wrong(
      n > 1 ? "n" : "prompt",
      `Cannot complete ${prompts.length} × ${n} texts at once: at most ${MOST_TEXTS} are taken`,
    );
  }
  const texts = [body["prompt"]].flat();
  return {
    prompts,
    spaced: prompts.map((_, p) => String(texts[p]).endsWith(" ")),
    n,
    length: numberOf(body, "max_tokens") ?? 16,
    // Of no share at all the likeliest token is left.
    temperature: topP === 0 ? 0 : numberOf(body, "temperature") ?? 1,
    topP: topP === 0 ? 1 : topP,
    seed: numberOf(body, "seed") ?? crypto.getRandomValues(new Uint32Array(1))[0]!,
    stop: stopsOf(body["stop"]),
    echo: switchOf(body, "echo"),
    logprobs: numberOf(body, "logprobs"),
    stream,
    includeUsage: usageOf(body["stream_options"], stream),
  };
}

function refuseOthers(body: Readonly<Record<string, unknown>>, n: number): void {
  const known = [...READ, ...Object.keys(WITHOUT_EFFECT)];
  for (const [name, value] of Object.entries(body)) {
    if (value === null || READ.includes(name)) continue;
    if (!Object.hasOwn(WITHOUT_EFFECT, name)) {
      const meant = nearest(name, known);
      throw wrong(
        name,
        `Cannot complete with ${quote(name)}: ${meant ? `did you mean "${meant}"?` : "no such field"}`,
      );
    }
    if (WITHOUT_EFFECT[name]!(value, n)) continue;
    throw wrong(name, `Cannot complete with ${name} ${quote(value)} as that is not done here: leave it out`);
  }
}

function numberOf(body: Readonly<Record<string, unknown>>, name: keyof typeof NUMBERS): number | undefined {
  const value = body[name] ?? undefined;
  if (value === undefined) return undefined;
  const range: NumberRange = NUMBERS[name];
  if (isIn(range, value)) return value;
  throw wrong(name, `Cannot complete as ${name} must be ${wordsOf(range)}: current value is ${quote(value)}`);
}

function switchOf(body: Readonly<Record<string, unknown>>, name: "echo" | "stream"): boolean {
  const value = body[name] ?? false;
  if (typeof value === "boolean") return value;
  throw wrong(name, `Cannot complete as ${name} must be true or false: current value is ${quote(value)}`);
}

function stopsOf(value: unknown): string[] {
  const stops = [value ?? []].flat() as unknown[];
  if (stops.length > MOST_STOPS) {
    throw wrong(
      "stop",
      `Cannot complete with ${stops.length} texts in stop: at most ${MOST_STOPS} are taken`,
    );
  }
  return stops.map((stop) => {
    if (typeof stop === "string" && stop !== "" && stop.isWellFormed()) return stop;
    throw wrong(
      "stop",
      `Cannot complete as stop must be texts of one character or more: current value is ${quote(stop)}`,
    );
  });
}

function usageOf(value: unknown, stream: boolean): boolean {
  if (value === undefined || value === null) return false;
  const param = "stream_options";
  if (!stream) throw wrong(param, "Cannot complete with stream_options without stream");
  if (typeof value !== "object" || Array.isArray(value)) {
    throw wrong(
      param,
      `Cannot complete as stream_options must be an object: current value is ${quote(value)}`,
    );
  }
  const { include_usage: usage = null, ...others } = value as Record<string, unknown>;
  const [other] = Object.entries(others).find(([name, one]) => one !== null && !isPadding(name, one)) ?? [];
  if (other !== undefined) throw wrong(param, `Cannot complete with ${quote(other)} in stream_options`);
  if (usage === null || typeof usage === "boolean") return usage ?? false;
  throw wrong(
    param,
    `Cannot complete as include_usage must be true or false: current value is ${quote(usage)}`,
  );
}

/** Whether an option is the one that pads events against who listens, which is never done here, and is switched off. */
function isPadding(name: string, value: unknown): boolean {
  return name === "include_obfuscation" && value === false;
}
