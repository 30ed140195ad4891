/**
 * How the speed of a training step grows with its sizes: one size at a time around those of H1, and corners far from it, for
 * each cell; GFLOP/s of all its products, and their share of what registers alone give in the same run.
 *
 *     deno run -A bench/growth.ts [--cells rnn,gru,lstm] [--axes H,B,V,T,corners] [--sizes 16,64] [--seconds 0.3]
 *         [--threads 2] [--json FILE]
 *
 * `--sizes` takes these of an axis alone. A hole is a size whose rate is below 60 % of what smaller and larger ones on its
 * axis reach, also when it is measured again in turn with its neighbours.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import type { Device } from "../src/device/device.ts";
import { openDevice } from "../src/device/open_device.ts";
import { workOf } from "../src/profile/kernel_work.ts";
import { train } from "../src/train.ts";
import { namesOf, numberOf, unknown } from "./flags.ts";
import { AXES, HOLE, holesOf, type Point, pointsOf } from "./growth/points.ts";
import { formatNumber, formatSeconds, median, processor, table } from "./harness.ts";
import { WasmLimits } from "./limits_wasm.ts";
import { notesOfTraining } from "./noted_kernels.ts";
import { corpusOf, modelOf, type TrainingWorkload } from "./workloads.ts";

/** Seconds of a cell's steps before its first size, in which V8 optimizes its code. */
const OPTIMIZED = 1;
/** Steps before those that count, and how many count at the least. */
const WARM_UP = 2;
const LEAST = 3;
/** How often a hole and its neighbours are measured again. */
const AGAIN = 3;

/** A point with what was measured: seconds of a step, products a second. */
interface Measured extends Point {
  seconds: number;
  flops: number;
}

/** Seconds of a step, the median of those of about `seconds`. */
async function secondsOf(device: Device, sizes: TrainingWorkload, seconds: number): Promise<number> {
  const { batchSize, numSteps } = sizes;
  using model = modelOf(device, sizes);
  const options = {
    learningRate: 1e-3,
    clipGradNorm: 1e-2,
    carryState: true,
    epochs: 2 ** 30,
    batchSize,
    numSteps,
  };
  const times: number[] = [];
  const end = performance.now() + 1000 * seconds;
  let last = performance.now();
  for await (const _ of train(model, corpusOf(sizes, 1), options)) {
    times.push((performance.now() - last) / 1000);
    if (times.length >= WARM_UP + LEAST && performance.now() > end) break;
    last = performance.now();
  }
  return median(times.slice(WARM_UP));
}

async function measure(device: Device, point: Point, seconds: number): Promise<Measured> {
  const notes = await notesOfTraining(device, point.sizes);
  const flop = notes.reduce((sum, note) => sum + workOf(note).flop, 0);
  const time = await secondsOf(device, point.sizes, seconds);
  return { ...point, seconds: time, flops: flop / time };
}

/** An axis, with its holes and their neighbours measured again: the best of each counts. */
async function measureAxis(device: Device, points: readonly Point[], seconds: number): Promise<Measured[]> {
  const measured: Measured[] = [];
  for (const point of points) measured.push(await measure(device, point, seconds));
  for (let time = 0; time < AGAIN; time++) {
    const near = new Set(holes(measured).flatMap((at) => [at - 1, at, at + 1]));
    for (const at of [...near].filter((at) => at < points.length)) {
      const again = await measure(device, points[at]!, seconds);
      if (again.flops > measured[at]!.flops) measured[at] = again;
    }
  }
  return measured;
}

/** Corners are no neighbours of each other. */
function holes(measured: readonly Measured[]): number[] {
  return measured[0]!.axis === "corners" ? [] : holesOf(measured.map(({ flops }) => flops));
}

function rowsOf(measured: readonly Measured[], limit: number): string[][] {
  const found = holes(measured);
  return measured.map(({ axis, sizes, seconds, flops }, at) => [
    sizes.cell,
    axis,
    ...[sizes.hiddenSize, sizes.batchSize, sizes.vocabularySize, sizes.numSteps].map(String),
    formatSeconds(seconds),
    formatNumber(flops / 1e9),
    `${Math.round(100 * flops / limit)} %`,
    found.includes(at) ? "hole" : "",
  ]);
}

if (import.meta.main) {
  const flags = parseArgs(Deno.args, {
    string: ["cells", "axes", "sizes", "seconds", "threads", "json"],
    default: { cells: "rnn,gru,lstm", axes: `${Object.keys(AXES)},corners`, seconds: "0.3", threads: "2" },
    unknown,
  }) as Record<string, string | undefined>;
  const threads = numberOf("threads", flags.threads!);
  const seconds = numberOf("seconds", flags.seconds!, 0);
  const cells = namesOf("cells", flags.cells!, ["rnn", "gru", "lstm"]) as TrainingWorkload["cell"][];
  const letters = namesOf("axes", flags.axes!, [...Object.keys(AXES), "corners"]);
  const sizes = flags.sizes?.split(",").map((size) => numberOf("sizes", size));
  using device = await openDevice("wasm", { threads });
  using limits = await WasmLimits.open({ threads, relaxed: device.build === "relaxed" });
  const axes: Measured[][] = [];
  for (const cell of cells) {
    await secondsOf(device, pointsOf(cell, "H")[0]!.sizes, OPTIMIZED);
    for (const axis of letters) {
      console.error(`${cell} ${axis} …`);
      await limits.measure([1]);
      const points = pointsOf(cell, axis, sizes);
      axes.push(await measureAxis(device, points, seconds));
    }
  }
  const head = ["cell", "axis", "H", "B", "V", "T", "a step", "GFLOP/s", "of registers", ""];
  console.log(
    `${processor()}, Deno ${Deno.version.deno}, ${device.info.description}; registers alone: ${
      formatNumber(limits.flops / 1e9)
    } GFLOP/s\n`,
  );
  console.log(table(head, axes.flatMap((measured) => rowsOf(measured, limits.flops))));
  const count = axes.reduce((sum, measured) => sum + holes(measured).length, 0);
  console.log(`\nHoles below ${100 * HOLE} % of those beside them: ${count}`);
  if (flags.json) {
    await Deno.writeTextFile(flags.json, JSON.stringify({ limit: limits.flops, axes }, null, 1));
  }
}
