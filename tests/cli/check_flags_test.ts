import { assertEquals, assertThrows } from "@std/assert";
import { checkProfile, checkTogether } from "../../src/cli/check_flags.ts";
import { parseFlags } from "../../src/cli/parse_flags.ts";
import { scheduleOf } from "../../src/cli/start_training.ts";
import { UsageError } from "../../src/cli/usage_error.ts";
import { inFlags } from "../../src/cli/wording.ts";
import { errorNaming } from "../../src/messages/naming.ts";

/** Flags that do not go together, and the sentence. */
const CASES: readonly [flags: string, sentence: string][] = [
  ["--cell gru --nonlinearity relu", 'Cannot use "--nonlinearity relu" with "--cell gru": it belongs to rnn'],
  ["--proj-size 3", 'Cannot use "--proj-size 3" with "--cell rnn": it belongs to lstm'],
  ["--cell gru --forget-bias 0", 'Cannot use "--forget-bias 0" with "--cell gru": it belongs to lstm'],
  ["--momentum 0.9", 'Cannot use "--momentum 0.9" with "--optimizer adam": it belongs to sgd and rmsprop'],
  ["--optimizer rmsprop --nesterov", 'Cannot use "--nesterov" with "--optimizer rmsprop": it belongs to sgd'],
  ["--optimizer sgd --nesterov", 'Cannot use "--nesterov" without "--momentum"'],
  ["--gamma 0.5", 'Cannot use "--gamma 0.5" with "--schedule constant": it belongs to step and exponential'],
  [
    "--schedule cosine --plateau-patience 3",
    'Cannot use "--plateau-patience 3" with "--schedule cosine": it belongs to plateau',
  ],
  ["--split rows", 'Cannot use "--split rows" without "--validation-split"'],
  ["--baseline", 'Cannot use "--baseline" without "--validation-split"'],
  ["--split-rows 9", 'Cannot use "--split-rows 9" with "--split tail": it belongs to rows'],
  ["--schedule step", 'Cannot use "--schedule step" without "--step-size"'],
  ["--schedule exponential", 'Cannot use "--schedule exponential" without "--gamma"'],
  [
    "--schedule plateau --schedule-unit step",
    'Cannot use "--schedule-unit step" with "--schedule plateau": it watches the loss of an epoch',
  ],
  ["--warm-up-start 0.5", 'Cannot use "--warm-up-start" without "--warm-up"'],
  [
    "--sampling random --carry-state",
    'Cannot use "--carry-state" with "--sampling random": its batches do not follow each other',
  ],
  [
    "--sampling random --reset-probability 0.1",
    'Cannot use "--reset-probability 0.1" with "--sampling random": it belongs to consecutive',
  ],
  [
    "--tokenizer byte --unknown skip",
    'Cannot use "--unknown skip" with "--tokenizer byte": bytes are never unknown',
  ],
  [
    "--corpus - --prefix-file -",
    'Cannot use "--prefix-file -" with "--corpus -": standard input is read once',
  ],
  [
    "--vocabulary v.json",
    'Cannot use "--vocabulary" without "--init-from": a new model has that of its text',
  ],
  [
    "--tokenizer byte --min-count 2",
    'Cannot use "--min-count 2" with "--tokenizer byte": it belongs to character and word',
  ],
  [
    "--tokenizer byte --max-vocabulary 9",
    'Cannot use "--max-vocabulary 9" with "--tokenizer byte": it belongs to character and word',
  ],
  [
    "--min-count 2 --unknown error",
    'Cannot use "--min-count 2" with "--unknown error": what is left out must be replaced or skipped',
  ],
  [
    "--max-vocabulary 9 --unknown error",
    'Cannot use "--max-vocabulary 9" with "--unknown error": what is left out must be replaced or skipped',
  ],
  [
    "--init-from old --min-count 2",
    'Cannot use "--min-count 2" with "--init-from old": its vocabulary is there',
  ],
  [
    "--cell lstm --hidden-size 8 --proj-size 8",
    'Cannot use "--proj-size 8" with "--hidden-size 8": it must be smaller',
  ],
  [
    "--tie-weights --hidden-size 8 --embedding-size 9",
    'Cannot use "--tie-weights" with "--embedding-size 9": --hidden-size 8 must be equal to it',
  ],
  ["--tie-weights", 'Cannot use "--tie-weights" without "--embedding-size 256"'],
  [
    "--cell lstm --no-bias --forget-bias 1",
    'Cannot use "--forget-bias 1" with "--no-bias": there is none',
  ],
];

