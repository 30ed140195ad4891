/**
 * Which tile products are made of, found by timing both once. The wide one is faster where V8 checks no bounds and fuses
 * neighbours into 256-bit operations ("turbo"); the flags for that cannot be read, and one day may not be needed.
 *
 * @module
 */

/** The tiles of a build of assembly/: c (5, 8) or (6, 16) of panels a and b, `depth` deep (lib/panels.ts). */
export interface TileExports {
  /** The product of a tile that suits 128-bit registers and checked bounds. */
  tile5x8(a: number, b: number, depth: number, c: number, stride: number, add: number): void;
  /** The product of a tile that suits 256-bit registers. */
  tile6x16(a: number, b: number, depth: number, c: number, stride: number, add: number): void;
}

/** Which tile is faster here. */
export interface Tiles {
  /** Whether products use the wide tile. */
  readonly wide: boolean;
  /** Its speed, as a multiple of the narrow one's, where both were seen at full speed. */
  readonly speed: number | undefined;
}

const DEPTH = 256;
/** Calls that are timed together, about 10 µs. */
const CALLS = 8;
/** A compiler's first code of a tile takes a third of the time at most when the second one replaces it. */
const OPTIMIZED = 0.6;
/** Batches of both tiles that are timed when both are optimized. */
const BATCHES = 16;
/** Milliseconds after which a machine is too busy to wait for its compiler. */
const LIMIT = 50;
/** Milliseconds: a clock whose readings are further apart, as in browsers, cannot time a batch. */
const TICK = 0.002;
/** From this speed on the wide tile is taken. Unoptimized the tiles are equally fast. */
const FASTER = 1.1;

/**
 * Times both tiles on this thread: 3 to 10 ms, most of which V8 takes to optimize them.
 *
 * @param exports The tiles.
 * @param address 30 KiB of their memory; zeros stay zeros.
 * @param now A clock in milliseconds.
 * @returns Which is faster; the narrow one where the clock is too coarse to tell.
 */
export function probeTiles(
  exports: TileExports,
  address: number,
  now: () => number = () => performance.now(),
): Tiles {
  if (tickOf(now) > TICK) return { wide: false, speed: undefined };
  const b = address + 24 * DEPTH;
  const c = b + 64 * DEPTH;
  const tiles = [[exports.tile5x8, 40], [exports.tile6x16, 96]] as const;
  // Milliseconds an element of c.
  const first: number[] = [];
  const least = [Infinity, Infinity];
  const start = now();
  let left = BATCHES;
  for (let batch = 0; left > 0 && now() - start < LIMIT; batch++) {
    tiles.forEach(([tile, elements], index) => {
      const begin = now();
      for (let call = 0; call < CALLS; call++) tile(address, b, DEPTH, c, 64, 1);
      const time = (now() - begin) / elements;
      if (batch < 4) first[index] = Math.min(first[index] ?? Infinity, time);
      least[index] = Math.min(least[index]!, time);
    });
    if (least.every((time, index) => time < OPTIMIZED * first[index]!)) left--;
  }
  const optimized = least.map((time, index) => time < OPTIMIZED * first[index]!);
  // Neither: they were so from the beginning, or not at all, and then they are equally fast.
  if (optimized[0] !== optimized[1]) return { wide: false, speed: undefined };
  const speed = least[0]! / least[1]!;
  return { wide: speed >= FASTER, speed: left === 0 ? speed : undefined };
}

/** The least time between two of a few readings. */
function tickOf(now: () => number): number {
  let least = Infinity;
  let last = now();
  for (let reading = 0; reading < 64; reading++) {
    const time = now();
    if (time > last) least = Math.min(least, time - last);
    last = time;
  }
  return least;
}
