/** Each command with the least permissions: with these it works, without any of them one sentence says what to add. @module */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { findAdapter } from "../../src/device/webgpu.ts";
import { parseFlags } from "../../src/cli/parse_flags.ts";
import { grantsOf, needsOf, type Paths } from "../../src/cli/permissions.ts";
import { COMMANDS } from "../../src/cli/help.ts";
import type { CommandName } from "../../src/cli/flags.ts";
import { temporaryFolder } from "../files/temporary_folder.ts";
import { shellWord } from "../../src/messages/shell_word.ts";
import { unpacked } from "../frameworks/golden.ts";
import { FILES, OTHERS, type Row, ROWS, SERIES, TRAIN } from "./permission_rows.ts";
import { contents, refrain, type Result } from "./spawn.ts";

const ROOT = decodeURIComponent(new URL("../../", import.meta.url).pathname);
const GOLDEN = `${ROOT}src/verify/golden`;

const folder = await temporaryFolder();
const cwd = folder.path;
Deno.test.afterAll(async () => await folder[Symbol.asyncDispose]());

await Deno.writeTextFile(`${cwd}/${FILES.CORPUS}`, "fa la re mi lafa remire ".repeat(20));
await Deno.writeTextFile(`${cwd}/${FILES.PREFIX}`, "la re");
await Deno.writeTextFile(`${cwd}/${FILES.TOKENS}`, JSON.stringify([..." aefilmr"]));
await Deno.writeFile(`${cwd}/${FILES.FILE}`, await unpacked("keras_lstm_language.keras"));
const made = [
  ["--out", FILES.MODEL],
  ["--out", FILES.RUN, "--stop-after", "9"],
  ["--out", "runs/old"],
];
for (const words of made) {
  const { code, stderr } = await refrain(["train", ...TRAIN.split(" "), "--corpus", FILES.CORPUS, ...words], {
    cwd,
  });
  assertEquals([code, stderr], [0, ""]);
}
const spots = Array.from({ length: 40 }, (_, row) => row % 11);
await Deno.writeTextFile(`${cwd}/${FILES.SERIES}`, ["spots", ...spots].join("\n"));
const series = ["train", "--series", FILES.SERIES, "--out", FILES.FORECASTER, ...SERIES.split(" ")];
assertEquals((await refrain(series, { cwd })).code, 0);
await Deno.copyFile(`${cwd}/${FILES.MODEL}/model.safetensors`, `${cwd}/weights.safetensors`);
await Deno.symlink(`${cwd}/${FILES.MODEL}`, `${cwd}/link`);

/** Runs the program with permissions, and nobody to ask; the driver's complaint about a variable is none of ours. */
async function run(permissions: readonly string[], args: readonly string[], place = cwd): Promise<Result> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--no-check", ...permissions, `${ROOT}mod.ts`, ...args],
    cwd: place,
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  const own = decoder.decode(stderr).replaceAll(/^.*XDG_RUNTIME_DIR.*\n/gm, "");
  return { code, stdout: decoder.decode(stdout), stderr: own };
}

let places = 0;

/** A row with its paths, of which what is written is made anew. */
async function placed({ needs, args }: Row, prefix: string): Promise<{ grants: string[]; words: string[] }> {
  const paths: Record<string, string> = { ...FILES, OUT: `out${++places}`, NAME: `run${places}` };
  await Deno.mkdir(`${cwd}/runs/run${places}`);
  await Deno.writeTextFile(`${cwd}/runs/run${places}/config.json`, '{ "version": "0.1.0", "epochs": 9 }');
  for (const name of ["RUN", "MODEL"] as const) {
    const copy = `${FILES[name]}${places}`;
    await Deno.mkdir(`${cwd}/${copy}`);
    for await (const entry of Deno.readDir(`${cwd}/${FILES[name]}`)) {
      await Deno.copyFile(`${cwd}/${FILES[name]}/${entry.name}`, `${cwd}/${copy}/${entry.name}`);
    }
    paths[name] = copy;
  }
  const put = (text: string): string =>
    text.replace(/\b[A-Z]{3,}\b/g, (name) => name === "NAME" ? paths[name]! : `${prefix}${paths[name]}`);
  return { grants: needs.split(" ").filter(Boolean).map(put), words: args.split(" ").map(put) };
}

