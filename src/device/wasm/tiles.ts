/**
 * Which tile products are made of, found by timing them once. The wide one is faster where V8 checks no bounds and fuses
 * neighbours into 256-bit operations ("turbo"); the flags for that cannot be read, and one day may not be needed. Which of
 * the narrow ones is faster depends on the processor.
 *
 * @module
 */

import { checksBounds } from "./bounds.ts";

/** A build of assembly/. */
type Build = "relaxed" | "plain";

/** A tile by its rows and columns. */
export type Tile = "5x8" | "6x8" | "6x16";

/** The tiles of a build of assembly/: c of panels a and b, `depth` deep (lib/panels.ts). */
export type TileExports = Readonly<
  Record<
    `tile${Tile}`,
    (a: number, b: number, depth: number, c: number, stride: number, from: number, apart: number) => void
  >
>;

/** Which tile is fastest here. */
export interface Tiles {
  /** The one that products use. */
  readonly tile: Tile;
  /** The speed of the wide one, as a multiple of the narrow ones', where all were seen at full speed. */
  readonly speed: number | undefined;
}

/** What the kernels know a tile by: its rows * 256 + its columns. */
export const TILE_WORDS: Readonly<Record<Tile, number>> = {
  "5x8": 5 * 256 + 8,
  "6x8": 6 * 256 + 8,
  "6x16": 6 * 256 + 16,
};

/** The tiles of a build, the one that is taken without a choice first: 6 x 8 would spill where a product takes a register. */
export function tilesOf(build: Build): readonly Tile[] {
  return build === "relaxed" ? ["6x8", "5x8", "6x16"] : ["5x8", "6x16"];
}

const DEPTH = 256;
/** Calls that are timed together, about 10 µs, or 30 before they are optimized. */
const CALLS = 8;
/** A compiler's first code of a tile takes a third of the time at most when the second one replaces it. */
const OPTIMIZED = 0.6;
/** Rounds by which a tile must lead: 99 % sure where a round says what is true in three of four, as 3 ** 5 > 99. */
const LEAD = 5;
/** Milliseconds in which a tile must lead. */
const LIMIT = 30;
/** Milliseconds after which a machine is too busy to wait for its compiler. */
const LONGEST = 200;
/** Milliseconds: a clock whose readings are further apart, as in browsers, cannot time a batch. */
const TICK = 0.002;
/** From this speed on the wide tile is taken. Unoptimized the tiles are equally fast. */
const FASTER = 1.1;
/** From this speed on the second narrow tile is taken. */
const SLIGHTLY_FASTER = 1.05;
/** Milliseconds that a quiet machine's compiler takes; from then on it is given the processor now and then. */
const PATIENCE = 5;
/** Milliseconds for which it is. */
const PAUSE = 1;

/** What the probe needs of its surroundings. */
export interface Clock {
  /** Milliseconds. */
  now(): number;
  /** Sleeps for some milliseconds, where a thread may. */
  pause(milliseconds: number): void;
}

const CLOCK: Clock = { now: () => performance.now(), pause };

/**
 * Times the tiles in turns on this thread, until one leads: 3 to 10 ms, most of which V8 takes to optimize them.
 *
 * @param exports The tiles.
 * @param address 30 KiB of their memory; zeros stay zeros.
 * @param tiles The tiles to choose from, the wide one last.
 * @param otherwise The tile that is taken where nothing is found out.
 * @param clock How time passes.
 * @returns Which is fastest.
 */
export function probeTiles(
  exports: TileExports,
  address: number,
  tiles: readonly Tile[],
  otherwise: Tile,
  { now, pause }: Clock = CLOCK,
): Tiles {
  const unknown = { tile: otherwise, speed: undefined };
  if (tickOf(now) > TICK) return unknown;
  const first = tiles.map(() => Infinity);
  const least = tiles.map(() => Infinity);
  const isOptimized = (time: number, index: number): boolean => time < OPTIMIZED * first[index]!;
  const rounds: number[][] = [];
  const patient = now() + PATIENCE;
  let limit = now() + LONGEST;
  let optimized = false;
  while (now() < limit && !(optimized && decided(rounds))) {
    const times = tiles.map((tile) => timeOf(exports[`tile${tile}`], tile, address, now));
    rounds.push(times);
    if (optimized) continue;
    times.forEach((time, index) => {
      if (rounds.length <= 4) first[index] = Math.min(first[index]!, time);
      least[index] = Math.min(least[index]!, time);
    });
    optimized = least.every(isOptimized);
    if (optimized) {
      rounds.length = 0;
      limit = now() + LIMIT;
    } else if (now() > patient) pause(PAUSE);
  }
  // None: they were so from the beginning.
  if (!optimized && least.some(isOptimized)) return unknown;
  const speed = middle(rounds.map(speedOfWide));
  const tile = speed >= FASTER
    ? tiles.at(-1)!
    : tiles[middle(rounds.map(speedOfSecond)) >= SLIGHTLY_FASTER ? 1 : 0]!;
  return { tile, speed: optimized && decided(rounds) ? speed : undefined };
}

/** The fastest tile of each build: it depends on how the process was started, and is found out once. */
const FOUND = new Map<Build, Tiles>();

/**
 * The fastest tile of a build in this process.
 *
 * @param exports The tiles.
 * @param address 30 KiB of their memory; zeros stay zeros.
 * @param build The build.
 * @returns What the first call found; where that was nothing, the wide tile if V8 was told to check no bounds.
 */
export function fastestTile(exports: TileExports, address: number, build: Build): Tiles {
  const tiles = tilesOf(build);
  const found = FOUND.get(build) ??
    probeTiles(exports, address, tiles, checksBounds() ? tiles[0]! : tiles.at(-1)!);
  FOUND.set(build, found);
  return found;
}

/** Speed of the wide tile, the last, as a multiple of the fastest other one's. */
function speedOfWide(times: readonly number[]): number {
  return Math.min(...times.slice(0, -1)) / times.at(-1)!;
}

/** Speed of the second narrow tile, where there are two, as a multiple of the first one's. */
function speedOfSecond(times: readonly number[]): number {
  return times.length > 2 ? times[0]! / times[1]! : 0;
}

/** Whether a tile leads: the wide one before the others, or a narrow one before both. */
function decided(rounds: readonly (readonly number[])[]): boolean {
  const lead = (ofRound: (times: readonly number[]) => number, least: number): number =>
    rounds.reduce((sum, times) => sum + (ofRound(times) >= least ? 1 : -1), 0);
  const wide = lead(speedOfWide, FASTER);
  return wide >= LEAD || wide <= -LEAD && Math.abs(lead(speedOfSecond, SLIGHTLY_FASTER)) >= LEAD;
}

/** The middle one of some numbers. */
function middle(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!;
}

/** Milliseconds an element of c that some calls take. */
function timeOf(call: TileExports[`tile${Tile}`], tile: Tile, address: number, now: () => number): number {
  const b = address + 24 * DEPTH;
  const c = b + 64 * DEPTH;
  const begin = now();
  for (let i = 0; i < CALLS; i++) call(address, b, DEPTH, c, 64, c, 64);
  const [rows, columns] = [TILE_WORDS[tile] >> 8, TILE_WORDS[tile] & 255];
  return (now() - begin) / (rows * columns);
}

/** Sleeps; returns at once where a thread may not. */
function pause(milliseconds: number): void {
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
  } catch {
    // A page's own thread may not wait, nor has each page shared memory.
  }
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
