/**
 * What this machine's WebAssembly can do, found by validating modules of a few bytes, and base64.
 *
 * @module
 */

/** Each a module with one function that uses the feature. */
const PROBES = {
  // i8x16.popcnt
  simd: [1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11],
  // i8x16.relaxed_swizzle
  relaxed: [
    1,
    5,
    1,
    96,
    0,
    1,
    123,
    3,
    2,
    1,
    0,
    10,
    15,
    1,
    13,
    0,
    65,
    1,
    253,
    15,
    65,
    2,
    253,
    15,
    253,
    128,
    2,
    11,
  ],
  // i32.atomic.load of a shared memory
  threads: [1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 5, 4, 1, 3, 1, 1, 10, 11, 1, 9, 0, 65, 0, 254, 16, 2, 0, 26, 11],
};

/**
 * Whether WebAssembly knows a feature here. Threads need more: {@linkcode singleBecause}.
 *
 * @param feature Fixed-width SIMD, relaxed SIMD, or threads.
 */
export function supports(feature: keyof typeof PROBES): boolean {
  return WebAssembly.validate(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, ...PROBES[feature]]));
}

/**
 * Why there can be one thread only. Threads need shared memory, and a host thread that may block while it waits for them.
 *
 * @returns The reason, undefined where there can be more.
 */
export function singleBecause(): string | undefined {
  if (!supports("threads") || typeof Worker !== "function") return "there are no threads here";
  if (typeof SharedArrayBuffer !== "function") return "the page is not cross-origin isolated";
  return mayBlock() ? undefined : "a page's own thread may not block, a worker may";
}

function mayBlock(): boolean {
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 0);
    return true;
  } catch {
    return false;
  }
}

/**
 * Bytes of base64.
 *
 * @param text The text in base64.
 */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const { fromBase64 } = Uint8Array as { fromBase64?: (text: string) => Uint8Array<ArrayBuffer> };
  return fromBase64?.call(Uint8Array, text) ??
    Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
