import { assertEquals, assertThrows } from "@std/assert";
import { type CommandName, flagsOf, repeats } from "../../src/cli/flags.ts";
import { COMMANDS } from "../../src/cli/help.ts";
import { camelCase, givenFlags, parseFlags } from "../../src/cli/parse_flags.ts";
import { explained } from "../../src/cli/unknown_flag.ts";
import { UnknownFlagError, UsageError } from "../../src/cli/usage_error.ts";
import { nearest } from "../../src/messages/options.ts";

const NAMES = Object.keys(COMMANDS) as CommandName[];

function misuse(command: CommandName, ...args: string[]): string {
  const error = assertThrows(() => parseFlags(command, args), UsageError);
  return (error instanceof UnknownFlagError ? explained(error) : error).message;
}

Deno.test("parseFlags() without arguments gives the tutorial's run", () => {
  assertEquals(parseFlags("train", []), {
    lines: false,
    acceptChangedWeights: false,
    accumulateSteps: 1,
    corpus: [],
    encoding: "utf-8",
    maxChars: undefined,
    newlines: undefined,
    batchSize: 32,
    numSteps: 35,
    tokenizer: "character",
    minCount: 1,
    maxVocabulary: undefined,
    unknown: undefined,
    vocabulary: undefined,
    series: undefined,
    columns: undefined,
    time: undefined,
    horizon: undefined,
    loss: "mse",
    validationSplit: undefined,
    split: "tail",
    splitRows: undefined,
    baseline: false,
    sampling: "consecutive",
    carryState: false,
    resetProbability: 0,
    preset: undefined,
    cell: "rnn",
    hiddenSize: 256,
    numLayers: 1,
    initFrom: undefined,
    projSize: 0,
    resetBefore: false,
    gateActivation: "sigmoid",
    layerNorm: false,
    noBias: false,
    embeddingSize: 0,
    tieWeights: false,
    outputDropout: 0,
    initialization: "uniform",
    forgetBias: undefined,
    nonlinearity: "tanh",
    dropout: 0,
    resume: undefined,
    epochs: 250,
    patience: undefined,
    timeBudget: undefined,
    stopAfter: undefined,
    learningRate: 0.001,
    clipGradNorm: 0.01,
    optimizer: "adam",
    weightDecay: undefined,
    momentum: 0,
    nesterov: false,
    schedule: "constant",
    scheduleUnit: "epoch",
    warmUp: 0,
    warmUpStart: undefined,
    stepSize: undefined,
    gamma: undefined,
    tMax: undefined,
    minLearningRate: 0,
    factor: 0.1,
    plateauPatience: 10,
    threshold: 1e-4,
    cooldown: 0,
    prefix: [],
    prefixFile: [],
    temperature: undefined,
    length: 50,
    logEvery: 50,
    saveEvery: 300,
    out: undefined,
    overwrite: false,
    device: "auto",
    threads: undefined,
    deterministic: false,
    seed: 0,
    trace: false,
    distributed: undefined,
    mpiLibrary: undefined,
    turbo: false,
    json: false,
    quiet: false,
    debug: false,
    help: false,
  });
});

Deno.test("parseFlags() gives each command its own defaults", () => {
  const { count, length, temperature, topK, topP, stop } = parseFlags("generate", []);
  assertEquals({ count, length, temperature, topK, topP, stop }, {
    count: 1,
    length: 200,
    temperature: 1,
    topK: 0,
    topP: 1,
    stop: [],
  });
  const { rows, windows } = parseFlags("evaluate", []);
  assertEquals([rows, windows], [undefined, undefined]);
  assertEquals(parseFlags("info", []), {
    model: undefined,
    mpiLibrary: undefined,
    vocabulary: undefined,
    nonlinearity: undefined,
    acceptChangedWeights: false,
    turbo: false,
    json: false,
    quiet: false,
    debug: false,
    help: false,
  });
});

Deno.test("parseFlags() takes a value after a space or an equals sign", () => {
  const args = [
    "--hidden-size",
    "8",
    "--learning-rate=1e-2",
    "--cell",
    "lstm",
    "--carry-state",
    "--out",
    "a=b",
  ];
  const { hiddenSize, learningRate, cell, carryState, out } = parseFlags("train", args);
  assertEquals([hiddenSize, learningRate, cell, carryState, out], [8, 0.01, "lstm", true, "a=b"]);
  assertEquals(parseFlags("generate", ["--top-p", ".5", "--length", "2e2"]).topP, 0.5);
});

