/**
 * The engine as the page calls it: each request with its answers, until the last one.
 *
 * @module
 */
import { type Engine, startEngine } from "../place.ts";
import type { Answer, Request } from "../protocol.ts";

/** A request but for its id. */
export type Asked = Request extends infer R ? R extends { id: number } ? Omit<R, "id"> : never : never;

/** Answers after which none follows. */
const LAST: readonly Answer["kind"][] = ["opened", "inspected", "saved", "done", "error"];

/** What is under way. */
export interface Call {
  /** The last answer. */
  readonly end: Promise<Answer>;
  /** Asks that it ends, is held, or goes on. */
  steer(kind: "stop" | "pause" | "resume"): void;
}

/** The engine's calls. */
export class Calls {
  readonly #engine: Engine = startEngine();
  readonly #under = new Map<number, (answer: Answer) => void>();
  #last = 0;

  /**
   * Starts the engine.
   *
   * @param onFailure Told where it did not start.
   */
  constructor(onFailure: (message: string) => void) {
    this.#engine.onanswer = (answer): void => this.#under.get(answer.id)?.(answer);
    this.#engine.onfailure = onFailure;
  }

  /**
   * Asks for something.
   *
   * @param asked What.
   * @param parts Who is told of answers before the last, and what is handed over.
   */
  ask(
    asked: Asked,
    { onAnswer, transfer = [] }: { onAnswer?: (answer: Answer) => void; transfer?: Transferable[] } = {},
  ): Call {
    const id = ++this.#last;
    const { promise, resolve } = Promise.withResolvers<Answer>();
    this.#under.set(id, (answer) => {
      if (!LAST.includes(answer.kind)) return onAnswer?.(answer);
      this.#under.delete(id);
      resolve(answer);
    });
    this.#engine.send({ ...asked, id } as Request, transfer);
    const steer: Call["steer"] = (kind) => this.#engine.send({ kind, id: ++this.#last, target: id });
    return { end: promise, steer };
  }
}
