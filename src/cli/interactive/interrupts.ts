/**
 * Ctrl-C while texts are typed: it stops the continuation that runs; where none does, or at once again, the program ends.
 *
 * @module
 */
import { stderr } from "../output.ts";

/** The exit code of SIGINT. */
const CODE = 130;

/** Listens until it is disposed. */
export class Interrupts implements Disposable {
  #running: AbortController | undefined;
  readonly #listener = (): void => this.#interrupt();

  /** Begins to listen. */
  constructor() {
    Deno.addSignalListener("SIGINT", this.#listener);
  }

  /** A continuation begins: gives what stops it. */
  begin(): AbortSignal {
    this.#running = new AbortController();
    return this.#running.signal;
  }

  /** It has ended. */
  end(): void {
    this.#running = undefined;
  }

  #interrupt(): void {
    if (this.#running && !this.#running.signal.aborted) return this.#running.abort();
    try {
      stderr.lines("");
    } catch {
      // nobody looks at it
    }
    Deno.exit(CODE);
  }

  /** Stops listening. */
  [Symbol.dispose](): void {
    Deno.removeSignalListener("SIGINT", this.#listener);
  }
}
