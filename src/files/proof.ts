/**
 * A file that proves itself: its metadata holds the SHA-256 of the whole file, taken with the field itself blanked. It is
 * proof against damage, and none against forgery.
 *
 * @module
 */
import { errorNaming } from "../messages/naming.ts";
import { unreadable } from "./unreadable.ts";

/** The key of the field. */
export const PROOF = "refrain.sha256";

/** What the field holds while the hash is taken, and for good where there is no WebCrypto to take it. */
export const BLANK: string = "0".repeat(64);

/** What a proof says of a file: that it is whole; that nobody could take or check the hash; or that it has none. */
export type Verdict = "whole" | "unchecked" | "none";

const DIGITS = /^[0-9a-f]{64}$/;

/**
 * Puts the hash of a file into its blank field.
 *
 * @param bytes A safetensors file whose metadata has {@linkcode BLANK} under {@linkcode PROOF}; they are changed.
 * @returns The same bytes.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { encodeSafetensors } from "./safetensors.ts";
 *
 * const bytes = await seal(encodeSafetensors({}, { [PROOF]: BLANK }));
 * assertEquals(await verdictOf(bytes), "whole");
 * ```
 */
export async function seal(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const place = placeOf(bytes);
  const hash = await hashOf(bytes);
  if (place !== undefined && hash !== undefined) bytes.set(new TextEncoder().encode(hash), place);
  return bytes;
}

/**
 * Takes the hash of a file again.
 *
 * @param bytes A safetensors file.
 * @returns Whether it is whole.
 * @throws {SyntaxError} If it has changed since it was sealed.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { encodeSafetensors } from "./safetensors.ts";
 *
 * assertEquals(await verdictOf(encodeSafetensors({}, { format: "pt" })), "none");
 * ```
 */
export async function verdictOf(bytes: Uint8Array): Promise<Verdict> {
  const place = placeOf(bytes);
  if (place === undefined) return "none";
  const stated = textOf(bytes, place, BLANK.length);
  if (!DIGITS.test(stated)) throw changed();
  const blank = bytes.slice();
  blank.fill("0".charCodeAt(0), place, place + BLANK.length);
  const hash = stated === BLANK ? undefined : await hashOf(blank);
  if (hash === undefined) return "unchecked";
  if (hash !== stated) throw changed();
  return "whole";
}

function changed(): SyntaxError {
  return unreadable("it has changed since it was written: its SHA-256 is another one");
}

/**
 * The sentence of a file that is not as it was written: why that may be, and how to take it all the same.
 *
 * @param task What cannot be done, and the file: "load the model as its file".
 * @param cause What verdictOf() threw.
 * @returns The error, to be thrown.
 */
export function hasChanged(task: string, cause: unknown): SyntaxError {
  return errorNaming(SyntaxError, (option) => {
    const flag = option("acceptChangedWeights");
    return `Cannot ${task} has changed since refrain wrote it: it is damaged, or another program wrote it ` +
      `again, which ${flag.startsWith("--") ? flag : "{ verify: false }"} takes`;
  }, { cause });
}

/** Where the field's digits begin; undefined where there is none. */
function placeOf(bytes: Uint8Array): number | undefined {
  if (bytes.length < 8) return undefined;
  const length = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  const end = length > BigInt(bytes.length - 8) ? bytes.length : 8 + Number(length);
  const key = `"${PROOF}":"`;
  const header = textOf(bytes, 8, end - 8);
  const found = header.indexOf(key);
  if (found < 0 || found + key.length + BLANK.length > header.length) return undefined;
  return 8 + found + key.length;
}

/** Bytes as a text of as many characters. */
function textOf(bytes: Uint8Array, start: number, length: number): string {
  return new TextDecoder("latin1").decode(bytes.subarray(start, start + length));
}

/** The hash in hexadecimal; undefined on a page without WebCrypto, as one over plain http from another machine. */
async function hashOf(bytes: Uint8Array<ArrayBuffer>): Promise<string | undefined> {
  const { subtle } = crypto as { subtle?: SubtleCrypto };
  if (!subtle) return undefined;
  const hash = new Uint8Array(await subtle.digest("SHA-256", bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
