/** A model knows how its text was prepared: commands without flags, and flags that contradict it. @module */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { temporaryFolder } from "../files/temporary_folder.ts";
import { refrain, type Result, withFlags } from "./spawn.ts";

const folder = await temporaryFolder();
const cwd = folder.path;
await Deno.writeTextFile(`${cwd}/poem.txt`, "fa la\nre mi\n".repeat(30));
await Deno.writeTextFile(`${cwd}/windows.txt`, "fa la\r\nre mi\r\n".repeat(30));
Deno.test.afterAll(async () => await folder[Symbol.asyncDispose]());

const SMALL =
  "--batch-size 2 --num-steps 5 --hidden-size 16 --cell gru --epochs 30 --log-every 30 --length 6 " +
  "--learning-rate 0.05 --clip-grad-norm 1 --device wasm --threads 1";

function run(command: string, flags: string): Promise<Result> {
  return refrain([command, ...flags.split(" ")], { cwd });
}

/** Trains; gives what was said. */
async function trained(out: string, flags: string): Promise<string> {
  const { code, stdout, stderr } = await run(
    "train",
    withFlags(SMALL, `--preset tutorial ${flags} --out ${out}`).join(" "),
  );
  assertEquals([code, stderr], [0, ""], flags);
  return stdout;
}

async function perplexityOf(model: string, corpus: string): Promise<number> {
  const { code, stdout, stderr } = await run("evaluate", `--model ${model} --corpus ${corpus}`);
  assertEquals([code, stderr], [0, ""]);
  return Number(/\nperplexity +(\S+)\n/.exec(stdout)![1]);
}

Deno.test("evaluate prepares a text as the model's was, whatever its line breaks", async () => {
  assertMatch(await trained("kept", "--corpus poem.txt"), /\ntext +60 line breaks kept\n/);
  assertMatch(
    await trained("spaces", "--corpus windows.txt --newlines space"),
    /\ntext +60 line breaks became spaces, 60 of them CR LF or CR\n/,
  );
  for (const model of ["kept", "spaces"]) {
    const perplexity = await perplexityOf(model, "poem.txt");
    assert(perplexity < 1.3, `${model}: ${perplexity}`);
    assertEquals(await perplexityOf(model, "windows.txt"), perplexity);
  }
  const { newlines, tokenizer, unknown } = JSON.parse(await Deno.readTextFile(`${cwd}/kept/config.json`));
  assertEquals([newlines, tokenizer, unknown], ["keep", "character", "error"]);
});

Deno.test("--init-from prepares a text as the model's was", async () => {
  const begin =
    "--learning-rate 1e-30 --optimizer sgd --epochs 1 --log-every 1 --corpus windows.txt --carry-state";
  for (const model of ["kept", "spaces"]) {
    const said = await trained(`more-${model}`, `--init-from ${model} ${begin}`);
    const perplexity = Number(/, perplexity (\S+),/.exec(said)![1]);
    assert(perplexity < 1.5, `${model}: ${perplexity}`);
    assertMatch(
      said,
      model === "kept"
        ? /\ntext +60 line breaks kept, 60 of them made LF of CR LF or CR\n/
        : /\ntext +60 line breaks became /,
    );
  }
});

Deno.test("generate takes line breaks in a prefix", async () => {
  for (const [model, next] of [["kept", "\nre mi\n"], ["spaces", " re mi "]] as const) {
    const flags = ["--model", model, "--length", "7", "--temperature", "0", "--prefix", "re mi\r\nfa la"];
    const { code, stdout, stderr } = await refrain(["generate", ...flags], { cwd });
    assertEquals([code, stderr], [0, ""]);
    assertEquals(stdout, `re mi\r\nfa la${next}\n`);
  }
});

