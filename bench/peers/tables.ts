/**
 * Results as Markdown: a table of ratios, a table of each system's times, rates and memory.
 *
 * @module
 */
import { formatNumber, formatSeconds, median, type Result, table } from "../harness.ts";
import type { Measured, Outcome, Times } from "./measure.ts";
import type { WorkloadFile } from "./workload_files.ts";

/** Characters of a step, or of a generation. */
export function charactersOf(workload: WorkloadFile): number {
  return workload.kind === "training"
    ? workload.batchSize * workload.numSteps
    : workload.streams * workload.length;
}

/** The median, from the least to the most. */
export function range(ratios: readonly number[]): string {
  const [middle, least, most] = [median(ratios), Math.min(...ratios), Math.max(...ratios)];
  return `${middle.toFixed(2)} (${least.toFixed(2)}–${most.toFixed(2)})`;
}

function best(
  measured: readonly Measured[],
  timesOf: (one: Measured) => Times = (one) => one,
): Measured | undefined {
  return measured.toSorted((a, b) => median(timesOf(a).rounds) - median(timesOf(b).rounds))[0];
}

/** What tables are written in: of the words in their heads, those of another language. */
export type Words = Readonly<Record<string, string>>;

/** refrain as it is, and under turbo where that was measured, each with its times: quiet ones, or beside spinners. */
function ownRows(
  { name, measured }: Outcome,
  timesOf: (one: Measured) => Times,
): { label: string; own: Measured; beside: (other?: Measured) => string }[] {
  return measured.slice(0, 1).concat(ofFamily(measured, "turbo")).map((own) => ({
    label: own === measured[0] ? name : `${name}, turbo`,
    own,
    beside: (other): string =>
      other ? range(timesOf(own).rounds.map((time, round) => time / timesOf(other).rounds[round]!)) : "–",
  }));
}

function ofFamily(measured: readonly Measured[], wanted: string): Measured[] {
  return measured.filter(({ system: { family } }) => family === wanted);
}

/** The families of peers, in their order. */
function familiesOf(outcomes: readonly Outcome[]): string[] {
  const all = outcomes.flatMap(({ measured }) => measured.slice(1).map(({ system }) => system.family));
  return [...new Set(all)].filter((family) => family !== "turbo");
}

/** A row a workload, and one under turbo: refrain's time as a multiple of the best of each family's ways. */
export function ratioTable(outcomes: readonly Outcome[], words: Words = {}): string {
  const families = familiesOf(outcomes);
  const head = [
    "workload",
    "refrain",
    "characters/s",
    ...families.map((family) => `÷ ${family}`),
    "peak MiB",
  ];
  const rows = outcomes.flatMap((outcome) =>
    ownRows(outcome, (one) => one).map(({ label, own, beside }) => [
      label,
      formatSeconds(median(own.rounds)),
      formatNumber(charactersOf(outcome.workload) / median(own.rounds)),
      ...families.map((family) => {
        const other = best(ofFamily(outcome.measured, family));
        return other ? `${beside(other)}${wayOf(other)}` : "–";
      }),
      own.peakMiB?.toFixed(0) ?? "–",
    ])
  );
  return table(head.map((word) => words[word] ?? word), rows);
}

/** Which way of using a system was the best, where there are several. */
function wayOf({ system: { name, family } }: Measured): string {
  const way = name.slice(family.length).replace(/^[ ,]+/, "");
  return way === "" ? "" : ` ${way}`;
}

/**
 * The same beside spinners: refrain's time also as a multiple of its own quiet time of the same round. The best way of a
 * family is the one that is best there.
 */
export function busyTable(outcomes: readonly Outcome[], words: Words = {}): string {
  const busy = (one: Measured): Times => one.busy;
  const families = familiesOf(outcomes);
  const head = ["workload", "refrain", "× quiet", ...families.map((family) => `÷ ${family}`)];
  const rows = outcomes.flatMap((outcome) =>
    ownRows(outcome, busy).map(({ label, own, beside }) => [
      label,
      formatSeconds(median(own.busy.rounds)),
      range(multiplesOf(own)),
      ...families.map((family) => {
        const other = best(ofFamily(outcome.measured, family), busy);
        return other ? `${beside(other)}${wayOf(other)}` : "–";
      }),
    ])
  );
  return table(head.map((word) => words[word] ?? word), rows);
}

/** Times beside spinners as multiples of the quiet ones, by round. */
export function multiplesOf({ rounds, busy }: Pick<Measured, "rounds" | "busy">): number[] {
  return busy.rounds.map((time, round) => time / rounds[round]!);
}

/** A row a system and workload. */
export function detailTable(outcomes: readonly Outcome[]): string {
  const rows = outcomes.flatMap(({ name, workload, measured }) =>
    measured.map(({ system, rounds, least, ratios, busy, peakMiB }) => [
      name,
      system.name,
      formatSeconds(median(rounds)),
      formatSeconds(least),
      formatNumber(charactersOf(workload) / median(rounds)),
      ...ratios.length > 0 ? [median(ratios).toFixed(2), ratioSpan(ratios)] : ["–", "–"],
      busy.rounds.length > 0 ? range(multiplesOf({ rounds, busy })) : "–",
      peakMiB?.toFixed(0) ?? "–",
    ])
  );
  const head = [
    "workload",
    "system",
    "median",
    "least",
    "characters/s",
    "refrain ÷ it",
    "from – to",
    "beside ÷ quiet",
    "peak MiB",
  ];
  return table(head, rows);
}

function ratioSpan(ratios: readonly number[]): string {
  return `${Math.min(...ratios).toFixed(2)} – ${Math.max(...ratios).toFixed(2)}`;
}

/** Results as bench/compare.ts reads them. */
export function resultsOf(outcomes: readonly Outcome[], device: string): Result[] {
  return outcomes.flatMap(({ name, workload, measured }) =>
    measured.map(({ system, rounds, least, ratios, peakMiB }) => ({
      group: name,
      name: system.name,
      tags: [],
      device: { refrain: device, turbo: "wasm, turbo" }[system.family] ?? "",
      rounds: rounds.length,
      median: median(rounds),
      least,
      rates: { "characters/s": charactersOf(workload) / median(rounds) },
      ratios,
      peakMiB,
    }))
  );
}
