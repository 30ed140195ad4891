/** Every command at a real terminal, with texts, names and files that would like to command it. @module */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { shellWord } from "../../src/messages/shell_word.ts";
import { decodeSafetensors } from "../../src/files/safetensors.ts";
import { visible } from "../../src/messages/visible.ts";
import { temporaryFolder } from "../files/temporary_folder.ts";
import { zipFile } from "../files/zip_files.ts";
import { encodeAs } from "../support/encode_as.ts";
import { refrain } from "./spawn.ts";

const PROGRAM = decodeURIComponent(new URL("../../mod.ts", import.meta.url).pathname);

/** Colours, a title, a cleared screen, a C1 control, a turned direction, separators, a return; then what must stay. */
const EVIL = "\x1b[31mred\x1b]0;title\x07\x1b[2J\x9b5m\u202eevil\u2066\u2028\u2029\x7f\tx\rfake 分👩‍👩‍👧";
const NAME = "evil\x1b[31m\u202e\n\x9bname";

const hasScript = await new Deno.Command("script", { args: ["--version"], stdout: "null", stderr: "null" })
  .output().then(({ success }) => success && Deno.build.os === "linux").catch(() => false);

const folder = await temporaryFolder();
const cwd = folder.path;
Deno.test.afterAll(async () => await folder[Symbol.asyncDispose]());

/** Runs lines of a shell at a terminal, and gives what the terminal was sent. */
async function atTerminal(...lines: string[]): Promise<string> {
  await Deno.writeTextFile(`${cwd}/lines.sh`, lines.join("\n"));
  const { stdout } = await new Deno.Command("script", {
    args: ["-qec", "bash lines.sh", "/dev/null"],
    cwd,
    env: { NO_COLOR: "1", XDG_RUNTIME_DIR: "/tmp" },
    stdin: "null",
    stderr: "piped",
  }).output();
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(stdout);
}

function line(...args: string[]): string {
  return [Deno.execPath(), "run", "-A", PROGRAM, ...args].map((word) => shellWord(word)).join(" ");
}

/** What a terminal was sent, without line ends and the line that is written over. */
function withoutOwn(text: string): string {
  const live = new RegExp("\\r[ -~▁-█]*\x1b\\[K", "g");
  return text.replace(live, "").replaceAll("\r\n", "\n");
}

const SMALL = [
  "--preset=tutorial",
  "--batch-size=2",
  "--num-steps=5",
  "--hidden-size=5",
  "--length=60",
  "--threads=1",
  "--device=wasm",
];