Deno.test("a flag that contradicts the model is refused in one sentence", async () => {
  await trained("skipping", "--corpus poem.txt --unknown skip");
  const bytes = await trained("bytes", "--corpus windows.txt --tokenizer byte --epochs 1");
  assertMatch(bytes, /\ntext +60 line breaks kept, 60 of them CR LF or CR\n/);
  const cases: [command: string, flags: string, sentence: string][] = [
    [
      "evaluate",
      "--model kept --newlines space",
      '"--newlines space" with "--model kept": the model\'s is keep',
    ],
    [
      "evaluate",
      "--model spaces --newlines keep",
      '"--newlines keep" with "--model spaces": the model\'s is space',
    ],
    [
      "evaluate",
      "--model skipping --unknown error",
      '"--unknown error" with "--model skipping": the model\'s is skip',
    ],
    [
      "evaluate",
      "--model bytes --unknown skip",
      '"--unknown skip" with "--model bytes": its tokens are bytes, which are never unknown',
    ],
    [
      "train",
      `${SMALL} --out never --init-from kept --newlines space`,
      '"--newlines space" with "--init-from kept": the model\'s is keep',
    ],
    [
      "train",
      `${SMALL} --out never --init-from kept --tokenizer word`,
      '"--tokenizer word" with "--init-from kept": the model\'s is character',
    ],
  ];
  for (const [command, flags, sentence] of cases) {
    const { code, stderr } = await run(command, `${flags} --corpus poem.txt`);
    assertEquals([code, stderr], [2, `error: Cannot use ${sentence}\n`]);
  }
  const same = await run("evaluate", "--model kept --newlines keep --unknown skip --corpus poem.txt");
  assertEquals([same.code, same.stderr], [0, ""]);
});

Deno.test("the built-in lyrics have spaces for line breaks, in train and profile", async () => {
  const { stdout } = await run(
    "train",
    withFlags(SMALL, "--epochs 1 --max-chars 200 --out lyrics").join(" "),
  );
  assertMatch(stdout, /\ncorpus +built-in lyrics: 200 characters, .*\ntext +\d+ line breaks became spaces\n/);
  const profile = await run("profile", "--hidden-size 3 --steps 1 --device wasm --threads 1");
  assertStringIncludes(profile.stdout, "corpus  built-in lyrics: V 1011\n");
});

Deno.test("evaluate, score and generate tell what is left out or replaced", async () => {
  await Deno.writeTextFile(`${cwd}/other.txt`, "fa la\nxy fa la\n".repeat(9));
  const skipped = await run("evaluate", "--model kept --corpus other.txt --unknown skip");
  assertMatch(skipped.stdout, /\nunknown +18 characters left out as the vocabulary lacks them\n/);
  const scored = await run("score", "--model kept --text fax\nla --unknown skip --json");
  assertEquals([scored.code, scored.stderr], [0, "text: 1 character left out as the vocabulary lacks it\n"]);
  assertEquals(scored.stdout.trimEnd().split("\n").length, 5);
  const flags = "--model kept --length 3 --unknown skip --prefix fax";
  const { code, stdout, stderr } = await run("generate", flags);
  assertEquals([code, stderr], [0, 'prefix "fax": 1 character left out as the vocabulary lacks it\n']);
  assertEquals(stdout.slice(0, 3), "fax");
});

Deno.test("rare tokens are left to the one for unknown ones, and what has nothing to train it is told", async () => {
  await Deno.writeTextFile(`${cwd}/rare.txt`, "fa la\nre mi\n".repeat(30) + "so ti do fa la.\n");
  const rare = "--corpus rare.txt --tokenizer word --epochs 1 --log-every 1";
  const said = await trained("rare", `${rare} --min-count 2`);
  assertMatch(said, /\nunknown +4 words replaced as the vocabulary lacks them\n/);
  assertStringIncludes(
    (await run("info", "--model rare")).stdout,
    "tokens: 6 words, unknown ones: replace, line",
  );
  const config = JSON.parse(await Deno.readTextFile(`${cwd}/rare/config.json`));
  assertEquals([config.minCount, config.unknown, config.facts.vocabularySize], [2, "replace", 6]);
  const most = await trained("most", `${rare} --max-vocabulary 4 --unknown skip`);
  assertMatch(most, /, 4 distinct\n.*\nunknown +\d+ words left out as the vocabulary lacks them\n/);
  const all = await trained("all", `${rare} --unknown replace`);
  assertMatch(
    all,
    /\nunknown +none in the text, so the token for them is not trained: --min-count 2 leaves rare words to/,
  );
});
