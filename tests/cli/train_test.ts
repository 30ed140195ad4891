import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { temporaryFolder } from "../files/temporary_folder.ts";
import { command, contents, refrain, type Result } from "./spawn.ts";

const TEXT = "我们只是暂时分开\n不是从此不再唱同一首歌\n".repeat(6); // 126 characters
const CORPUS = ["--preset", "tutorial", "--corpus", "song.txt", "--batch-size", "3", "--num-steps", "7"];
const TINY = [
  ...CORPUS,
  "--hidden-size",
  "11",
  "--learning-rate",
  "0.05",
  "--device",
  "wasm",
  "--threads",
  "1",
];
const PREFIXES = ["--prefix", "分开", "--prefix", "不分开"];
const RUN = [...TINY, ...PREFIXES, "--epochs", "12", "--log-every", "5", "--length", "6", "--seed", "3"];

/** One run that all tests look at: in runs/ of a folder with the song. */
let trained: Promise<{ cwd: string; result: Result; run: string }> | undefined;
const folder = await temporaryFolder();
Deno.test.afterAll(async () => await folder[Symbol.asyncDispose]());

function train(): Promise<{ cwd: string; result: Result; run: string }> {
  trained ??= (async () => {
    const cwd = folder.path;
    await Deno.writeTextFile(`${cwd}/song.txt`, TEXT);
    const result = await refrain(["train", ...RUN], { cwd });
    const [{ name }] = await Array.fromAsync(Deno.readDir(`${cwd}/runs`)) as [Deno.DirEntry];
    return { cwd, result, run: `runs/${name}` };
  })();
  return trained;
}

