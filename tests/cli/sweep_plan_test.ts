/** Which trials a command line of `sweep` asks for, and what it refuses before anything is read. @module */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { flagsOf } from "../../src/cli/flags.ts";
import { planOf } from "../../src/cli/sweep/plan.ts";
import { shareOf, type Task, taskOf } from "../../src/cli/sweep/share.ts";
import { explained } from "../../src/cli/unknown_flag.ts";
import { UnknownFlagError, UsageError } from "../../src/cli/usage_error.ts";

const HELD = "-- --validation-split 0.1";

const plan = (line: string): ReturnType<typeof planOf> => planOf(line.split(" ").filter(Boolean));

async function misuse(line: string): Promise<string> {
  const error = await assertRejects(() => plan(line), UsageError);
  return (error instanceof UnknownFlagError ? explained(error) : error).message;
}

Deno.test("a sweep takes any flag of train as a list, and what stands behind -- as it is", async () => {
  const { trials, axes, folder, id } = await plan(
    "--seeds 0..1 --hidden-size 8,16 --cell gru,lstm --learning-rate log:1e-3..1e-1:3 --tie-weights on,off -- " +
      "--validation-split 0.1 --embedding-size 16 --corpus a.txt --corpus b.txt",
  );
  assertEquals(axes, ["cell", "hidden-size", "tie-weights", "learning-rate"]);
  assertEquals(trials.length, 2 * 2 * 2 * 3 * 2);
  assertEquals(new Set(trials.map(({ id }) => id)).size, 48);
  assertEquals(folder, `runs/sweep-${id.slice(0, 8)}`);
  const { configuration, settings, seed, args } = trials[47]!;
  assertEquals(seed, 1);
  assertEquals(configuration, {
    cell: "lstm",
    "hidden-size": "16",
    "tie-weights": "off",
    "learning-rate": "0.1",
  });
  const { cell, hiddenSize, learningRate, tieWeights, corpus, validationSplit } = settings;
  assertEquals([cell, hiddenSize, learningRate, tieWeights, validationSplit], ["lstm", 16, 0.1, false, 0.1]);
  assertEquals([corpus, settings.seed, args.at(-1)], [["a.txt", "b.txt"], 1, "--seed=1"]);
  const seeds = trials.map(({ seed }) => seed);
  assertEquals(seeds.slice(0, 24), Array(24).fill(0)); // each configuration before any comes again
});

Deno.test("every flag of train that says what is learnt is swept, and no list of them is kept by hand", () => {
  const swept = flagsOf("sweep").map(([, name]) => name);
  const train = flagsOf("train").filter(([, , { passing }]) => !passing).map(([, name]) => name);
  assertEquals(train.filter((name) => !swept.includes(name)), ["resume", "overwrite", "seed"]);
});

Deno.test("trials are known by what they are of: neither order, nor writing, nor threads count", async () => {
  const ids = async (line: string): Promise<string[]> =>
    (await plan(line)).trials.map(({ id }) => id).toSorted();
  const first = await ids(`--dropout 0,0.5 --hidden-size 8,16 ${HELD} --epochs 3`);
  assertEquals(await ids("--hidden-size 16,8 --dropout .50,0 -- --epochs 3 --validation-split 1e-1"), first);
  assertEquals(await ids(`--dropout 0,0.5 --hidden-size 8,16 --epochs 3 ${HELD}`), first);
  assertEquals(
    await ids(`--dropout 0,0.5 --hidden-size 8,16 --workers 4 ${HELD} --epochs 3 --threads 1`),
    first,
  );
  const sweep = async (line: string): Promise<string> => (await plan(line)).id;
  assertEquals(await sweep("--seeds 1,0 " + HELD), await sweep("--seeds 0..1 " + HELD));
  assert(await sweep("--seeds 0..1 " + HELD) !== await sweep(`--seeds 0..1 ${HELD} --epochs 3`));
});

Deno.test("a random search draws by a seed of its own", async () => {
  const line = "--learning-rate log:1e-4..1e-2 --hidden-size 8..64 --seeds 0..1 --random 5";
  const first = (await plan(`${line} ${HELD}`)).trials;
  assertEquals([first.length, new Set(first.map(({ settings }) => settings.learningRate)).size], [10, 5]);
  assertEquals((await plan(`${line} ${HELD}`)).trials, first);
  const other = (await plan(`${line} --random-seed 1 ${HELD}`)).trials;
  assertEquals(other.filter(({ id }) => first.some((trial) => trial.id === id)), []);
});

