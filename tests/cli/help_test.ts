/** The texts of help: as wide as a terminal, in order, and with commands that can be copied. @module */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { displayWidth } from "../../src/cli/display_width.ts";
import { type CommandName, flagsOf, saidOf } from "../../src/cli/flags.ts";
import { EVERY } from "../../src/cli/flags_device.ts";
import { commandHelp, COMMANDS, examplesOf, programHelp } from "../../src/cli/help.ts";
import { COMMON, EXAMPLES } from "../../src/cli/help/common.ts";
import { commandLines, twoColumns, wrap } from "../../src/cli/help/wrap.ts";
import { parseFlags } from "../../src/cli/parse_flags.ts";
import { needsOf, type Paths } from "../../src/cli/permissions.ts";
import { type Plan, planOf } from "../../src/cli/sweep/plan.ts";
import { shellWord } from "../../src/messages/shell_word.ts";
import { unpacked } from "../frameworks/golden.ts";
import { temporaryFolder } from "../files/temporary_folder.ts";
import { importsOf } from "../support/source_files.ts";
import { shell } from "./shell.ts";
import { refrain } from "./spawn.ts";

const NAMES = Object.keys(COMMANDS) as CommandName[];
const HEADINGS = "Common Data Series Exchange Quantization Model Training Generation Output Device Other"
  .split(" ");

/** A text in one line, however it was broken. */
function joined(lines: readonly string[]): string {
  return lines.join(" ").replace(/ +/g, " ");
}

Deno.test("no line of any help is wider than the terminal", () => {
  for (const columns of [40, 60, 80, 100]) {
    for (const lines of [programHelp(columns), ...NAMES.map((name) => commandHelp(name, columns))]) {
      assertEquals(lines.filter((line) => displayWidth(line) > columns), [], `${columns} columns`);
      assertEquals(lines.filter((line) => line !== line.trimEnd()), []);
    }
  }
  const wide = commandHelp("train", 100).filter((line) => displayWidth(line) > 80);
  assert(wide.length > 5, "a wide terminal is made use of");
});

Deno.test("help is 80 columns wide where there is no terminal", async () => {
  const rest = (lines: readonly string[], from: string): string[] => lines.slice(lines.indexOf(from));
  const { stdout } = await refrain(["train", "--help"], { cwd: "." });
  const lines = stdout.trimEnd().split("\n");
  assertEquals(rest(lines, "Common"), rest(commandHelp("train", 80), "Common"));
  assertEquals(lines.filter((line) => displayWidth(line) > 80), []);
  const program = (await refrain([], { cwd: "." })).stdout.trimEnd().split("\n");
  assertEquals(rest(program, "Commands"), rest(programHelp(80), "Commands"));
});

Deno.test("the help texts have every command and every flag once, with its default", () => {
  assertEquals(new Set(NAMES), new Set(Object.keys(EVERY)));
  for (const command of NAMES) {
    assert(programHelp().some((line) => line.startsWith(`  ${command} `)), command);
    const lines = commandHelp(command, 100);
    const help = joined(lines);
    for (const [, name, flag] of flagsOf(command)) {
      const own = lines.filter((line) => line.startsWith(`  --${name} `) || line === `  --${name}`);
      assertEquals(own.length, 1, `${command} --${name}`);
      const given = flag[command] ?? saidOf(flag.otherwise ?? {}, command) ?? null;
      const value = given === 300 && name === "save-every" ? "5m" : given;
      const text = flag.kind === "switch" || value === null ? "" : ` (default: ${value})`;
      const advice = saidOf(flag.advice, command);
      assert(advice !== undefined, `${command} --${name} has no advice`);
      assertStringIncludes(help, advice + text, `${command} --${name}`);
    }
  }
  assert(!commandHelp("train").join("\n").includes("--top-k"));
});

Deno.test("what is said of a flag is for the command whose help it is, and names no other", () => {
  for (const command of NAMES) {
    const others = NAMES.filter((name) => name !== command).join("|");
    const lines = commandHelp(command);
    const help = joined(lines.slice(lines.indexOf("Common")));
    const found = new RegExp(`\\b(${others}): |\\b(of|with|beside) (${others})\\b`).exec(help);
    assertEquals(found?.[0], undefined, command);
  }
});

Deno.test("common flags come first, then all others under headings in one order", () => {
  for (const command of NAMES) {
    const lines = commandHelp(command);
    const headings = lines.filter((line) => /^[A-Z]\w*$/.test(line));
    assertEquals(
      headings,
      ["Examples", ...HEADINGS].filter((heading) => headings.includes(heading)),
      command,
    );
    const begin = lines.indexOf("Common");
    const end = lines.indexOf("", begin);
    const first = lines.slice(begin, end).flatMap((line) => /^ {2}--([\w-]+)/.exec(line)?.[1] ?? []);
    assertEquals(first, [...COMMON[command]], command);
    assert(first.length <= 12, command);
  }
});

/** What a sweep's trials read, and the folder that it is told of. */
function sweepPaths({ trials: [trial], settings: { out } }: Plan): Paths {
  return { corpus: trial!.settings.corpus, out };
}

