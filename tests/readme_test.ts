/**
 * The commands of both READMEs, in the order they stand, in a copy of the project with the texts that they name. Trainings
 * end after a step. What installs, packs, or asks a registry has tests of its own.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { pack, zipFile } from "./files/zip_files.ts";
import { temporaryFolder } from "./files/temporary_folder.ts";
import { unpacked } from "./frameworks/golden.ts";
import { copyTree } from "./support/clone.ts";

const ROOT = decodeURIComponent(new URL("../", import.meta.url).pathname);
/** A run that is there, as the READMEs' name says. */
const RUN = "runs/2026-11-24T19-20-00Z";
/** Commands that take minutes, install or pack: fresh_clone_test.ts, examples_test.ts and public/, everywhere/, mpi/, verify/, cli/sweep_test.ts have them. */
const ELSEWHERE =
  /^(npx|mpirun|deno (install|add|pack|bundle|compile)\b|refrain info)|examples\/|mod.ts verify$|--turbo|v8-flags=|V8_FLAGS=|mod.ts sweep /;
const TEXT = "分开 不分开 我们只是暂时分开\n火车开了 又开了\n".repeat(60);
/** Where bytes of any encoding are read, letters that mean the same in all of them. */
const LETTERS = "we part and meet again\n".repeat(200);

/** A text with quotation marks and lines, for what a network learns of them. */
const TALK = 'she said "we part here" and then\nhe said "we meet again soon"\n'.repeat(100);

/** Lines that are examples of their own. */
const NAMES = "Anna\nHanna\nSusanna\nAntonia\n安娜\n安东\n".repeat(40);

/** What a shell runs in place of deno, so that each training ends after a step, and a server goes on for those who ask. */
const WRAPPER = `#!/bin/bash
words=" $* "
if [[ $words == *" serve "* ]]; then
  mkfifo "$HOME/said"
  "$REAL" "$@" > "$HOME/said" 2> "$HOME/complaints" &
  echo $! > "$HOME/serving"
  read -r line < "$HOME/said" && [[ $line == "Serving "* ]]
  exit
fi
if [[ $words == *" --resume "* ]]; then exec "$REAL" "$@" --stop-after 2; fi
if [[ $words == *" train "* && $words != *--help* ]]; then exec "$REAL" "$@" --stop-after 1; fi
exec "$REAL" "$@"
`;

/** The lines of the shell blocks of a document, joined where they go on. */
function blocksOf(document: string): string[][] {
  return [...document.matchAll(/```sh\n(.*?)\n```/gs)].map(([, block]) =>
    block!.replaceAll("\\\n", "").split("\n")
  );
}

/** What texts are, by a word of the commands that read them. */
const TEXTS = [["gb18030", LETTERS], [" inspect", TALK], ["--lines", NAMES], ["", TEXT]] as const;

/** The tokens of the model of Keras. */
const TOKENS = [..."abcdefgh"];

/** The texts and models that a command names, by what they are. */
async function writeTexts(folder: string, commands: readonly string[]): Promise<void> {
  const all = commands.join("\n");
  if (all.includes("model.keras")) {
    await Deno.writeFile(`${folder}/model.keras`, await unpacked("keras_lstm_language.keras"));
    await Deno.writeTextFile(`${folder}/tokens.json`, JSON.stringify(TOKENS));
  }
  const [, text] = TEXTS.find(([word]) => all.includes(word))!;
  if (all.includes("*.txt")) await Deno.writeTextFile(`${folder}/any.txt`, text);
  for (const [name] of all.matchAll(/[\p{L}]+\.(?:txt\.gz|txt|csv|mid|zip)|[\p{L}]+\/(?=[ ,])/gu)) {
    if (name === "runs/" || name === "examples/") continue;
    const path = `${folder}/${name}`;
    if (name.endsWith("/")) {
      await Deno.mkdir(path, { recursive: true });
      await Deno.writeTextFile(`${path}one.txt`, text);
    } else if (name.endsWith(".csv")) {
      const rows = Array.from({ length: 309 }, (_, year) => `${1700 + year},${year % 11}`);
      await Deno.writeTextFile(path, ["year,spots", ...rows].join("\n"));
    } else if (name.endsWith(".gz")) {
      await Deno.writeFile(path, await pack(new TextEncoder().encode(text), "gzip"));
    } else if (name.endsWith(".zip")) {
      await Deno.writeFile(path, await zipFile([{ name: "one.txt", bytes: new TextEncoder().encode(text) }]));
    } else {
      await Deno.writeTextFile(path, text);
    }
  }
}