/** The grants with one path less. */
function lessOne(grants: readonly string[]): { path: string; access: string; left: string[] }[] {
  return grants.flatMap((grant, index) => {
    const [, access, list] = /^--allow-(\w+)=(.*)$/.exec(grant)!;
    const paths = list!.split(",");
    return paths.map((path) => {
      const rest = paths.filter((one) => one !== path);
      const less = rest.length > 0 ? [`--allow-${access}=${rest.join(",")}`] : [];
      return { path, access: access!, left: grants.toSpliced(index, 1, ...less) };
    });
  });
}

for (const row of [...ROWS, ...OTHERS]) {
  Deno.test(`${row.command} needs ${row.needs || "no permission"}, and all of it`, async () => {
    const { grants, words } = await placed(row, "");
    const before = await contents(cwd);
    for (const { path, access, left } of lessOne(grants)) {
      const { code, stdout, stderr } = await run(left, words);
      // What a run reads of texts is known once its folder has been read.
      const known = row.command.includes("--resume") && path !== FILES.CORPUS
        ? `--allow-${access}=${path}`
        : grants.find((grant) => grant.startsWith(`--allow-${access}=`))!;
      const flag = shellWord(known);
      const sentence = `error: Cannot ${access} "${path}": run with ${flag}\n`;
      assertEquals([code, stdout, stderr], [1, "", sentence], `${words.join(" ")} with ${left}`);
    }
    assertEquals(await contents(cwd), before);
    const { code, stdout, stderr } = await run(grants, words);
    const newest = row.command === "generate from the newest run" ? /^model: runs\/\S+\n/ : "";
    assertEquals([code, stderr.replace(newest, "").replace(row.notes ?? "", "")], [0, ""], words.join(" "));
    assertMatch(stdout, row.says);
  });
}

Deno.test("paths may be absolute in the flags of Deno, in those of refrain, or in both", async () => {
  for (const row of ROWS.slice(0, 4)) {
    const [relative, absolute] = [await placed(row, ""), await placed(row, `${cwd}/`)];
    const rooted = relative.grants.map((grant) => grant.replace(/(?<=[=,])/g, `${cwd}/`));
    assertEquals((await run(rooted, relative.words)).stderr, "", row.command);
    assertEquals((await run(absolute.grants, absolute.words)).stderr, "", row.command);
  }
});

Deno.test("a folder may be a link, or lie behind one: its target need not be granted", async () => {
  await Deno.mkdir(`${cwd}/disk`);
  await Deno.symlink(`${cwd}/disk`, `${cwd}/linked`);
  for (const out of ["linked", "linked/first"]) { // the link first: it must be empty
    const grants = [`--allow-read=${FILES.CORPUS},${out}`, `--allow-write=${out}`];
    const words = ["train", ...TRAIN.split(" "), "--corpus", FILES.CORPUS, "--out", out];
    const { code, stderr } = await run(grants, words);
    assertEquals([code, stderr], [0, ""]);
    const again = await run(grants, ["train", "--resume", out, "--epochs", "4"]);
    assertEquals([again.code, again.stderr], [0, ""]);
    const left = Array.from(Deno.readDirSync(`${cwd}/${out}`), ({ name }) => name);
    assert(!left.includes("run.lock"), left.join());
    for (const name of left) await Deno.remove(`${cwd}/${out}/${name}`);
  }
});

Deno.test("a run that was not found where it may be read is told where else it may be", async () => {
  for (const words of [["verify", FILES.MODEL], ["runs", "--yes", "--remove", FILES.MODEL]]) {
    const place = `runs/${FILES.MODEL}`;
    const { code, stderr } = await run([`--allow-read=${place}`, `--allow-write=${place}`], words);
    const advice = `may not be read: run with --allow-read=${FILES.MODEL}`;
    assertEquals([code, stderr.trim().split("there is ")[1]], [
      1,
      `no "${place}", and "${FILES.MODEL}" ${advice}`,
    ]);
  }
  const { code, stderr } = await run(["--allow-read=runs", "--allow-write=runs"], [
    "runs",
    "--remove=",
    "--yes",
  ]);
  assertEquals([code, stderr], [1, 'error: Cannot remove run "" as that is no name: name its folder\n']);
});

