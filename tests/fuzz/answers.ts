/** What must hold of a server's answers, whatever was asked for. @module */
import { assert, assertEquals } from "@std/assert";
import type { Choice, Completion } from "../serve/served.ts";

type Body = Readonly<Record<string, unknown>>;

/** Checks an answer of status 200 to what was posted to a path. */
export async function checkAnswer(path: string, body: Body, response: Response): Promise<void> {
  if (path === "/v1/completions" && body.stream === true) return await checkEvents(response, body);
  const answer = await response.json();
  if (path === "/v1/completions") return checkWhole(answer, body);
  if (path === "/tokenize") {
    assertEquals(answer.count, answer.tokens.length);
    assert(answer.tokens.every((id: unknown) => Number.isInteger(id)));
  } else {
    assertEquals(typeof answer.prompt, "string");
    assert(answer.prompt.isWellFormed());
  }
}

/** Checks a completion that came in events, by what they are together. */
async function checkEvents(response: Response, body: Body): Promise<void> {
  assertEquals(response.headers.get("content-type"), "text/event-stream; charset=utf-8");
  const lines = (await response.text()).split("\n\n");
  assertEquals(lines.splice(-2), ["data: [DONE]", ""]);
  const events = lines.map((line): Completion => JSON.parse(line.replace(/^data: /, "")));
  assertEquals(events.filter(({ error }) => error), []);
  const hasUsage = (body.stream_options as Body | null)?.include_usage === true;
  const usage = hasUsage ? events.pop()!.usage : null;
  if (hasUsage) assert(usage, "the usage comes last");
  const choices: Choice[] = [];
  for (const { choices: [piece] } of events) {
    const before = choices[piece!.index];
    if (!before) choices[piece!.index] = piece!;
    else choices[piece!.index] = joined(before, piece!);
  }
  checkWhole({ choices, usage }, body);
}

function joined(before: Choice, piece: Choice): Choice {
  assertEquals(before.finish_reason, null, "nothing follows the end");
  const { logprobs } = piece;
  for (const name of ["tokens", "token_logprobs", "top_logprobs", "text_offset"] as const) {
    (before.logprobs?.[name] as unknown[] | undefined)?.push(...logprobs![name]);
  }
  return { ...piece, text: before.text + piece.text, logprobs: before.logprobs };
}

function checkWhole({ choices, usage }: Pick<Completion, "choices" | "usage">, body: Body): void {
  const { prompt, n, max_tokens: length, echo, logprobs, stop } = body;
  const several = Array.isArray(prompt) && typeof prompt[0] !== "number";
  assertEquals(choices.length, (several ? prompt.length : 1) * (n as number ?? 1));
  assertEquals(choices.map(({ index }) => index), [...choices.keys()]);
  if (usage) {
    assertEquals(usage.total_tokens, usage.prompt_tokens + usage.completion_tokens);
    assert(usage.completion_tokens <= choices.length * (length as number ?? 16));
  }
  for (const { text, finish_reason: reason, logprobs: lists } of choices) {
    assert(text.isWellFormed(), "no half of a character");
    assert(reason === "stop" || reason === "length");
    if (!echo) {
      for (const one of [stop ?? []].flat()) assert(!text.includes(one as string), "no stop in it");
    }
    assertEquals(lists === null, (logprobs ?? null) === null);
    if (!lists) continue;
    const { tokens, token_logprobs: own, top_logprobs: top, text_offset: offsets } = lists;
    assertEquals([own.length, top.length, offsets.length], Array(3).fill(tokens.length));
    assert(own.every((one, at) => one === null ? echo && at === 0 : one <= 0), "log-probabilities");
    assert(top.every((one, at) => one === null ? echo && at === 0 : own[at] === one[tokens[at]!]));
    assert(offsets.every((offset, at) => offset >= (offsets[at - 1] ?? 0)), "offsets rise");
    assert((offsets.at(-1) ?? 0) <= [...text].length);
  }
}
