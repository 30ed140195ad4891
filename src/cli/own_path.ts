/**
 * Where refrain's own files lie, as people could write it.
 *
 * @module
 */

/**
 * The path of a module that is a file.
 *
 * @param url The module's URL.
 * @param folder The current folder.
 * @returns The path, relative where it lies below that folder; undefined of what is no file.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(ownPath("file:///home/a/refrain/mod.ts", "/home/a"), "refrain/mod.ts");
 * assertEquals(ownPath("https://jsr.io/mod.ts", "/home/a"), undefined);
 * ```
 */
export function ownPath(url: string, folder: string = Deno.cwd()): string | undefined {
  const { protocol, pathname } = new URL(url);
  if (protocol !== "file:") return undefined;
  const path = decodeURIComponent(pathname).replace(/^\/(?=[A-Za-z]:)/, "");
  const here = `${folder.replaceAll("\\", "/").replace(/\/$/, "")}/`;
  return path.startsWith(here) ? path.slice(here.length).replace(/^-/, "./-") : path;
}
