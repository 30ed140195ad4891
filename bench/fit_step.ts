/**
 * A step of fit() against the same step recorded and replayed by hand, alternately: what the loop costs.
 *
 *     deno run -A bench/fit_step.ts [--rounds 20] [--devices wasm,webgpu] [--threads 1] [--filter RNN]
 *
 * Both read their loss every 64 steps, and both must have come to the same weights in the end.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { parseArgs } from "@std/cli/parse-args";
import {
  Adam,
  clipGradNorm,
  crossEntropy,
  Dense,
  type Device,
  type DeviceName,
  fit,
  GRU,
  openDevice,
  type Parameter,
  RNN,
  Tape,
  Tensor,
} from "../mod.ts";
import { Random } from "../src/random.ts";
import { formatSeconds, median, table } from "./harness.ts";

const flags = parseArgs(Deno.args, {
  string: ["rounds", "devices", "threads", "filter"],
  default: { rounds: "20", devices: "wasm,webgpu", filter: "" },
});
/** Steps of a round, an epoch of fit(). */
const STEPS = 256;
/** Steps that a device is given at most before its loss is read, as fit() does it. */
const BETWEEN_READS = 64;
const [MAX_NORM, LEARNING_RATE] = [1, 1e-3];

/** Sizes: rows, steps, inputs, hidden units, classes. */
interface Workload {
  readonly name: string;
  readonly Layer: typeof GRU | typeof RNN;
  readonly B: number;
  readonly T: number;
  readonly I: number;
  readonly H: number;
  readonly V: number;
}

const WORKLOADS: readonly Workload[] = [
  { name: "RNN 32, B 8, T 20", Layer: RNN, B: 8, T: 20, I: 5, H: 32, V: 4 },
  { name: "GRU 64, B 32, T 35", Layer: GRU, B: 32, T: 35, I: 12, H: 64, V: 9 },
];

/** One round of steps. */
type Round = () => Promise<number>;

function batchesOf({ B, T, I, V }: Workload) {
  return Array.from({ length: STEPS }, (_, seed) => {
    const random = new Random(seed);
    const x = { data: Float32Array.from({ length: T * B * I }, () => random.uniform()), shape: [T, B, I] };
    const label = { data: Uint32Array.from({ length: B }, () => random.integer(V)), shape: [B, 1] };
    return { x, label };
  });
}

function modelOf(device: Device, { Layer, B, I, H, V }: Workload) {
  const layer = new Layer(device, { inputSize: I, hiddenSize: H, seed: 1 });
  const dense = new Dense(device, { inputSize: H, outputSize: V, seed: 2 });
  const step = ({ x, label }: { x: Tensor; label: Tensor<"u32"> }, tape?: Tape): Tensor => {
    const [, h] = layer.forward(x, undefined, tape);
    return crossEntropy(dense.forward(h.reshape([B, H]), tape), label, tape);
  };
  return { parameters: [...layer.parameters(), ...dense.parameters()], step };
}

/** As one writes it by hand, once a shape is known. */
function byHand(device: Device, workload: Workload): { round: Round; parameters: Parameter[] } {
  const { parameters, step } = modelOf(device, workload);
  const batches = batchesOf(workload);
  const adam = new Adam(parameters, { learningRate: LEARNING_RATE });
  const tape = new Tape(device);
  const [{ x, label }] = batches as [typeof batches[number]];
  const inputs = Tensor.from(device, x.data, x.shape);
  const targets = Tensor.from(device, label.data, label.shape);
  const losses: Tensor[] = [];
  const program = device.record(() => {
    adam.zeroGrad();
    tape.leaveOut(inputs, targets);
    const loss = step({ x: inputs, label: targets }, tape);
    losses.push(loss);
    tape.backward(loss);
    clipGradNorm(parameters, MAX_NORM);
    adam.update();
  });
  const round = async (): Promise<number> => {
    const start = performance.now();
    for (const [index, { x, label }] of batches.entries()) {
      adam.advance();
      inputs.write(x.data);
      targets.write(label.data);
      program.run();
      if ((index + 1) % BETWEEN_READS === 0) await losses[0]!.data();
    }
    return (performance.now() - start) / 1000 / STEPS;
  };
  return { round, parameters };
}

function byFit(device: Device, workload: Workload): { round: Round; parameters: Parameter[] } {
  const { parameters, step } = modelOf(device, workload);
  const options = { step, epochs: 1e6, learningRate: LEARNING_RATE, clipGradNorm: MAX_NORM };
  const reports = fit(parameters, batchesOf(workload), options).run();
  const round = async (): Promise<number> => {
    const start = performance.now();
    await reports.next();
    return (performance.now() - start) / 1000 / STEPS;
  };
  return { round, parameters };
}

async function wordsOf(parameters: readonly Parameter[]): Promise<unknown[]> {
  return await Promise.all(parameters.map(({ value, device }) => device.read(value)));
}

const rows: string[][] = [];
for (const name of String(flags.devices).split(",") as DeviceName[]) {
  for (const workload of WORKLOADS.filter(({ name }) => name.includes(String(flags.filter)))) {
    using device = await openDevice(
      name,
      name === "wasm" && flags.threads ? { threads: Number(flags.threads) } : {},
    );
    const ways = [byHand(device, workload), byFit(device, workload)];
    for (let warm = 0; warm < 3; warm++) for (const { round } of ways) await round();
    const times: [number[], number[]] = [[], []];
    for (let turn = 0; turn < Number(flags.rounds); turn++) {
      const order = turn % 2 === 0 ? [0, 1] : [1, 0]; // neither is always behind the other
      for (const way of order) times[way]!.push(await ways[way]!.round());
    }
    const [hand, loop] = await Promise.all(ways.map(({ parameters }) => wordsOf(parameters)));
    assertEquals(loop, hand);
    const ratios = times[0].map((seconds, turn) => times[1][turn]! / seconds).sort((a, b) => a - b);
    rows.push([
      name,
      workload.name,
      formatSeconds(median(times[0])),
      formatSeconds(median(times[1])),
      median(ratios).toFixed(3),
      (Math.min(...times[1]) / Math.min(...times[0])).toFixed(3),
    ]);
  }
}
console.log(table(["device", "workload", "by hand", "fit()", "ratio, median", "ratio of the best"], rows));
