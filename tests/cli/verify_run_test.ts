/** `verify RUN`: a run's files are checked one by one and against each other, and nothing is changed. @module */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { temporaryFolder } from "../files/temporary_folder.ts";
import { FolderLock } from "../../src/files/folder_lock.ts";
import { decodeSafetensors, encodeSafetensors } from "../../src/files/safetensors.ts";
import { BLANK, PROOF, seal } from "../../src/files/proof.ts";
import { command, contents, refrain, withFlags } from "./spawn.ts";

const PROGRAM = decodeURIComponent(new URL("../../mod.ts", import.meta.url).pathname);
const folder = await temporaryFolder();
const cwd = folder.path;
Deno.test.afterAll(async () => await folder[Symbol.asyncDispose]());
await Deno.writeTextFile(`${cwd}/song.txt`, "我们只是暂时分开\n不是从此不再唱同一首歌\n".repeat(6));
await Deno.writeTextFile(`${cwd}/other.txt`, "床前明月光\n疑是地上霜\n举头望明月\n低头思故乡\n".repeat(6));

const FLAGS =
  "--preset tutorial --batch-size 3 --num-steps 7 --hidden-size 5 --device wasm --threads 1 --log-every 2 --epochs 6 " +
  "--length 3 --learning-rate 0.01 --validation-split 0.2";

/** A run of one's own: those that tests change are copies of it. */
async function train(name: string, flags: string): Promise<void> {
  const { code, stderr } = await refrain(["train", ...`${FLAGS} ${flags} --out ${name}`.split(" ")], { cwd });
  assertEquals([code, stderr], [0, ""]);
}
await train("sound", "--corpus song.txt");
await train("seed", "--corpus song.txt --seed 1");
await train("text", "--corpus other.txt");

/** `verify` with permission to read what is named, and no other. */
async function verify(
  run: string,
  ...allowed: string[]
): Promise<[code: number, stdout: string, stderr: string]> {
  const read = (allowed.length > 0 ? allowed : [run]).map((path) => `${cwd}/${path}`);
  const args = ["run", "--no-prompt", "--no-check", `--allow-read=${read}`, PROGRAM, "verify", run];
  const options = { args, cwd, env: { NO_COLOR: "1" }, stdin: "null" } as const;
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), options).output();
  const text = (bytes: Uint8Array): string =>
    new TextDecoder().decode(bytes).replace(/^.*XDG_RUNTIME_DIR.*\n/gm, "");
  return [code, text(stdout), text(stderr)];
}

/** A copy of the sound run in which something is done. */
async function changed(body: (run: string) => Promise<void>): Promise<string> {
  const run = `copy-${crypto.randomUUID()}`;
  await Deno.mkdir(`${cwd}/${run}`);
  for await (const { name } of Deno.readDir(`${cwd}/sound`)) {
    await Deno.copyFile(`${cwd}/sound/${name}`, `${cwd}/${run}/${name}`);
  }
  await body(`${cwd}/${run}`);
  return run;
}

const edit = (name: string, replace: (text: string) => string) => async (run: string): Promise<void> => {
  const text = await Deno.readTextFile(`${run}/${name}`);
  const edited = replace(text);
  assertEquals(edited === text, false, "it is edited");
  await Deno.writeTextFile(`${run}/${name}`, edited);
};
const lines = (replace: (lines: string[]) => string[]) =>
  edit("log.jsonl", (text) => replace(text.trimEnd().split("\n")).map((line) => `${line}\n`).join(""));
const flip = (name: string) => async (run: string): Promise<void> => {
  const bytes = await Deno.readFile(`${run}/${name}`);
  bytes[bytes.length - 5]! ^= 4;
  await Deno.writeFile(`${run}/${name}`, bytes);
};
const from = (other: string, name: string) => async (run: string): Promise<void> =>
  await Deno.copyFile(`${cwd}/${other}/${name}`, `${run}/${name}`);
