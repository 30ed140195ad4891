/**
 * Runs of many flags that are stopped within an epoch, and go on with another number of threads: every file is that of a
 * run that was not stopped. Each value comes; tests/train/state_pairs_test.ts has each pair. @module
 */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { temporaryFolder } from "../files/temporary_folder.ts";
import { choose } from "../support/choices.ts";
import { filesOf } from "./files_of.ts";
import { refrain } from "./spawn.ts";

const folder = await temporaryFolder();
const cwd = folder.path;
Deno.test.afterAll(async () => await folder[Symbol.asyncDispose]());
await Deno.writeTextFile(`${cwd}/song.txt`, "fa la do re mi fa sol la ti do ".repeat(12));

const FLAGS =
  "--preset tutorial --corpus song.txt --batch-size 3 --num-steps 7 --hidden-size 11 --device wasm --seed 3 " +
  "--log-every 2 --epochs 6 --length 5 --prefix fa";
/** Flags of each choice. */
const FACTORS = {
  cell: [
    "--nonlinearity relu",
    "--cell gru",
    "--cell lstm --proj-size 5",
    "--cell lstm --initialization orthogonal",
  ],
  layers: ["--num-layers 1", "--num-layers 2 --dropout 0.3", "--num-layers 2 --no-bias"],
  embedding: ["", "--embedding-size 5 --output-dropout 0.2"],
  optimizer: ["", "--optimizer adamw --weight-decay 0.1", "--optimizer sgd --momentum 0.9 --nesterov"]
    .concat(["--optimizer rmsprop --momentum 0.5", "--optimizer rmsprop"]),
  schedule: ["", "--schedule step --step-size 2", "--schedule exponential --gamma 0.98 --schedule-unit step"]
    .concat(["--schedule cosine --warm-up 2", "--schedule plateau --plateau-patience 0 --threshold 0.5"]),
  sampling: ["", "--carry-state", "--sampling random", "--reset-probability 0.3"],
  validation: ["", "--validation-split 0.2", "--validation-split 0.2 --patience 2"],
  accumulate: ["", "--accumulate-steps 2"],
  tokens: ["", "--tokenizer byte", "--min-count 13"],
  clip: ["--clip-grad-norm 0", "--clip-grad-norm 0.05"],
  stop: ["1", "7", "12"],
};

for (const [i, { stop, ...flags }] of choose(FACTORS, { together: 1, seed: 4 }).entries()) {
  const words = [FLAGS, ...Object.values(flags)].join(" ").split(" ").filter(Boolean);
  Deno.test(`a run that was stopped behind step ${stop} ends as one that was not: ${Object.values(flags).filter(Boolean).join(" ")}`, async () => {
    const train = async (...args: string[]): Promise<void> => {
      const { code, stderr } = await refrain(["train", ...args], { cwd });
      assertEquals([code, stderr], [0, ""]);
    };
    await train(...words, "--threads", "2", "--out", `whole-${i}`);
    await train(...words, "--threads", "1", "--out", `parts-${i}`, "--stop-after", stop!);
    await train("--resume", `parts-${i}`, "--threads", "2");
    const [parts, whole] = [await filesOf(`${cwd}/parts-${i}`), await filesOf(`${cwd}/whole-${i}`)];
    assertEquals(Object.keys(parts).sort(), Object.keys(whole).sort());
    for (const [name, content] of Object.entries(whole)) assertEquals(parts[name], content, name);
  });
}

Deno.test("a run of a text goes on with no series", async () => {
  const { code, stderr } = await refrain(["train", "--resume", "whole-0", "--series", "song.txt"], { cwd });
  assertEquals(code, 2);
  assertStringIncludes(stderr, '"--series song.txt" with "--resume whole-0": the run is of a text');
});
