/** Bodies of requests to a server: prompts, tokens, options, and bytes that are no JSON; a good request comes behind each. @module */
import { assert, assertEquals } from "@std/assert";
import { openDevice, Vocabulary } from "../../../mod.ts";
import type { Random } from "../../../src/random.ts";
import { ModelServer } from "../../../src/serve.ts";
import { makeModel } from "../../support/language_models.ts";
import { drawBytes, drawText, mutateBytes, mutateJson, mutateText, oneIn, pick } from "../mutate.ts";
import type { Door } from "../door.ts";
import { checkAnswer } from "../answers.ts";

type Body = Record<string, unknown>;

/** A request's path and the bytes of its body. */
interface Input {
  readonly path: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

const TEXT = "we 分开 two.\nlong don't ";
const VOCABULARIES: Readonly<Record<string, Vocabulary>> = Object.fromEntries(
  (["character", "byte", "word"] as const).flatMap((kind) =>
    (["error", "skip", "replace"] as const).filter((unknown) => kind !== "byte" || unknown === "error").map(
      (unknown) => [
        `${kind}-${unknown}`,
        Vocabulary.fromText(TEXT, { kind, ...(kind === "byte" ? {} : { unknown }) }),
      ],
    )
  ),
);
const MODELS = Object.keys(VOCABULARIES);

/** Prompts of every form. */
const PROMPTS: readonly unknown[] = ["we 分开", "two.", ["we", " don't"], [1, 2, 0], [[3], [1, 1]]];
/** Fields of completions, each with values of which some are wrong. */
const FIELDS: Readonly<Record<string, readonly unknown[]>> = {
  n: [1, 2, 3, 128, 0],
  max_tokens: [0, 1, 9, 40, -1],
  temperature: [0, 0.5, 1, 1e-30, 1e30, -0],
  top_p: [0, 1e-9, 0.5, 1, 1.1],
  seed: [0, 7, 2 ** 32, 2 ** 53 - 1, 2 ** 53],
  stop: ["w", ["分", "e "], [], "\n", ["", "a"], Array(64).fill("zz")],
  echo: [true, false],
  logprobs: [0, 1, 5, 6],
  stream: [true, false],
  stream_options: [{ include_usage: true }, { include_usage: false, include_obfuscation: false }, {}],
  best_of: [1, 2],
  suffix: ["", "end"],
  logit_bias: [{}, { 1: 5 }],
  user: ["me"],
};
/** Tokens that a text of a case may have, as it is drawn to its end, and that a server takes. */
const LONGEST = 40;
const MOST_TOKENS = 100_000;

function drawBody(random: Random): [path: string, body: Body] {
  const model = pick(MODELS, random);
  const kinds: Readonly<Record<string, () => Body>> = {
    "/v1/completions": () => {
      const drawn = Array.from({ length: random.integer(5) }, () => pick(Object.keys(FIELDS), random));
      const fields = drawn.map((name) => [name, pick(FIELDS[name]!, random)]);
      return { model, prompt: pick(PROMPTS, random), ...Object.fromEntries(fields) };
    },
    "/tokenize": () => ({ model, prompt: oneIn(3, random) ? drawText(random) : pick(PROMPTS, random) }),
    "/detokenize": () => ({ model, tokens: pick([[0, 1, 2], [5], [], [3, 99]], random) }),
  };
  const path = pick(["/v1/completions", "/v1/completions", "/tokenize", "/detokenize"], random);
  return [path, kinds[path]!()];
}

function drawInput(random: Random): Input {
  const [path, good] = drawBody(random);
  const body = oneIn(3, random) ? good : mutateJson(good, random) as Body;
  const text = JSON.stringify(body);
  const made = [
    () => encode(mutateText(text, random)),
    () => mutateBytes(encode(text), random),
    () => encode(drawText(random)),
    () => drawBytes(random, random.integer(20)),
  ];
  return { path, bytes: shorten(oneIn(8, random) ? pick(made, random)() : encode(text)) };
}

const encode = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

/** What bytes hold; undefined where that is no object. */
function bodyIn(bytes: Uint8Array): Body | undefined {
  try {
    const body = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return typeof body === "object" && body !== null && !Array.isArray(body) ? body : undefined;
  } catch {
    return undefined;
  }
}

/** Makes the texts that are asked for short, where they may be long. */
function shorten(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const body = bodyIn(bytes);
  const length = body?.max_tokens as number;
  const isLong = Number.isInteger(length) && length > LONGEST && length <= MOST_TOKENS;
  return isLong ? encode(JSON.stringify({ ...body, max_tokens: LONGEST })) : bytes;
}

/** The error's sentence; it names the field that it means, where there is one. */
async function refusalOf(response: Response, body: Body | undefined): Promise<RangeError> {
  const { error, ...others } = await response.json();
  assertEquals([Object.keys(others), Object.keys(error)], [[], ["message", "type", "param", "code"]]);
  assertEquals([error.type, response.headers.get("content-type")], [
    "invalid_request_error",
    "application/json",
  ]);
  const { status } = response;
  if (status === 400 && body === undefined) assertEquals(error.param, null);
  else if (status === 404) assertEquals([error.param, error.code], ["model", "model_not_found"]);
  else {
    assertEquals(status, 400, error.message);
    const fields = [...Object.keys(body!), "model", "prompt", "tokens"];
    assert(fields.includes(error.param), `${error.param} is named: ${error.message}`);
  }
  return new RangeError(error.message);
}

/** The door. */
export const requests: Door<Input> = {
  name: "requests",
  async open() {
    const device = await openDevice("wasm", { threads: 1, memoryBytes: 2 ** 26 });
    const errors: unknown[] = [];
    const models = Object.entries(VOCABULARIES).map(([name, vocabulary]) => {
      const model = makeModel(device, { vocabularySize: vocabulary.size, cell: "lstm", hiddenSize: 5 });
      return [name, { model, vocabulary }] as const;
    });
    const server = new ModelServer({
      models: Object.fromEntries(models),
      onError: (error) => errors.push(error),
    });
    const ask = (path: string, body: BodyInit): Promise<Response> => {
      const headers = { "content-type": "application/json" };
      return server.fetch(new Request(`http://127.0.0.1:8000${path}`, { method: "POST", headers, body }));
    };
    const good = async (model: string): Promise<string> => {
      const body = { model, prompt: "we", max_tokens: 4, seed: 3, logprobs: 1, echo: true };
      const response = await ask("/v1/completions", JSON.stringify(body));
      assertEquals(response.status, 200);
      return JSON.stringify((await response.json()).choices);
    };
    const wanted = new Map<string, string>();
    for (const name of MODELS) wanted.set(name, await good(name));
    return {
      draw: drawInput,
      async use({ path, bytes }) {
        const body = bodyIn(bytes);
        const response = await ask(path, bytes);
        const told = errors.splice(0);
        if (told.length > 0) throw told[0];
        const refusal = response.ok ? undefined : await refusalOf(response, body);
        if (response.ok) await checkAnswer(path, body!, response);
        const name = MODELS.includes(String(body?.model)) ? String(body!.model) : MODELS[0]!;
        assertEquals(await good(name), wanted.get(name), "a good request behind it");
        if (refusal) throw refusal;
      },
      held: () => device.memory.used,
      [Symbol.asyncDispose](): Promise<void> {
        server[Symbol.dispose]();
        device[Symbol.dispose]();
        return Promise.resolve();
      },
    };
  },
};