for (const [flags, sentence] of CASES) {
  Deno.test(`train ${flags} is refused`, () => {
    const settings = parseFlags("train", flags.split(" "));
    assertEquals(assertThrows(() => checkTogether(settings), UsageError).message, sentence);
  });
}

Deno.test("flags of profile without effect are refused", () => {
  const cases: [flags: string, sentence: string][] = [
    ["--unknown skip", '"--unknown skip" with "profile": it changes nothing of a training step'],
    [
      "--tokenizer byte --unknown replace",
      '"--unknown replace" with "--tokenizer byte": bytes are never unknown',
    ],
    [
      "--tokenizer byte --min-count 2",
      '"--min-count 2" with "--tokenizer byte": it belongs to character and word',
    ],
    ["--proj-size 3", '"--proj-size 3" with "--cell rnn": it belongs to lstm'],
    ["--tie-weights", '"--tie-weights" without "--embedding-size 256"'],
  ];
  for (const [flags, sentence] of cases) {
    const settings = parseFlags("profile", flags.split(" "));
    assertEquals(assertThrows(() => checkProfile(settings), UsageError).message, `Cannot use ${sentence}`);
  }
  for (const flags of ["--unknown replace", "--min-count 2 --unknown skip", "--cell lstm --proj-size 3"]) {
    checkProfile(parseFlags("profile", flags.split(" ")));
  }
});

Deno.test("flags that go together are let pass", () => {
  for (
    const flags of [
      "--cell lstm --proj-size 5 --tie-weights --embedding-size 5 --hidden-size 8 --forget-bias -1",
      "--optimizer sgd --momentum 0.9 --nesterov --schedule cosine --t-max 9 --min-learning-rate 1e-5",
      "--optimizer rmsprop --momentum 0.9 --schedule exponential --gamma 0.9 --schedule-unit step",
      "--schedule plateau --plateau-patience 0 --warm-up 3 --warm-up-start 0.1",
      "--init-from a --vocabulary v.json --forget-bias 1 --proj-size 9", // the model decides
      "--cell lstm --nonlinearity tanh", // a default says nothing
      "--tokenizer byte --min-count 1",
      "--tokenizer word --min-count 2 --max-vocabulary 100 --unknown skip",
    ]
  ) checkTogether(parseFlags("train", flags.split(" ")));
});

Deno.test("a cosine ends with the training, unless --t-max says otherwise", () => {
  const maxSteps = (flags: string): unknown => {
    const settings = parseFlags("train", ["--schedule", "cosine", "--epochs", "5", ...flags.split(" ")]);
    return (scheduleOf(settings, 7) as { maxSteps?: number }).maxSteps;
  };
  assertEquals(["--warm-up 2", "--schedule-unit step", "--t-max 9"].map(maxSteps), [3, 35, 9]);
  assertEquals(
    assertThrows(() => maxSteps("--warm-up 5"), UsageError).message,
    'Cannot use "--schedule cosine" with "--warm-up 5": the training has 5 epochs, and none is left',
  );
});

Deno.test("the library's sentences are printed in the command line's words", () => {
  const error = errorNaming(RangeError, (option) => {
    return `${option("logEvery")}, ${option("batchSize", 5)}, ${option("encoding", "big5")}, ${
      option("maxNorm", 1)
    }`;
  });
  assertEquals(error.message, 'logEvery, batchSize 5, encoding "big5", maxNorm 1');
  assertEquals(inFlags(error, "train"), "--log-every, --batch-size 5, --encoding big5, maxNorm 1");
  assertEquals(inFlags(error, "generate"), "logEvery, batchSize 5, encoding big5, maxNorm 1");
  assertEquals(Object.keys(error), []);
  // A word that looks like an option and names none: of a path, of a file, of another sentence.
  for (const message of ["no file /home/logEvery/a", "as layer.projSize is 3", "a text on batchSize"]) {
    assertEquals(inFlags(new Error(message), "train"), message);
  }
});
