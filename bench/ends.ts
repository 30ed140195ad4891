/**
 * What a benchmark leaves behind goes when a signal ends the program.
 *
 * @module
 */

/** What ends a program from outside, with its number. */
const SIGNALS: readonly [Deno.Signal, number][] = Deno.build.os === "windows"
  ? [["SIGINT", 2]]
  : [["SIGHUP", 1], ["SIGINT", 2], ["SIGTERM", 15]];

/**
 * Cleans up at a signal, and ends the program.
 *
 * @param clean Cleans up.
 * @returns What cleans up without a signal.
 */
export function atEnd(clean: () => void): Disposable {
  const listeners = SIGNALS.map(([signal, number]) => {
    const listener = (): never => {
      clean();
      Deno.exit(128 + number);
    };
    Deno.addSignalListener(signal, listener);
    return [signal, listener] as const;
  });
  return {
    [Symbol.dispose](): void {
      for (const [signal, listener] of listeners) Deno.removeSignalListener(signal, listener);
      clean();
    },
  };
}
