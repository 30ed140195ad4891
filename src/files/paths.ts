/**
 * What lies where: files, folders and links, their sizes and times. Paths are joined with "/", which Windows takes as
 * well.
 *
 * @module
 */
import { fileError } from "./file_error.ts";
import { isGranted } from "./permissions.ts";

/** What lies at a path. */
export type PathKind = "file" | "folder" | "nothing";

/**
 * Tells how large a file is.
 *
 * @param path The file.
 * @returns Its size in bytes; 0 where there is none.
 * @throws {RangeError} If that cannot be found out.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(await fileSize("no/such.txt"), 0);
 * ```
 */
export async function fileSize(path: string): Promise<number> {
  try {
    return (await Deno.stat(path)).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw fileError(`look for "${path}"`, "file", error);
  }
}

/**
 * Removes a file, or an empty folder.
 *
 * @param path What is removed; a link itself, not what it leads to.
 * @returns Whether something was there.
 * @throws {RangeError} If it cannot be removed.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(await remove("no/such.txt"), false);
 * ```
 */
export async function remove(path: string): Promise<boolean> {
  try {
    await Deno.remove(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw fileError(`remove "${path}"`, "file", error);
  }
}

/**
 * Gives a file another name, in place of what has that name.
 *
 * @param path The file.
 * @param name Its path from then on, in the same folder.
 * @throws {RangeError} If it cannot be renamed.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * await Deno.writeTextFile(`${folder}/old`, "");
 * await rename(`${folder}/old`, `${folder}/new`);
 * assertEquals(await pathKind(`${folder}/new`), "file");
 * ```
 */
export async function rename(path: string, name: string): Promise<void> {
  try {
    await Deno.rename(path, name);
  } catch (error) {
    throw fileError(`rename "${path}"`, "file", error);
  }
}

/**
 * Tells what lies at a path; links are followed.
 *
 * @param path The path.
 * @returns What it is: anything that is not a folder counts as a file.
 * @throws {RangeError} If that cannot be found out.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(await pathKind(await Deno.makeTempDir()), "folder");
 * ```
 */
export async function pathKind(path: string): Promise<PathKind> {
  try {
    return (await Deno.stat(path)).isDirectory ? "folder" : "file";
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return "nothing";
    throw fileError(`look for "${path}"`, "file", error);
  }
}

/**
 * Tells whether a path is a link.
 *
 * @param path The path.
 * @returns Whether it is one; false where there is nothing.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(await isLink(await Deno.makeTempDir()), false);
 * ```
 */
export async function isLink(path: string): Promise<boolean> {
  try {
    return (await Deno.lstat(path.replace(/[/\\]+$/, ""))).isSymlink;
  } catch {
    return false;
  }
}

/**
 * Tells whether two paths mean one file, whatever they are written like; links are followed.
 *
 * @param path A path.
 * @param other The other one.
 * @returns Whether the same file or folder lies at both; false where there is nothing.
 * @throws {RangeError} If that cannot be found out.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const path = await Deno.makeTempDir();
 * assertEquals([await isSameFile(path, `${path}/../${path.split("/").at(-1)}/`), await isSameFile(path, "none")], [true, false]);
 * ```
 */
export async function isSameFile(path: string, other: string): Promise<boolean> {
  const places: Deno.FileInfo[] = [];
  for (const name of [path, other]) {
    try {
      places.push(await Deno.stat(name));
    } catch (error) {
      if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return false;
      throw fileError(`look for "${name}"`, "file", error);
    }
  }
  const [one, another] = places as [Deno.FileInfo, Deno.FileInfo];
  return one.ino !== null && one.ino === another.ino && one.dev === another.dev;
}

/**
 * Tells whether there is anything at a path.
 *
 * @param path The path.
 * @returns Whether a file or folder is there.
 * @throws {RangeError} If that cannot be found out.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(await exists("no/such.txt"), false);
 * ```
 */
export async function exists(path: string): Promise<boolean> {
  return await pathKind(path) !== "nothing";
}

/**
 * Tells when a file was last written.
 *
 * @param path The file.
 * @returns Milliseconds since 1970; 0 where the system does not know, or there is no such file.
 * @throws {RangeError} If that cannot be found out.
 *
 * @example Usage
 * ```ts
 * import { assert } from "@std/assert";
 *
 * const path = await Deno.makeTempFile();
 * assert(await modificationTime(path) > 0);
 * ```
 */
export async function modificationTime(path: string): Promise<number> {
  try {
    return (await Deno.stat(path)).mtime?.getTime() ?? 0;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0; // it has gone since it was listed, or is a link to nothing
    throw fileError(`look for "${path}"`, "file", error);
  }
}

/**
 * Makes a folder, and those above it.
 *
 * @param path The folder.
 * @returns Whether this call made it; false when it was there before. Of two that make the same one at the same time,
 * exactly one gets true.
 * @throws {RangeError} If it cannot be made, or a file is in its place.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const path = `${await Deno.makeTempDir()}/runs/first`;
 * assertEquals([await makeDirectory(path), await makeDirectory(path)], [true, false]);
 * ```
 */
export async function makeDirectory(path: string): Promise<boolean> {
  try {
    try {
      await Deno.mkdir(path); // who may write here alone need not be asked for what is above
    } catch (error) {
      const above = /^(.*[^/\\])[/\\]+[^/\\]+[/\\]*$/s.exec(path)?.[1];
      if (above === undefined || !(error instanceof Deno.errors.NotFound)) throw error;
      if (isGranted("write", above)) await Deno.mkdir(above, { recursive: true });
      else { // what is above is made for whoever may write here; the folder itself again, by one process alone
        await Deno.mkdir(path, { recursive: true });
        await Deno.remove(path);
      }
      await Deno.mkdir(path);
    }
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists && await pathKind(path) === "folder") return false;
    throw fileError(`make folder "${path}"`, "folder", error);
  }
}

/**
 * Lists a folder.
 *
 * @param path The folder.
 * @returns The names in it, in the order of their UTF-16 units.
 * @throws {RangeError} If it cannot be read.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(await listNames(await Deno.makeTempDir()), []);
 * ```
 */
export async function listNames(path: string): Promise<string[]> {
  try {
    const names: string[] = [];
    for await (const entry of Deno.readDir(path)) names.push(entry.name);
    return names.sort();
  } catch (error) {
    throw fileError(`list folder "${path}"`, "folder", error);
  }
}

/**
 * Lists the folders in a folder, and the links to folders.
 *
 * @param path The folder.
 * @returns Their names, in the order of their UTF-16 units.
 * @throws {RangeError} If it cannot be read.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const path = await Deno.makeTempDir();
 * await makeDirectory(`${path}/first`);
 * await Deno.writeTextFile(`${path}/notes.txt`, "");
 * assertEquals(await listDirectories(path), ["first"]);
 * ```
 */
export async function listDirectories(path: string): Promise<string[]> {
  const names = await listNames(path);
  const kinds = await Promise.all(names.map((name) => pathKind(`${path}/${name}`)));
  return names.filter((_, i) => kinds[i] === "folder");
}