const without = (name: string) => async (run: string): Promise<void> => await Deno.remove(`${run}/${name}`);
/** The model with other metadata, and a proof of it. */
const saying = (texts: Record<string, string>) => async (run: string): Promise<void> => {
  const { tensors, metadata } = decodeSafetensors(await Deno.readFile(`${run}/model.safetensors`));
  const bytes = encodeSafetensors(tensors, { ...metadata, ...texts, [PROOF]: BLANK });
  await Deno.writeFile(`${run}/model.safetensors`, await seal(bytes));
};

Deno.test("a sound run is described, a line a file, with permission to read it alone", async () => {
  const before = await contents(`${cwd}/sound`);
  const [code, stdout, stderr] = await verify("sound");
  assertEquals([code, stderr], [0, ""]);
  assertMatch(
    stdout,
    /^run sound\n {2}checkpoint\.safetensors +whole, by its SHA-256: a checkpoint, refrain [\d.]+, epoch 6, step 24, /,
  );
  assertMatch(stdout, /\n {2}config\.json +whole: settings of refrain [\d.]+\n/);
  assertMatch(stdout, /\n {2}log\.jsonl +whole: 3 reports, epoch 2 to 6\n/);
  assertMatch(stdout, /\n {2}samples\.txt +whole: 6 lines\n/);
  assertMatch(stdout, /\n {2}model\.safetensors +whole, by its SHA-256: a model \(rnn\), .*\n/);
  assertMatch(stdout, /\n {2}report\.html +whole: the run as a page\n$/);
  for (const name of Object.keys(before)) {
    const file = name.slice(cwd.length + 1);
    assertEquals((await verify(file)).slice(0, 1), [0], file);
  }
  assertEquals(await contents(`${cwd}/sound`), before);
});

Deno.test("a run under runs/ is found by its name, and one that is none is told", async () => {
  await Deno.mkdir(`${cwd}/runs/first`, { recursive: true });
  await from("sound", "config.json")(`${cwd}/runs/first`);
  assertMatch((await verify("first", "runs/first", "first"))[1], /^run runs\/first\n/);
  assertMatch((await verify("first", "runs"))[1], /^run runs\/first\n/);
  assertEquals(await verify("nowhere", "runs", "nowhere"), [
    1,
    "",
    'error: Cannot check run "nowhere": no such folder under runs/, nor at that path\n',
  ]);
  assertStringIncludes((await verify("runs"))[2], "as it holds none: it has no config.json");
  const { code, stderr } = await refrain(["verify", "sound", "--device", "wasm"], { cwd });
  assertEquals([code, stderr], [
    2,
    'error: Cannot use "--device wasm" with "verify sound": files are read, and no device computes\n',
  ]);
});

