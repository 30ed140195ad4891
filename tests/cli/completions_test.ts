/** What shells complete: each of them is asked, where it is there. @module */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { type CommandName, flagsOf } from "../../src/cli/flags.ts";
import { COMMANDS } from "../../src/cli/help.ts";
import { shellWord } from "../../src/messages/shell_word.ts";
import { temporaryFolder } from "../files/temporary_folder.ts";
import { refrain } from "./spawn.ts";

const NAMES = Object.keys(COMMANDS) as CommandName[];
const SHELLS = ["bash", "zsh", "fish"] as const;

const folder = await temporaryFolder();
const { path: cwd } = folder;
Deno.test.afterAll(async () => await folder[Symbol.asyncDispose]());
for (const path of ["runs/first", "runs/second", "poems", "it's here"]) {
  await Deno.mkdir(`${cwd}/${path}`, { recursive: true });
}
await Deno.writeTextFile(`${cwd}/poem.txt`, "fa la");
for (const shell of SHELLS) {
  const { code, stdout, stderr } = await refrain(["completions", shell], { cwd });
  assertEquals([code, stderr], [0, ""]);
  await Deno.writeTextFile(`${cwd}/refrain.${shell}`, stdout);
}

/** Whether a program is here; says where it is not. */
async function has(program: string): Promise<boolean> {
  const there = await new Deno.Command(program, { args: ["--version"], stdout: "null", stderr: "null" })
    .output().then(({ success }) => success).catch(() => false);
  if (!there) console.log(`${program} is not here: its completions are not tried`);
  return there;
}

const [hasBash, hasZsh, hasFish] = await Promise.all(SHELLS.map(has));

async function output(program: string, args: string[]): Promise<string> {
  const signal = AbortSignal.timeout(60_000);
  const { stdout, stderr } = await new Deno.Command(program, { args, cwd, signal, stdin: "null" }).output();
  assertEquals(new TextDecoder().decode(stderr), "");
  return new TextDecoder().decode(stdout);
}

