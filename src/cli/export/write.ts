/**
 * A file that `export` writes.
 *
 * @module
 */
import { writeFileAtomic } from "../../files/atomic_file.ts";
import { fileError } from "../../files/file_error.ts";
import { isGranted } from "../../files/permissions.ts";

/**
 * Writes all of it or nothing, where its folder is granted; a file for which it is not is written as it is.
 *
 * @param path The file.
 * @param bytes What is in it.
 * @throws {RangeError} If it cannot be written.
 */
export async function write(path: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  const folder = path.replace(/[^/\\]*$/, "") || ".";
  if (isGranted("write", folder)) return await writeFileAtomic(path, bytes);
  try {
    await Deno.writeFile(path, bytes);
  } catch (error) {
    throw fileError(`write "${path}"`, "folder", error);
  }
}
