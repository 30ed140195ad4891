/** What is held out of a text, and what counting gives: the same for `train` and `evaluate`. @module */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Corpus, LYRICS, NGram } from "../../mod.ts";
import { temporaryFolder } from "../files/temporary_folder.ts";
import { refrain } from "./spawn.ts";

const TEXT = LYRICS.slice(0, 2400);
const SMALL =
  "--preset tutorial --corpus text.txt --batch-size 4 --num-steps 7 --hidden-size 5 --epochs 2 --log-every 1 --length 3";
const DEVICE = ["--device", "wasm", "--threads", "1"];

const folder = await temporaryFolder();
Deno.test.afterAll(async () => await folder[Symbol.asyncDispose]());
await Deno.writeTextFile(`${folder.path}/text.txt`, TEXT);
await Deno.writeTextFile(`${folder.path}/other.txt`, TEXT.slice(0, 900));

/** Runs a command that shall end well; gives what it says. */
async function said(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await refrain([...args, ...DEVICE], { cwd: folder.path });
  assertEquals([code, stderr], [0, ""], args.join(" "));
  return stdout;
}

/** Trains, and gives what is kept. */
async function trained(out: string, flags: string): Promise<
  { stdout: string; config: Record<string, unknown>; last: Record<string, number> }
> {
  const small = flags.includes("--corpus") ? SMALL.replace("--corpus text.txt ", "") : SMALL;
  const stdout = await said("train", ...small.split(" "), ...flags.split(" "), "--out", out);
  const config = JSON.parse(await Deno.readTextFile(`${folder.path}/${out}/config.json`));
  const log = (await Deno.readTextFile(`${folder.path}/${out}/log.jsonl`)).trimEnd().split("\n");
  return { stdout, config, last: JSON.parse(log.at(-1)!) };
}

/** The value of a line. */
function valueOf(name: string, stdout: string): string {
  return new RegExp(`^${name} +(.*)$`, "m").exec(stdout)?.[1] ?? `no line ${name} in\n${stdout}`;
}

const SPLITS = [
  ["tail", "--validation-split 0.2", {}, "at its end"],
  ["rows", "--validation-split 0.2 --split rows", { rows: 4 }, "at the ends of its 4 rows"],
  ["more", "--validation-split 0.2 --split rows --split-rows 9", { rows: 9 }, "at the ends of its 9 rows"],
] as const;

for (const [name, flags, rows, place] of SPLITS) {
  Deno.test(`train and evaluate hold out the same, and count the rest: ${flags}`, async () => {
    const { stdout, config, last } = await trained(name, `${flags} --baseline`);
    const [training, heldOut] = Corpus.fromText(TEXT).split(0.2, rows);
    const ngram = await NGram.fromCorpus(training);
    const { loss, perplexity } = await ngram.evaluate(heldOut);
    assertStringIncludes(stdout, `\nsplit   ${heldOut.size} characters ${place} are for validation: `);
    const counts = `the best n-gram of the training part, a ${ngram.order}-gram, has validation perplexity `;
    assertStringIncludes(stdout, `\ncounts  ${counts}${perplexity.toFixed(6)}\n`);
    assertEquals(last["baselineLoss"], loss);
    const { facts, validationSplit, splitRows } = config as { facts: { baseline: object } } & typeof config;
    assertEquals(facts.baseline, { order: ngram.order, loss, perplexity });
    assertEquals([validationSplit, splitRows], [0.2, "rows" in rows ? rows.rows : undefined]);
    const split = name === "tail" ? "tail" : "rows";
    const given = await said(
      "evaluate",
      "--model",
      name,
      "--corpus",
      "text.txt",
      "--split",
      split,
      "--baseline",
    );
    assertEquals(valueOf("part", given), `0.2 of the text, ${place}`);
    assertEquals(valueOf("characters", given), String(heldOut.size - heldOut.parts));
    assertEquals(valueOf("baseline loss", given), loss.toFixed(6));
    assertEquals(valueOf("baseline perplexity", given), perplexity.toFixed(6));
    assertMatch(
      valueOf("counted", given),
      /^\d-gram \(modified Kneser–Ney\) of the rest of the text, [\d,]+ char/,
    );
    assert(!given.includes("\nseen "));
    if (name === "tail") return; // a validation of a text of this length takes one stream too, but not of every one
    assert(Math.abs(Number(valueOf("loss", given)) - last["validationLoss"]!) < 1e-6);
    assertMatch(valueOf("measured", given), /^\d parts side by side, each from a zero state, /);
  });
}

Deno.test("evaluate says when a model has seen what it is measured on", async () => {
  await trained("seen", "--validation-split 0.1");
  const seen = async (...flags: string[]): Promise<boolean> =>
    (await said("evaluate", "--model", "seen", ...flags)).includes(
      "\nseen                the model was trained on it",
    );
  assertEquals(await seen("--corpus", "text.txt", "--validation-split", "0.2"), true);
  assertEquals(await seen("--corpus", "text.txt", "--split", "rows", "--split-rows", "4"), true);
  assertEquals(await seen("--corpus", "text.txt", "--baseline"), true);
  assertEquals(await seen("--corpus", "text.txt", "--validation-split", "0.05"), false);
  assertEquals(await seen("--corpus", "other.txt", "--validation-split", "0.2"), false);
});