Deno.test("verify needs its own numbers where they lie in a clone", async () => {
  const words = ["verify", "--device", "wasm"];
  const sentence = (path: string): string =>
    `error: Cannot read "${path}": run with ${shellWord(`--allow-read=${path}`)}\n`;
  assertEquals(await run([], words), { code: 1, stdout: "", stderr: sentence(GOLDEN) });
  assertEquals((await run([], words, ROOT)).stderr, sentence("src/verify/golden"));
  const args = ["run", "--no-prompt", "--no-check", `--allow-read=${GOLDEN}`, `${ROOT}mod.ts`, ...words];
  const command = new Deno.Command(Deno.execPath(), { args, cwd, stdout: "piped", stderr: "null" });
  await using child = command.spawn(); // which ends it: other tests take it to its end
  let said = "";
  for await (const piece of child.stdout.pipeThrough(new TextDecoderStream())) {
    said += piece;
    if (/\n {2}\S+: gradients .* ok\n/.test(said)) break;
  }
  assertMatch(said, /\nLayers against PyTorch\n/);
});

Deno.test("what is forbidden is told as that, as no flag would grant it", async () => {
  const denied = ["-R", "-W", `--deny-read=${FILES.MODEL}`];
  const { stderr } = await run(denied, ["generate", "--model", FILES.MODEL]);
  assertEquals(stderr, `error: Cannot read "${FILES.MODEL}" as that is forbidden: run without --deny-read\n`);
});

Deno.test("several denied ones are in one sentence", async () => {
  const { stderr } = await run([], ["train", "--corpus", "a,b.txt", "--corpus", "a b.txt", "--out", "run"]);
  const flags = `'--allow-read=.,a b.txt,run' --allow-write=run`; // Deno knows no path with a comma
  assertEquals(stderr, `error: Cannot read "a,b.txt", "a b.txt", "run" or write "run": run with ${flags}\n`);
});

Deno.test({
  name: "WebGPU needs no more, whether XDG_RUNTIME_DIR is set or not",
  ignore: !await findAdapter(),
  fn: async () => {
    const { grants, words } = await placed(ROWS[0]!, "");
    const gpu = words.join("\n").replace("wasm\n--threads\n1", "webgpu").split("\n");
    const before = Deno.env.get("XDG_RUNTIME_DIR");
    try {
      for (const [index, value] of ["", "/tmp", "/no/such/folder"].entries()) {
        Deno.env.set("XDG_RUNTIME_DIR", value);
        const out = `out-${index}`;
        const put = (word: string): string => word.replace(/\bout\d+$/, out).replace(/\bout\d+(?= |$)/, out);
        const { code, stdout, stderr } = await run(grants.map(put), gpu.map(put));
        assertEquals([code, stderr], [0, ""]);
        assertMatch(stdout, /^device +WebGPU, /);
      }
    } finally {
      if (before === undefined) Deno.env.delete("XDG_RUNTIME_DIR");
      else Deno.env.set("XDG_RUNTIME_DIR", before);
    }
  },
});

const hasScript = await new Deno.Command("script", { args: ["--version"], stdout: "null", stderr: "null" })
  .output().then(({ success }) => success && Deno.build.os === "linux").catch(() => false);

