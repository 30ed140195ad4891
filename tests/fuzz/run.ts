/**
 * `deno task fuzz`: every door, many cases each, drawn from a seed; a table of what was tried, and what must not be.
 *
 * ```sh
 * deno task fuzz --seed 7 --cases 10000
 * deno task fuzz --door weights --seed 7 --first 4711 --cases 1
 * ```
 *
 * @module
 */
import { peakBytes } from "../../bench/peak_bytes.ts";
import { parseArgs } from "../../src/cli/parse_args.ts";
import { DOORS } from "./doors.ts";
import { linesOf, tryDoor } from "./door.ts";

const { seed, cases, first, door } = parseArgs(Deno.args, {
  string: ["seed", "cases", "first", "door"],
  default: { seed: "0", cases: "10000", first: "0" },
}) as Record<string, string | undefined>;

let faults = 0;
for (const one of DOORS.filter(({ name }) => door === undefined || name === door)) {
  const outcome = await tryDoor(one, { seed: Number(seed), cases: Number(cases), first: Number(first) });
  faults += outcome.faults.length;
  for (const line of linesOf(outcome)) console.log(line);
}
const [now, most] = [Deno.memoryUsage().rss, peakBytes() ?? NaN].map((bytes) => (bytes / 2 ** 20).toFixed(0));
console.log(`${faults} faults; the process has ${now} MiB, and had ${most} at most`);
Deno.exitCode = faults > 0 ? 1 : 0;
