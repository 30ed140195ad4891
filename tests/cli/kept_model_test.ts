/** What is on the disk, and what is said of it, after a training that failed or was stopped. @module */
import { assertEquals, assertMatch } from "@std/assert";
import { temporaryFolder } from "../files/temporary_folder.ts";
import { command, contents, refrain, type Result } from "./spawn.ts";

const folder = await temporaryFolder();
const cwd = folder.path;
await Deno.writeTextFile(`${cwd}/song.txt`, "fa la do re mi ".repeat(10));
Deno.test.afterAll(async () => await folder[Symbol.asyncDispose]());

const SMALL = [
  "train",
  "--corpus",
  "song.txt",
  "--batch-size",
  "2",
  "--num-steps",
  "40",
  "--hidden-size",
  "8",
  "--device",
  "wasm",
  "--threads",
  "1",
  "--length",
  "3",
  "--prefix",
  "fa",
  "--optimizer",
  "sgd",
];
const ENDLESS = ["--epochs", "100000000"];

/** Starts a training, lets `then` act once a text was printed, and waits for its end. */
async function interrupted(
  args: string[],
  text: string,
  then: (kill: () => void) => Promise<void>,
): Promise<Result> {
  const child = command(args, { cwd }).spawn();
  let stdout = "";
  let acted = false;
  const errors = new Response(child.stderr).text();
  for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) {
    stdout += part;
    if (acted || !stdout.includes(text)) continue;
    acted = true;
    await then(() => child.kill("SIGINT"));
  }
  return { code: (await child.status).code, stdout, stderr: await errors };
}

const wait = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

async function assertLoads(model: string): Promise<void> {
  const { code, stdout, stderr } = await refrain([
    "generate",
    "--model",
    model,
    "--prefix",
    "fa",
    "--length",
    "3",
  ], { cwd });
  assertEquals([code, stderr], [0, ""]);
  assertMatch(stdout, /^fa.{3}\n$/);
}

Deno.test("a schedule that grows beyond float32 ends the training, and the model can be read", async () => {
  const grows = [
    "--learning-rate",
    "1",
    "--schedule",
    "exponential",
    "--gamma",
    "1e3",
    "--epochs",
    "40",
    "--log-every",
    "1",
  ];
  const { code, stderr } = await refrain([...SMALL, ...grows, "--out", "grown"], { cwd });
  assertEquals(code, 1);
  assertMatch(
    stderr,
    /^The (last good model|model of the last report) is kept in grown\nerror: Cannot go on training as /,
  );
  await assertLoads("grown");
});

// Weight decay makes weights overflow in two steps, once the rate has jumped behind the first report.
const jumpsBehind = (epochs: number): string[] => [
  "--log-every",
  "20000",
  "--learning-rate",
  "1e-3",
  "--weight-decay",
  "1",
  "--schedule",
  "step",
  "--step-size",
  `${epochs}`,
  "--gamma",
  "1e38",
];
const OVERFLOW =
  /error: Cannot go on training as the update at step 2000\d would have made weights that float32 cannot hold: /;

Deno.test({
  name: "Ctrl-C after an overflow leaves the model of the last report, and says so",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    let before: Record<string, string> = {};
    const { code, stderr } = await interrupted(
      [...SMALL, ...ENDLESS, ...jumpsBehind(20000), "--out", "stopped"],
      "\nepoch 20000,",
      async (kill) => {
        await wait(100);
        before = await contents(`${cwd}/stopped`);
        delete before[`${cwd}/stopped/run.lock`]; // it goes with the process
        kill();
      },
    );
    assertMatch(stderr, OVERFLOW);
    assertMatch(stderr, /\nThe model of the last report is kept in stopped\nerror: /);
    assertEquals(code, 1);
    assertEquals(await contents(`${cwd}/stopped`), before);
    await assertLoads("stopped");
  },
});

Deno.test("an overflow before the first report keeps weights that can be read", async () => {
  const { code, stderr } = await refrain([...SMALL, ...jumpsBehind(3), "--epochs", "5", "--out", "early"], {
    cwd,
  });
  assertEquals(code, 1);
  assertMatch(
    stderr,
    /^The model is kept as the step that failed left it, in early\nerror: .* the update at step 5 /,
  );
  await assertLoads("early");
});

Deno.test("a run whose folder is removed fails, and its model is rescued into a new one", async () => {
  const { code, stderr } = await interrupted(
    [...SMALL, ...ENDLESS, "--log-every", "20000", "--out", "gone"],
    "\nepoch 20000,",
    async () => {
      await wait(50);
      await Deno.rename(`${cwd}/gone`, `${cwd}/elsewhere`); // in one go, as the program writes
    },
  );
  assertEquals(code, 1);
  assertMatch(
    stderr,
    /^The last good model is kept in gone\nerror: Cannot write "gone\/\S+": no such folder\n$/,
  );
  await assertLoads("gone");
});

Deno.test("nothing is said to be kept where nothing is", async () => {
  const { code, stderr } = await interrupted(
    [...SMALL, ...ENDLESS, "--log-every", "20000", "--out", "lost"],
    "\nepoch 20000,",
    async () => {
      await wait(50);
      await Deno.rename(`${cwd}/lost`, `${cwd}/away`);
      await Deno.writeTextFile(`${cwd}/lost`, "mine");
    },
  );
  assertEquals(code, 1);
  assertMatch(stderr, /^error: Cannot write "lost\/\S+": .+\n$/);
  assertEquals(await Deno.readTextFile(`${cwd}/lost`), "mine");
});
