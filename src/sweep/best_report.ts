/**
 * What a run has come to, from its log: the report of the least validation loss, whose model it keeps.
 *
 * @module
 */

/** A report, as far as a sweep compares it. */
export interface BestReport {
  readonly epoch: number;
  /** Of the training part; null where it was not finite. */
  readonly loss: number | null;
  readonly validationLoss: number;
}

/**
 * Finds it.
 *
 * @param log The text of log.jsonl, not trusted.
 * @returns The first report of the least validation loss; undefined where no report has one.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const log = '{"epoch":1,"loss":2,"validationLoss":3}\n{"epoch":2,"loss":1,"validationLoss":4}\n{"epo';
 * assertEquals(bestReport(log), { epoch: 1, loss: 2, validationLoss: 3 });
 * ```
 */
export function bestReport(log: string): BestReport | undefined {
  let best: BestReport | undefined;
  for (const line of log.split("\n")) {
    const report = reportOf(line);
    if (report && (!best || report.validationLoss < best.validationLoss)) best = report;
  }
  return best;
}

function reportOf(line: string): BestReport | undefined {
  try {
    const { epoch, loss, validationLoss } = JSON.parse(line);
    if (!Number.isSafeInteger(epoch) || !Number.isFinite(validationLoss)) return undefined;
    return { epoch, loss: Number.isFinite(loss) ? loss : null, validationLoss };
  } catch {
    return undefined;
  }
}
