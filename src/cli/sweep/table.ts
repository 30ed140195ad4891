/**
 * What a sweep has come to, for people and for programs: configurations, the best first.
 *
 * @module
 */
import { thousands } from "../../messages/printable.ts";
import type { Ranked } from "../../sweep/ranking.ts";
import { displayWidth, padToWidth } from "../display_width.ts";
import { stdout } from "../output.ts";

/** Configurations that people are shown. */
const MOST = 20;

/**
 * The table for people.
 *
 * @param ranked The configurations.
 * @param axes Names of the flags that are swept.
 * @param folder The sweep's folder.
 * @returns Its lines.
 */
export function tableOf(ranked: readonly Ranked[], axes: readonly string[], folder: string): string[] {
  const several = ranked.some(({ trials }) => trials > 1);
  const rows = [
    [...axes, "validation loss", ...(several ? ["of seeds", "least", "most"] : []), "seconds", "best run"],
    ...ranked.slice(0, MOST).map((one) =>
      rowOf(one, { axes, several, folder }).map((cell) => stdout.shown(cell))
    ),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => displayWidth(row[column]!))));
  const lines = rows.map((row) => row.map((cell, i) => padToWidth(cell, widths[i]!)).join("  ").trimEnd());
  const more = ranked.length - MOST;
  return more > 0 ? [...lines, `… and ${thousands(more)} more, all of them in ${folder}`] : lines;
}

function rowOf(
  { configuration, validationLoss, done, trials, seconds }: Ranked,
  { axes, several, folder }: { axes: readonly string[]; several: boolean; folder: string },
): string[] {
  const lossText = (loss: number | undefined): string => loss === undefined ? "-" : loss.toFixed(4);
  const seeds = [
    `${done.length} of ${trials}`,
    lossText(done[0]?.validationLoss),
    lossText(done.at(-1)?.validationLoss),
  ];
  return [
    ...axes.map((name) => configuration[name]!),
    lossText(validationLoss),
    ...(several ? seeds : []),
    seconds === undefined ? "-" : seconds.toFixed(1),
    done[0] ? `${folder}/${done[0].trial}` : "-",
  ];
}

/**
 * The same for programs.
 *
 * @param ranked The configurations.
 * @param folder The sweep's folder.
 * @returns Plain data, an object a configuration.
 */
export function rankingOf(ranked: readonly Ranked[], folder: string): object[] {
  return ranked.map(({ configuration, validationLoss = null!, done, failed, trials, seconds = null! }) => ({
    configuration,
    validationLoss,
    trials,
    done: done.length,
    failed,
    seconds,
    runs: done.map(({ trial }) => `${folder}/${trial}`),
  }));
}
