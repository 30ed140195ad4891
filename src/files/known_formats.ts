/**
 * What a file is that is no text, by its first bytes.
 *
 * @module
 */

/** Names, where the bytes are, and the bytes: a text is the Latin-1 of them. */
const FORMATS: readonly [name: string, offset: number, signature: string][] = [
  ["a gzip file", 0, "\x1f\x8b"],
  ["a zip file", 0, "PK\x03\x04"],
  ["a zip file", 0, "PK\x05\x06"],
  ["a zip file", 0, "PK\x07\x08"],
  ["a tar archive", 257, "ustar"],
  ["a bzip2 file", 0, "BZh"],
  ["an xz file", 0, "\xfd7zXZ\0"],
  ["a zstd file", 0, "\x28\xb5\x2f\xfd"],
  ["a 7z archive", 0, "7z\xbc\xaf\x27\x1c"],
  ["a RAR archive", 0, "Rar!\x1a\x07"],
  ["a PDF file", 0, "%PDF-"],
  ["a document of an old office program", 0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"],
  ["a PNG image", 0, "\x89PNG\r\n"],
  ["a JPEG image", 0, "\xff\xd8\xff"],
  ["a GIF image", 0, "GIF8"],
  ["an SQLite database", 0, "SQLite format 3\0"],
  ["a Parquet file", 0, "PAR1"],
  ["an HDF5 file", 0, "\x89HDF\r\n"],
  ["a program", 0, "\x7fELF"],
];

/**
 * Names what a file is by its first bytes.
 *
 * @param head The first bytes, 512 or more where there are as many.
 * @returns "a PDF file"; undefined where nothing is known of them, as of a text.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const bytes = (text: string) => new TextEncoder().encode(text);
 * assertEquals(knownFormat(bytes("%PDF-1.7")), "a PDF file");
 * assertEquals(knownFormat(bytes("A poem")), undefined);
 * ```
 */
export function knownFormat(head: Uint8Array): string | undefined {
  return FORMATS.find(([, offset, signature]) =>
    [...signature].every((character, i) => head[offset + i] === character.charCodeAt(0))
  )?.[0];
}
