/** The commands that read a corpus take it from anywhere, with what was left out on standard error. @module */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { pack, zipFile } from "../files/zip_files.ts";
import { temporaryFolder } from "../files/temporary_folder.ts";
import type { Result } from "./spawn.ts";

const folder = await temporaryFolder();
const cwd = folder.path;
const poem = new TextEncoder().encode("我们只是暂时分开\n".repeat(20)); // 180 characters
await Deno.mkdir(`${cwd}/poems/old`, { recursive: true });
await Deno.writeFile(`${cwd}/poems/a.txt`, poem);
await Deno.writeFile(`${cwd}/poems/b.gz`, await pack(poem, "gzip"));
await Deno.writeFile(`${cwd}/poems/cover.png`, Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a));
await Deno.writeFile(`${cwd}/poem.zip`, await zipFile([{ name: "poem.txt", bytes: poem }]));
await Deno.writeTextFile(`${cwd}/open.txt`, "暂时分开");
Deno.test.afterAll(async () => await folder[Symbol.asyncDispose]());

const SMALL = "--batch-size 2 --num-steps 5 --device wasm --threads 1";

const PROGRAM = decodeURIComponent(new URL("../../mod.ts", import.meta.url).pathname);

/** Runs a command behind a pipe from a file. */
async function run(args: string, input = "open.txt", before = ""): Promise<Result> {
  const script = `${before} cat "${input}" | "$0" run -A "$1" ${args}`;
  const shell = new Deno.Command("sh", {
    args: ["-c", script, Deno.execPath(), PROGRAM],
    cwd,
    env: { NO_COLOR: "1" },
  });
  const { code, stdout, stderr } = await shell.output();
  const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  return { code, stdout: decode(stdout), stderr: decode(stderr) };
}

Deno.test({
  name: "train, evaluate, score and profile take files, folders, archives and standard input",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const left = "corpus: left out cover.png (a PNG image), old (a folder)\n";
    const trained = await run(
      `train --preset tutorial --corpus open.txt --corpus poems --corpus poem.zip --corpus - --hidden-size 4 --epochs 1 --log-every 1 ` +
        `--out run ${SMALL}`,
      "poems/b.gz",
    );
    assertEquals([trained.code, trained.stderr], [0, left]);
    // 4 characters and a line break, and four times 180.
    assertMatch(
      trained.stdout,
      /\ncorpus +open\.txt, poems, poem\.zip, standard input: 725 characters, 9 distinct\n/,
    );

    const profile = await run(`profile --corpus poems --hidden-size 4 --steps 1 ${SMALL}`);
    assertEquals([profile.code, profile.stderr], [0, left]);
    assertStringIncludes(profile.stdout, "corpus  poems: V 9\n");

    const numbers = async (command: string): Promise<string> => {
      const { code, stdout, stderr } = await run(
        `${command} --model run --device wasm --threads 1`,
        "poem.zip",
      );
      assertEquals([code, stderr.replace(left, "")], [0, ""]);
      return stdout;
    };
    const once = await numbers("evaluate --corpus poem.zip");
    assertMatch(once, /characters +1(79|80)\n/);
    assertEquals(await numbers("evaluate --corpus -"), once);
    assertEquals(await numbers("evaluate --corpus poems/a.txt"), once);
    assertEquals(await numbers("evaluate --corpus poems --max-chars 180"), once);
    assertEquals(await numbers("score --json --corpus -"), await numbers("score --json --corpus poems/b.gz"));
  },
});

Deno.test({
  name: "a corpus is read from a pipe by name, and of an endless file as much as is asked for",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    assertEquals((await new Deno.Command("mkfifo", { args: ["pipe"], cwd }).output()).code, 0);
    const profile = "profile --hidden-size 4 --steps 1 " + SMALL;
    const named = await run(`${profile} --corpus pipe`, "open.txt", "cat poem.zip > pipe &");
    assertEquals([named.code, named.stderr], [0, ""]);
    assertStringIncludes(named.stdout, "corpus  pipe: V 9\n");
    const endless = await run(`${profile} --corpus /dev/zero --tokenizer byte --max-chars 1000`);
    assertEquals([endless.code, endless.stderr], [0, ""]);
    const refused = await run(`${profile} --corpus /dev/zero`);
    assertEquals(refused.code, 1);
    assertStringIncludes(
      refused.stderr,
      'error: Cannot use "/dev/zero" as it is no text: byte 0x00 at offset 0',
    );
  },
});
