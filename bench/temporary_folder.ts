/**
 * Folders of benchmarks, which go when they end, or when a signal ends the program.
 *
 * @module
 */
import { atEnd } from "./ends.ts";

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
  const end = atEnd(() => Deno.removeSync(path, { recursive: true }));
  return { path, [Symbol.dispose]: () => end[Symbol.dispose]() };
}
