/** Commands to copy: each is what the program was started as, with what the command needs, and runs as it stands. @module */
import { assertEquals, assertMatch } from "@std/assert";
import { commandLine, invocation, type Start } from "../../src/cli/invocation.ts";
import { shellWord } from "../../src/messages/shell_word.ts";
import { Random } from "../../src/random.ts";
import { copyTree } from "../support/clone.ts";
import { temporaryFolder } from "../files/temporary_folder.ts";
import { shell } from "./shell.ts";
import { refrain, type Result } from "./spawn.ts";

const isWindows = Deno.build.os === "windows";

/** Words that a shell, Deno or a parser of flags would read as something else; none has NUL, which no shell takes. */
const ODD =
  `a b|it's|a "quote"|$HOME|\`pwd\`|-x|--model|=run|~|!!|100%|@args|two\nlines|\x1b[31mred|one, two|back\\slash|\
(x)|分开|😀|`.split("|");

Deno.test("invocation() is how the program was started", () => {
  const at = (start: Partial<Start>, ...grants: string[]): string =>
    invocation(grants, {
      module: "file:///home/a/refrain/mod.ts",
      program: "/usr/bin/deno",
      folder: "/home/a/refrain",
      standalone: false,
      windows: false,
      ...start,
    });
  assertEquals(at({}), "deno run mod.ts");
  assertEquals(
    at({}, "--allow-read=a b", "--allow-write=c"),
    "deno run '--allow-read=a b' --allow-write=c mod.ts",
  );
  assertEquals(
    at({ module: "file:///home/a/my%20code/mod.ts", folder: "/home/b" }),
    "deno run '/home/a/my code/mod.ts'",
  );
  assertEquals(at({ module: "file:///home/a/-x/mod.ts", folder: "/home/a/" }), "deno run ./-x/mod.ts");
  const windows = { windows: true, program: "C:\\deno.exe", folder: "C:\\r" };
  assertEquals(
    at({ ...windows, module: "file:///C:/r/mod.ts" }, "--allow-read=a"),
    "deno run --allow-read=a mod.ts",
  );
  assertEquals(
    at({ ...windows, module: "file:///C:/r/mod.ts", folder: "C:\\" }, "--allow-read=a,b"),
    'deno run "--allow-read=a,b" r/mod.ts',
  );
  const published = { module: "https://jsr.io/@refrain/refrain/0.1.0/mod.ts", folder: "/" };
  assertEquals(at(published, "--allow-read=runs"), "deno run --allow-read=runs jsr:@refrain/refrain@0.1.0");
  assertEquals(
    at({ program: "/home/a/.npm/_npx/0f/node_modules/deno/deno" }, "--allow-read=runs"),
    `npx -y deno@${Deno.version.deno} run --allow-read=runs mod.ts`,
  );
  const compiled = { standalone: true, module: "file:///tmp/deno-compile-refrain/mod.ts" };
  assertEquals(
    at({ ...compiled, program: "/home/a/my refrain" }, "--allow-read=runs"),
    "'/home/a/my refrain'",
  );
  assertEquals(
    ["C:\\refrain.exe", "C:\\my refrain.exe"].map((program) => at({ ...compiled, ...windows, program })),
    ["C:\\refrain.exe", '& "C:\\my refrain.exe"'],
  );
});

Deno.test("shellWord() puts in quotes what a shell would read otherwise", () => {
  assertEquals(
    ["分开", "runs/2026-11-24T19-20-00Z", "a b", "it's", "$x", "", "a\nb"].map((word) => shellWord(word)),
    [
      "分开",
      "runs/2026-11-24T19-20-00Z",
      "'a b'",
      `'it'\\''s'`,
      "'$x'",
      "''",
      "$'a\\012b'",
    ],
  );
  const words = ["runs\\a", "C:\\r/mod.ts", "a b", "it's", "$x", "%x%", "", "a,b", "@a", "a b\\", 'a"b'];
  assertEquals(words.map((word) => shellWord(word, true)), [
    "runs\\a",
    "C:\\r/mod.ts",
    '"a b"',
    `"it's"`,
    "'$x'",
    "'%x%'",
    "''",
    '"a,b"',
    '"@a"',
    "'a b\\'",
    `'a"b'`,
  ]);
});

Deno.test({
  name: "a shell reads back every word",
  ignore: isWindows,
  fn: async () => {
    const random = new Random(3);
    const signs = [..."'\"\\$`!*?[]{}()<>|&;#~=%^ \t\n\r\x1b\x07\x7fab-é中👩\u200d\u2028"];
    const words = Array.from(
      { length: 500 },
      () => Array.from({ length: random.integer(6) }, () => signs[random.integer(signs.length)]).join(""),
    );
    words.push(...ODD);
    const { stdout } = await shell(`printf '%s\\0' ${words.map((word) => shellWord(word)).join(" ")}`, ".");
    assertEquals(stdout.split("\0").slice(0, -1), words);
  },
});

