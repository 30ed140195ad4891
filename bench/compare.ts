/**
 * Compares two runs of the same benchmarks that were kept with `--json`: ratios of times, above 1 where it got slower.
 *
 *     deno run -A bench/compare.ts before.json after.json
 *
 * @module
 */
import { formatSeconds, type Report, type Result, table } from "./harness.ts";

/** A ratio beyond this, of the middle and of the least time, is marked. */
const NOTABLE = 1.1;

function keyOf({ group, name, device }: Result): string {
  return JSON.stringify([group, name, device]);
}

function markOf(ratios: readonly number[]): string {
  if (ratios.every((ratio) => ratio > NOTABLE)) return "slower";
  return ratios.every((ratio) => ratio < 1 / NOTABLE) ? "faster" : "";
}

/** The table of what is in both, and lines that name what is in one only. */
export function compare(before: Report, after: Report): string {
  const old = new Map(before.results.map((result) => [keyOf(result), result]));
  const rows: string[][] = [];
  const alone: string[] = [];
  for (const result of after.results) {
    const { group, name, device, median, least } = result;
    const earlier = old.get(keyOf(result));
    old.delete(keyOf(result));
    if (!earlier) alone.push(`- ${group} ${name} ${device}: after only`);
    else {
      const ratios = [median / earlier.median, least / earlier.least];
      rows.push([
        group,
        name,
        device,
        formatSeconds(earlier.median),
        formatSeconds(median),
        ...ratios.map((ratio) => ratio.toFixed(2)),
        markOf(ratios),
      ]);
    }
  }
  for (const { group, name, device } of old.values()) alone.push(`- ${group} ${name} ${device}: before only`);
  const head = ["group", "benchmark", "device", "before", "after", "median ratio", "least ratio", ""];
  const runs = [before, after].map(({ title, date, deno }, i) =>
    `- ${["before", "after"][i]}: ${title}, ${date}, Deno ${deno}`
  );
  return [runs.join("\n"), table(head, rows), alone.join("\n")].filter(Boolean).join("\n\n");
}

if (import.meta.main) {
  const [before, after] = Deno.args.map((path): Report => JSON.parse(Deno.readTextFileSync(path)));
  if (before && after) console.log(compare(before, after));
  else {
    console.error("error: Cannot compare: two files must be given, before.json and after.json");
    Deno.exit(2);
  }
}
