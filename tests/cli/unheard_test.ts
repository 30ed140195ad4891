/** Trainings whose words nobody reads, and one in a folder without locks. @module */
import { assertEquals, assertMatch } from "@std/assert";
import { temporaryFolder } from "../files/temporary_folder.ts";

const folder = await temporaryFolder();
const cwd = folder.path;
Deno.test.afterAll(async () => await folder[Symbol.asyncDispose]());
await Deno.writeTextFile(`${cwd}/song.txt`, "fa la do re mi ".repeat(10));

const MAIN = new URL("../../src/cli/main.ts", import.meta.url);
const FLAGS =
  "train --preset tutorial --corpus song.txt --batch-size 2 --num-steps 5 --hidden-size 8 --device wasm --threads 1 " +
  "--epochs 600 --log-every 20 --length 3 --prefix fa";

/** Runs a shell's line; $DENO and $PROGRAM are set. */
async function shell(line: string): Promise<{ code: number; stdout: string }> {
  const { code, stdout } = await new Deno.Command("sh", {
    args: ["-c", line],
    cwd,
    env: {
      DENO: Deno.execPath(),
      PROGRAM: decodeURIComponent(new URL("../../mod.ts", import.meta.url).pathname),
    },
    stdin: "null",
    stderr: "null",
  }).output();
  return { code, stdout: new TextDecoder().decode(stdout) };
}

const REDIRECTIONS = {
  "is closed by its reader": "2>&1; echo $? > CODE; } | head -n 1",
  "is a full disk": "> /dev/full 2> /dev/full; echo $? > CODE; }",
  "is closed": ">&- 2>&-; echo $? > CODE; }",
};
for (const [name, line] of Object.entries(REDIRECTIONS)) {
  Deno.test({
    name: `a training goes on where its output ${name}`,
    ignore: Deno.build.os !== "linux",
    fn: async () => {
      const run = name.replaceAll(" ", "-");
      await shell(`{ "$DENO" run -A "$PROGRAM" ${FLAGS} --out ${run} ${line.replace("CODE", `${run}.code`)}`);
      assertEquals((await Deno.readTextFile(`${cwd}/${run}.code`)).trim(), "0");
      const log = (await Deno.readTextFile(`${cwd}/${run}/log.jsonl`)).trimEnd().split("\n");
      assertEquals(log.length, 30);
    },
  });
}

Deno.test({
  name: "an object that a full disk does not take is a sentence on standard error, with the same code",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    for (
      const [line, code, sentence] of [["runs x", 1, 'Cannot list run "x"'], ["x", 2, 'Unknown command "x"']]
    ) {
      const program = `NO_COLOR=1 "$DENO" run -A "$PROGRAM" ${line} --json 2>&1 > /dev/full`;
      const said = await shell(program);
      assertEquals(said.code, code);
      assertMatch(said.stdout, new RegExp(`^error: ${sentence}[^\\n]*\\n$`));
    }
  },
});

Deno.test("a folder without locks is told, and trained in", async () => {
  const code = `Deno.FsFile.prototype.tryLock = () => Promise.reject(new Error("No locks available"));
    const { main } = await import("${MAIN}");
    Deno.exitCode = await main(Deno.args);`;
  const { code: exit, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", code, ...`${FLAGS} --out unlocked`.split(" ")],
    cwd,
    stdin: "null",
    stderr: "null",
  }).output();
  assertEquals(exit, 0);
  assertMatch(
    new TextDecoder().decode(stdout),
    /\nlock {4}none, as its file system knows no locks: start no other training there\n/,
  );
});
