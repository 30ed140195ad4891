/** Models that are replaced or vanish while they are asked for. @module */
import { assertEquals } from "@std/assert";
import { openDevice } from "../../mod.ts";
import { ModelServer, type ServedModel } from "../../src/serve.ts";
import { makeModel } from "../support/language_models.ts";
import { completion, events, type Served, VOCABULARY } from "./served.ts";

/** A server whose model is what `now` says. */
async function serveChanging(): Promise<Served & { now: ServedModel | Error; readonly other: ServedModel }> {
  const device = await openDevice("wasm", { threads: 1 });
  const [one, other] = [1, 2].map((seed): ServedModel => ({
    model: makeModel(device, { vocabularySize: VOCABULARY.size, seed }),
    vocabulary: VOCABULARY,
  }));
  const find = (): ServedModel => {
    if (served.now instanceof Error) throw served.now;
    return served.now;
  };
  const server = new ModelServer({ models: { small: find } });
  const served = {
    device,
    server,
    model: one!.model as Served["model"],
    now: one! as ServedModel | Error,
    other: other!,
    [Symbol.dispose](): void {
      server[Symbol.dispose]();
      device[Symbol.dispose]();
    },
  };
  return served;
}

const ASKED = { prompt: "ab", max_tokens: 300, seed: 4 };

Deno.test("who asked before a model was replaced, or vanished, has the text of the one that was", async () => {
  using served = await serveChanging();
  const { choices: [before] } = await completion(served, ASKED);
  const stream = events(served, ASKED);
  await completion(served, { ...ASKED, max_tokens: 1 }); // the stream has begun
  served.now = served.other;
  const { choices: [after] } = await completion(served, ASKED);
  assertEquals(after!.text === before!.text, false);
  served.now = new Error("It is gone");
  const { status, error } = await completion(served, ASKED);
  assertEquals([status, error!.message], [503, "It is gone"]);
  assertEquals((await stream).map(({ choices: [piece] }) => piece!.text).join(""), before!.text);
});

Deno.test("a model that is replaced while its prompts are measured answers who asked", async () => {
  using served = await serveChanging();
  const fields = { ...ASKED, prompt: "abc".repeat(5000), echo: true, logprobs: 1, max_tokens: 5 };
  const before = await completion(served, fields);
  const measured = completion(served, fields);
  await completion(served, { prompt: "a", max_tokens: 1 });
  served.now = served.other;
  assertEquals((await completion(served, { prompt: "a", max_tokens: 1 })).status, 200);
  const { status, choices, error } = await measured;
  assertEquals([status, error], [200, undefined]);
  assertEquals(choices[0]!.text, before.choices[0]!.text);
});
