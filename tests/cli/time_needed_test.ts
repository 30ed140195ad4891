/** What `train` says before it works, and how long it will take when its first seconds have gone. @module */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { TimeNeeded } from "../../src/cli/train/time_needed.ts";
import { Random } from "../../src/random.ts";
import { temporaryFolder } from "../files/temporary_folder.ts";
import { refrain, type Result, withFlags } from "./spawn.ts";

const folder = await temporaryFolder();
const cwd = folder.path;
const random = new Random(0);
const SONG = Array.from({ length: 600 }, () => "fa la do re mi"[random.integer(14)]).join("");
await Deno.writeTextFile(`${cwd}/song.txt`, SONG);
await Deno.writeTextFile(`${cwd}/twice.txt`, SONG + SONG);
Deno.test.afterAll(async () => await folder[Symbol.asyncDispose]());

const SMALL =
  "--preset tutorial --corpus song.txt --batch-size 2 --num-steps 10 --hidden-size 8 --device wasm --threads 1 --length 3 " +
  "--prefix fa --epochs 1";
const train = (flags: string): Promise<Result> => refrain(["train", ...withFlags(SMALL, flags)], { cwd });
const factsOf = async (run: string): Promise<Record<string, unknown>> =>
  JSON.parse(await Deno.readTextFile(`${cwd}/${run}/config.json`)).facts;

/** What is said of steps that come one after the other. */
function said(
  settings: { epochs: number; stopAfter?: number; timeBudget?: number },
  secondsAStep: number,
  steps: number,
  first = 0,
): string[] {
  let now = 0;
  const needed = new TimeNeeded(
    { stopAfter: undefined, timeBudget: undefined, ...settings },
    "token",
    () => now,
  );
  const lines: string[] = [];
  for (let count = first; count < first + steps; count++) {
    now += 1000 * secondsAStep;
    const place = { epoch: 1 + Math.floor(count / 10), step: 1 + count % 10, stepsPerEpoch: 10 };
    const line = needed.after({ ...place, epochs: settings.epochs, tokensPerSecond: 1234.5 });
    if (line !== undefined) lines.push(`${count + 1}: ${line}`);
  }
  return lines;
}

Deno.test("the time of a run is told once, when three seconds have shown how fast it goes", () => {
  const rest = "steps to come at 1,235 tokens/s, reports not counted";
  assertEquals(said({ epochs: 100 }, 0.5, 40), [
    `7: time    about 5 seconds an epoch, about 8 minutes for the 993 ${rest}`,
  ]);
  assertEquals(said({ epochs: 100 }, 10, 40), [
    `2: time    about 100 seconds an epoch, about 3 hours for the 998 ${rest}`,
  ]);
  assertEquals(said({ epochs: 100 }, 0.5, 40, 900), [
    `907: time    about 5 seconds an epoch, about 47 seconds for the 93 ${rest}`,
  ]);
  assertEquals(said({ epochs: 100, stopAfter: 27 }, 0.5, 40), [
    `7: time    about 5 seconds an epoch, about 10 seconds for the 20 ${rest}`,
  ]);
  assertEquals(said({ epochs: 100, timeBudget: 300 }, 0.5, 40), [
    `7: time    about 5 seconds an epoch, about 8 minutes for the 993 ${rest}; the time budget of 5 minutes ends before`,
  ]);
  assertEquals(said({ epochs: 100 }, 0.05, 60), []);
});

Deno.test("a pipe gets the time of a run in a line", async () => {
  const { code, stdout } = await train("--epochs 1000000 --log-every 1000000 --time-budget 5 --out timed");
  assertEquals(code, 0);
  const lines = stdout.split("\n").filter((line) => line.startsWith("time "));
  assertEquals(lines.length, 1);
  assertMatch(
    lines[0]!,
    /^time {4}less than a second an epoch, about [\d,]+ \w+ for the [\d,]+ steps to come at [\d,]+ characters\/s, reports not counted; the time budget of 5 seconds ends before$/,
  );
});

Deno.test("a run of a moment is told no time", async () => {
  const { stdout } = await train("--out short");
  assert(!stdout.includes("time    "), stdout);
});

Deno.test("steps, what no batch has, and unknown tokens are told before work begins", async () => {
  const { stdout } = await train("--accumulate-steps 3 --min-count 35 --unknown replace --out told");
  assertMatch(
    stdout,
    /^epoch {3}9 steps of 3 × 2 × 10 characters, 60 characters left over; 1 epoch: 9 steps$/m,
  );
  assertMatch(stdout, /^unknown [\d,]+ characters replaced as the vocabulary lacks them$/m);
  const { stepsPerEpoch, leftOver, unknown, validation } = await factsOf("told");
  assertEquals([stepsPerEpoch, leftOver, validation], [9, 60, undefined]);
  assert(Number(unknown) > 0);
});

Deno.test("a validation part that repeats the training part is told", async () => {
  const twice = await train("--corpus twice.txt --validation-split 0.4 --out twice");
  const line =
    /^repeat {2}about 100 % of the validation part stands in the training part too: its loss tells little/m;
  assertMatch(twice.stdout, line);
  assertEquals((await factsOf("twice"))["repeated"], 1);
  const once = await train("--validation-split 0.4 --out once");
  assert(!once.stdout.includes("repeat"), once.stdout);
  const { validation, repeated } = await factsOf("once");
  assertEquals([validation, Number(repeated) < 0.5], [240, true]);
});
