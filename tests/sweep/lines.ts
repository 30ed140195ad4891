/** Trials and their lines, as tests make them up. @module */
import type { Done, Head } from "../../src/sweep/line.ts";
import type { Trial } from "../../src/sweep/trial.ts";

/** Whose journal it is. */
export const HEAD: Head = {
  sweep: "0123456789ab",
  trials: 200,
  version: "0.1.0",
  command: "sweep --seeds 0..4",
};

/** So many trials: 5 seeds of each configuration. */
export function trialsOf(count: number): Trial[] {
  return Array.from({ length: count }, (_, i) => ({
    id: i.toString(16).padStart(12, "0"),
    configuration: { "hidden-size": String(8 * Math.floor(i / 5)), "corpus": "分开.txt" },
    seed: i % 5,
  }));
}

/** What a trial comes to, by its id alone. */
export function lineOf({ id, configuration, seed }: Trial): Done {
  const number = parseInt(id, 16);
  return {
    trial: id,
    seed,
    configuration,
    seconds: 0.5,
    version: "0.1.0",
    state: "done",
    validationLoss: 1 + (number * 7919 % 1000) / 1000,
    epoch: 1 + number % 9,
    loss: number % 13 === 0 ? null : 1,
    flags: { hiddenSize: 8, prefix: ["不分开"] },
  };
}
