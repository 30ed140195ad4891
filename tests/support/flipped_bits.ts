/**
 * Files of which a single bit is turned: none may be taken.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { Random } from "../../src/random.ts";

/** Milliseconds that one file may take; a small one takes less than 1. */
const LONGEST = 2000;
/** Bytes by which memory may grow meanwhile: a length that is believed asks for more. */
const MOST = 256 * 2 ** 20;

/** How bits are chosen and read. */
export interface Flipping {
  /** Reads the file, and rejects. */
  readonly read: (bytes: Uint8Array) => Promise<unknown>;
  /** How many bits are turned, by a seed; without it each bit of the file. */
  readonly count?: number;
  /** The last byte but one whose bits are turned; without it all are. */
  readonly end?: number;
}

/** Turns bits one by one, and asserts that each file is refused in one sentence, soon, and in little memory. */
export async function assertNoneTaken(
  file: Uint8Array,
  { read, count, end = file.length }: Flipping,
): Promise<void> {
  const random = new Random(1);
  const bytes = file.slice();
  const before = Deno.memoryUsage().rss;
  const taken: string[] = [];
  for (let i = 0; i < (count ?? 8 * end); i++) {
    const bit = count === undefined ? i : random.integer(8 * end);
    bytes[bit >> 3]! ^= 1 << (bit & 7);
    const start = performance.now();
    await read(bytes).then(
      () => taken.push(`bit ${bit}`),
      (error) => {
        const { name, message } = error as Error;
        const clear = error instanceof SyntaxError && /^Cannot .*[^.]$/.test(message) &&
          message.length < 500;
        if (!clear) taken.push(`bit ${bit}: ${name}: ${message}`);
      },
    );
    const took = performance.now() - start;
    assert(took < LONGEST, `bit ${bit} took ${took} ms`);
    bytes[bit >> 3]! ^= 1 << (bit & 7);
    if (i % 500 === 0) assert(Deno.memoryUsage().rss - before < MOST, `bit ${bit}: memory has grown`);
  }
  assertEquals(taken, []);
  assertEquals(bytes, file);
}