Deno.test("parseFlags() keeps texts as they are: empty, numbers, hyphens, repeated", () => {
  const args = ["--prefix", "", "--prefix", "007", "--prefix", "-1", "--prefix=--x", "--prefix", "a b"];
  assertEquals(parseFlags("train", args).prefix, ["", "007", "-1", "--x", "a b"]);
});

Deno.test("parseFlags() refuses values that are missing, of the wrong kind, or out of range", () => {
  const missing = 'Cannot use "--hidden-size" without a value: write --hidden-size N';
  assertEquals(misuse("train", "--hidden-size"), missing);
  assertEquals(misuse("train", "--hidden-size", "--cell", "gru"), missing);
  assertEquals(misuse("train", "--debug=yes"), 'Cannot use "--debug=yes" as --debug takes no value');
  const cannot = (flag: string, needed: string, value: string): void =>
    assertEquals(
      misuse(NAMES.find((name) => flagsOf(name).some(([, known]) => known === flag))!, `--${flag}`, value),
      `Cannot use "--${flag}" as it must be ${needed}: current value is "${value}"`,
    );
  for (const value of ["0", "-1", "1.5", "16385", "", "ten", "0x10", "Infinity", "1e99", "1 2", "１２"]) {
    cannot("hidden-size", "a whole number from 1 to 16384", value);
  }
  for (const value of ["0", "-1e-3", "NaN", "1e999"]) {
    cannot("learning-rate", "a float32 number, above 0", value);
  }
  for (const value of ["0", "1.01"]) cannot("top-p", "a float32 number, above 0 and at most 1", value);
  for (const value of ["-0.1", "x"]) cannot("temperature", "a float32 number, at least 0", value);
  for (const value of ["-1", "1"]) {
    cannot("validation-split", "a float32 number, at least 0 and below 1", value);
  }
  cannot("factor", "a float32 number, at least 0 and below 1", "1");
  cannot("forget-bias", "a float32 number", "x");
  cannot("dropout", "a float32 number from 0 to 1", "1.5");
  cannot("epochs", "a whole number from 1 to 4294967295", "0");
  cannot("threads", "a whole number from 1 to 64", "65");
  cannot("seed", "a whole number from 0 to 9007199254740991", "-1");
  cannot("newlines", "one of space, keep", "drop");
  assertEquals(
    misuse("train", "--cell", "lstn"),
    'Cannot use "--cell" as it must be one of rnn, gru, lstm: current value is "lstn": did you mean "lstm"?',
  );
});

Deno.test("parseFlags() refuses a flag that is given twice, unless it may be repeated", () => {
  const twice: Readonly<Record<string, [string, string]>> = {
    integer: ["7", "7"],
    number: ["0.5", "0.7"],
    text: ["a", "b"],
  };
  for (const command of NAMES) {
    for (const [, name, flag] of flagsOf(command)) {
      const values = flag.kind === "choice" ? flag.choices!.slice(0, 2) : twice[flag.kind] ?? [];
      const [one, other] = flag.kind === "switch"
        ? [[`--${name}`], [`--${name}`]]
        : [[`--${name}=${values[0]}`], [`--${name}`, values[1]!]];
      const args = [...one!, "--debug", ...other!].filter((word) => name !== "debug" || word === "--debug");
      if (repeats(flag, command)) {
        assertEquals((parseFlags(command, args) as Record<string, unknown>)[camelCase(name)], values);
      } else {
        assertEquals(misuse(command, ...args), `Cannot use "--${name}" more than once: leave one of them`);
      }
    }
  }
  const text = 'Cannot use "--out" without a value: write --out PATH, or --out=PATH where it begins with --';
  assertEquals(misuse("train", "--out", "--x"), text);
});

Deno.test("givenFlags() names the flags that were written, a default's value too", () => {
  const args = ["--hidden-size", "256", "--cell=rnn", "--carry-state", "--prefix=--out", "--", "--seed"];
  assertEquals([...givenFlags(args)], ["hiddenSize", "cell", "carryState", "prefix"]);
});

