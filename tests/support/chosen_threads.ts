/**
 * Devices of WebAssembly that take as many threads as a test says, whatever is faster.
 *
 * @module
 */
import { type ThreadChoice, ThreadChoices } from "../../src/device/wasm/thread_choices.ts";

/**
 * Takes the choice of threads from all devices, until it is disposed.
 *
 * @param next How many threads the next run takes: all of its device, or 1.
 */
export function chooseThreads(next: () => number): Disposable {
  const { of } = ThreadChoices.prototype;
  ThreadChoices.prototype.of = () => ({ next, took: () => {} }) as unknown as ThreadChoice;
  return {
    [Symbol.dispose](): void {
      ThreadChoices.prototype.of = of;
    },
  };
}
