/** What the library says where Deno does not permit something, and what it never asks for. @module */
import { assert, assertEquals } from "@std/assert";
import { adviceFor, grantingFlag } from "../../src/files/permissions.ts";
import { shellWord } from "../../src/messages/shell_word.ts";
import { temporaryFolder } from "./temporary_folder.ts";

const ROOT = decodeURIComponent(new URL("../../", import.meta.url).pathname);

Deno.test("grantingFlag() parts paths by commas, for which a folder above stands where a path has one", () => {
  const cases: [path: string, granted: string][] = [
    ["a b.txt", "a b.txt"],
    ["one, two.txt", "."],
    ["texts/one, two.txt", "texts"],
    ["texts/one, two/three, four.txt", "texts"],
    ["/one,two", "/"],
    ["C:\\texts\\one,two", "C:\\texts"],
  ];
  for (const [path, granted] of cases) assertEquals(grantingFlag("read", [path]), `--allow-read=${granted}`);
  assertEquals(grantingFlag("write", ["b", "a,1", "a,2", "b"]), "--allow-write=b,.");
});

Deno.test("adviceFor() has the flag for each thing that Deno may not permit, quoted for a shell", () => {
  const advice = (message: string): string | undefined => adviceFor(new Deno.errors.NotCapable(message));
  const read = (path: string): string =>
    `Requires read access to "${path}", run again with the --allow-read flag`;
  assertEquals(advice(read("a b.txt")), "run with '--allow-read=a b.txt'");
  assertEquals(advice(read('say "a".txt')), `run with '--allow-read=say "a".txt'`);
  assertEquals(
    advice('Requires all access to "/proc/self/maps", run again with the --allow-all flag'),
    "run with --allow-all",
  );
  const temporary = `${crypto.randomUUID()}.tmp`;
  const write = (path: string): string =>
    `Requires write access to "${path}", run again with the --allow-write flag`;
  assertEquals(advice(write(`out/model.${temporary}`)), "run with --allow-write=out");
  assertEquals(advice(write(`model.${temporary}`)), "run with --allow-write=.");
  assertEquals(advice(write(`/model.${temporary}`)), "run with --allow-write=/");
  assertEquals(adviceFor(new Deno.errors.PermissionDenied(read("a"))), undefined); // the system's
});

/** A program of the library; what it throws, it writes. */
const PROGRAM = `
import { load, openDevice, RNN, RNNModel, save, Vocabulary } from "${ROOT}mod.ts";
import { readConfigBeside } from "${ROOT}src/files/find_run.ts";
import { RunFolder } from "${ROOT}src/files/run_folder.ts";
const device = await openDevice("wasm", { threads: 1 });
const vocabulary = Vocabulary.fromText("abc");
const model = new RNNModel(new RNN(device, { inputSize: 3, hiddenSize: 2, seed: 0 }), 3);
const tell = async (task) => console.log(await task.then((value) => value === undefined ? "done" : "made", (error) => error.message));
const tasks = {
  save: () => save("out/model.safetensors", model, vocabulary),
  here: () => save("model.safetensors", model, vocabulary),
  load: () => load("out/model.safetensors", device),
  config: () => readConfigBeside("out/model.safetensors"),
  beside: () => RunFolder.beside("out"),
};
for (const name of Deno.args) await tell(tasks[name]());
device[Symbol.dispose]();
`;

const hasScript = await new Deno.Command("script", { args: ["--version"], stdout: "null", stderr: "null" })
  .output().then(({ success }) => success && Deno.build.os === "linux").catch(() => false);

/** Runs some of the program's tasks with permissions, at a terminal or away from one. */
async function run(
  cwd: string,
  [permissions, tasks]: [permissions: string, tasks: string],
  atTerminal: boolean,
): Promise<string[]> {
  const flags = permissions.split(" ").filter(Boolean);
  const line = [Deno.execPath(), "run", "--no-check", ...flags, "program.ts", ...tasks.split(" ")];
  const { stdout } = await new Deno.Command(atTerminal ? "script" : line[0]!, {
    args: atTerminal ? ["-qec", line.map((word) => shellWord(word)).join(" "), "/dev/null"] : line.slice(1),
    cwd,
    env: { NO_COLOR: "1" },
    stdin: "null",
    signal: AbortSignal.timeout(60_000), // nobody answers a question
  }).output();
  return new TextDecoder().decode(stdout).replaceAll("\r", "").trimEnd().split("\n");
}

Deno.test("save() and load() say which permission is missing", async () => {
  await using folder = await temporaryFolder();
  await Deno.writeTextFile(`${folder.path}/program.ts`, PROGRAM);
  await Deno.mkdir(`${folder.path}/out`);
  assertEquals(await run(folder.path, ["--no-prompt", "save here load config beside"], false), [
    'Cannot write "out/model.safetensors": run with --allow-write=out',
    'Cannot write "model.safetensors": run with --allow-write=.',
    'Cannot look for "out/model.safetensors": run with --allow-read=out/model.safetensors',
    "done",
    'Cannot make folder "out-2": it has not been granted',
  ]);
  assertEquals(await run(folder.path, ["--no-prompt --allow-write=out", "save"], false), [
    'Cannot write "out/model.safetensors": run with --allow-read=out', // Deno reads what it renames
  ]);
  assertEquals(await Array.fromAsync(Deno.readDir(`${folder.path}/out`)), []);
});

Deno.test({
  name: "the library asks for nothing at a terminal that it can do without",
  ignore: !hasScript,
  fn: async () => {
    await using folder = await temporaryFolder();
    await Deno.writeTextFile(`${folder.path}/program.ts`, PROGRAM);
    await Deno.mkdir(`${folder.path}/out`);
    await Deno.writeTextFile(`${folder.path}/out/config.json`, "{}");
    const all = "--allow-read=out --allow-write=out";
    const refused = 'Cannot make folder "out-2": it has not been granted';
    assertEquals(await run(folder.path, [all, "save load config beside"], true), [
      "done",
      "made",
      "made",
      refused,
    ]);
    const some = "--allow-read=out/model.safetensors";
    assertEquals(await run(folder.path, [some, "load config beside"], true), ["made", "done", refused]);
    assert(!await Deno.stat(`${folder.path}/out-2`).then(() => true, () => false));
  },
});
