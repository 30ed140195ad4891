/**
 * `profile`: a table of where the time of a training step goes.
 *
 * @module
 */
import { checkFits } from "../data/batches.ts";
import { type Profile, profile, type Row } from "../profile/profile.ts";
import { checkProfile } from "./check_flags.ts";
import { checkProfileRoom } from "../profile/demand.ts";
import { openFor } from "./device.ts";
import { displayWidth, padToWidth } from "./display_width.ts";
import type { Settings } from "./flags.ts";
import { print, tell } from "./results.ts";
import { makeModel, sizesOf } from "./start_training.ts";
import { readCorpus } from "./texts.ts";

/**
 * Measures a training step.
 *
 * @param settings The flags' values.
 * @returns The exit code.
 */
export async function profileCommand(settings: Settings<"profile">): Promise<number> {
  checkProfile(settings);
  const { corpus, name } = await readCorpus(settings);
  const V = corpus.vocabulary.size;
  checkFits(corpus.size, settings);
  using device = await openFor("train", settings);
  checkProfileRoom(device, sizesOf(settings, V), { ...settings, made: false });
  const { cell, numLayers, hiddenSize, batchSize, numSteps, steps, clipGradNorm } = settings;
  print(
    `device  ${device.info.description}`,
    `corpus  ${name}: V ${V}`,
    `model   ${cell}, L ${numLayers}, H ${hiddenSize}; a step is B ${batchSize} × T ${numSteps}`,
    `times   medians of ${steps}; GFLOP/s of products, GB/s of words that must be moved`,
    "",
  );
  const found = await profile(makeModel(device, settings, V), corpus, {
    batchSize,
    numSteps,
    steps,
    clipGradNorm: clipGradNorm > 0 ? clipGradNorm : undefined,
  });
  print(...tableOf(found));
  const sizes = { vocabularySize: V, cell, numLayers, hiddenSize, batchSize, numSteps, steps };
  tell({ device: device.info.description, corpus: name, ...sizes, ...found });
  return 0;
}

/** The table, then what is a product and what is not. */
function tableOf({ step, rows, sum, products }: Profile): string[] {
  const width = Math.max(...rows.map(({ kernel, shape }) => displayWidth(`${kernel} ${shape}`)));
  const share = (seconds: number): string => `${(100 * seconds / step).toFixed(1)} %`;
  const line = (name: string, cells: readonly string[]): string =>
    (padToWidth(name, width) + cells.map((cell) => cell.padStart(9)).join("")).trimEnd();
  const sumLine = (name: string, seconds: number): string =>
    line(name, ["", ms(seconds), "", "", share(seconds)]);
  const rowLine = ({ kernel, shape, calls, seconds, flop, bytes }: Row): string =>
    line(`${kernel} ${shape}`, [
      `${calls}`,
      ms(seconds),
      flop ? (flop / seconds / 1e9).toFixed(1) : "-",
      (bytes / seconds / 1e9).toFixed(1),
      share(seconds),
    ]);
  const recurrences = rows.filter((row) => row.products !== undefined);
  const loops = recurrences.reduce((total, row) => total + row.seconds - row.products!, 0);
  return [
    line("kernel", ["calls", "ms", "GFLOP/s", "GB/s", "share"]),
    ...rows.map(rowLine),
    "",
    sumLine("the step as one program", step),
    sumLine("sum of the kernels, each run alone", sum),
    sumLine("products", products),
    sumLine("not products", step - products),
    sumLine("  gates and loops of the recurrences", loops),
    sumLine("  other kernels", sum - products - loops),
    sumLine("  barriers and host: step less sum", step - sum),
    "",
    "Products are gemm and, of a recurrence, the time that one gemm of the same operands and results takes,",
    "all T steps at once; the rest of a recurrence is its gates, and what it costs to take T steps in turn.",
    "A kernel run alone has barriers of its own: step less sum may be below 0.",
  ];
}

function ms(seconds: number): string {
  return (seconds * 1000).toFixed(3);
}
