/** `train --log-every`: epochs, steps, times; what of reports within epochs is kept and shown. @module */
import { assert, assertEquals, assertMatch } from "@std/assert";
import type { RunState } from "../../src/cli/train/kept_run.ts";
import { decodeCheckpoint } from "../../src/train/checkpoint.ts";
import { Shown } from "../../src/cli/train/shown.ts";
import { Random } from "../../src/random.ts";
import { listRuns } from "../../src/files/list_runs.ts";
import type { LogEvery, TrainReport } from "../../mod.ts";
import { temporaryFolder } from "../files/temporary_folder.ts";
import { filesOf } from "./files_of.ts";
import { refrain, type Result, withFlags } from "./spawn.ts";

const folder = await temporaryFolder();
const cwd = folder.path;
Deno.test.afterAll(async () => await folder[Symbol.asyncDispose]());
await Deno.writeTextFile(`${cwd}/song.txt`, "fa la do re mi fa sol la ti do ".repeat(12));

const FLAGS =
  "--preset tutorial --corpus song.txt --batch-size 3 --num-steps 7 --hidden-size 11 --device wasm --threads 1 " +
  "--epochs 3 --length 5 --prefix fa --validation-split 0.2"; // 14 steps an epoch
const train = (flags: string): Promise<Result> => refrain(["train", ...withFlags(FLAGS, flags)], { cwd });

async function logOf(run: string): Promise<(TrainReport & { samples: unknown[] })[]> {
  const text = await Deno.readTextFile(`${cwd}/${run}/log.jsonl`);
  return text.trimEnd().split("\n").map((line) => JSON.parse(line));
}

Deno.test("reports behind steps are shown with samples, ends of epochs between them are kept alone", async () => {
  const { code, stdout, stderr } = await train("--log-every 5steps --out steps");
  assertEquals([code, stderr], [0, ""]);
  const log = await logOf("steps");
  const steps = [5, 10, 14, 15, 20, 25, 28, 30, 35, 40, 42];
  assertEquals(log.map((report) => report.steps), steps);
  const ends = log.filter(({ step }) => step === undefined);
  assertEquals(ends.map(({ epoch, validationLoss }) => [epoch, typeof validationLoss]), [
    [1, "number"],
    [2, "number"],
    [3, "number"],
  ]);
  assertEquals(
    log.map(({ samples }) => samples.length),
    steps.map((step) => step % 5 === 0 || step === 42 ? 1 : 0),
  );
  assert(log.every(({ seconds, tokensPerSecond }) => seconds > 0 && tokensPerSecond > 0));
  const lines = stdout.split("\n").filter((line) => /^epoch \d/.test(line));
  assertMatch(lines[0]!, /^epoch 1, step 5, perplexity [\d.]+, [\d,]+ tokens\/s$/);
  assertMatch(lines.at(-1)!, /^epoch 3, perplexity [\d.]+, validation perplexity [\d.]+, time [\d.]+ sec, /);
  assertEquals(lines.length, 9);
  const samples = (await Deno.readTextFile(`${cwd}/steps/samples.txt`)).split("\n");
  assertEquals(samples.slice(0, 3).map((line) => line.slice(0, 5)), ["epoch", " - fa", "epoch"]);
  assertEquals(samples[0], "epoch 1, step 5");
  const verified = await refrain(["verify", "steps"], { cwd });
  assertEquals([verified.code, verified.stderr], [0, ""]);
});

Deno.test("a loss within an epoch makes no model the best one", async () => {
  const random = new Random(0);
  const noise = Array.from({ length: 400 }, () => "fa la do re mi"[random.integer(14)]).join("");
  await Deno.writeTextFile(`${cwd}/noise.txt`, noise); // learnt by heart, which helps no other text
  await train(
    "--corpus noise.txt --log-every 5steps --epochs 12 --learning-rate 0.03 --clip-grad-norm 1 --out noise",
  );
  const log = await logOf("noise");
  const least = Math.min(...log.flatMap(({ validationLoss = Infinity }) => validationLoss));
  assert(log.some(({ loss, step }) => step !== undefined && loss < least), "the training's losses are less");
  const { run } = await decodeCheckpoint(await Deno.readFile(`${cwd}/noise/checkpoint.safetensors`));
  assertEquals((run as RunState).best, least);
});

Deno.test("a run with reports behind steps that was stopped anywhere ends as one that was not", async () => {
  const expected = await filesOf(`${cwd}/steps`);
  for (const stop of [5, 7, 14, 15, 28]) {
    assertEquals((await train(`--log-every 5steps --out parts-${stop} --stop-after ${stop}`)).code, 0);
    const { code, stderr } = await refrain(["train", "--resume", `parts-${stop}`], { cwd });
    assertEquals([code, stderr], [0, ""]);
    const files = await filesOf(`${cwd}/parts-${stop}`);
    for (const [name, content] of Object.entries(expected)) {
      assertEquals(files[name], content, `${stop}: ${name}`);
    }
  }
});

