/**
 * Whether WebAssembly checks the bounds of its memory here: V8 leaves that out where a flag says so, as turbo's does, and
 * tells nobody of its flags.
 *
 * @module
 */
import { decodeBase64 } from "./features.ts";

/**
 * Loads the first byte of a memory of 64-bit addresses as the one at 8 beyond -8. The sum wraps around to 0, so that the load
 * harms nothing; whoever checks the address -8 by itself traps.
 *
 *     (memory i64 1) (func (export "f") (result i32) (i32.load8_u offset=8 (i64.const -8)))
 */
const PROBE = "AGFzbQEAAAABBQFgAAF/AwIBAAUEAQUBAQcFAQFmAAAKCQEHAEJ4LQAICw==";

let known: boolean | undefined;

/**
 * Tells by one load, in less than a millisecond.
 *
 * @returns Whether bounds are checked; true where that cannot be known.
 */
export function checksBounds(): boolean {
  known ??= traps();
  return known;
}

function traps(): boolean {
  try {
    const { exports } = new WebAssembly.Instance(
      new WebAssembly.Module(decodeBase64(PROBE) as Uint8Array<ArrayBuffer>),
    );
    (exports as { f(): number }).f();
    return false;
  } catch {
    return true; // or 64-bit addresses are unknown here
  }
}