Deno.test("commandLine() has what the command reads and writes, and values that begin with a hyphen stay values", () => {
  const line = (...args: Parameters<typeof commandLine>): string =>
    commandLine(...args).replace(/ \S*\.ts/, "");
  const start = invocation([]).replace(/ \S*\.ts/, "");
  const flags = { model: "--a b", prefix: "", stop: "-x" };
  assertEquals(
    line("generate", flags, { model: "--a b" }),
    `${start} '--allow-read=--a b' generate '--model=--a b' --prefix= --stop=-x`,
  );
  assertEquals(
    line("train", { resume: "r" }, { resume: "r", corpus: ["a.txt", "-", "a.txt"] }),
    `${start} --allow-read=a.txt,r --allow-write=r train --resume r`,
  );
});

const SMALL = [
  "--preset",
  "tutorial",
  "--batch-size",
  "2",
  "--num-steps",
  "5",
  "--hidden-size",
  "5",
  "--length",
  "3",
  "--threads",
  "1",
];

/** The command at the end of what was said: its permissions are those of the test's words. */
function copied({ code, stdout, stderr }: Result, grants: string): string {
  assertEquals([code, stderr], [0, ""], stdout);
  const line = stdout.trimEnd().split("\n").at(-1)!;
  const [, permissions] = /(?:^deno|^npx -y deno@\S+) run (.*?) ?(?:\S*mod\.ts|'[^']*mod\.ts') /.exec(line) ??
    [];
  assertEquals(permissions, grants, line);
  return line;
}

Deno.test({
  name: "each command that train prints runs as it stands, whatever the run and the text are called",
  ignore: isWindows,
  fn: async () => {
    await using folder = await temporaryFolder();
    const names = ["run", "a b", "it's $HOME", "-x", "one, two", "two\nlines"];
    for (const [index, name] of names.entries()) {
      const cwd = `${folder.path}/${index} here`;
      await Deno.mkdir(cwd);
      const corpus = `${name}.txt`;
      await Deno.writeTextFile(`${cwd}/${corpus}`, "fa la re mi ".repeat(20));
      const all = ["--device", "wasm", `--corpus=${corpus}`, `--out=${name}`, "--epochs", "2"];
      const of = (access: string, ...paths: string[]): string => {
        const granted = [...new Set(paths.map((path) => path.includes(",") ? "." : path))];
        return shellWord(`--allow-${access}=${granted.join(",")}`);
      };
      const train = ["train", ...SMALL, ...all, "--stop-after", "9"];
      const again = copied(await refrain(train, { cwd }), `${of("read", corpus, name)} ${of("write", name)}`);
      const onward = copied(await shell(again, cwd), of("read", name));
      const { code, stdout, stderr } = await shell(onward, cwd);
      assertEquals([code, stderr], [0, ""], onward);
      assertMatch(stdout, /^fa la re mi fa la re[^]{200}\n$/);
    }
  },
});

Deno.test({
  name:
    "commands that are printed run from the program's own folder, with the default run, and to the end of a resumed one",
  ignore: isWindows,
  fn: async () => {
    await using folder = await temporaryFolder();
    const cwd = `${folder.path}/my clone`;
    await copyTree(cwd);
    await Deno.writeTextFile(`${cwd}/a.txt`, "fa la re mi ".repeat(20));
    const begin = `deno run --no-check -R -W mod.ts train ${
      SMALL.join(" ")
    } --device wasm --epochs 2 --corpus a.txt`;
    const run = /^run +(\S+)$/m;
    const first = await shell(`${begin} --stop-after 3`, cwd);
    const [, path] = run.exec(first.stdout)!;
    const again = copied(first, `--allow-read=a.txt,${path} --allow-write=${path}`);
    const onward = copied(
      await shell(`${again} --stop-after 9`, cwd),
      `--allow-read=a.txt,${path} --allow-write=${path}`,
    );
    const generating = copied(await shell(onward, cwd), `--allow-read=${path}`);
    const { code, stderr } = await shell(generating, cwd, true);
    assertEquals([code, stderr], [0, ""], generating);
    const given = await shell(`cat a.txt | ${begin.replace("a.txt", "-")} --stop-after 3`, cwd);
    assertMatch(given.stdout, /; to go on with it, with the same text on standard input:\n/);
    const [, other] = run.exec(given.stdout)!;
    const taken = copied(given, `--allow-read=${other} --allow-write=${other}`);
    const end = await shell(`cat a.txt | ${taken}`, cwd);
    assertEquals([end.code, end.stderr], [0, ""], taken);
  },
});