Deno.test("train says what it works on, then reports with samples, then how to go on", async () => {
  const { cwd, result: { code, stdout, stderr }, run } = await train();
  assertEquals([code, stderr], [0, ""]);
  const report = (epoch: number): RegExp[] => [
    new RegExp(`^epoch ${epoch}, perplexity \\d+\\.\\d{6}, time \\d+\\.\\d\\d sec, [\\d,]+ tokens/s$`),
    /^ - 分开.{6}$/,
    /^ - 不分开.{6}$/,
  ];
  const lines = stdout.split("\n");
  const expected = [
    /^device +WebAssembly, .*1 thread$/,
    ...(Deno.build.arch === "x86_64" ? [/^turbo +off: --turbo takes /] : []),
    /^corpus +song\.txt: 126 characters, 18 distinct$/,
    /^text +12 line breaks kept$/,
    /^model +RNN \(tanh\), 1 layer of 11: 557 parameters$/,
    /^memory +\d\.\d MiB of the 4\.0 GiB that the device holds, and \d+\.\d KiB on the host$/,
    /^epoch +5 steps of 3 × 7 characters, 21 characters left over; 12 epochs: 60 steps$/,
    new RegExp(`^run +${run}$`),
    /^$/,
    ...report(5),
    ...report(10),
    ...report(12),
    /^$/,
    new RegExp(`^The report of the run is in ${run}/report.html$`),
    /^$/,
    new RegExp(`^The run is kept in ${run}; to generate from it:$`),
    new RegExp(
      `^(npx -y deno@[\\d.]+|deno) run --allow-read=${run} (?:\\S+|'[^']+)mod\\.ts'? generate --model ${run}$`,
    ),
    /^$/,
  ];
  expected.forEach((pattern, index) => assertMatch(lines[index] ?? "(no line)", pattern));
  assertEquals(lines.length, expected.length);
  const perplexities = [...stdout.matchAll(/perplexity ([\d.]+)/g)].map((match) => Number(match[1]));
  assert(perplexities[0]! > perplexities[2]!, "nothing was learnt");

  const args = lines.at(-2)!.split(/mod\.ts'? /)[1]!.split(" ");
  const generated = await refrain([...args, "--length", "4"], { cwd });
  assertEquals(generated.code, 0);
  assertMatch(generated.stdout, /^==> 1 of 2 <==\n分开[^]{4}\n\n==> 2 of 2 <==\n不分开[^]{4}\n$/);
  const last = ["--length", "6", "--seed", "3", "--temperature", "0.8"];
  const samples = stdout.split("\n").filter((line) => line.startsWith(" - ")).slice(-2);
  const again = (await refrain([...args, ...last], { cwd })).stdout.replace(/==> . of . <==\n/g, " - ");
  const [first, second] = again.slice(0, -1).split("\n\n - ");
  assertEquals([first, ` - ${second}`].map((text) => text!.replaceAll("\n", "↵")), samples);
});

Deno.test("train keeps a log, the settings and the model", async () => {
  const { cwd, run, result } = await train();
  const files = Object.keys(await contents(`${cwd}/${run}`)).map((path) => path.split("/").at(-1));
  assertEquals(files.sort(), [
    "checkpoint.safetensors",
    "config.json",
    "log.jsonl",
    "model.safetensors",
    "report.html",
    "samples.txt",
  ]);
  const log = (await Deno.readTextFile(`${cwd}/${run}/log.jsonl`)).trimEnd().split("\n");
  const reports = log.map((line) => JSON.parse(line));
  assertEquals(reports.map(({ epoch, steps }) => [epoch, steps]), [[5, 25], [10, 50], [12, 60]]);
  for (const report of reports) {
    assertEquals(Object.keys(report), [
      "epoch",
      "loss",
      "perplexity",
      "tokensPerSecond",
      "seconds",
      "steps",
      "gradNorm",
      "learningRate",
      "temperature",
      "samples",
    ]);
    assert(result.stdout.includes(`epoch ${report.epoch}, perplexity ${report.perplexity.toFixed(6)},`));
    assertEquals(report.samples.map(({ prefix }: { prefix: string }) => prefix), ["分开", "不分开"]);
    for (const { text } of report.samples) {
      assert(result.stdout.includes(` - ${text.replaceAll("\n", "↵")}\n`));
    }
  }
  const config = JSON.parse(await Deno.readTextFile(`${cwd}/${run}/config.json`));
  const { version, corpus, hiddenSize, prefix, temperature, facts } = config;
  const { characters, vocabularySize, parameters, stepsPerEpoch } = facts;
  assertEquals({ corpus, characters, vocabularySize, parameters, stepsPerEpoch, hiddenSize }, {
    corpus: ["song.txt"],
    characters: 126,
    vocabularySize: 18,
    parameters: 557,
    stepsPerEpoch: 5,
    hiddenSize: 11,
  });
  assertEquals({ prefix, temperature }, { prefix: ["分开", "不分开"], temperature: 0.8 });
  assertMatch(version, /^\d+\.\d+\.\d+/);
  assertEquals(config.device, "wasm");
  assertMatch(facts.device, /^WebAssembly/);
});

Deno.test("train never writes over a run", async () => {
  const { cwd, run } = await train();
  const before = await contents(cwd);
  const { code, stdout, stderr } = await refrain(["train", ...RUN, "--out", run], { cwd });
  assertEquals([code, stdout], [1, ""]);
  assertEquals(
    stderr,
    `error: Cannot start a run in "${run}" as it already holds a run: it has checkpoint.safetensors\n`,
  );
  assertEquals(await contents(cwd), before);
});

Deno.test("train takes any cell, sampling, line breaks and prefixes", async () => {
  const { cwd } = await train();
  await using other = await temporaryFolder();
  await Deno.writeTextFile(`${other.path}/song.txt`, "fa la\n".repeat(10));
  const short = [...TINY, "--epochs", "1", "--length", "9"];
  const breaks = ["--cell", "gru", "--prefix", "fa la\n"];
  const kept = await refrain(["train", ...short, ...breaks, "--out", "run"], { cwd: other.path });
  assertEquals(kept.stderr, "");
  assertMatch(
    kept.stdout,
    /\nmodel +GRU, [^]*\nepoch 1, .*\n - fa la↵.{9}\n\nThe report of the run is in run\/report.html\n\nThe run is kept in run; to/,
  );
  assert(kept.stdout.includes("60 characters, 5 distinct"));
  const lstm = ["--cell", "lstm", "--num-layers", "2", "--dropout", "0.2", "--sampling", "random"];
  const given = ["--prefix", "暂时", "--prefix", "歌", "--max-chars", "100", "--clip-grad-norm", "0"];
  const { stdout } = await refrain(["train", ...short, ...lstm, ...given, "--out", "lstm"], { cwd });
  assertMatch(stdout, /100 characters, .*LSTM, 2 layers of 11: .*\n - 暂时.{9}\n - 歌.{9}\n/s);
});

Deno.test("generate writes the text alone, the same one for the same seed", async () => {
  const { cwd, run } = await train();
  const options = ["--model", run, "--prefix", "分开", "--temperature", "1.5"];
  const generate = (...more: string[]): Promise<Result> =>
    refrain(["generate", ...options, ...more], { cwd });
  const first = await generate("--length", "37", "--seed", "7");
  assertEquals([first.code, first.stderr], [0, ""]);
  assertMatch(first.stdout, /^分开[^]{37}\n$/u);
  assertEquals((await generate("--length", "37", "--seed", "7", "--threads", "1")).stdout, first.stdout);
  assertNotEquals((await generate("--length", "37", "--seed", "8")).stdout, first.stdout);
  assertMatch((await generate("--stop", "不", "--length", "500")).stdout, /^分开[^不]{0,499}\n$/);
});

Deno.test("generate takes the newest run and names it, and its prefixes", async () => {
  const { cwd, run } = await train();
  const { stdout, stderr } = await refrain(["generate", "--length", "5"], { cwd });
  assertMatch(stdout, /^==> 1 of 2 <==\n分开[^]{5}\n\n==> 2 of 2 <==\n不分开[^]{5}\n$/);
  assertEquals(stderr, `model: ${run}\n`);
});

Deno.test("generate streams, and ends quietly when nobody reads any more", async () => {
  const { cwd, run } = await train();
  const args = ["generate", "--model", `${run}/model.safetensors`, "--length", "100000000"];
  const child = command(args, { cwd }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (text.length < 17) text += (await reader.read()).value!;
  assertEquals(text.slice(0, 17), "==> 1 of 2 <==\n分开");
  await reader.cancel();
  const { code } = await child.status;
  assertEquals([code, await new Response(child.stderr).text()], [0, ""]);
});

Deno.test("evaluate prints the loss, the perplexity, bits and characters, and how it has measured", async () => {
  const { cwd, run } = await train();
  const evaluate = (...more: string[]): Promise<Result> =>
    refrain(["evaluate", "--model", run, ...more], { cwd });
  const { code, stdout, stderr } = await evaluate("--corpus", "song.txt");
  assertEquals([code, stderr], [0, ""]);
  const numbers = /^loss +(\S+)\nperplexity +(\S+)\nbits per character +(\S+)\ncharacters +125\n/.exec(
    stdout,
  );
  const [loss, perplexity, bits] = numbers!.slice(1).map(Number);
  assertEquals(stdout.slice(numbers![0].length).split("\n"), [
    "text                12 line breaks kept",
    "measured            one stream from a zero state, 125 of 126 characters predicted",
    "not as in train     there it is the mean of an epoch, while weights move, over the tokens in its batches alone",
    "",
  ]);
  for (
    const [flags, how] of [["--rows 2", "2 rows side by side"], ["--windows 5", "windows of 5 characters"]]
  ) {
    const other = await evaluate("--corpus", "song.txt", ...flags!.split(" "));
    assertMatch(other.stdout, new RegExp(`\\nmeasured +${how}.*, 125 of 126 characters predicted\\n`));
  }
  assert(Math.abs(Math.exp(loss!) - perplexity!) < 1e-4 && Math.abs(loss! / Math.LN2 - bits!) < 1e-5);
  const lyrics = await evaluate();
  assertEquals([lyrics.code, lyrics.stdout], [1, ""]);
  assertMatch(
    lyrics.stderr,
    /^error: Cannot encode character .* at position \d+ as the vocabulary does not have it: --unknown skip leaves it out, and --corpus names a text in place of the built-in lyrics\n$/,
  );
});

Deno.test("info says what there is, and what auto takes", async () => {
  const { code, stdout, stderr } = await refrain(["info"], {
    cwd: folder.path,
    env: { DENO_WEBGPU_BACKEND: "none" },
  });
  assertEquals([code, stderr], [0, ""]);
  assertMatch(stdout, /^refrain +\d+\.\d+\.\d+, Deno /);
  assertMatch(stdout, /\nwasm +WebAssembly, .*\n +build of the kernels: (relaxed|plain|single)\n +SIMD: /);
  assertMatch(stdout, /\n +threads: \d+ of \d+ processors\n +turbo: (on|off)[:;] /);
  assertMatch(
    stdout,
    /\nwebgpu +absent: .*\nauto +for train: wasm, as there is no WebGPU device\nauto +for generate: wasm/,
  );
  const present = await refrain(["info"], { cwd: folder.path });
  if (/\nwebgpu +absent/.test(present.stdout)) return;
  assertMatch(
    present.stdout,
    /\nwebgpu +.*\n +software: (yes|no)\n +features: .*\n +memory: at most [\d.]+ \wiB at once, .*\n +maxBufferSize: [\d.]+ \wiB\n/,
  );
});