Deno.test("the clock decides which reports come, and nothing of what is learnt", async () => {
  await train("--log-every 1 --out epochs");
  const { code, stdout } = await train("--log-every 0.000001s --out clock");
  assertEquals(code, 0);
  assertMatch(stdout, /\nepoch 1, step \d+, perplexity /);
  const [clock, epochs] = [await filesOf(`${cwd}/clock`), await filesOf(`${cwd}/epochs`)];
  assertEquals(clock["model.safetensors"], epochs["model.safetensors"]);
  const ends = (await logOf("clock")).filter(({ step }) => step === undefined);
  const losses = (log: TrainReport[]): unknown[] =>
    log.map(({ epoch, validationLoss }) => [epoch, validationLoss]);
  assertEquals(losses(ends), losses(await logOf("epochs")));
  // Stopped within an epoch, and gone on with reports at other moments.
  await train("--log-every 0.000001s --out clock-parts --stop-after 20");
  assertEquals((await refrain(["train", "--resume", "clock-parts", "--log-every", "1h"], { cwd })).code, 0);
  assertEquals((await filesOf(`${cwd}/clock-parts`))["model.safetensors"], epochs["model.safetensors"]);
  // Reports a minute apart: the first end, and the last.
  const calm = await train("--log-every 1m --out calm");
  assertEquals(calm.stdout.match(/^epoch \d.*perplexity/gm)?.length, 2, calm.stdout);
  assertEquals((await logOf("calm")).map(({ epoch, samples }) => [epoch, samples.length]), [[1, 1], [2, 0], [
    3,
    1,
  ]]);
  const resumed = await refrain(["train", "--resume", "calm", "--epochs", "4", "--log-every", "2"], { cwd });
  assertEquals([resumed.code, (await logOf("calm")).length], [0, 4]);
});

Deno.test("patience without a validation ends a run at the same step whatever the clock reports", async () => {
  const flags = "--validation-split 0 --learning-rate 0.3 --clip-grad-norm 0 --patience 1 --epochs 20";
  const ends: unknown[] = [];
  for (const every of ["1", "5steps", "0.000001s"]) {
    await train(`${flags} --log-every ${every} --out patience-${every}`);
    const runs = await listRuns(cwd);
    const { state, epoch, loss } = runs.find(({ path }) => path.endsWith(`patience-${every}`))!;
    const { "model.safetensors": model } = await filesOf(`${cwd}/patience-${every}`);
    ends.push([state, epoch, loss, model]);
    assert(state === "ended" && epoch! > 1 && epoch! < 20, `${every}: ${state} in epoch ${epoch}`);
  }
  assertEquals(ends.slice(1), [ends[0], ends[0]]);
});

Deno.test("a text of one's own has reports a minute, and keeps them so", async () => {
  const own = "--corpus song.txt --device wasm --threads 1 --length 2 --epochs 2 --out own";
  const { code, stdout } = await refrain(["train", ...own.split(" ")], { cwd });
  assertEquals(code, 0);
  assertEquals(stdout.match(/^epoch \d.*perplexity/gm)?.length, 2, stdout);
  const config = JSON.parse(await Deno.readTextFile(`${cwd}/own/config.json`));
  assertEquals(config.logEvery, "1m");
  const again = await refrain(["train", "--resume", "own", "--epochs", "3"], { cwd });
  assertEquals([again.code, again.stderr], [0, ""]);
});

Deno.test("a run within its last epoch has not ended, and shows the loss of its validation", async () => {
  await train("--log-every 5steps --out within --stop-after 37");
  const [run] = await listRuns(`${cwd}`).then((runs) => runs.filter(({ path }) => path.endsWith("within")));
  const log = await logOf("within");
  assertEquals([log.at(-1)!.epoch, log.at(-1)!.step], [3, 7]);
  const validated = log.findLast(({ validationLoss }) => validationLoss !== undefined)!;
  assertEquals([run!.state, run!.epoch, run!.loss], ["stopped", 3, validated.validationLoss]);
});

Deno.test("what is no rhythm is told in a sentence", async () => {
  for (const value of ["0", "-1", "1.5", "0steps", "1.5steps", "5 steps", "0s", "s", ""]) {
    const { code, stderr } = await refrain(["train", `--log-every=${value}`], { cwd });
    assertEquals([code, stderr.startsWith('error: Cannot use "--log-every" as it must be epochs as 50, ')], [
      2,
      true,
    ]);
  }
  const { stderr } = await refrain(["train", "--log-every", "2min"], { cwd });
  assertEquals(
    stderr,
    'error: Cannot use "--log-every" as it must be epochs as 50, steps as 500steps, or a time as 30s, 2m or 1h: ' +
      'current value is "2min"\n',
  );
  const config = `${cwd}/epochs/config.json`;
  const text = await Deno.readTextFile(config);
  await Deno.writeTextFile(config, text.replace('"logEvery": 1', '"logEvery": "2min"'));
  const resumed = await refrain(["train", "--resume", "epochs"], { cwd });
  assertEquals(resumed.code, 1);
  assertMatch(
    resumed.stderr,
    /config\.json is not right: Cannot use "--log-every" as it must be epochs as 50/,
  );
});

/** Which of some reports are shown, a second apart. */
function shown(logEvery: LogEvery, reports: readonly Partial<TrainReport>[]): number[] {
  let now = 0;
  const shown = new Shown({ logEvery, epochs: 20 }, () => now);
  return reports.flatMap((report, index) => {
    now += 1000;
    const place = { first: index === 0, last: index === reports.length - 1 };
    return shown.takes(report as TrainReport, place) ? [index] : [];
  });
}

Deno.test("reports are shown as often as they were asked for, the first and the last in any case", () => {
  const ends = Array.from({ length: 10 }, (_, index) => ({ steps: 4 * (index + 1) }));
  assertEquals(shown(1, ends), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assertEquals(shown("16steps", ends), [0, 3, 7, 9]);
  assertEquals(shown("3s", ends), [0, 3, 6, 9]);
  const mixed = ends.map((end, index) => index === 5 ? { ...end, step: 2 } : end);
  assertEquals(shown("1h", mixed), [0, 5, 9]);
});