Deno.test("parseFlags() refuses what it does not know, and says what was meant", () => {
  assertEquals(
    misuse("train", "--hiden-size", "3"),
    'Unknown flag "--hiden-size": did you mean "--hidden-size"?',
  );
  assertEquals(
    misuse("train", "--hiden-size=3"),
    'Unknown flag "--hiden-size": did you mean "--hidden-size"?',
  );
  assertEquals(misuse("train", "-epochs", "3"), 'Unknown flag "-epochs": did you mean "--epochs"?');
  assertEquals(
    misuse("train", "--hiddenSize", "3"),
    'Unknown flag "--hiddenSize": did you mean "--hidden-size"?',
  );
  assertEquals(misuse("train", "--zzz"), 'Unknown flag "--zzz": see "train --help"');
  assertEquals(misuse("train", "--no-seed=1"), 'Unknown flag "--no-seed": did you mean "--seed"?');
  assertEquals(misuse("train", "--_=1"), 'Unknown flag "--_": see "train --help"');
  assertEquals(misuse("train", "--a.b=1"), 'Unknown flag "--a.b": see "train --help"');
  assertEquals(misuse("train", "--__proto__=1"), 'Unknown flag "--__proto__": see "train --help"');
  assertEquals(
    misuse("train", "--top-k", "1"),
    'Unknown flag "--top-k" of train: it is one of generate',
  );

  assertEquals(misuse("profile", "--", "--epochs"), 'Unexpected argument "--epochs": see "profile --help"');
});

Deno.test("a run is the first word or --model, and not both", () => {
  assertEquals(parseFlags("verify", ["runs/a"]).model, "runs/a");
  assertEquals(parseFlags("verify", []).model, undefined);
  const { model, vocabulary } = parseFlags("info", ["--vocabulary", "v.json", "a.safetensors"]);
  assertEquals([model, vocabulary], ["a.safetensors", "v.json"]);
  for (const command of ["generate", "evaluate", "score", "inspect", "info", "verify"] as const) {
    assertEquals(parseFlags(command, ["runs/a"]).model, "runs/a");
    assertEquals(parseFlags(command, ["--debug", "--", "--a"]).model, "--a");
    assertEquals(
      misuse(command, "a", "--model", "b"),
      'Cannot use "a" with "--model b": both name the run',
    );
    assertEquals(misuse(command, "a", "b"), `Unexpected argument "b": see "${command} --help"`);
  }
  assertEquals(misuse("profile", "a"), 'Unexpected argument "a": see "profile --help"');
  assertEquals(
    misuse("completions", "bash", "--shell=zsh"),
    'Cannot use "bash" with "--shell zsh": both name the shell',
  );
});

Deno.test("verify takes --run, as --model was called there once", () => {
  for (const args of [["--run", "runs/a"], ["--run=runs/a"], ["--model=runs/a"]]) {
    assertEquals(parseFlags("verify", args).model, "runs/a");
  }
  assertEquals(parseFlags("verify", ["--", "--run"]).model, "--run");
  assertEquals(misuse("verify", "--run", "a", "b"), 'Cannot use "b" with "--model a": both name the run');
  assertEquals(
    misuse("verify", "--run", "a", "--model", "b"),
    'Cannot use "--model" more than once: leave one of them',
  );
  assertEquals(misuse("verify", "--runs=a"), 'Unknown flag "--runs": see "verify --help"');
});

Deno.test("the first word of train is the run that goes on, of which a file stands for its folder", () => {
  assertEquals(parseFlags("train", ["runs/a", "--epochs", "9"]).resume, "runs/a");
  for (
    const [path, folder] of [
      ["runs/a/checkpoint.safetensors", "runs/a"],
      ["runs/a/config.json", "runs/a"],
      ["model.safetensors", "."],
      ["/log.jsonl", "/"],
      ["runs/a/other.safetensors", "runs/a/other.safetensors"],
      ["runs/lstm-0.5", "runs/lstm-0.5"],
    ] as const
  ) {
    assertEquals(parseFlags("train", [path]).resume, folder);
    assertEquals(parseFlags("train", ["--resume", path]).resume, folder);
  }
  assertEquals(
    misuse("train", "runs/a", "--resume", "runs/b"),
    'Cannot use "runs/a" with "--resume runs/b": both name the run',
  );
  for (const text of ["a.txt", "poems/all.TXT", "a.txt.gz", "-"]) {
    assertEquals(misuse("train", text), `Unexpected argument "${text}": did you mean "--corpus ${text}"?`);
  }
});

Deno.test("nearest() finds a word with a third of its letters wrong, and no further", () => {
  assertEquals(nearest("trian", NAMES), "train");
  assertEquals(nearest("generat", NAMES), "generate");
  assertEquals(nearest("inform", NAMES), "info");
  assertEquals(nearest("abcde", NAMES), undefined);
  assertEquals(nearest("", NAMES), undefined);
});