Deno.test("examples are right, and have the permissions that they need", async () => {
  for (const command of NAMES) {
    const lines = joined(commandHelp(command, 60)).replaceAll("\\ ", "");
    for (const [index, words] of examplesOf(command).entries()) {
      assertStringIncludes(lines, `  ${words.join(" ")}`.slice(1));
      const [text, paths] = EXAMPLES[command][index]!;
      const args = words.slice(words.indexOf(command) + 1);
      assertEquals(args, text.split(" ").filter(Boolean));
      const settings = command === "sweep"
        ? sweepPaths(await planOf(args))
        : parseFlags(command, args) as Paths;
      assertEquals(needsOf(command, paths), needsOf(command, settings), words.join(" "));
    }
  }
});

Deno.test({
  name: "examples run as they are written",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await using folder = await temporaryFolder();
    const { path: cwd } = folder;
    await Deno.writeTextFile(`${cwd}/poems.txt`, "fa la re mi so lafa remiso ".repeat(40));
    for (const suffix of ["h5", "keras"]) {
      await Deno.writeFile(`${cwd}/m.${suffix}`, await unpacked(`keras_lstm_language.${suffix}`));
    }
    await Deno.writeTextFile(`${cwd}/v.json`, '["a", "b", "c", "d", "e", "f", "g", "h"]');
    const rows = Array.from({ length: 40 }, (_, year) => `${1970 + year},${year % 11}`).join("\n");
    await Deno.writeTextFile(`${cwd}/spots.csv`, `year,spots\n${rows}\n`);
    const series =
      "train --series spots.csv --out runs/spots --epochs 1 --num-steps 5 --device wasm --threads 1";
    assertEquals((await refrain(series.split(" "), { cwd })).code, 0);
    const small = "--hidden-size 4 --batch-size 2 --num-steps 5 --epochs 1 --device wasm --threads 1";
    const [, [words]] = EXAMPLES.train;
    const { code, stderr } = await refrain(["train", ...words.split(" "), ...small.split(" ")], { cwd });
    assertEquals([code, stderr], [0, ""]);
    const long = new Set(["train", "sweep", "profile", "completions", "serve"]); // or have no end of their own
    const commands = NAMES.filter((name) => !long.has(name) && name !== "runs");
    for (const command of [...commands, "runs"]) { // which removes the run
      const { stdout: help } = await refrain([command, "--help"], { cwd });
      const [, block] = /\nExamples\n(.*?)\n\n/s.exec(help)!;
      for (const line of block!.split(/(?<!\\)\n/)) {
        if (line.endsWith("verify --device wasm")) continue;
        const { code, stderr } = await shell(line.trim(), cwd);
        assertEquals(code, 0, `${line}: ${stderr}`);
      }
    }
  },
});

Deno.test("wrap() breaks at spaces, and within a word that has no room", () => {
  assertEquals(wrap("a bb ccc dddd", 5), ["a bb", "ccc", "dddd"]);
  assertEquals(wrap("分开 不分开", 6, ["* ", "  "]), ["* 分开", "  不分", "  开"]);
  assertEquals(wrap("", 5), [""]);
  assertEquals(twoColumns([["--a", "one two three"], ["--a-long-name", "four"]], 24), [
    "  --a  one two three",
    "  --a-long-name",
    "       four",
  ]);
  assertEquals(commandLines(["deno", "run", "mod.ts", "train"], 17, false), [
    "  deno run \\",
    "    mod.ts train",
  ]);
  assertEquals(commandLines(["refrain", "score", "--text", "fa"], 17, false), [
    "  refrain score \\",
    "    --text fa",
  ]);
  assertEquals(commandLines(["deno", "run", "mod.ts"], 11, true), ["  deno `", "    run `", "    mod.ts"]);
});

Deno.test("the command line loads neither help nor completions nor a command until they are asked for", () => {
  const seen = new Set<string>();
  const follow = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    for (const { path: target, dynamic } of importsOf(path)) {
      if (!dynamic && target.startsWith("src/")) follow(target);
    }
  };
  follow("src/cli/main.ts");
  const loaded = [...NAMES, "help", "unknown_flag", "synonyms", "interactive"].join("|");
  const later = new RegExp(`^src/cli/(${loaded})\\b`);
  assertEquals([...seen].filter((path) => later.test(path)), []);
});

const hasScript = await new Deno.Command("script", { args: ["--version"], stdout: "null", stderr: "null" })
  .output().then(({ success }) => success && Deno.build.os === "linux").catch(() => false);

Deno.test({
  name: "help is as wide as the terminal, and 100 columns at most",
  ignore: !hasScript,
  fn: async () => {
    const program = decodeURIComponent(new URL("../../mod.ts", import.meta.url).pathname);
    for (const [terminal, columns] of [[60, 60], [97, 97], [200, 100]] as const) {
      const line = `stty cols ${terminal}; ${shellWord(Deno.execPath())} run ${
        shellWord(program)
      } train --help`;
      const { stdout } = await new Deno.Command("script", { args: ["-qec", line, "/dev/null"] }).output();
      const lines = new TextDecoder().decode(stdout).trimEnd().split("\r\n");
      const widths = lines.map((line) => displayWidth(line));
      assert(Math.max(...widths) <= columns && Math.max(...widths) > columns - 8, `${terminal}: ${widths}`);
    }
  },
});
