/**
 * The task in brain.js. Its recurrent networks of numbers know no batches: a step is a pass over as many sequences, each
 * followed by an update. They begin with weights of their own. See bench/peers/protocol.ts.
 *
 * @module
 */
// deno-lint-ignore-file no-explicit-any -- types would load the package whenever the project is checked
import { type Ready, serve, type Settings } from "../peers/protocol.ts";
import { type TaskFile, taskOf } from "./task.ts";

const VERSION: string = "1.6.1";
const { default: brain }: any = await import(`npm:brain.js@${VERSION}`);

/** The epoch's sequences, T + 1 steps of I numbers each: all but the last are told what follows. */
function sequencesOf({ batches, batchSize: B, numSteps: T, inputSize: I }: TaskFile): number[][][] {
  return batches.flatMap((numbers) =>
    Array.from(
      { length: B },
      (_, b) => Array.from({ length: T + 1 }, (_, t) => numbers.slice((t * B + b) * I, (t * B + b + 1) * I)),
    )
  );
}

await serve((settings: Settings): Promise<Ready> => {
  const task = taskOf(settings);
  const { inputSize, hiddenSize, learningRate } = task;
  const net = new brain.recurrent.RNNTimeStep({
    inputSize,
    hiddenLayers: [hiddenSize],
    outputSize: inputSize,
  });
  const sequences = sequencesOf(task);
  const once = { iterations: 1, errorThresh: 0, learningRate, log: false };
  return Promise.resolve({
    version: `brain.js ${VERSION}`,
    unit: () => void net.train(sequences, once),
  });
});
