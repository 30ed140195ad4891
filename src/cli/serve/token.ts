/**
 * The token that requests must carry, where others than this machine's own programs may ask.
 *
 * @module
 */
import { readFile } from "../../files/atomic_file.ts";
import { decodeText } from "../../data/encoding.ts";

/** Bytes of a random token: 128 bits. */
const BYTES = 16;
/** Characters that a token of a file must have, at least. */
const SHORTEST = 16;

/** A token, and whether it was made here. */
export interface Token {
  readonly token: string | undefined;
  readonly made: boolean;
}

/** Whether an address is known to this machine alone. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[?::1\]?)$/.test(host);
}

/**
 * The token of a server.
 *
 * @param settings Where it listens, and the file that has a token.
 * @returns The file's, else a random one where other machines may ask, else none.
 * @throws {RangeError} If the file has none.
 */
export async function tokenFor(
  { host, tokenFile }: { host: string; tokenFile: string | undefined },
): Promise<Token> {
  if (tokenFile !== undefined) {
    return { token: tokenIn(decodeText(await readFile(tokenFile)), tokenFile), made: false };
  }
  if (isLoopback(host)) return { token: undefined, made: false };
  return { token: crypto.getRandomValues(new Uint8Array(BYTES)).toHex(), made: true };
}

function tokenIn(text: string, path: string): string {
  const token = text.trim();
  if (/^[\x21-\x7e]+$/.test(token) && token.length >= SHORTEST) return token;
  throw new RangeError(
    `Cannot take the token of "${path}" as it must be ${SHORTEST} visible ASCII characters or more, without spaces`,
  );
}
