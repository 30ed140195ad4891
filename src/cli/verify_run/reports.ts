/**
 * The lines of log.jsonl, untrusted.
 *
 * @module
 */
import { isIn, RANGES } from "../../ranges.ts";

/** What of a report must be in order. */
export interface Report {
  /** The epoch. */
  readonly epoch: number;
  /** Steps of it, where it has not ended. */
  readonly step?: number;
  /** Steps since training began. */
  readonly steps: number;
  /** Of the training. */
  readonly loss: number;
  /** Of the validation text, where there is one. */
  readonly validationLoss?: number;
}

/**
 * Reads a log. What a checkpoint does not know yet may be cut off: a run that goes on makes it again.
 *
 * @param path The file, for sentences.
 * @param text What it holds.
 * @param known How many lines a checkpoint knows; without one all lines but a last, unfinished one.
 * @returns The reports of known lines and of whole ones behind, and words on the rest.
 * @throws {SyntaxError} If a line is no report, or does not come behind the one before it.
 */
export function readReports(
  path: string,
  text: string,
  known: number | undefined,
): { reports: Report[]; rest: string } {
  const lines = text.split("\n");
  const unfinished = lines.pop() !== "";
  if (known !== undefined && lines.length < known) {
    throw new SyntaxError(
      `Cannot go on with "${path}" as it has fewer lines than the checkpoint knows: ${lines.length} of ${known}`,
    );
  }
  const reports: Report[] = [];
  for (const [index, line] of lines.entries()) {
    const report = reportOf(line);
    const before = reports.at(-1);
    const at = `line ${index + 1}`;
    if (!report) throw new SyntaxError(`Cannot read "${path}" as ${at} is no report`);
    if (before && !isBehind(report, before)) {
      throw new SyntaxError(
        `Cannot read "${path}" as reports must rise: ${at} is of epoch ${report.epoch} and step ${report.steps}, ` +
          `behind epoch ${before.epoch} and step ${before.steps}`,
      );
    }
    reports.push(report);
  }
  const behind = known === undefined ? 0 : lines.length - known;
  const rest = [
    ...(behind > 0 ? [`${behind} behind the checkpoint`] : []),
    ...(unfinished ? ["its last line is cut off"] : []),
  ];
  const cut = rest.length > 0
    ? `; ${rest.join(", ")}, which is cut and made again where the run goes on`
    : "";
  return { reports, rest: cut };
}

/** Several reports come within an epoch, and nothing of it behind its end. */
function isBehind(report: Report, before: Report): boolean {
  const later = report.epoch > before.epoch || (report.epoch === before.epoch && before.step !== undefined);
  return later && report.steps > before.steps;
}

function reportOf(line: string): Report | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const { epoch, step, steps, loss, validationLoss } = value as Record<string, unknown>;
  const sound = isIn(RANGES.count, epoch) && isIn({ ...RANGES.seed, from: 1 }, steps) &&
    (step === undefined || isIn(RANGES.count, step)) &&
    Number.isFinite(loss) &&
    (validationLoss === undefined || Number.isFinite(validationLoss));
  return sound ? value as Report : undefined;
}
