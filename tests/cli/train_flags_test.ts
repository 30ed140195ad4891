/** Trainings with every flag that says what is trained and how, each model used afterwards. @module */
import { assert, assertAlmostEquals, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { decodeSafetensors } from "../../src/files/safetensors.ts";
import { temporaryFolder } from "../files/temporary_folder.ts";
import { refrain, type Result, withFlags } from "./spawn.ts";

const folder = await temporaryFolder();
const cwd = folder.path;
await Deno.writeTextFile(`${cwd}/song.txt`, "分开 不 分开 再 唱 同 一首 歌\n".repeat(12));
await Deno.writeTextFile(`${cwd}/other.txt`, "分开 不 再 唱 龘 一首 歌\n".repeat(12)); // 龘 is new
Deno.test.afterAll(async () => await folder[Symbol.asyncDispose]());

const SMALL =
  "--preset tutorial --corpus song.txt --batch-size 2 --num-steps 5 --hidden-size 7 --epochs 3 --log-every 1 " +
  "--length 6 --device wasm --threads 1";

/** Trains; `flags` override the small sizes. */
function train(out: string, flags: string): Promise<Result> {
  return refrain(["train", ...withFlags(SMALL, flags), "--out", out], { cwd });
}

async function trained(out: string, flags: string): Promise<string> {
  const { code, stdout, stderr } = await train(out, flags);
  assertEquals([code, stderr], [0, ""], flags);
  return stdout;
}

async function logOf(out: string): Promise<Record<string, number>[]> {
  const text = await Deno.readTextFile(`${cwd}/${out}/log.jsonl`);
  return text.trimEnd().split("\n").map((line) => JSON.parse(line));
}

async function fileOf(out: string): Promise<ReturnType<typeof decodeSafetensors>> {
  return decodeSafetensors(await Deno.readFile(`${cwd}/${out}/model.safetensors`));
}

const CELLS = ["rnn", "gru", "lstm"];
const KINDS = ["character", "byte", "word"];
const OPTIMIZERS = [
  "adam",
  "adamw --weight-decay 0.1",
  "sgd --momentum 0.9 --nesterov",
  "rmsprop --momentum 0.5",
];
const SCHEDULES = [
  "constant --warm-up 2",
  "step --step-size 1 --gamma 0.5",
  "exponential --gamma 0.9 --schedule-unit step",
  "cosine --min-learning-rate 1e-4",
  "plateau --plateau-patience 0",
];

// Every optimizer with every sort of token; cells and schedules in turn. tests/train/options_test.ts has all four-tuples.
OPTIMIZERS.forEach((optimizer, i) =>
  KINDS.forEach((kind, j) => {
    const cell = CELLS[(i + j) % 3]!;
    const schedule = SCHEDULES[(3 * i + j) % 5]!;
    Deno.test(`train --cell ${cell} --tokenizer ${kind} --optimizer ${optimizer} --schedule ${schedule}`, async () => {
      const run = `run-${i}-${j}`;
      const flags = `--cell ${cell} --tokenizer ${kind} --optimizer ${optimizer} --schedule ${schedule}`;
      const said = await trained(
        run,
        `${flags} --validation-split 0.2 --learning-rate 0.02 --clip-grad-norm 1`,
      );
      assertMatch(said, new RegExp(`\\ncorpus +song\\.txt: \\d+ ${kind}s, ${[11, 19, 8][j]} distinct`));
      assertMatch(
        said,
        new RegExp(`\\nsplit +\\d+ ${kind}s at its end are for validation: one stream from a zero state\\n`),
      );
      assertMatch(
        said,
        /\nepoch 3, perplexity [\d.]+, validation perplexity [\d.]+, learning rate [\d.e-]+, time [\d.]+ sec, [\d,]+ tokens\/s\n - 分开/,
      );
      const reports = await logOf(run);
      assertEquals(reports.map(({ epoch }) => epoch), [1, 2, 3]);
      for (const { perplexity, validationPerplexity } of reports) {
        assert(perplexity! > 1 && validationPerplexity! > 1);
      }
      assert(reports[2]!.perplexity! < reports[0]!.perplexity!, "nothing was learnt");

      const generated = await refrain(["generate", "--model", run, "--length", "5", "--prefix", "分开 不"], {
        cwd,
      });
      assertEquals([generated.code, generated.stderr], [0, ""]);
      assertMatch(generated.stdout, /^分开 不/);
      const length = { character: 5 + 4, word: 5 + 2, byte: 0 }[kind]!;
      const text = generated.stdout.replace(/\n$/, "");
      const tokens = kind === "word" ? text.match(/\n|\S+/g)! : [...text];
      if (length) assertEquals(tokens.length, length);
      const evaluated = await refrain(["evaluate", "--model", run, "--corpus", "song.txt"], { cwd });
      assertMatch(
        evaluated.stdout,
        new RegExp(`\\nbits per ${kind} +[\\d.]+\\n${kind}s +\\d+\\n(text .*\n)?measured `),
      );
    });
  })
);

Deno.test("the schedule's rates are those of PyTorch's schedulers, and are logged", async () => {
  await trained("rates", "--schedule cosine --warm-up 1 --warm-up-start 0.5 --learning-rate 0.1 --epochs 4");
  const rates = (await logOf("rates")).map(({ learningRate }) => learningRate!);
  [0.05, 0.1, 0.075, 0.025].forEach((rate, index) => assertAlmostEquals(rates[index]!, rate, 1e-12));
});

Deno.test("an embedding with tied weights, a projection, dropout and first values are kept in the model", async () => {
  const flags = "--cell lstm --num-layers 2 --proj-size 5 --embedding-size 5 --tie-weights --dropout 0.2 " +
    "--output-dropout 0.1 --initialization orthogonal --forget-bias 1";
  const said = await trained("tied", `${flags} --unknown replace`);
  assertMatch(said, /\nmodel +LSTM, 2 layers of 7 projected to 5, embedding of 5, tied: /);
  const config = JSON.parse(await Deno.readTextFile(`${cwd}/tied/config.json`));
  assertEquals(
    [config.tieWeights, config.embeddingSize, config.projSize, config.forgetBias, config.unknown],
    [true, 5, 5, 1, "replace"],
  );
  const { stdout } = await refrain(["info", "--model", "tied"], {
    cwd,
    env: { DENO_WEBGPU_BACKEND: "none" },
  });
  assertMatch(
    stdout,
    /\nmodel +tied\n +LSTM, 2 layers of 7 projected to 5, embedding of 5, tied: [\d,]+ parameters\n +tokens: 12 characters, unknown ones: replace, line breaks: keep\n +file: .+\n +trained: 66 steps, epoch 3\n/,
  );
  // A character that it does not know stands for itself in the prefix, and reads as U+FFFD.
  const { code } = await refrain(["generate", "--model", "tied", "--prefix", "龘", "--length", "3"], { cwd });
  assertEquals(code, 0);
  const plain = await trained("no-bias", "--cell gru --no-bias");
  const [tied, bare] = [said, plain].map((text) => /: ([\d,]+) parameters?/.exec(text)![1]);
  assertEquals([tied, bare], [String(tiedSize(12)), String(3 * 7 * (11 + 7) + 11 * 7 + 11)]);
});

/** V 12 (11 characters and U+FFFD), E = R = 5, H 7: two layers with inputs of 5, the projections, the table, its bias. */
function tiedSize(V: number): number {
  const layer = 4 * 7 * (5 + 5) + 2 * 4 * 7 + 5 * 7;
  return 2 * layer + 5 * V + V;
}

Deno.test("--init-from goes on with old weights and tokens on another text", async () => {
  await trained("old", "--cell gru --embedding-size 3 --learning-rate 0.05");
  const refused = await train("new", "--corpus other.txt --init-from old");
  assertEquals([refused.code, refused.stdout], [1, ""]);
  assertMatch(refused.stderr, /^error: Cannot encode character "龘" .*: --unknown skip leaves it out\n$/);
  assertMatch(
    (await train("new", "--corpus other.txt --init-from old --unknown replace")).stderr,
    /lacks the token/,
  );

  // At a rate without effect the weights stay: the file's own, under this run's policy.
  const still = "--init-from old --unknown skip --optimizer sgd --learning-rate 1e-30";
  const said = await trained("new", `--corpus other.txt ${still}`);
  assertMatch(said, /\nstart +old: its weights and its 11 characters\n/);
  const [before, after] = await Promise.all(["old", "new"].map(fileOf));
  assertEquals(after!.tensors, before!.tensors);
  const { unknown, ...tokens } = JSON.parse(after!.metadata["refrain.vocabulary"]!);
  assertEquals([unknown, tokens], ["skip", JSON.parse(before!.metadata["refrain.vocabulary"]!)]);
  const { cell, hiddenSize, embeddingSize } = JSON.parse(await Deno.readTextFile(`${cwd}/new/config.json`));
  assertEquals([cell, hiddenSize, embeddingSize], ["gru", 7, 3]);

  // It begins where the other ended, and learns.
  await trained("more", "--init-from old --learning-rate 0.05");
  const [was, now] = [await logOf("old"), await logOf("more")];
  assert(now[0]!.loss! < was[0]!.loss! && now[2]!.loss! < was[2]!.loss!, JSON.stringify([was, now]));
});

Deno.test("--init-from refuses flags that ask for another model", async () => {
  await trained("base", "--cell lstm");
  const cases: [flags: string, sentence: string][] = [
    ["--hidden-size 8", '"--hidden-size 8" with "--init-from base": the model\'s is 7'],
    ["--cell rnn", '"--cell rnn" with "--init-from base": the model\'s is lstm'], // the flag's default
    ["--tokenizer word", '"--tokenizer word" with "--init-from base": the model\'s is character'],
    ["--tie-weights", '"--tie-weights" with "--init-from base": the model was made without'],
    ["--initialization uniform", '"--initialization" with "--init-from base": its weights are there'],
  ];
  for (const [flags, sentence] of cases) {
    const { code, stderr } = await train("never", `--init-from base ${flags}`);
    assertEquals([code, stderr], [2, `error: Cannot use ${sentence}\n`]);
  }
  const { code, stderr } = await train("never", "--init-from base --cell lstm --nonlinearity relu");
  const sentence = "Cannot load the model with --nonlinearity relu: it is of kind lstm, which has tanh alone";
  assertEquals([code, stderr], [1, `error: ${sentence}\n`]);
  await trained("same", "--init-from base --cell lstm --dropout 0 --output-dropout 0.5");
});

Deno.test("a model file of another program takes its vocabulary from beside it", async () => {
  const golden = decodeURIComponent(new URL("../golden/from_python", import.meta.url).pathname);
  const model = ["--model", `${golden}/model.safetensors`, "--prefix", "分开", "--length", "4"];
  const without = await refrain(["generate", ...model], { cwd });
  assertStringIncludes(without.stderr, "as its file has no vocabulary: give one of ");
  assertStringIncludes(without.stderr, " tokens as --vocabulary\n");
  const { code, stdout } = await refrain(
    ["generate", ...model, "--vocabulary", `${golden}/vocabulary.json`],
    { cwd },
  );
  assertEquals(code, 0);
  assertMatch(stdout, /^分开.{4}\n$/);
  const bad = await refrain(["generate", ...model, "--vocabulary", "song.txt"], { cwd });
  assertEquals(
    bad.stderr,
    'error: Cannot read the vocabulary "song.txt" as it is not JSON: write ["a", "b"], ' +
      "its tokens in the order of their ids\n",
  );

  // Other forms of the same tokens; and one of the tutorial's second edition, whose token 0 stands for unknown ones.
  const { tokens } = JSON.parse(await Deno.readTextFile(`${golden}/vocabulary.json`));
  const first = tokens.indexOf("分") === 0 ? 1 : 0;
  const known: string[] = tokens.with(first, "<unk>");
  const forms = [
    tokens,
    Object.fromEntries(tokens.map((token: string, id: number) => [token, id])),
    { idx_to_token: known, token_to_idx: Object.fromEntries(known.map((token, id) => [token, id])) },
  ];
  for (const [i, form] of forms.entries()) {
    await Deno.writeTextFile(`${cwd}/form.json`, JSON.stringify(form));
    const args = [...model, "--vocabulary", "form.json", "--temperature", "0"];
    const { code, stdout, stderr } = await refrain(["generate", ...args], { cwd });
    assertEquals([code, stderr], [0, ""]);
    assertMatch(stdout, /^分开.+\n$/);
    if (i < 2) continue;
    const unknown = await refrain(["generate", ...args, "--prefix", "分龘"], { cwd });
    assertEquals(unknown.stderr, 'prefix "分龘": 1 character replaced as the vocabulary lacks it\n');
  }
});
