/** `--turbo`: refrain starts itself again, with what its command needs and was granted, and is the same to people. @module */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { TURBO } from "../../bench/harness.ts";
import { runGrant } from "../../src/cli/run_grant.ts";
import { V8_FLAGS } from "../../src/cli/turbo.ts";
import { findAdapter } from "../../src/device/webgpu.ts";
import { shellWord } from "../../src/messages/shell_word.ts";
import { filesOf } from "./files_of.ts";
import { shell } from "./shell.ts";
import { childOf, cwd, folder, LONG, RUN, run, SMALL, turboCommand } from "./turbo.ts";

Deno.test.afterAll(async () => await folder[Symbol.asyncDispose]());
const MAIN = decodeURIComponent(new URL("../../mod.ts", import.meta.url).pathname);
const TRAIN = ["train", "--corpus", "song.txt", ...SMALL];
const OWN = (out: string): string[] => [`-R=song.txt,${out}`, `-W=${out}`];
const onLinux = Deno.build.os === "linux";

Deno.test("the flags of V8 are those of the task, the README and the benchmarks", async () => {
  assertEquals(TURBO, `--v8-flags=${V8_FLAGS}`);
  for (const name of ["deno.json", "README.md", "README.zh-CN.md"]) {
    assertStringIncludes(await Deno.readTextFile(new URL(`../../${name}`, import.meta.url)), V8_FLAGS);
  }
});

Deno.test("Deno is permitted by its name, where that is no script of npm's", () => {
  assertEquals(
    ["/usr/bin/deno", "C:\\deno.exe", "/opt/canary", "/a/_npx/0f/node_modules/@deno/x/deno"].map(runGrant),
    ["deno", "deno", "/opt/canary", "/a/_npx/0f/node_modules/@deno/x/deno"],
  );
});

