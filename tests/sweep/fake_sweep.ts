/** A sweep whose trials take a moment and compute nothing, as a process that can be killed. It tells what it has kept. @module */
import { Journal, readJournals } from "../../src/sweep/journal.ts";
import { runTrials } from "../../src/sweep/run_trials.ts";
import { HEAD, lineOf, trialsOf } from "./lines.ts";

const [folder, workers] = Deno.args as [string, string];
const { lines } = await readJournals(folder, HEAD.sweep);
const ended = new Set(lines.map(({ trial }) => trial));
const journal = await Journal.open(folder, HEAD);
console.log("begun");
await runTrials(trialsOf(HEAD.trials).filter(({ id }) => !ended.has(id)), {
  workers: Number(workers),
  signal: new AbortController().signal,
  run: async (trial) => {
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
    return lineOf(trial);
  },
  keep: async (line) => {
    await journal.append(line);
    console.log(line.trial);
  },
});
await journal.close();
