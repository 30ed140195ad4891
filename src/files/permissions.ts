/**
 * What Deno lets this process do with files, and the flags that let it do more. Nothing here asks anybody.
 *
 * @module
 */
import { shellWord } from "../messages/shell_word.ts";

/** What can be granted for a path. */
export type Access = "read" | "write";

/**
 * Tells whether something has been granted, so that what a program can do without is left out instead of asked for.
 *
 * @param access What would be done.
 * @param path With which file or folder.
 * @returns Whether that has been granted before.
 *
 * @example Usage
 * ```ts
 * import { assert } from "@std/assert";
 *
 * assert(isGranted("read", "deno.json"));
 * ```
 */
export function isGranted(access: Access, path: string): boolean {
  return path !== "" && Deno.permissions.querySync({ name: access, path }).state === "granted";
}

/**
 * The flag of `deno run` that grants something for paths and what lies below them.
 *
 * @param access What is granted.
 * @param paths The files and folders. Deno parts them at commas and knows no way to write one: where a path has one, the
 * folder above stands for it.
 * @returns The flag, not quoted for a shell.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(grantingFlag("read", ["a.txt", "runs"]), "--allow-read=a.txt,runs");
 * assertEquals(grantingFlag("write", ["poems/one, two.txt"]), "--allow-write=poems");
 * ```
 */
export function grantingFlag(access: Access, paths: readonly string[]): string {
  return `--allow-${access}=${[...new Set(paths.map(withoutComma))].join(",")}`;
}

/**
 * What stands for a path in a flag of Deno.
 *
 * @param path A file or folder.
 * @returns The path; where it has a comma, the folder above.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(withoutComma("poems/one, two.txt"), "poems");
 * ```
 */
export function withoutComma(path: string): string {
  const comma = path.indexOf(",");
  if (comma < 0) return path;
  const end = Math.max(path.lastIndexOf("/", comma), path.lastIndexOf("\\", comma));
  if (end < 0) return ".";
  return path.slice(0, end) || "/";
}

/**
 * What to do about a call that Deno did not permit.
 *
 * @param error What the call threw.
 * @returns "run with --allow-read=a.txt", for a shell; undefined where it threw for another reason.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const error = new Deno.errors.NotCapable('Requires read access to "a.txt", run again with the --allow-read flag');
 * assertEquals(adviceFor(error), "run with --allow-read=a.txt");
 * ```
 */
export function adviceFor(error: unknown): string | undefined {
  if (!(error instanceof Deno.errors.NotCapable)) return undefined;
  const [, access, path] = /^Requires (read|write) access to "(.*)", /s.exec(error.message) ?? [];
  if (access === undefined || path === undefined) { // what is no usual file, as those of /proc
    const [flag] = /--allow-[a-z-]+/.exec(error.message) ?? [];
    return `${verb()} with ${flag ?? "--allow-all"}`;
  }
  return grantingAdvice([grantingFlag(access as Access, [targetOf(path)])]);
}

/**
 * What to do where flags are lacking.
 *
 * @param flags The flags.
 * @returns "run with --allow-read=a.txt --allow-write=run", for a shell.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(grantingAdvice(["--allow-read=a.txt"]), "run with --allow-read=a.txt");
 * ```
 */
export function grantingAdvice(flags: readonly string[]): string {
  const words = flags.map((flag) => shellWord(flag, Deno.build.os === "windows"));
  return `${verb()} with ${words.join(" ")}`;
}

/** What a program of `deno compile` may do is said when it is made. */
function verb(): string {
  return Deno.build.standalone ? "compile" : "run";
}

/** What is granted for a path: of a file that is made beside another one for a moment, the folder. */
function targetOf(path: string): string {
  const [, folder] = /^(.*[/\\])?[^/\\]+\.[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\.tmp$/s.exec(path) ??
    [path, path];
  if (folder === undefined) return ".";
  return folder.length > 1 ? folder.replace(/[/\\]$/, "") : folder;
}