Deno.test("a training under --turbo has the bits, the words and the config.json of one without", async () => {
  const stock = await run(OWN("stock"), [...TRAIN, "--out", "stock"]);
  const turbo = await run([...OWN("turbo"), RUN], [...TRAIN, "--out", "turbo", "--turbo"]);
  assertEquals([stock.code, stock.stderr, turbo.code, turbo.stderr], [0, "", 0, ""]);
  assertMatch(turbo.stdout, /^device {2}WebAssembly, .*, 2 threads, turbo\ncorpus /);
  assertEquals(await filesOf(`${cwd}/turbo`), await filesOf(`${cwd}/stock`));
  assertEquals(/turbo"?:/.test(await Deno.readTextFile(`${cwd}/turbo/config.json`)), false);
  assertMatch(stock.stdout, / generate --model stock\n$/);
  assertStringIncludes(turbo.stdout, ` --allow-read=turbo ${shellWord(RUN)} `);
  assertMatch(turbo.stdout, / generate --model turbo --turbo\n$/);
});

Deno.test({
  name: "without it train says once what it would give, where there is something to give",
  ignore: Deno.build.arch !== "x86_64",
  fn: async () => {
    const hint = /^turbo {3}off: --turbo .*\n/gm;
    const said = async (flags: string[], ...args: string[]): Promise<number> => {
      const { stdout } = await run(flags, [...TRAIN, "--out", "said", "--overwrite", ...args]);
      return [...stdout.matchAll(hint)].length;
    };
    assertEquals(await said(OWN("said")), 1);
    assertEquals(await said([...OWN("said"), TURBO]), 0);
    assertEquals(await said([...OWN("said"), RUN], "--turbo"), 0);
    if (!await findAdapter()) return;
    const { stdout } = await run(OWN("said"), [
      ...TRAIN.slice(0, -4),
      "--out=said",
      "--overwrite",
      "--device=webgpu",
    ]);
    assertMatch(stdout, /^device {2}WebGPU, .*\ncorpus /);
  },
});

Deno.test("every command takes --turbo, and says what it says without", async () => {
  await run(OWN("model"), [...TRAIN, "--out", "model"]);
  const device = ["--device", "wasm", "--threads", "1"];
  const rows: [grants: string[], args: string[]][] = [
    [["-R=model"], ["generate", "--model", "model", "--length", "30", ...device]],
    [["-R=song.txt,model"], ["evaluate", "--model", "model", "--corpus", "song.txt", ...device]],
    [["-R=model"], ["score", "--model", "model", "--text", "fa la", "--json", ...device]],
    [["-R=model"], ["verify", "model"]],
    [["-R=runs"], ["runs"]],
    [["-R=runs"], ["generate"]],
    [["-R=none"], ["generate", "--model", "none"]],
    [[], ["generate", "--model", "model"]],
  ];
  for (const [grants, args] of rows) {
    const stock = await run(grants, args);
    assertEquals(await run([...grants, RUN], [...args, "--turbo"]), stock, args.join(" "));
  }
  const profile = await run([RUN], [
    "profile",
    ...SMALL.slice(0, 6),
    "--steps=1",
    "--device=wasm",
    "--turbo",
  ]);
  assertMatch(profile.stdout, /^device {2}.*, turbo\n/);
  const info = await run(["-R=model", RUN], ["info", "model", "--turbo"]);
  assertMatch(info.stdout, /\nmodel {5}model\n/);
});

Deno.test("what computes nothing starts nothing, and may do without --allow-run", async () => {
  await run(OWN("idle"), [...TRAIN, "--out", "idle"]);
  const rows: [grants: string[], args: string[], text: RegExp][] = [
    [["-R=runs"], ["runs"], /^There is no run under /],
    [["-R=idle"], ["verify", "idle"], /^run idle\n {2}checkpoint\.safetensors +whole/],
    [["-R=idle", "-W=idle"], ["runs", "--remove", "idle", "--yes"], /^The run in idle is removed\n$/],
  ];
  for (const [grants, args, text] of rows) {
    const { code, stdout, stderr } = await run([...grants, "--deny-run"], [...args, "--turbo"]);
    assertEquals([code, stderr], [0, ""], args.join(" "));
    assertMatch(stdout, text);
  }
});

Deno.test("flags are refused and helped with as without, and nothing is started for that", async () => {
  const said = async (...args: string[]): Promise<[number, string]> => {
    const { code, stdout, stderr } = await run([], args);
    return [code, stdout.split("\n")[0] + stderr];
  };
  assertEquals(await said("train", "--turbo", "--turbo"), [
    2,
    'error: Cannot use "--turbo" more than once: leave one of them\n',
  ]);
  assertEquals(await said("train", "--turbo=yes"), [
    2,
    'error: Cannot use "--turbo=yes" as --turbo takes no value\n',
  ]);
  assertEquals(await said("trian", "--turbo"), [
    2,
    'error: Unknown command "trian": did you mean "train"?\n',
  ]);
  assertMatch((await said("--turbo", "train"))[1], /^error: Cannot find a command before "--turbo": /);
  assertEquals(await said("train", "--no-turbo"), [
    2,
    'error: Unknown flag "--no-turbo": did you mean "--turbo"?\n',
  ]);
  assertEquals(await said("train", "--turbo", "--device", "webgpu"), [
    2,
    'error: Cannot use "--turbo" with "--device webgpu": it makes WebAssembly faster\n',
  ]);
  assertEquals(await said("train", "--turbo", "--distributed", "mpi"), [
    2,
    'error: Cannot use "--turbo" with "--distributed mpi": give each rank\'s deno the flags of V8 that README names\n',
  ]);
  assertMatch((await said("train", "--turbo", "--epochs", "x"))[1], /^error: Cannot use "--epochs" as /);
  assertMatch((await said("child-of:1", "train"))[1], /^error: Unknown command "child-of:1": /);
  assertMatch((await said("--version", "--turbo"))[1], /^refrain \d/);
  assertMatch((await said("train", "--turbo", "--help"))[1], /^Train a model /);
  assertMatch((await said("help", "train", "--turbo"))[1], /^Train a model /);
  for (const word of ["--help", "-h", "help"]) {
    assertMatch((await said(word, "--turbo"))[1], /^refrain: /);
    assertMatch((await said(word, "--turbo", "train"))[1], /^Train a model /);
  }
  const { stdout } = await run([], ["runs", "--help"]);
  assertMatch(stdout, /\n {2}--turbo +compute in a process [^]*needs --allow-run=deno\n/);
  assert(!stdout.includes("child-of:"));
});

Deno.test("a process that has V8's flags starts no other one, however it got them", async () => {
  const args = [...TRAIN, "--out", "has", "--overwrite", "--turbo"];
  const wide = /^device {2}.*, turbo\n/;
  assertMatch((await run([...OWN("has"), TURBO], args)).stdout, wide);
  const env = { DENO_V8_FLAGS: V8_FLAGS };
  assertMatch((await run(OWN("has"), args, { env })).stdout, wide);
  const other = { DENO_V8_FLAGS: "--max-old-space-size=900" };
  assertMatch((await run([...OWN("has"), RUN], args, { env: other })).stdout, wide);
  // One that was started for it goes on without them, should a later V8 not know them.
  const { code, stdout, stderr } = await run(OWN("has"), [`child-of:${Deno.pid}`, ...args]);
  assertEquals([code, stderr], [0, ""]);
  assertMatch(stdout, /^device {2}.* threads\n/);
});

Deno.test("under V8's flags --turbo takes the wide tile without a clock", async () => {
  const program = `
    import { openFor } from "${import.meta.resolve("../../src/cli/device.ts")}";
    for (const turbo of [false, true]) {
      using device = await openFor("train", { device: "wasm", threads: 1, deterministic: false, turbo });
      const { wideTiles, wideTileSpeed } = device.info.details;
      console.log(turbo, wideTiles, typeof wideTileSpeed);
    }
    Deno.exit();`;
  const found = async (...flags: string[]): Promise<string[]> => {
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", ...flags, `data:text/typescript,${encodeURIComponent(program)}`],
      stderr: "inherit",
    }).output();
    return new TextDecoder().decode(stdout).trim().split("\n");
  };
  assertEquals((await found(TURBO))[1], "true true undefined");
  assertMatch((await found())[1]!, /^true false /);
});

