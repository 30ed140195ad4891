/**
 * How a corpus becomes the steps of an epoch: running text in rows of so many tokens, lines one by one.
 *
 * @module
 */
import { checkFits, stepsPerEpoch } from "../../data/batches.ts";
import type { Corpus } from "../../data/corpus.ts";
import { LineBatches } from "../../data/line_batches.ts";
import { counted } from "../../messages/printable.ts";
import type { LinesSizes } from "../../model/demand.ts";
import type { Settings } from "../flags.ts";

/** How a training part is cut. */
export interface Cut {
  readonly stepsPerEpoch: number;
  /** Tokens that no batch has. */
  readonly leftOver: number;
  /** What a step is of, for people. */
  readonly words: string;
  /** Of lines: how many of them a batch has, and how long they are. */
  readonly lines?: LinesSizes;
}

/**
 * Cuts a training part.
 *
 * @param training The part.
 * @param settings The flags' values.
 * @throws {RangeError} If a running text is too small for a batch.
 */
export function cutOf(
  training: Corpus,
  { batchSize, numSteps, accumulateSteps, sampling, seed }: Settings<"train">,
): Cut {
  const { kind } = training.vocabulary;
  const parts = accumulateSteps > 1 ? [accumulateSteps] : [];
  if (training.vocabulary.newlines === "lines") {
    const { stepsPerEpoch, lengths, ...batches } = new LineBatches(training, {
      batchSize,
      accumulateSteps,
      seed,
    });
    return {
      stepsPerEpoch,
      leftOver: 0,
      words: `${[...parts, counted(batches.batchSize, "line")].join(" × ")}, padded to ${
        counted(lengths.length, "length")
      }, the longest ${counted(lengths.at(-1)! - 1, kind)}`,
      lines: { batchSize: batches.batchSize, lengths, accumulateSteps },
    };
  }
  const sizes = { batchSize, numSteps, accumulateSteps, sampling };
  checkFits(training.size, { ...sizes, kind });
  const steps = stepsPerEpoch(training.size, sizes);
  const leftOver = training.size - steps * accumulateSteps * batchSize * numSteps;
  return {
    stepsPerEpoch: steps,
    leftOver,
    words: `${[...parts, batchSize, numSteps].join(" × ")} ${kind}s, ${counted(leftOver, kind)} left over`,
  };
}
