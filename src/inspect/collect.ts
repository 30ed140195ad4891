/**
 * Reads a text with a model and adds up what its units do.
 *
 * @module
 */
import type { Corpus } from "../data/corpus.ts";
import type { State } from "../layers/recurrent/arguments.ts";
import type { RNNModel } from "../model.ts";
import type { Reading, Row } from "../train/reading.ts";
import { turn } from "../turn.ts";
import type { Excerpts } from "./excerpts.ts";
import { type FeatureReader, featureRow } from "./feature_reader.ts";
import { StatePass, type Trail } from "./state_pass.ts";
import type { Survey } from "./survey.ts";
import type { UnitSums } from "./unit_sums.ts";

/** Where everything goes. */
export interface Collection {
  readonly survey: Survey;
  /** The features that count, by their places among all. */
  readonly columns: readonly number[];
  readonly units: UnitSums;
  /** (V) The row of each token in the sums. */
  readonly rowOf: Uint32Array;
  readonly excerpts: Excerpts;
}

/**
 * Reads the text once.
 *
 * @param model The model.
 * @param corpus The text.
 * @param options How it is read, where everything goes, what ends it.
 * @throws {RangeError} If a state is not finite.
 */
export async function collect<S extends State>(
  model: RNNModel<S>,
  corpus: Corpus,
  { reading, into, signal }: { reading: Reading; into: Collection; signal: AbortSignal | undefined },
): Promise<void> {
  const { ids } = corpus;
  const { columns, survey, units } = into;
  const pass = new StatePass(model, { reading, features: columns.length });
  try {
    await pass.ready(signal);
    const features = new Float32Array(reading.rows * pass.steps * columns.length);
    for (const rows of reading.sweeps()) {
      const readers = rows.map(({ start }) => survey.readers.get(start)!.copy());
      pass.begin();
      for (let step = 0; step < reading.steps; step += pass.steps) {
        fill(features, readers, { rows, step, steps: pass.steps, batch: reading.rows, columns });
        pass.run(ids, rows, { step, features });
        const trails = await pass.read();
        addRun(into, trails, { ids, rows, step, steps: pass.steps, batch: reading.rows });
        if (!units.finite) throw notFinite();
        await turn({ signal });
      }
    }
  } finally {
    pass[Symbol.dispose]();
  }
}

/** A run of B rows over T tokens. */
interface Run {
  readonly rows: readonly Row[];
  /** How many tokens of each row were read before. */
  readonly step: number;
  /** T */
  readonly steps: number;
  /** B */
  readonly batch: number;
}

/** Writes the features (T·B, F) of what a run reads: zeros of warm-ups, and behind a row's end. */
function fill(
  features: Float32Array,
  readers: readonly FeatureReader[],
  { rows, step, steps, batch, columns }: Run & { columns: readonly number[] },
): void {
  const all = featureRow();
  features.fill(0);
  rows.forEach(({ start, from, end }, row) => {
    const to = Math.min(steps, end - start - step);
    for (let t = 0; t < to; t++) {
      readers[row]!.next(all);
      if (start + step + t < from) continue;
      const at = (t * batch + row) * columns.length;
      for (let column = 0; column < columns.length; column++) features[at + column] = all[columns[column]!]!;
    }
  });
}

/** Adds a run's states and products, and keeps what is to be shown. */
function addRun(
  { units, rowOf, excerpts }: Collection,
  trails: readonly Trail[],
  { ids, rows, step, steps, batch }: Run & { ids: Corpus["ids"] },
): void {
  for (const trail of trails) units.addProducts(trail);
  rows.forEach(({ start, from, end }, row) => {
    const first = start + step;
    const to = Math.min(steps, end - first);
    const shown = excerpts.touches(first, first + to);
    for (let t = Math.max(0, from - first); t < to; t++) {
      const tokenRow = rowOf[ids[first + t]!]!;
      for (const trail of trails) {
        const at = (t * batch + row) * trail.group.size;
        units.add(trail, at, tokenRow);
        if (shown) excerpts.keep(first + t, trail, at);
      }
    }
  });
}

function notFinite(): RangeError {
  return new RangeError(
    "Cannot inspect the model as its states are not finite: weights are not finite, or too large for float32",
  );
}
