/**
 * Results as Markdown: a table of ratios, a table of each system's times, rates and memory.
 *
 * @module
 */
import { formatNumber, formatSeconds, median, type Result, table } from "../harness.ts";
import type { Measured, Outcome } from "./measure.ts";
import type { WorkloadFile } from "./workload_files.ts";

/** Characters of a step, or of a generation. */
export function charactersOf(workload: WorkloadFile): number {
  return workload.kind === "training"
    ? workload.batchSize * workload.numSteps
    : workload.streams * workload.length;
}

function range(ratios: readonly number[]): string {
  const [middle, least, most] = [median(ratios), Math.min(...ratios), Math.max(...ratios)];
  return `${middle.toFixed(2)} (${least.toFixed(2)}–${most.toFixed(2)})`;
}

function best(measured: readonly Measured[]): Measured | undefined {
  return measured.toSorted((a, b) => median(a.rounds) - median(b.rounds))[0];
}

/**
 * A row a workload: refrain's time as a multiple of each family's best, and of each way of using PyTorch; and how refrain
 * under turbo stands to PyTorch's best.
 */
export function ratioTable(outcomes: readonly Outcome[]): string {
  const peers = outcomes.flatMap(({ measured }) => measured.slice(1).map(({ system }) => system));
  const names = [...new Set(peers.filter(({ family }) => family === "PyTorch").map(({ name }) => name))];
  const families = [...new Set(peers.map(({ family }) => family))].filter((family) => family !== "turbo");
  const head = [
    "workload",
    "refrain",
    "characters/s",
    ...names.map((name) => `÷ ${name}`),
    ...families.map((family) => family === "PyTorch" ? "÷ PyTorch's best" : `÷ ${family}`),
    "peak MiB, PyTorch's",
    "turbo",
    "turbo ÷ PyTorch's best",
  ];
  const rows = outcomes.map(({ name, workload, measured }) => {
    const own = measured[0]!;
    const seconds = median(own.rounds);
    const cell = (found?: Measured): string => found ? range(found.ratios) : "–";
    const ofFamily = (wanted: string) => measured.filter(({ system: { family } }) => family === wanted);
    const other = best(ofFamily("PyTorch"));
    const turbo = best(ofFamily("turbo"));
    const beside = turbo && other?.rounds.map((round, i) => turbo.rounds[i]! / round);
    return [
      name,
      formatSeconds(seconds),
      formatNumber(charactersOf(workload) / seconds),
      ...names.map((wanted) => cell(measured.find(({ system }) => system.name === wanted))),
      ...families.map((family) => cell(best(ofFamily(family)))),
      [own.peakMiB, other?.peakMiB].map((mib) => mib?.toFixed(0) ?? "–").join(", "),
      turbo ? formatSeconds(median(turbo.rounds)) : "–",
      beside ? range(beside) : "–",
    ];
  });
  return table(head, rows);
}

/** A row a system and workload. */
export function detailTable(outcomes: readonly Outcome[]): string {
  const rows = outcomes.flatMap(({ name, workload, measured }) =>
    measured.map(({ system, rounds, least, ratios, peakMiB }) => [
      name,
      system.name,
      formatSeconds(median(rounds)),
      formatSeconds(least),
      formatNumber(charactersOf(workload) / median(rounds)),
      ...ratios.length > 0 ? [median(ratios).toFixed(2), ratioSpan(ratios)] : ["–", "–"],
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