const FAULTS: Record<string, [change: (run: string) => Promise<void>, sentence: RegExp]> = {
  "settings cut off": [
    edit("config.json", (text) => text.slice(0, 99)),
    /config\.json: Cannot read ".*" as it is not JSON/,
  ],
  "a misspelt setting": [
    edit("config.json", (text) => text.replace("hiddenSize", "hidenSize")),
    /has the unknown setting "hidenSize": did you mean "hiddenSize"\?/,
  ],
  "a setting of another kind": [
    edit("config.json", (text) => text.replace('"carryState": false', '"carryState": "no"')),
    /config\.json is not right: carryState must be a boolean/,
  ],
  "another size": [
    edit("config.json", (text) => text.replace('"hiddenSize": 5', '"hiddenSize": 6')),
    /: hiddenSize is 6 in config\.json, and 5 in the model$/,
  ],
  "another batch": [
    edit("config.json", (text) => text.replace('"batchSize": 3', '"batchSize": 4')),
    /: batchSize is 4 in config\.json, and 3 in the checkpoint$/,
  ],
  "no settings": [without("config.json"), /: config\.json is missing$/],
  "a log that lacks a line": [lines((all) => all.slice(1)), /fewer lines than the checkpoint knows: 2 of 3/],
  "a log with lines in another order": [
    lines(([a, b, c]) => [b!, a!, c!]),
    /reports must rise: line 2 is of epoch 2 and step 8, behind epoch 4 and step 16/,
  ],
  "a log with half a line": [lines(([a, b, c]) => [a!, b!.slice(9), c!]), /line 2 is no report/],
  "a log without a loss": [
    lines(([a, ...rest]) => [a!.replace(/"loss":[\d.]+/, '"loss":null'), ...rest]),
    /line 1 is no report/,
  ],
  "a log of more steps": [
    lines(([a, b, c]) => [a!, b!, c!.replace('"steps":24', '"steps":25')]),
    /the checkpoint is of epoch 6 and step 24, and line 3 of its log of epoch 6 and step 25$/m,
  ],
  "no log": [without("log.jsonl"), /: log\.jsonl is missing$/],
  "samples cut off": [
    edit("samples.txt", (text) => text.slice(0, 9)),
    /its samples have \d lines, and the checkpoint knows 6$/,
  ],
  "a page cut off": [
    edit("report.html", (text) => text.slice(0, -20)),
    /report\.html: Cannot read "\S+" as it is no whole report: make it anew by report$/,
  ],
  "a bit of the checkpoint": [
    flip("checkpoint.safetensors"),
    /as it has changed since refrain wrote it.*--accept-changed-weights takes/,
  ],
  "a bit of the model": [flip("model.safetensors"), /as its file has changed since refrain wrote it/],
  "another run's model": [
    from("seed", "model.safetensors"),
    /model and checkpoint are both of step 24, and differ in "dense\.bias"$/,
  ],
  "another text's model": [
    from("text", "model.safetensors"),
    /: model and checkpoint are of different texts$/,
  ],
  "a model that is not the best": [
    saying({ "refrain.step": "8" }),
    /: its model is of step 8, and the best validation loss was at step 24$/,
  ],
  "a model in the checkpoint's place": [
    async (run) => await Deno.copyFile(`${run}/model.safetensors`, `${run}/checkpoint.safetensors`),
    /checkpoint\.safetensors: Cannot go on from the file as it is no checkpoint$/,
  ],
  "a checkpoint in the model's place": [
    async (run) => await Deno.copyFile(`${run}/checkpoint.safetensors`, `${run}/model.safetensors`),
    /model\.safetensors: Cannot load the model as .* is of a checkpoint of training: name the model/,
  ],
  "no checkpoint": [without("checkpoint.safetensors"), /: checkpoint\.safetensors is missing$/],
  "no model": [without("model.safetensors"), /: model\.safetensors is missing$/],
};

for (const [what, [change, sentence]] of Object.entries(FAULTS)) {
  Deno.test(`what is broken has one sentence: ${what}`, async () => {
    const run = await changed(change);
    const before = await contents(`${cwd}/${run}`);
    const [code, , stderr] = await verify(run);
    assertMatch(stderr.trimEnd(), sentence);
    assertMatch(stderr, /^(error: .*[^.]\n)+$/);
    assertEquals(code, 1);
    assertEquals(await contents(`${cwd}/${run}`), before);
  });
}

Deno.test("the model of a report that a killed process did not tell its checkpoint is no fault", async () => {
  const run = await changed(async (run) => {
    const { tensors, metadata } = decodeSafetensors(await Deno.readFile(`${run}/checkpoint.safetensors`));
    const [key, json] = Object.entries(metadata).find(([, text]) => text.includes('"lines"'))!;
    const text = json.replace(/"log":3/, '"log":2').replace(/"best":[\d.]+/, () => {
      const log = Deno.readTextFileSync(`${run}/log.jsonl`).split("\n");
      return `"best":${JSON.parse(log[1]!).validationLoss}`;
    });
    assertEquals(text === json, false);
    const bytes = encodeSafetensors(tensors, { ...metadata, [key]: text, [PROOF]: BLANK });
    await Deno.writeFile(`${run}/checkpoint.safetensors`, await seal(bytes));
  });
  assertEquals((await verify(run))[2], "");
});

