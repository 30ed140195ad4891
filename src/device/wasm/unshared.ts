/**
 * A build for one thread, made of the one for many: they differ in a single byte, which says that the memory is shared.
 *
 * @module
 */

/** What a module says of the memory that it imports: the names "env" and "memory", that it is a memory, its flags. */
const IMPORT = "\x03env\x06memory\x02\x03";
/** Flags of a memory that has a maximum, and is not shared. */
const BOUNDED = 1;

/**
 * Makes a module take a memory that is not shared.
 *
 * @param bytes A build of the kernels, which is changed.
 * @returns The same.
 */
export function unshared(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const at = new TextDecoder("latin1").decode(bytes.subarray(0, 65536)).indexOf(IMPORT);
  bytes[at + IMPORT.length - 1] = BOUNDED;
  return bytes;
}