Deno.test("a run goes on with --turbo or without, from any folder, and each command that is said runs", async () => {
  await run(OWN("whole"), [...TRAIN, "--out", "whole"]);
  await Deno.mkdir(`${cwd}/elsewhere`, { recursive: true });
  for (const [index, first] of [["--turbo"], []].entries()) {
    const out = `half${index}`;
    const begun = await run([...OWN(out), RUN], [...TRAIN, "--out", out, "--stop-after", "5", ...first]);
    assertEquals([begun.code, begun.stderr], [0, ""]);
    const line = begun.stdout.trimEnd().split("\n").at(-1)!;
    assertEquals(line.endsWith(`--resume ${out}${first.length ? " --turbo" : ""}`), true, line);
    if (first.length > 0) {
      assertEquals((await shell(`${line} --stop-after 9`, cwd)).code, 0, line);
    }
    const grants = [`-R=${cwd}/song.txt,${cwd}/${out}`, `-W=${cwd}/${out}`];
    const second = first.length > 0 ? [] : ["--turbo"];
    const args = ["train", "--resume", `${cwd}/${out}`, ...second];
    const ended = await run([...grants, RUN], args, { cwd: `${cwd}/elsewhere` });
    assertEquals([ended.code, ended.stderr], [0, ""]);
    assertMatch(ended.stdout, first.length > 0 ? /^device {2}.*threads\n/ : /^device {2}.*, turbo\n/);
    const [files, whole] = [await filesOf(`${cwd}/${out}`), await filesOf(`${cwd}/whole`)];
    assertEquals({ ...files, "config.json": "" }, { ...whole, "config.json": "" });
  }
  const lacking = await run([`-R=half0`, "-W=half0", RUN], ["train", "--resume", "half0", "--turbo"]);
  const sentence = 'error: Cannot read "song.txt": run with --allow-read=song.txt,half0\n';
  assertEquals([lacking.code, lacking.stderr], [1, sentence]);
  const damaged = ["train", "--resume", "elsewhere", "--turbo"];
  const stock = await run(["-R", "-W"], damaged.slice(0, -1));
  assertEquals(await run(["-R", "-W", RUN], damaged), stock);
});

Deno.test({
  name: "standard input may be a pipe, and whoever reads the output may stop",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const start = `deno run --no-prompt ${RUN}`;
    const main = shellWord(MAIN);
    const train = `-R=piped -W=piped ${main} train --corpus - --out piped ${SMALL.join(" ")} --turbo`;
    const piped = await shell(`cat song.txt | ${start} ${train}`, cwd);
    assertEquals([piped.code, piped.stderr], [0, ""]);
    assertMatch(piped.stdout, /\ncorpus {2}standard input: 480 characters, /);
    const generate = `-R=piped ${main} generate --model piped --length 100000000 --turbo`;
    const head = await shell(`set -o pipefail; ${start} ${generate} | head -c 20`, cwd);
    assertEquals([head.code, head.stdout.length, head.stderr], [0, 20, ""]);
    const closed = await shell(`${start} -R=piped ${main} generate --model piped --turbo >&- 2>&-`, cwd);
    const stock = await shell(`deno run -R=piped ${main} generate --model piped >&- 2>&-`, cwd);
    assertEquals(closed, stock);
  },
});

Deno.test("a program of deno compile is told how it is made with V8's flags", async () => {
  const program = `
    Object.defineProperty(Deno, "build", { value: { ...Deno.build, standalone: true } });
    const { main } = await import("${import.meta.resolve("../../src/cli/main.ts")}");
    Deno.exitCode = await main(["profile", "--turbo"]);`;
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", program],
    env: { NO_COLOR: "1" },
  }).output();
  assertEquals([code, new TextDecoder().decode(stderr)], [
    2,
    `error: Cannot use "--turbo" in a compiled program: compile with ${TURBO}\n`,
  ]);
});

Deno.test({
  name: "a process that is killed leaves no other one behind",
  ignore: !onLinux,
  fn: async () => {
    const args = ["train", "--corpus", "song.txt", "--out", "orphan", ...LONG, "--turbo"];
    await using process = turboCommand([...OWN("orphan"), RUN], args).spawn();
    const { pid } = await childOf(process.pid);
    const output = new Response(process.stdout).text(); // ends when no process has it any more
    for (let i = 0; i < 1000 && !(await Deno.stat(`${cwd}/orphan/config.json`).catch(() => null)); i++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await new Promise((resolve) => setTimeout(resolve, 300));
    process.kill("SIGKILL");
    assertMatch(await output, /\nStopped; the run is kept in orphan; /);
    assertEquals((await process.status).signal, "SIGKILL");
    await process.stderr.cancel();
    assertEquals(await Deno.stat(`/proc/${pid}/fd/1`).then(() => true, () => false), false);
    const again = await run(OWN("orphan"), ["train", "--resume", "orphan", "--time-budget", "0.1s"]);
    assertEquals([again.code, again.stderr], [0, ""]);
  },
});
