/**
 * The bytes of a file within a zip.
 *
 * @module
 */
import type { ZipEntry } from "../../files/zip.ts";
import { joinBytes } from "../../join_bytes.ts";

/**
 * Reads a file within a zip: one that is stored is a part of the zip, and is not copied.
 *
 * @param entry The file.
 * @returns Its bytes.
 * @throws {SyntaxError} If it is damaged.
 */
export async function entryBytes(entry: ZipEntry): Promise<Uint8Array> {
  const chunks = await Array.fromAsync(entry.chunks());
  return chunks.length === 1 ? chunks[0]! : joinBytes(chunks);
}