Deno.test("without a split the text of the run is counted, without what it held out", async () => {
  await trained("whole", "--validation-split 0.2");
  const stdout = await said("evaluate", "--model", "whole", "--corpus", "other.txt", "--baseline");
  const [training] = Corpus.fromText(TEXT).split(0.2);
  const other = Corpus.fromText(TEXT.slice(0, 900), { vocabulary: training.vocabulary });
  const { loss } = await (await NGram.fromCorpus(training)).evaluate(other);
  assertEquals(valueOf("baseline loss", stdout), loss.toFixed(6));
  assertMatch(valueOf("counted", stdout), /of the text of its training, 1,920 characters/);
});

Deno.test("the text of a run is the one where it was started, not one of the same name here", async () => {
  await trained("named", "--validation-split 0.2");
  const cwd = `${folder.path}/elsewhere`;
  await Deno.mkdir(cwd);
  await Deno.writeTextFile(`${cwd}/text.txt`, TEXT.slice(900));
  const evaluation = ["evaluate", "--model", "../named", "--corpus", "text.txt", "--baseline"];
  for (const args of [evaluation, ["inspect", "../named", "--no-save"]]) {
    const { code, stderr } = await refrain([...args, ...DEVICE], { cwd });
    assertEquals([code, stderr], [0, ""], args.join(" "));
  }
});

Deno.test("a run of one row is split as it was, and its text is counted as long as it is the same", async () => {
  const path = `${folder.path}/changing.txt`;
  await Deno.writeTextFile(path, TEXT);
  await trained("one", "--corpus changing.txt --validation-split 0.2 --split rows --split-rows 1");
  const evaluation = ["evaluate", "--model", "one", "--corpus", "other.txt", "--baseline"];
  assertEquals(valueOf("part", await said(...evaluation, "--split", "rows")), "0.2 of the text, at its end");
  await said(...evaluation);
  await Deno.writeTextFile(path, TEXT.slice(0, -1));
  const { stdout, stderr } = await refrain([...evaluation, ...DEVICE], { cwd: folder.path });
  assertEquals(stdout, "");
  assertStringIncludes(
    stderr,
    "Cannot count the text of the model's run as it has changed since, changing.txt: ",
  );
});

Deno.test("evaluate --dynamic says its rate, is beside the same n-gram, and changes no file", async () => {
  await trained("moving", "--validation-split 0.2 --split rows");
  const path = `${folder.path}/moving/model.safetensors`;
  const before = await Deno.readFile(path);
  const evaluation = [
    "evaluate",
    "--model",
    "moving",
    "--corpus",
    "text.txt",
    "--split",
    "rows",
    "--baseline",
  ];
  const still = await said(...evaluation);
  const moving = await said(...evaluation, "--dynamic", "--learning-rate", "0.5", "--segment", "9");
  assertEquals(
    valueOf("measured", moving),
    "4 parts in their order, each from a zero state, a step of SGD at rate 0.5 behind each 9 characters, " +
      "476 of 480 characters predicted",
  );
  assert(Number(valueOf("loss", moving)) < Number(valueOf("loss", still)) - 0.01, `${moving}${still}`);
  assertEquals(valueOf("baseline loss", moving), valueOf("baseline loss", still));
  assertMatch(valueOf("counted", still), /characters, measured alike: /);
  assertMatch(valueOf("counted", moving), /characters, which learns nothing on the way: /);
  assertEquals(await Deno.readFile(path), before);
});

Deno.test("evaluate refuses splits that nobody has said, and texts that nobody knows", async () => {
  await trained("none", "--max-chars 300");
  await Deno.copyFile(`${folder.path}/none/model.safetensors`, `${folder.path}/alone.safetensors`);
  const refused: [string, string][] = [
    [
      "--model none --split tail",
      'Cannot use "--split tail" without "--validation-split": the model\'s run has none',
    ],
    [
      "--model none --split rows --validation-split 0.1",
      'Cannot use "--split rows" without "--split-rows": the model\'s run has none',
    ],
    [
      "--model none --split tail --split-rows 3 --validation-split 0.1",
      'Cannot use "--split-rows 3" with "--split tail": it belongs to rows',
    ],
    ["--model none --segment 9", 'Cannot use "--segment 9" without "--dynamic"'],
    ["--model none --learning-rate 0.1", 'Cannot use "--learning-rate 0.1" without "--dynamic"'],
    ["--model none --dynamic --rows 2", 'Cannot use "--rows 2" with "--dynamic": it reads in one stream'],
    [
      "--model none --dynamic --clip-grad-norm 0",
      'Cannot use "--clip-grad-norm 0" with "--dynamic": its steps are always clipped',
    ],
    [
      "--model none --validation-split 0.1 --split-rows 5000",
      "Cannot split the corpus as nothing would be left to train on with --split-rows 5000: its size is ",
    ],
    ["--model alone.safetensors --baseline", "Cannot count the text of the model as no run's config.json"],
  ];
  for (const [flags, sentence] of refused) {
    const args = ["evaluate", "--corpus", "text.txt", "--unknown", "skip", ...flags.split(" "), ...DEVICE];
    const { stdout, stderr } = await refrain(args, { cwd: folder.path });
    assertEquals(stdout, "");
    assertStringIncludes(stderr, `error: ${sentence}`);
  }
});
