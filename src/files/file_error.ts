/**
 * The sentences of failed calls of the file system.
 *
 * @module
 */
import { adviceFor } from "./permissions.ts";

/**
 * Makes the error of a failed system call. Deno's messages end in `(os error 2): open 'x'`, which says nothing more.
 *
 * @param task What was tried, "read "a.txt"".
 * @param missing What is not there where nothing is.
 * @param error What the call threw.
 * @returns The error, to be thrown.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const error = new Deno.errors.NotFound("No such file (os error 2): open 'a.txt'");
 * assertEquals(fileError('read "a.txt"', "file", error).message, 'Cannot read "a.txt": no such file');
 * ```
 */
export function fileError(task: string, missing: "file" | "folder", error: unknown): RangeError {
  const message = error instanceof Error ? error.message : String(error);
  const advice = adviceFor(error);
  const reason = advice !== undefined
    ? advice
    : error instanceof Deno.errors.NotFound
    ? `no such ${missing}`
    : error instanceof Deno.errors.IsADirectory && task.startsWith("read")
    ? "it is a folder, so name the file in it"
    : message.replace(/ \(os error.*$/s, "").replace(/^[A-Z]/, (letter) => letter.toLowerCase());
  return new RangeError(`Cannot ${task}: ${reason}`, { cause: error });
}

/** Only Deno has files; the rest of the library runs in browsers too. */
export function assertFiles(task: string): void {
  if ("Deno" in globalThis) return;
  throw new RangeError(`Cannot ${task}: only Deno has files, elsewhere use decodeModel() and encodeModel()`);
}