Deno.test("a run that has lost its checkpoint is not begun anew over its model", async () => {
  const run = await changed(without("checkpoint.safetensors"));
  const before = await contents(`${cwd}/${run}`);
  const { code, stderr } = await refrain(["train", "--resume", run], { cwd });
  const message = `"${run}" as its checkpoint.safetensors is missing and its log has 3 reports: ` +
    `--init-from ${run} begins anew with its model`;
  assertEquals([code, stderr], [1, `error: Cannot go on with run ${message}\n`]);
  assertEquals(await contents(`${cwd}/${run}`), before);
});

Deno.test("what a killed process leaves is told, and is no fault", async () => {
  const run = await changed(async (run) => {
    const log = await Deno.readTextFile(`${run}/log.jsonl`);
    const next = { ...JSON.parse(log.split("\n")[2]!), epoch: 8, steps: 32 };
    await Deno.writeTextFile(`${run}/log.jsonl`, `${log}${JSON.stringify(next)}\n{"epo`);
    await Deno.writeTextFile(`${run}/model.safetensors.1.tmp`, "half");
    await Deno.writeTextFile(`${run}/run.lock`, "process 1\n");
    await Deno.copyFile(`${run}/checkpoint.safetensors`, `${run}/checkpoint.previous.safetensors`);
  });
  const [code, stdout, stderr] = await verify(run);
  assertEquals([code, stderr], [0, ""]);
  assertMatch(
    stdout,
    /: 4 reports, epoch 2 to 8; 1 behind the checkpoint, its last line is cut off, which is cut and /,
  );
  assertMatch(
    stdout,
    /\n {2}checkpoint\.previous\.safetensors +whole, .*; it is the one before, kept while another /,
  );
  assertMatch(
    stdout,
    /\n {2}model\.safetensors\.1\.tmp +left over, by a process that was killed while it wrote\n/,
  );
  assertMatch(stdout, /\n {2}run\.lock +left over, by a process that was killed\n/);
  const lock = await FolderLock.take(`${cwd}/${run}`);
  if (!(lock instanceof FolderLock)) return; // the file system has no locks
  await using _ = lock;
  const [, working] = await verify(run);
  assertMatch(working, /^run .*: a process works in it, so its files may change meanwhile\n/);
});

Deno.test({
  name: "a run that is killed at any moment is no broken one",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const flags = withFlags(FLAGS, "--epochs 100000 --save-every 0.02 --corpus song.txt");
    for (const milliseconds of [0, 30, 300, 600]) {
      const run = `killed-${milliseconds}`;
      const child = command(["train", ...flags, "--out", run], { cwd }).spawn();
      const output = Promise.all([child.stdout.cancel(), child.stderr.cancel()]);
      while (!await Deno.stat(`${cwd}/${run}/config.json`).then(() => true, () => false)) await wait(5);
      await wait(milliseconds);
      child.kill("SIGKILL");
      await Promise.all([output, child.status]);
      const [code, stdout, stderr] = await verify(run);
      assertEquals([code, stderr], [0, ""], `killed after ${milliseconds} ms:\n${stdout}`);
    }
  },
});

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

Deno.test("files of other programs and older ones are sound, and not proven", async () => {
  const golden = decodeURIComponent(new URL("../golden/", import.meta.url).pathname);
  const line = async (path: string): Promise<string> => {
    const { code, stdout, stderr } = await refrain(["verify", golden + path], { cwd });
    assertEquals([code, stderr], [0, ""]);
    return stdout;
  };
  assertMatch(
    await line("from_python/model.safetensors"),
    /sound, but not proven: a model \(lstm\) of another program\n/,
  );
  assertMatch(
    await line("format_2/model.safetensors"),
    /sound, but not proven, as it has no SHA-256: a model \(\w+\)\n/,
  );
  const { code, stderr } = await refrain(["verify", `${golden}foreign/state_dict.pth`], { cwd });
  assertEquals(code, 1);
  assertMatch(stderr, /^error: .*state_dict\.pth: Cannot read the model as its file is .*\n$/);
});