Deno.test("what cannot be swept is a sentence", async () => {
  const cases: [line: string, sentence: string][] = [
    [
      "--hidden-size 8",
      'Cannot compare trials without a validation: write --validation-split 0.1 behind "--"',
    ],
    [
      "--hidden-size 8 -- --validation-split 0",
      'Cannot compare trials without a validation: write --validation-split 0.1 behind "--"',
    ],
    ["--seed 1", 'Cannot use "--seed" with sweep: --seeds names them'],
    [`${HELD} --seed 1`, 'Cannot use "--seed" with sweep: --seeds names them'],
    [`${HELD} --resume a`, 'Cannot use "--resume" with sweep: the same command goes on with its sweep'],
    [`${HELD} runs/a`, 'Cannot use "--resume" with sweep: the same command goes on with its sweep'],
    [`${HELD} --distributed mpi`, 'Cannot use "--distributed" with sweep: a trial is one process'],
    [`${HELD} --out a`, 'Cannot use "--out" behind "--": it belongs before it'],
    [`${HELD} --json`, 'Cannot use "--json" behind "--": it belongs before it'],
    [`${HELD} --trace`, 'Cannot use "--trace" behind "--": trials are silent'],
    [`--epochs 1,2 ${HELD} --`, 'Unexpected argument "--": it stands once'],
    ["8 16", 'Unexpected argument "8": see "sweep --help"'],
    [`--epochs 1,2 ${HELD} --epochs 3`, 'Cannot use "--epochs" before and behind "--": leave one of them'],
    [`--threads 1,2 ${HELD}`, 'Cannot compare trials by "--threads": it changes nothing of what is learnt'],
    [
      `--tie-weights yes ${HELD}`,
      'Cannot use "--tie-weights" as it must be on or off: current value is "yes"',
    ],
    [
      `--cell rnn,grn ${HELD}`,
      'Cannot use "--cell" as it must be one of rnn, gru, lstm: current value is "grn": did you mean "gru"?',
    ],
    [
      `--dropout 0..1 ${HELD}`,
      'Cannot use "--dropout 0..1" as a range of any numbers needs a count, as 0..1:5, or --random',
    ],
    [
      `--seeds a ${HELD}`,
      'Cannot use "--seeds" as it must be a whole number from 0 to 9007199254740991: current value is "a"',
    ],
    [
      `--seeds -1 ${HELD}`,
      'Cannot use "--seeds" as it must be a whole number from 0 to 9007199254740991: current value is "-1"',
    ],
    [`--random-seed 3 ${HELD}`, 'Cannot use "--random-seed 3" without "--random"'],
    [`--random 9 --epochs 1..3 ${HELD}`, "Cannot draw 9 different configurations: there are 3"],
    [`--seeds 0..999 --epochs 1..11 ${HELD}`, "Cannot run 11,000 trials: 10,000 are the most"],
    [
      `--workers 2 ${HELD} --threads 2`,
      'Cannot use "--threads 2" with "--workers 2": a trial has one thread each',
    ],
    [
      `--turbo ${HELD} --device webgpu`,
      'Cannot use "--turbo" with "--device webgpu": it makes WebAssembly faster',
    ],
    [`--corpus -`, 'Cannot use "-" with sweep: standard input is read once'],
    [`--optimzer sgd`, 'Unknown flag "--optimzer": did you mean "--optimizer"?'],
    [`--lr 1,2`, 'Unknown flag "--lr": did you mean "--learning-rate"?'],
    [
      `${HELD} --momentum 0.9`,
      'Cannot use "--momentum 0.9" with "--optimizer adam": it belongs to sgd and rmsprop',
    ],
  ];
  for (const [line, sentence] of cases) assertEquals(await misuse(line), sentence, line);
});

Deno.test("a configuration that contradicts itself is left to fail alone, unless all do", async () => {
  const { trials } = await plan(`--cell rnn,lstm --proj-size 0,4 --hidden-size 8 ${HELD}`);
  assertEquals(trials.length, 4);
  assertEquals(
    await misuse(`--proj-size 4,5 --hidden-size 8 ${HELD}`),
    'Cannot use "--proj-size 4" with "--cell rnn": it belongs to lstm',
  );
});

Deno.test("tasks of a job array share the trials out, however they are numbered", () => {
  const trials = Array.from({ length: 11 }, (_, i) => ({ id: String(i), configuration: {}, seed: i }));
  const numbered: [ids: number[], withEnds: boolean][] = [
    [[0, 1, 2], true],
    [[1, 2, 3, 4], true],
    [[10, 15, 20], true],
    [[5, 6, 7], false],
    [[7], true],
    [Array.from({ length: 20 }, (_, i) => i), true],
  ];
  for (const [ids, withEnds] of numbered) {
    const shares = ids.map((id) => {
      const ends: Record<string, number> = withEnds ? { MIN: ids[0]!, MAX: ids.at(-1)! } : {};
      const values: Record<string, number> = { ID: id, COUNT: ids.length, ...ends };
      return shareOf(
        trials,
        taskOf((name) => values[name.replace("SLURM_ARRAY_TASK_", "")]?.toString()) as Task,
      );
    });
    assertEquals(
      shares.flat().map(({ seed }) => seed).toSorted((a, b) => a - b),
      trials.map(({ seed }) => seed),
    );
  }
  assertEquals(taskOf(() => undefined), undefined);
  assertEquals(shareOf(trials, undefined), trials);
  const odd: Record<string, string> = { ID: "3", COUNT: "3", MIN: "1", MAX: "7" };
  assertEquals(
    assertThrows(() => taskOf((name) => odd[name.replace("SLURM_ARRAY_TASK_", "")]), RangeError).message,
    "Cannot share trials out among 3 tasks from 1 to 7, of which this is 3: number them in one range, as --array=0-9",
  );
});