/** What bash would offer for the last of these words. */
async function ofBash(...words: string[]): Promise<string[]> {
  const list = words.map((word) => shellWord(word)).join(" ");
  const script = `source refrain.bash
    COMP_WORDS=(refrain ${list}) COMP_CWORD=${words.length}
    _refrain
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  return (await output("bash", ["--norc", "-c", script])).split("\n").filter(Boolean);
}

/** What fish would offer at the end of a line. */
async function ofFish(line: string): Promise<string[]> {
  const script = `source refrain.fish; complete -C ${shellWord(`refrain ${line}`)}`;
  const lines = (await output("fish", ["--no-config", "-c", script])).split("\n");
  return lines.filter(Boolean).map((line) => line.split("\t")[0]!);
}

/** What zsh completes in a line at whose end a tab is typed, at a terminal of its own. */
async function ofZsh(line: string): Promise<string> {
  const script = `
    zmodload zsh/zpty
    zpty shell 'PS1= TERM=dumb zsh -f -i'
    zpty -w shell 'unsetopt beep; autoload -U compinit; compinit -u -D; source refrain.zsh'
    zpty -w shell 'refrain() { print -r -- "@""@$*@""@" }'
    sleep 0.5
    zpty -w -n shell ${shellWord(`refrain ${line}\t`)}
    sleep 0.5
    zpty -w -n shell $'\\r'
    repeat 100; do
      while zpty -rt shell part; do text+=$part; done
      [[ $text == *@@*@@* ]] && break
      sleep 0.1
    done
    print -r -- "$text"
    zpty -d shell`;
  const text = await output("zsh", ["-f", "-c", script]);
  return /@@([^@]*)@@/.exec(text)?.[1] ?? text;
}

Deno.test("the scripts have every command and every flag, and no line for a terminal to obey", async () => {
  for (const shell of SHELLS) {
    const script = await Deno.readTextFile(`${cwd}/refrain.${shell}`);
    for (const command of NAMES) {
      assert(script.includes(command));
      for (const [, name] of flagsOf(command)) {
        assertMatch(script, new RegExp(`(--|-l )${name}\\b`), `${shell}: ${command} --${name}`);
      }
    }
    assertEquals(/\p{Cc}/u.test(script.replaceAll("\n", "")), false);
  }
});

Deno.test("completions without a shell, or for another one, is a sentence", async () => {
  const none = await refrain(["completions"], { cwd });
  assertEquals([none.code, none.stdout, none.stderr], [
    2,
    "",
    "error: Cannot print completions without a shell: write one of bash, zsh, fish behind it\n",
  ]);
  const other = await refrain(["completions", "tcsh"], { cwd });
  assertEquals([other.code, other.stderr], [
    2,
    'error: Cannot use "--shell" as it must be one of bash, zsh, fish: current value is "tcsh": did you mean "bash"?\n',
  ]);
});

Deno.test({
  name: "bash completes commands, flags, values, files and runs",
  ignore: !hasBash,
  fn: async () => {
    assertEquals(await ofBash("ge"), ["generate"]);
    assertEquals(await ofBash("help", "ev"), ["evaluate"]);
    assertEquals((await ofBash("")).toSorted(), [...NAMES, "help", "--help", "--version"].toSorted());
    for (const command of NAMES) {
      const flags = flagsOf(command).map(([, name]) => `--${name}`);
      assertEquals((await ofBash(command, "--")).toSorted(), flags.toSorted());
    }
    assertEquals(await ofBash("train", "--hid"), ["--hidden-size"]);
    assertEquals(await ofBash("train", "--cell", ""), ["rnn", "gru", "lstm"]);
    assertEquals(await ofBash("train", "--cell", "=", "l"), ["lstm"]);
    assertEquals(await ofBash("train", "--cell", "="), ["rnn", "gru", "lstm"]);
    assertEquals(await ofBash("train", "--epochs", ""), []);
    assertEquals(await ofBash("train", "--corpus", "po"), ["poem.txt", "poems"]);
    assertEquals(await ofBash("train", "--out", "po"), ["poems"]);
    assertEquals(await ofBash("evaluate", "--corpus", "it"), ["it's here"]);
    assertEquals(await ofBash("generate", ""), ["runs/first", "runs/second"]);
    assertEquals(await ofBash("generate", "--model", "ru"), ["runs/first", "runs/second"]);
    assertEquals(await ofBash("verify", "runs/s"), ["runs/second"]);
    assertEquals(await ofBash("runs", "--remove", ""), ["runs/first", "runs/second"]);
    assertEquals(await ofBash("completions", ""), ["bash", "zsh", "fish"]);
  },
});

Deno.test({
  name: "fish completes commands, flags, values, files and runs",
  ignore: !hasFish,
  fn: async () => {
    assertEquals(await ofFish("ge"), ["generate"]);
    assertEquals(await ofFish("help ev"), ["evaluate"]);
    for (const command of NAMES) {
      const flags = flagsOf(command).map(([, name]) => `--${name}`);
      assertEquals((await ofFish(`${command} --`)).toSorted(), flags.toSorted());
    }
    assertEquals((await ofFish("train --cell ")).toSorted(), ["gru", "lstm", "rnn"]);
    assertEquals(await ofFish("train --cell=l"), ["--cell=lstm"]);
    assertEquals((await ofFish("train --corpus po")).toSorted(), ["poem.txt", "poems/"]);
    assertEquals(await ofFish("train --out po"), ["poems/"]);
    assertEquals(await ofFish("train --epochs "), []);
    assertEquals(
      (await ofFish("generate runs/")).map((path) => path.replace(/\/$/, "")).toSorted().slice(0, 1),
      ["runs/first"],
    );
    assert((await ofFish("generate --model ")).includes("runs/second"));
    assertEquals((await ofFish("completions ")).toSorted(), ["bash", "fish", "zsh"]);
  },
});

Deno.test({
  name: "zsh completes commands, flags, values, files and runs",
  ignore: !hasZsh,
  fn: async () => {
    const cases: [line: string, completed: string][] = [
      ["gen", "generate"],
      ["help ev", "help evaluate"],
      ["train --hid", "train --hidden-size"],
      ["train --cell ls", "train --cell lstm"],
      ["train --cell=ls", "train --cell=lstm"],
      ["train --corpus poem.", "train --corpus poem.txt"],
      ["train --out po", "train --out poems"],
      ["generate runs/f", "generate runs/first"],
      ["generate --model runs/se", "generate --model runs/second"],
      ["completions fi", "completions fish"],
    ];
    const found = await Promise.all(cases.map(async ([line]) => [line, await ofZsh(line)]));
    assertEquals(found.map(([line, text]) => [line, text!.trim().replace(/\/$/, "")]), cases);
  },
});

Deno.test("what completions prints is a script, which no object holds", async () => {
  const { code, stdout, stderr } = await refrain(["completions", "bash", "--json"], { cwd: "." });
  const error = 'Cannot use "--json" with completions: what it prints is a script';
  assertEquals([code, stderr, JSON.parse(stdout)], [2, "", { error }]);
});
