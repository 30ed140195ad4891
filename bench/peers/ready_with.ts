/** How a JavaScript peer becomes ready: what it is checked by first, then what is timed. @module */
import type { Ready, Settings } from "./protocol.ts";
import type { GenerationFile, TrainingFile } from "./workload_files.ts";

/** A peer's ways, each begun anew from the workload's weights. */
export interface Ways {
  /** Gives a function whose every call generates; ids of shape (streams, length). */
  generation: (settings: Settings, workload: GenerationFile) => () => Promise<number[][]>;
  /** Gives a function whose every call is a step, and gives its loss. */
  trainingSteps: (settings: Settings, workload: TrainingFile) => () => Promise<number>;
}

/**
 * Makes a workload ready.
 *
 * @param settings What is timed.
 * @param ways How the peer does it.
 */
export async function readyWith(
  settings: Settings,
  { generation, trainingSteps }: Ways,
): Promise<Omit<Ready, "version">> {
  const { workload } = settings;
  if (workload.kind === "generation") {
    const generate = generation(settings, workload);
    return { ids: await generate(), unit: async () => void await generate() };
  }
  const checked = trainingSteps(settings, workload);
  const losses: number[] = [];
  while (losses.length < settings.check) losses.push(await checked());
  const step = trainingSteps(settings, workload);
  return {
    losses,
    async unit(): Promise<void> {
      for (let i = 0; i < settings.reportEvery; i++) await step();
    },
  };
}
