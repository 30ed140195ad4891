/**
 * Folders of benchmarks, which go when they end, or when a signal ends the program.
 *
 * @module
 */

/** What ends a program from outside, with its number. */
const SIGNALS: readonly [Deno.Signal, number][] = Deno.build.os === "windows"
  ? [["SIGINT", 2]]
  : [["SIGHUP", 1], ["SIGINT", 2], ["SIGTERM", 15]];

/** A folder for a while. */
export interface TemporaryFolder extends Disposable {
  readonly path: string;
}

/**
 * Makes a folder that is removed with what it holds.
 *
 * @returns Its path, and what removes it.
 */
export function temporaryFolder(): TemporaryFolder {
  const path = Deno.makeTempDirSync({ prefix: "refrain-bench-" });
  const remove = (): void => Deno.removeSync(path, { recursive: true });
  const listeners = SIGNALS.map(([signal, number]) => {
    const listener = (): never => {
      remove();
      Deno.exit(128 + number);
    };
    Deno.addSignalListener(signal, listener);
    return [signal, listener] as const;
  });
  return {
    path,
    [Symbol.dispose](): void {
      for (const [signal, listener] of listeners) Deno.removeSignalListener(signal, listener);
      remove();
    },
  };
}
