/** What a run's config.json may hold when the run goes on, and where the paths in it lead. @module */
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { keptSettings } from "../../src/cli/train/kept_settings.ts";
import { currentFolder, directoryOf, located } from "../../src/cli/train/resume.ts";
import { madeBy } from "../../src/cli/train/made_by.ts";
import { givenFlags, parseFlags } from "../../src/cli/parse_flags.ts";
import { VERSION } from "../../src/version.ts";
import { temporaryFolder } from "../files/temporary_folder.ts";

/** What is said of a config.json. */
function refusal(config: unknown): string {
  return assertThrows(() => keptSettings(config, 'go on with run "x"'), SyntaxError).message
    .replace('Cannot go on with run "x" as its config.json is ', "").replace("not right: ", "");
}

Deno.test("what config.json holds is checked as flags are", () => {
  const config = {
    version: VERSION,
    corpus: ["a.txt", "b.txt"],
    epochs: 7,
    nesterov: true,
    carryState: false,
  };
  const { corpus, epochs, nesterov, carryState, cell } = keptSettings({ ...config, cell: null }, "go on");
  assertEquals([corpus, epochs, nesterov, carryState, cell], [["a.txt", "b.txt"], 7, true, false, "rnn"]);
  for (const value of [7, null, ["a"], "text"]) assertEquals(refusal(value), "no object");
  assertEquals(refusal({ epohcs: 7 }), 'it has the unknown setting "epohcs": did you mean "epochs"?');
  assertEquals(refusal({ wombat: 7 }), 'it has the unknown setting "wombat"');
  const wrote = (version: string): string => refusal({ version, epohcs: 7 }).split(": ")[1]!;
  assertEquals(wrote("9.0.0"), `refrain 9.0.0 wrote it, and this is ${VERSION}`);
  assertEquals(wrote("9 0"), `refrain "9 0" wrote it, and this is ${VERSION}`);
  assertEquals(refusal({ epochs: "7" }), "epochs must be a number");
  assertEquals(refusal({ logEvery: true }), "logEvery must be a number or string");
  assertEquals(refusal({ corpus: [7] }), "corpus must be a list of string");
  assertEquals(refusal({ nesterov: 1 }), "nesterov must be a boolean");
  const least =
    `Cannot use "--epochs" as it must be a whole number from 1 to 4294967295: current value is "0"`;
  assertEquals(refusal({ epochs: 0 }), least);
});

Deno.test("the command that made a run has the flags of the run, and none of the process", () => {
  const run = ["--corpus", "a.txt", "--validation-split", "0.1", "--epochs", "3", "--turbo"];
  const process = "--json --quiet --trace --debug --stop-after 9 --time-budget 1m --overwrite".split(" ");
  const args = [...run, ...process];
  const line = madeBy(parseFlags("train", args), givenFlags(args));
  assertEquals(line.split(" train ")[1], run.join(" "));
});

Deno.test("the paths of a run are found from where it was started, else from here", async () => {
  await using folder = await temporaryFolder();
  const { path } = folder;
  await Deno.writeTextFile(`${path}/song.txt`, "la");
  const settings = (corpus: string, ...more: string[]) => ({
    ...parseFlags("train", [`--corpus=${corpus}`, ...more]),
    resume: "run",
  });
  const corpusOf = async (corpus: string, directory?: string): Promise<string[]> =>
    (await located(settings(corpus), directory)).corpus;
  assertEquals(await corpusOf("song.txt", path), [`${path}/song.txt`]);
  assertEquals(await corpusOf(`${path}/song.txt`, "/elsewhere"), [`${path}/song.txt`]);
  assertEquals(await corpusOf("-", path), ["-"]);
  assertEquals(await corpusOf("deno.json", currentFolder()), ["deno.json"]);
  assertEquals(await corpusOf("deno.json", path), ["deno.json"]); // it was copied here
  await assertRejects(
    () => corpusOf("none.txt", path),
    RangeError,
    `Cannot go on with run "run" as its text "${path}/none.txt" is not there: --corpus says where it is`,
  );
  const more = ["--init-from=song.txt", "--vocabulary=song.txt"];
  const { initFrom, vocabulary } = await located(settings("song.txt", ...more), path);
  assertEquals([initFrom, vocabulary], [`${path}/song.txt`, `${path}/song.txt`]);
  assertEquals([directoryOf({ directory: path }), directoryOf({ directory: 7 })], [path, undefined]);
});

Deno.test({
  name: "a folder that was removed is none to find paths from",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const folder = await temporaryFolder();
    const here = Deno.cwd();
    try {
      Deno.chdir(folder.path);
      await folder[Symbol.asyncDispose]();
      assertEquals(currentFolder(), undefined);
    } finally {
      Deno.chdir(here);
    }
  },
});