Deno.test(
  { name: "the READMEs' commands run", ignore: Deno.build.os === "windows", timeout: 300_000 },
  async (t) => {
    await using temporary = await temporaryFolder();
    const tree = `${temporary.path}/tree`;
    const bin = `${temporary.path}/bin`;
    await copyTree(tree);
    await Deno.mkdir(bin);
    await Deno.writeTextFile(`${bin}/deno`, WRAPPER, { mode: 0o755 });
    await Deno.writeTextFile(
      `${bin}/curl`,
      '#!/bin/bash\nPATH=${PATH#*:} exec curl --fail-with-body "$@"\n',
      {
        mode: 0o755,
      },
    );
    await Deno.writeTextFile(`${bin}/refrain`, `#!/bin/bash\nexec deno run -A mod.ts "$@"\n`, {
      mode: 0o755,
    });
    await Deno.mkdir(`${temporary.path}/.config/fish/completions`, { recursive: true });
    const run = async (command: string): Promise<{ code: number; said: string }> => {
      const { code, stderr } = await new Deno.Command("bash", {
        args: ["-c", command],
        cwd: tree,
        env: {
          REAL: Deno.execPath(),
          PATH: `${bin}:${Deno.env.get("PATH")}`,
          HOME: temporary.path,
          DENO_NO_PROMPT: "1",
          NO_COLOR: "1",
        },
        stdin: "null",
        stdout: "null",
      }).output();
      return { code, said: new TextDecoder().decode(stderr) };
    };
    for (const name of [RUN, "runs/first", "runs/second"]) {
      assertEquals(await run(`deno run -A mod.ts train --out ${name}`), { code: 0, said: "" });
    }
    const seen = new Set<string>();
    for (const page of ["README.md", "README.zh-CN.md"]) {
      for (const commands of blocksOf(await Deno.readTextFile(`${ROOT}${page}`))) {
        const own = commands.filter((command) => !ELSEWHERE.test(command) && !seen.has(command));
        if (own.length === 0) continue;
        await writeTexts(tree, own);
        // A reader of a section has the run of the page's beginning.
        for (const { name } of Deno.readDirSync(`${tree}/runs`)) {
          if (!["first", "second", RUN.slice(5)].includes(name)) {
            await Deno.remove(`${tree}/runs/${name}`, {
              recursive: true,
            });
          }
        }
        // What is looked into has been trained on a text of one's own.
        const [, mine] = /-R=(\S+\.txt),runs mod.ts inspect$/m.exec(own.join("\n")) ?? [];
        if (mine) assertEquals((await run(`deno run -A mod.ts train --corpus ${mine}`)).code, 0);
        for (const command of own) {
          seen.add(command);
          await t.step(`${page}: ${command}`, async () => {
            const { code, said } = await run(command);
            assertEquals(code, 0, said);
          });
        }
        for (const { name } of Deno.readDirSync(tree)) {
          if (/\.(txt|gz|zip|mid|html)$/.test(name)) await Deno.remove(`${tree}/${name}`);
        }
      }
    }
    assertEquals(await run('kill -INT $(cat "$HOME/serving")'), { code: 0, said: "" });
    assert(seen.size > 30, `${seen.size} commands`);
  },
);
