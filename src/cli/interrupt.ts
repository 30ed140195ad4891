/**
 * Ctrl-C: the first asks the work to stop where it can go on from, the second ends the program at once.
 *
 * @module
 */

/** Listens to SIGINT until it is disposed. */
export class Interrupt implements Disposable {
  readonly #controller: AbortController = new AbortController();
  readonly #listener = (): void => {
    if (this.signal.aborted) Deno.exit(130);
    this.#controller.abort();
    console.error("\nStopping after this step; once more ends at once");
  };

  /** Begins to listen. */
  constructor() {
    Deno.addSignalListener("SIGINT", this.#listener);
  }

  /** Aborted by the first Ctrl-C. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Stops listening. */
  [Symbol.dispose](): void {
    Deno.removeSignalListener("SIGINT", this.#listener);
  }
}
