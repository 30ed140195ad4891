/**
 * Which configurations a sweep trains: all of a grid, or some that are drawn.
 *
 * @module
 */
import { thousands } from "../messages/printable.ts";
import { Random, uniform } from "../random.ts";
import { isList, numberAt, type Space } from "./values.ts";

/** A flag and what it may have. */
export interface Axis {
  /** The flag's name, without hyphens. */
  readonly name: string;
  readonly space: Space;
}

/** A value by the name of each flag that is swept. */
export type Configuration = Readonly<Record<string, string>>;

/** Draws for each configuration that is wanted, at most: few different ones may be left. */
const MOST_DRAWS = 1000;

/**
 * How many configurations there are at most.
 *
 * @param axes The flags; one of a span has any number, or its whole ones.
 */
export function gridSize(axes: readonly Axis[]): number {
  return axes.reduce((product, { space }) => product * sizeOf(space), 1);
}

function sizeOf(space: Space): number {
  if (isList(space)) return space.length;
  return space.whole ? space.to - space.from + 1 : Infinity;
}

/**
 * All configurations of a grid.
 *
 * @param axes The flags, each with a list.
 * @returns The configurations; the last flag changes first. One without a value where there is no flag.
 */
export function grid(axes: readonly Axis[]): Configuration[] {
  return axes.reduce<Configuration[]>((all, { name, space }) => {
    const values = isList(space) ? space : [];
    return all.flatMap((one) => values.map((value) => ({ ...one, [name]: value })));
  }, [{}]);
}

/**
 * Draws configurations. Number i of a seed is the same whatever else is drawn, and in whatever order the flags are given.
 *
 * @param axes The flags.
 * @param count How many.
 * @param seed Of the draw.
 * @returns Different configurations.
 * @throws {RangeError} If there are not so many.
 */
export function draw(axes: readonly Axis[], count: number, seed: number): Configuration[] {
  const size = gridSize(axes);
  if (size < count) throw tooFew(count, `there are ${thousands(size)}`);
  const found = new Map<string, Configuration>();
  const sorted = axes.toSorted((a, b) => a.name < b.name ? -1 : 1);
  for (let stream = 0; found.size < count; stream++) {
    if (stream >= MOST_DRAWS * count) throw tooFew(count, `${thousands(found.size)} were found`);
    const random = new Random(seed, stream);
    const drawn = new Map(sorted.map(({ name, space }) => [name, valueOf(space, uniform(random.next()))]));
    const configuration = Object.fromEntries(axes.map(({ name }) => [name, drawn.get(name)!]));
    const key = JSON.stringify(sorted.map(({ name }) => configuration[name]));
    found.set(key, configuration);
  }
  return [...found.values()];
}

function valueOf(space: Space, share: number): string {
  return isList(space) ? space[Math.floor(share * space.length)]! : numberAt(space, share);
}

function tooFew(count: number, there: string): RangeError {
  return new RangeError(`Cannot draw ${thousands(count)} different configurations: ${there}`);
}
