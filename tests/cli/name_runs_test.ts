/** That every command finds a run by its name under runs/, with the permissions that its path needs. @module */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { temporaryFolder } from "../files/temporary_folder.ts";
import { refrain } from "./spawn.ts";

const folder = await temporaryFolder();
const cwd = folder.path;
Deno.test.afterAll(async () => await folder[Symbol.asyncDispose]());

const SMALL =
  "--max-chars 300 --hidden-size 4 --batch-size 2 --num-steps 5 --epochs 1 --device wasm --threads 1";
const TRAIN = ["train", ...SMALL.split(" "), "--length", "2"];

Deno.test("a run under runs/ is found by its name alone", async () => {
  assertEquals((await refrain([...TRAIN, "--out", "runs/first"], { cwd })).code, 0);
  for (
    const words of [
      ["generate", "first", "--length", "2"],
      ["generate", "--model", "first", "--length", "2"],
      ["evaluate", "first", "--max-chars", "300"],
      ["score", "first", "--text", "分开"],
      ["info", "first"],
      ["report", "first"],
      ["verify", "first"],
      ["runs", "first"],
      ["generate", "first", "--length", "2", "--turbo"],
      ["train", "--resume", "first"],
      ["train", "first"],
      [...TRAIN, "--init-from", "first", "--out", "second"],
    ]
  ) {
    const { code, stderr } = await refrain(words, { cwd });
    assertEquals(code, 0, `${words.join(" ")}: ${stderr}`);
  }
  const { facts, initFrom } = JSON.parse(await Deno.readTextFile(`${cwd}/second/config.json`));
  assertEquals(initFrom, "runs/first");
  assertStringIncludes(facts.command, "--allow-read=runs/first,second");
});

Deno.test("what lies here comes first, and a name of nothing is refused as it was told", async () => {
  await Deno.rename(`${cwd}/second`, `${cwd}/first`);
  assertMatch((await refrain(["info", "first"], { cwd })).stdout, /^model +first$/m);
  await Deno.rename(`${cwd}/first`, `${cwd}/second`);
  assertMatch((await refrain(["info", "first"], { cwd })).stdout, /^model +runs\/first$/m);
  const { code, stderr } = await refrain(["generate", "third"], { cwd });
  assertEquals([code, stderr], [1, 'error: Cannot find a model at "third": no such file or folder\n']);
});
