/**
 * Where a training or a text waits while it is held.
 *
 * @module
 */

/** A gate, which is open at first. */
export class Gate {
  #shut: PromiseWithResolvers<void> | undefined;

  /** What to wait for; undefined while it is open. */
  get opened(): Promise<void> | undefined {
    return this.#shut?.promise;
  }

  /** Holds who comes from now on. */
  shut(): void {
    this.#shut ??= Promise.withResolvers();
  }

  /** Lets all go on. */
  open(): void {
    this.#shut?.resolve();
    this.#shut = undefined;
  }
}
