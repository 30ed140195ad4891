/**
 * What holds where a flag of `train --series` is not given.
 *
 * @module
 */
import { pickSeries } from "../../train/auto_series.ts";
import type { Settings } from "../flags.ts";
import { kebabCase } from "../parse_flags.ts";

/** From one report to the next: the best model is that of a report. */
const REPORTS = 20;

/**
 * Picks the flags that were not given.
 *
 * @param asked The flags' values.
 * @param by Which were written, and how many rows the series has.
 * @returns All settings, and those that were picked, for people.
 */
export function pickForSeries(
  asked: Settings<"train">,
  { given, rows }: { given: ReadonlySet<string>; rows: number },
): { settings: Settings<"train">; picked: string[] } {
  const own = Object.fromEntries(Object.entries(asked).filter(([name]) => given.has(name)));
  const { optimizer, accumulateSteps } = asked;
  const all = pickSeries({ rows, optimizer, accumulateSteps }, own);
  const cosine = given.has("schedule") ? {} : { schedule: "cosine" as const };
  const counts = ["schedule", "scheduleUnit", "warmUp", "tMax"].some((name) => given.has(name));
  const values = {
    ...all,
    ...cosine,
    ...(counts ? {} : { scheduleUnit: "step" as const }),
    ...(given.has("logEvery") ? {} : { logEvery: Math.max(1, Math.round(all.epochs / REPORTS)) }),
  };
  const picked = Object.entries(values).filter(([name, value]) =>
    !given.has(name) && value !== undefined && name !== "logEvery" && name !== "scheduleUnit"
  );
  return {
    settings: { ...asked, preset: "auto", ...values },
    picked: picked.map(([name, value]) => `--${kebabCase(name)} ${value}`),
  };
}
