/**
 * `POST /v1/completions`: texts that go on from prompts, whole or as they come.
 *
 * @module
 */
import { DeviceError } from "../device/device.ts";
import type { Generated } from "../generate.ts";
import type { ListedScore } from "../train/score.ts";
import { ApiError, unknownError } from "./api_error.ts";
import { BusyError, EndedError } from "./batcher.ts";
import { readBody } from "./body.ts";
import { ChoiceText, type Piece, type Token } from "./choice_text.ts";
import { type CompletionRequest, readCompletion } from "./completion_request.ts";
import { eventStream } from "./event_stream.ts";
import { lateResponse } from "./late_response.ts";
import type { Metrics } from "./metrics.ts";
import { modelOf, type Models, type Open } from "./models.ts";
import { Outbox } from "./outbox.ts";

/** What a request has taken, as OpenAI's interface counts it. */
interface Usage {
  prompt_tokens: number;
  completion_tokens: number;
  total_tokens: number;
}

/** A text of a request that is drawn. */
interface Drawn {
  readonly index: number;
  readonly text: ChoiceText;
  readonly scores: readonly ListedScore[] | undefined;
  readonly tokens: AsyncGenerator<Generated, void, void> | undefined;
  /** The first token, which has been asked for. */
  readonly first: Promise<IteratorResult<Generated, void>> | undefined;
}

/**
 * Answers a request for completions.
 *
 * @param request The request.
 * @param models The models.
 * @param options What counts tokens, and who is told of errors that a stream says nothing of but that there was one.
 * @returns The response: an object, or events.
 * @throws {ApiError} If it asks for what there is not, or too many wait.
 */
export async function complete(
  request: Request,
  models: Models,
  { metrics, onError }: { metrics: Metrics; onError?: ((error: unknown) => void) | undefined },
): Promise<Response> {
  const body = await readBody(request);
  const open = await modelOf(models, body);
  const asked = readCompletion(body, open.vocabulary);
  const left = new AbortController();
  const signal = AbortSignal.any([request.signal, left.signal]);
  const frame = {
    id: `cmpl-${crypto.randomUUID()}`,
    object: "text_completion",
    created: Math.floor(Date.now() / 1000),
    model: open.name,
  };
  const prompted = asked.prompts.reduce((sum, { length }) => sum + length, 0);
  const usage: Usage = { prompt_tokens: prompted, completion_tokens: 0, total_tokens: prompted };
  const count = (): void => {
    usage.completion_tokens++;
    usage.total_tokens++;
    metrics.count("refrain_generated_tokens_total", { model: open.name });
  };
  const choiceOf = (index: number, { text, tokens, end = null! }: Piece): object => ({
    text,
    index,
    logprobs: asked.logprobs === undefined ? null : logprobsOf(tokens),
    finish_reason: end,
  });
  try {
    const drawn = await begin(open, asked, signal);
    metrics.count("refrain_prompt_tokens_total", { model: open.name }, prompted);
    const failed = (error: unknown): ApiError => {
      const told = errorOf(error, signal);
      left.abort();
      if (told instanceof ApiError) return told;
      onError?.(error);
      return unknownError();
    };
    const leave = (): void => left.abort();
    if (!asked.stream) {
      return lateResponse("application/json", async (send) => {
        const choices = await Promise.all(drawn.map(async (one) => {
          const outbox = new Outbox();
          for await (const piece of piecesOf(one, count)) outbox.add(one.index, piece);
          outbox.close();
          return choiceOf(one.index, (await outbox.take())[0]![1]);
        })).catch((error) => {
          throw failed(error);
        });
        await send(JSON.stringify({ ...frame, choices, usage }));
      }, leave);
    }
    const usages = asked.includeUsage ? { usage: null } : {};
    return eventStream(async (send) => {
      const outbox = new Outbox();
      const reading = Promise.all(drawn.map(async (one) => {
        for await (const piece of piecesOf(one, count)) outbox.add(one.index, piece);
      })).finally(() => outbox.close());
      reading.catch(() => {}); // thrown below
      for (let pieces = await outbox.take(); pieces.length > 0; pieces = await outbox.take()) {
        for (const [index, piece] of pieces) {
          await send({ ...frame, choices: [choiceOf(index, piece)], ...usages });
        }
      }
      await reading;
      if (asked.includeUsage) await send({ ...frame, choices: [], usage });
    }, { failed, left: leave });
  } catch (error) {
    const told = errorOf(error, signal);
    left.abort(); // the other texts
    throw told;
  }
}

/** Asks for all texts, and waits until one of them comes, or one is refused. */
async function begin(open: Open, asked: CompletionRequest, signal: AbortSignal): Promise<Drawn[]> {
  const { vocabulary } = open;
  const { prompts, n, length, temperature, topP, seed, stop, echo, logprobs } = asked;
  const scores = echo && logprobs !== undefined
    ? await Promise.all(prompts.map((ids) => open.scores.score(ids, { top: logprobs, signal })))
    : [];
  const drawn = prompts.flatMap((prefix, p) =>
    Array.from({ length: n }, (_, i): Drawn => {
      const index = p * n + i;
      const spaced = vocabulary.kind === "word" && asked.spaced[p]!;
      const text = new ChoiceText(vocabulary, { ids: prefix, echo, spaced });
      const drawing = { spaced, temperature, topP, seed, stop, stream: index, signal };
      const listing = { logProbabilities: logprobs !== undefined, top: logprobs ?? 0 };
      const tokens = length === 0 ? undefined : open.batcher.ask({ prefix, length, ...drawing, ...listing });
      const first = tokens?.next();
      first?.catch(() => {}); // thrown where it is read
      return { index, text, scores: scores[p], tokens, first };
    })
  );
  await Promise.race(drawn.map(({ first }) => first));
  return drawn;
}

/** A text as it comes, the echo first. */
async function* piecesOf(
  { text, scores, tokens, first }: Drawn,
  count: () => void,
): AsyncGenerator<Piece, void, void> {
  yield text.echo(scores);
  if (!tokens) return yield { text: "", tokens: [], end: "length" };
  try {
    for (let next = await first!; !next.done; next = await tokens.next()) {
      count();
      yield text.push(next.value);
    }
  } finally {
    await tokens.return();
  }
}

function logprobsOf(tokens: readonly Token[]): object {
  return {
    tokens: tokens.map(({ token }) => token),
    token_logprobs: tokens.map(({ logProbability }) => logProbability),
    top_logprobs: tokens.map(({ top }) => top),
    text_offset: tokens.map(({ offset }) => offset),
  };
}

/** What somebody is told of an error, before the texts beside it are ended. */
function errorOf(error: unknown, signal: AbortSignal): unknown {
  if (error instanceof BusyError) {
    return new ApiError(429, error.message, { code: "rate_limit_exceeded", headers: { "retry-after": "1" } });
  }
  if (signal.aborted) return new ApiError(499, "Cannot answer as nobody listens any more");
  if (error instanceof DeviceError || error instanceof EndedError) return new ApiError(503, error.message);
  if (error instanceof RangeError) return new ApiError(500, error.message);
  return error;
}
