/**
 * What each request of the page does. What ends early throws its signal's reason.
 *
 * @module
 */
import { Corpus, encodeModel, generate, type Generated, inspect } from "../../../mod.ts";
import type { Answer, Request } from "../protocol.ts";
import { deviceFacts } from "./devices.ts";
import type { Gate } from "./gate.ts";
import { adopt, current, type Held, modelFacts, newest, open } from "./models.ts";
import { trainOn } from "./training.ts";

/** An answer but for its id. */
export type Said = Answer extends infer A ? A extends { id: number } ? Omit<A, "id"> : never : never;

/** How a request is answered. */
export interface Call {
  say(said: Said, transfer?: Transferable[]): void;
  readonly signal: AbortSignal;
  /** What a training passes between two steps, and a text between two characters. */
  readonly gate: Gate;
}

/** Milliseconds between two messages with pieces of text: a page draws no faster. */
const BEAT = 30;

/** Does what a request asks for, all but those that are of another request. */
export async function answer(request: Request, call: Call): Promise<void> {
  switch (request.kind) {
    case "open":
      return call.say(openedOf(await open(request.bytes, request)));
    case "adopt":
      return call.say(openedOf(adopt()));
    case "generate":
      return await pieces(request, call);
    case "inspect":
      return await inspection(request, call);
    case "train":
      return await trainOn(request.text, request.options ?? {}, call);
    case "save": {
      const { model, vocabulary } = newest();
      const { buffer } = await encodeModel(model, vocabulary);
      return call.say({ kind: "saved", bytes: buffer }, [buffer]);
    }
  }
}

function openedOf(held: Held): Said {
  return { kind: "opened", device: deviceFacts(held.model.device), facts: modelFacts(held) };
}

/** A text or several, a message each beat. */
async function pieces(request: Request & { kind: "generate" }, { say, signal, gate }: Call): Promise<void> {
  const { prefix, count, length, temperature, topK, topP, seed, top } = request;
  const given = Object.entries({ count, length, temperature, topK, topP, seed, top });
  const options = Object.fromEntries(given.filter(([, value]) => value !== undefined));
  const { model, vocabulary } = current();
  let waiting: Generated[] = [];
  let last = 0; // the first piece is told at once
  const flush = (): void => {
    if (waiting.length > 0) say({ kind: "pieces", pieces: waiting });
    waiting = [];
    last = performance.now();
  };
  try {
    const asked = { ...options, logProbabilities: true, prefix, signal };
    for await (const piece of generate(model, vocabulary, asked)) {
      waiting.push(piece);
      if (performance.now() - last >= BEAT || gate.opened) flush();
      await gate.opened;
    }
  } finally {
    flush();
  }
  say({ kind: "done" });
}

async function inspection(request: Request & { kind: "inspect" }, { say, signal }: Call): Promise<void> {
  const { model, vocabulary } = current();
  // A text from anywhere has characters that a small model has never seen.
  const lenient = vocabulary.unknown === "error" ? { unknown: "skip" } as const : {};
  const corpus = Corpus.fromText(request.text, { vocabulary, ...lenient });
  const { unknown } = corpus.counts;
  const top = request.top === undefined ? {} : { top: request.top };
  say({ kind: "inspected", inspection: await inspect(model, corpus, { ...top, signal }), unknown });
}