/** Runs the program at a terminal, where Deno asks people for what is not granted; here they refuse it. */
async function atTerminal(
  permissions: readonly string[],
  args: readonly string[],
): Promise<[number, string]> {
  const line = [Deno.execPath(), "run", "--no-check", ...permissions, `${ROOT}mod.ts`, ...args];
  const child = new Deno.Command("script", {
    args: ["-qec", line.map((word) => shellWord(word)).join(" "), "/dev/null"],
    cwd,
    env: { NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  const answer = (): Promise<void> => writer.write(new TextEncoder().encode("n\n")).catch(() => {});
  const answering = setInterval(answer, 200); // what was typed before a question is not taken for its answer
  const { code, stdout } = await child.output();
  clearInterval(answering);
  await writer.abort().catch(() => {});
  return [code, new TextDecoder().decode(stdout)];
}

Deno.test({
  name: "no command asks for anything at a terminal where it has the least",
  ignore: !hasScript,
  fn: async () => {
    for (const row of [...ROWS, ...OTHERS]) {
      const { grants, words } = await placed(row, "");
      const [code, text] = await atTerminal(grants, words);
      assert(code === 0 && !/Deno requests|Allow\?/.test(text), `${row.command}: ${text}`);
    }
    const [code, text] = await atTerminal([], ["runs"]);
    assertEquals(code, 1, text);
    assertStringIncludes(text, 'Deno requests read access to "runs"'); // so it asks
    assertStringIncludes(text, 'error: Cannot read "runs": run with --allow-read=runs');
  },
});

Deno.test("the commands of both READMEs have the least permissions, or a set of them, and never all", async () => {
  for (const name of ["README.md", "README.zh-CN.md"]) {
    const text = (await Deno.readTextFile(`${ROOT}${name}`)).replaceAll("\\\n", "");
    const blocks = [...text.matchAll(/```sh\n([^]*?)```/g)].flatMap(([, block = ""]) => block.split("\n"));
    assertEquals(blocks.filter((line) => / -A\b|--allow-all/.test(line)), [], name);
    let seen = 0;
    for (const line of blocks) {
      const [, flags, command, rest] = /\bdeno(?:@\S+)? run (.*?) ?mod\.ts (\w+) ?(.*)$/.exec(line) ?? [];
      if (command === undefined || / -P\b| -P=/.test(` ${flags}`)) continue;
      const needs = needsOf(
        command as CommandName,
        parseFlags(command as CommandName, rest!.split(/ +/).filter(Boolean)) as Paths,
      );
      const wanted = (paths: readonly string[]): string[] =>
        paths.filter((path) => !paths.some((other) => path.startsWith(`${other}/`))).toSorted();
      const given = (flag: string): string[] =>
        (new RegExp(`${flag}=(\\S+)`).exec(flags!)?.[1]?.split(",") ?? []).toSorted();
      // Without --text the text is the run's own, which its config.json names.
      const own = command === "inspect" && !rest!.includes("--text") ? [/[^=,]+\.txt/.exec(flags!)![0]] : [];
      const read = command === "info" ? ["runs"] : wanted([...own, ...needs.read]); // info: of the newest run
      assertEquals(
        [given("(?:-R|--allow-read)"), given("(?:-W|--allow-write)")],
        [read, wanted(needs.write)],
        `${name}: ${line}`,
      );
      seen++;
    }
    assert(seen > 10, `${seen}`);
  }
});

Deno.test("both READMEs have the table of permissions, and deno.json a set for each command", async () => {
  for (const name of ["README.md", "README.zh-CN.md"]) {
    const rows = (await Deno.readTextFile(`${ROOT}${name}`)).split("\n").filter((line) =>
      line.startsWith("| `")
    )
      .map((line) => line.split("|").map((cell) => cell.trim()));
    for (const { command, needs } of ROWS) {
      const cell = rows.find(([, commands = ""]) => commands.split(/, |、/).includes(`\`${command}\``))?.[2];
      if (needs === "") assertMatch(cell ?? "", /^(nothing|不需要)$/, `${name}: ${command}`);
      else assertEquals(cell, `\`${needs}\``, `${name}: ${command}`);
    }
  }
  const { permissions } = JSON.parse(await Deno.readTextFile(`${ROOT}deno.json`));
  const flagsOf = ({ read = [], write = [] }: Record<"read" | "write", string[]>): string[] =>
    grantsOf({ read, write });
  for (const command of Object.keys(COMMANDS) as CommandName[]) {
    const { read, write } = needsOf(command, {});
    const wanted = {
      read: command === "info" ? ["runs"] : read.map((path) => path.replace(ROOT, "")),
      write: command === "runs" ? ["runs"] : write, // to remove one
    };
    assertEquals(flagsOf(permissions[command]), grantsOf(wanted), command);
  }
});
