/** What is on the disk, and what is said of it, after a training that failed or was stopped. @module */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { temporaryFolder } from "../files/temporary_folder.ts";
import { command, refrain, type Result } from "./spawn.ts";

const folder = await temporaryFolder();
const cwd = folder.path;
await Deno.writeTextFile(`${cwd}/song.txt`, "fa la do re mi ".repeat(10));
Deno.test.afterAll(async () => await folder[Symbol.asyncDispose]());

const SMALL = [
  "train",
  "--preset",
  "tutorial",
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

/** Starts a training, acts once each text was printed, and waits for its end. */
async function acted(
  args: string[],
  ...acts: (string | (() => Promise<void>))[]
): Promise<Result> {
  const child = command(args, { cwd }).spawn();
  let stdout = "";
  const errors = new Response(child.stderr).text();
  for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) {
    stdout += part;
    if (acts.length === 0 || !stdout.includes(acts[0] as string)) continue;
    const [, act] = acts.splice(0, 2);
    await (act as () => Promise<void>)();
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
    /^The run is kept as it was saved last, in grown\nerror: Cannot go on training as /,
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

Deno.test("an overflow leaves the run as it was saved last, and says so", async () => {
  const args = [...SMALL, ...jumpsBehind(20000), "--epochs", "20010", "--out", "overflown"];
  const { code, stderr } = await refrain(args, { cwd });
  assertMatch(stderr, OVERFLOW);
  assertMatch(stderr, /^The run is kept as it was saved last, in overflown\nerror: /);
  assertEquals(code, 1);
  const log = (await Deno.readTextFile(`${cwd}/overflown/log.jsonl`)).trimEnd().split("\n");
  assertEquals(log.map((line) => JSON.parse(line).epoch), [20000]);
  await assertLoads("overflown");
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

const REPORTS = ["--epochs", "40000", "--log-every", "10000"];

Deno.test("a run whose folder goes trains on, says so, and is saved beside it in the end", async () => {
  const { code, stdout, stderr } = await acted(
    [...SMALL, ...REPORTS, "--out", "gone"],
    "\nepoch 10000,",
    async () => {
      await wait(50);
      await Deno.rename(`${cwd}/gone`, `${cwd}/elsewhere`); // in one go, as the program writes
    },
  );
  assertEquals(code, 0, stderr);
  assertMatch(stdout, /\nepoch 40000, [^]*\nThe run is kept in gone-2; to generate from it:\n/);
  assertMatch(
    stderr,
    /^(Cannot (cut|write) "gone\/\S+": [^;]+; training goes on with its weights in memory, and saving is tried again at the next report\n)+The run is kept in gone-2, as gone cannot be written\n$/,
  );
  await assertLoads("gone-2");
  const resumed = await refrain(["train", "--resume", "gone-2", "--epochs", "50000"], { cwd });
  assertEquals([resumed.code, resumed.stderr], [0, ""]);
});

Deno.test("a save that failed is tried again at the next report, and nothing of it is missing", async () => {
  const { code, stderr } = await acted(
    [...SMALL, ...REPORTS, "--out", "back"],
    "\nepoch 10000,",
    async () => {
      await wait(50);
      await Deno.rename(`${cwd}/back`, `${cwd}/away`);
    },
    "\nepoch 20000,",
    async () => {
      await wait(50);
      await Deno.rename(`${cwd}/away`, `${cwd}/back`);
    },
  );
  assertEquals(code, 0, stderr);
  const log = (await Deno.readTextFile(`${cwd}/back/log.jsonl`)).trimEnd().split("\n");
  assertEquals(log.map((line) => JSON.parse(line).epoch), [10000, 20000, 30000, 40000]);
  await assertLoads("back");
});

Deno.test({
  name: "where nothing can be written weights stay in memory until a signal comes",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const args = [...SMALL, ...REPORTS, "--out", "deep/lost"];
    const child = command(args, { cwd }).spawn();
    const output = child.stdout.cancel();
    let stderr = "";
    const config = `${cwd}/deep/lost/config.json`;
    const begun = (): Promise<boolean> => Deno.stat(config).then(() => true, () => false);
    for (let i = 0; i < 2000 && !await begun(); i++) await wait(10);
    await Deno.rename(`${cwd}/deep`, `${cwd}/shallow`);
    await Deno.writeTextFile(`${cwd}/deep`, "mine");
    let asked = 0;
    let took = Infinity;
    for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
      stderr += text;
      const tries = stderr.split("it is tried again in 60 seconds, until a signal comes\n").length - 1;
      if (tries === 1) {
        asked = performance.now();
        child.kill("SIGUSR2"); // it is tried at once
      } else if (tries > 1) {
        took = performance.now() - asked;
        child.kill("SIGTERM");
      }
    }
    await output;
    assertEquals((await child.status).code, 143, stderr);
    assert(took < 30_000, `${took} ms to the next try`);
    assert(stderr.includes("\nWhat came after the last save of deep/lost is lost\n"), stderr);
    assertEquals(await Deno.readTextFile(`${cwd}/deep`), "mine");
  },
});
