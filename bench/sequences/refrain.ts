/**
 * refrain's fit() as its users write it, timed as its peers are: bench/peers/protocol.ts.
 *
 * @module
 */
import { type DeviceName, fit, meanSquaredError, openDevice, type StateDict } from "../../mod.ts";
import { type Ready, serve, type Settings } from "../peers/protocol.ts";
import { modelOf, type TaskFile, taskOf } from "./task.ts";

/** Time-major windows and what comes a step later. */
function batchesOf({ batches, batchSize, numSteps, inputSize }: TaskFile) {
  const shape = [numSteps, batchSize, inputSize];
  return batches.map((numbers) => {
    const all = Float32Array.from(numbers);
    const row = batchSize * inputSize;
    return { x: { data: all.subarray(0, -row), shape }, target: { data: all.subarray(row), shape } };
  });
}

/** The weights of a part of the model. */
function partOf(weights: StateDict, place: string): StateDict {
  const entries = Object.entries(weights).filter(([name]) => name.startsWith(`${place}.`));
  return Object.fromEntries(entries.map(([name, tensor]) => [name.slice(place.length + 1), tensor]));
}

await serve(async (settings: Settings): Promise<Ready> => {
  const device = await openDevice(settings.device as DeviceName);
  addEventListener("unload", () => device[Symbol.dispose]());
  const task = taskOf(settings);
  const begin = (logEvery: number | `${number}steps`) => {
    const { layer, dense } = modelOf(device, task);
    layer.loadStateDict(partOf(settings.weights, "rnn"));
    dense.loadStateDict(partOf(settings.weights, "dense"));
    return fit([...layer.parameters(), ...dense.parameters()], batchesOf(task), {
      step: ({ x, target }, tape) => {
        const [outputs] = layer.forward(x, undefined, tape);
        return meanSquaredError(dense.forward(outputs, tape), target, tape);
      },
      epochs: 2 ** 30,
      learningRate: task.learningRate,
      logEvery,
    }).run();
  };
  const losses: number[] = [];
  const checked = begin("1steps");
  while (losses.length < settings.check) losses.push((await checked.next()).value!.loss);
  await checked.return();
  const training = begin(1);
  const version = `refrain on ${device.info.description}`;
  return { version, losses, unit: async () => void await training.next() };
});
Deno.exit();