Deno.test({
  name: "no command sends a control character to a terminal",
  ignore: !hasScript,
  fn: async () => {
    await Deno.writeTextFile(`${cwd}/${NAME}.txt`, `${EVIL}\n`.repeat(9));
    await Deno.mkdir(`${cwd}/many`);
    await Deno.writeTextFile(`${cwd}/many/a.txt`, `${EVIL}\n`.repeat(9));
    await Deno.mkdir(`${cwd}/many/${NAME}`);
    await Deno.writeFile(
      `${cwd}/two.zip`,
      await zipFile(["1", "2"].map((end) => ({ name: NAME + end, bytes: new Uint8Array([97]) }))),
    );
    await Deno.writeTextFile(`${cwd}/${NAME}.json`, JSON.stringify(["<unk>", "a", EVIL, EVIL]));
    const form = new URL("../golden/forms/data_parallel.safetensors", import.meta.url);
    const { tensors } = decodeSafetensors(await Deno.readFile(form));
    const typed = Object.entries(tensors).map((
      [name, tensor],
    ) => [name, { dtype: "F32" as const, ...tensor }]);
    const buffer = { dtype: "I64" as const, shape: [], data: [1] };
    await Deno.writeFile(
      `${cwd}/bare.safetensors`,
      encodeAs({ ...Object.fromEntries(typed), [NAME]: buffer }),
    );
    await Deno.writeTextFile(`${cwd}/letters.json`, JSON.stringify([..."abcdefghijklm"]));

    const out = `runs/${NAME}`;
    const model = `--model=${out}`;
    const text = await atTerminal(
      line("train", `--corpus=${NAME}.txt`, `--out=${out}`, "--epochs=40", "--log-every=20", ...SMALL),
      line(
        "train",
        "--corpus=many",
        `--out=${NAME}`,
        "--tokenizer=byte",
        "--epochs=1",
        "--stop-after=2",
        ...SMALL,
      ),
      line("generate", model, "--length=300", "--count=2", "--temperature=3", `--prefix=${EVIL.slice(0, 3)}`),
      line("generate", `--model=${NAME}`, "--length=300", "--raw", "--temperature=9", "--seed=1"),
      line("generate", `--model=${NAME}-none`),
      line("generate", model, `--prefix=${NAME}?`),
      line("generate", model, `--vocabulary=${NAME}.json`),
      line("evaluate", model, `--corpus=${NAME}.txt`),
      line("score", model, `--text=${EVIL}`),
      line("score", model, `--text=${EVIL}`, "--json"),
      line("inspect", model, `--text=${NAME}.txt`),
      line("runs"),
      line("runs", `--remove=${NAME}`),
      line("runs", `--remove=${NAME}-none`),
      line("info", model),
      line("verify", out),
      line(
        "evaluate",
        "--model=bare.safetensors",
        "--vocabulary=letters.json",
        "--corpus=many",
        "--unknown=skip",
      ),
      line("train", "--corpus=two.zip"),
      line("profile", `--corpus=${NAME}.txt`, "--steps=1", ...SMALL.slice(0, 3), "--device=wasm"),
      line("generate", model, "--length=2", "--trace", "--debug"),
      line("generate", `--model=${NAME}-none`, "--debug"),
      line(NAME),
      line("train", `--${NAME}`),
      line("train", `--resume=${NAME}-none`),
      line("train", "--help"),
    );
    const kept = withoutOwn(text);

    assertEquals(visible(kept, "\n"), kept);
    assertStringIncludes(kept, "run     runs/evil␛[31m\\u{202e}␊\\u{9b}name\n"); // no name begins a line
    assertMatch(kept, /\n.* generate --model \$'runs\/evil\\033\[31m\\342\\200\\256\\012\\302\\233name'\n/);
    assertMatch(kept, /left aside.*"?evil(␛|\\)/);
    assertMatch(kept, /Remove the run in runs\/evil␛/);
    assert(kept.includes("分") && text.includes("\x1b[K"), "Chinese stays, and so does the line that lives");
  },
});

Deno.test({
  name: "standard output and error are judged each by itself, and a pipe has every byte",
  ignore: !hasScript,
  fn: async () => {
    const missing = line("generate", `--model=${NAME}-none`);
    const generate = line("generate", `--model=runs/${NAME}`, "--length=300", "--temperature=3");
    const kept = withoutOwn(
      await atTerminal(`${missing} 2>error.txt`, `${missing} >none.txt`, `${generate} >text.txt`),
    );
    const shown = NAME.replace("\n", " "); // an error is one line
    const sentence = `error: Cannot find a model at "${shown}-none": no such file or folder\n`;
    assertEquals(await Deno.readTextFile(`${cwd}/error.txt`), sentence);
    assertStringIncludes(kept, visible(sentence, "\n"));
    assertEquals(visible(kept, "\n"), kept);
    const { stdout } = await refrain(
      ["generate", `--model=runs/${NAME}`, "--length=300", "--temperature=3"],
      { cwd },
    );
    assertEquals(await Deno.readTextFile(`${cwd}/text.txt`), stdout);
    assert(stdout !== visible(stdout, "\n"), "the text has controls, which a pipe gets");
  },
});

Deno.test({
  name: "a command that was printed at a terminal goes on with a run of any name",
  ignore: !hasScript,
  fn: async () => {
    const train = line("train", "--corpus=many", `--out=${NAME}2`, "--epochs=2", "--stop-after=3", ...SMALL);
    const [command] = /.* train --resume .*/.exec(withoutOwn(await atTerminal(train)))!;
    const words = command.slice(command.indexOf(" train "));
    const kept = withoutOwn(await atTerminal(`${line()}${words}`));
    assertMatch(kept, /\nThe run is kept in evil␛/);
    assertEquals((await Deno.stat(`${cwd}/${NAME}2/model.safetensors`)).isFile, true);
  },
});
