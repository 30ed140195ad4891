import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { temporaryFolder } from "../files/temporary_folder.ts";
import { contents, refrain } from "./spawn.ts";

const folder = await temporaryFolder();
await Deno.writeTextFile(`${folder.path}/song.txt`, "我们只是暂时分开\n".repeat(20)); // 180 characters
await Deno.writeFile(`${folder.path}/bad.txt`, Uint8Array.of(0x61, 0xe5, 0x88, 0x86, 0xff));
await Deno.writeFile(`${folder.path}/gb.txt`, Uint8Array.of(0xce, 0xd2, 0xc3, 0xc7, 0xb7, 0xd6, 0xbf, 0xaa));
await Deno.writeTextFile(`${folder.path}/empty.txt`, "");
await Deno.mkdir(`${folder.path}/notes`);
await Deno.writeTextFile(`${folder.path}/notes/a.txt`, "mine");
Deno.test.afterAll(async () => await folder[Symbol.asyncDispose]());

const SMALL = [
  "train",
  "--preset",
  "tutorial",
  "--corpus",
  "song.txt",
  "--batch-size",
  "2",
  "--num-steps",
  "5",
  "--hidden-size",
  "4",
];

/** Arguments, exit code, a part of the sentence. */
const CASES: readonly [args: string[], code: number, sentence: string][] = [
  [["trian"], 2, 'Unknown command "trian": did you mean "train"?'],
  [
    ["dance"],
    2,
    'Unknown command "dance": the first word must be one of train, sweep, generate, forecast, evaluate, score, ',
  ],
  [["--device", "wasm", "train"], 2, 'Cannot find a command before "--device"'],
  [[...SMALL, "--hiden-size", "3"], 2, 'Unknown flag "--hiden-size": did you mean "--hidden-size"?'],
  [[...SMALL, "--epochs", "0"], 2, 'Cannot use "--epochs" as it must be a whole number from 1 to 4294967295'],
  [
    [...SMALL, "--cell", "lstm", "--nonlinearity", "relu"],
    2,
    'Cannot use "--nonlinearity relu" with "--cell lstm"',
  ],
  [
    [...SMALL, "--sampling", "random", "--carry-state"],
    2,
    'Cannot use "--carry-state" with "--sampling random"',
  ],
  [[...SMALL, "--momentum", "0.9"], 2, 'Cannot use "--momentum 0.9" with "--optimizer adam"'],
  [[...SMALL, "--schedule", "step"], 2, 'Cannot use "--schedule step" without "--step-size"'],
  [
    [...SMALL, "--validation-split", "1"],
    2,
    'Cannot use "--validation-split" as it must be a float32 number, at least 0',
  ],
  [
    [...SMALL, "--validation-split", "0.99"],
    1,
    "Cannot cut 2 characters into batches of 2 rows of 5 steps as at least 12 characters are needed: " +
    "--batch-size 1 with --num-steps 1 would fit",
  ],
  [
    [...SMALL, "--validation-split", "0.001", "--max-chars", "179"],
    1,
    "Cannot validate on 1 character: at least 2 characters are",
  ],
  [[...SMALL, "--init-from", "none"], 1, 'Cannot find a model at "none": no such file or folder'],
  [
    ["train", "--preset", "tutorial", "--corpus", "song.txt", "--tokenizer", "word"],
    1,
    "Cannot cut 40 words into batches of 32 rows of 35 steps as at least 1,152 words are needed",
  ],
  [["train", "--corpus", "gb.txt"], 1, "invalid byte 0xce at offset 0: try --encoding gb18030\n"],
  [
    ["train", "--encoding", "big5"],
    2,
    'Cannot use "--encoding big5" without "--corpus": it belongs to files',
  ],
  [
    ["profile", "--corpus", "-", "--corpus", "song.txt", "--corpus", "-"],
    2,
    'Cannot use "--corpus -" more than once: standard input is read once',
  ],
  [
    ["train", "--corpus", "song.txt", "--encoding", "klingon"],
    1,
    'Cannot read the text as its encoding "klingon" is unknown: name one of TextDecoder\'s, as utf-8, gb18030, ',
  ],
  [["train", "--corpus", "none.txt"], 1, 'Cannot read "none.txt": no such file'],
  [["train", "--preset", "tutorial", "--corpus", "notes"], 1, "Cannot cut 4 characters into batches"],
  [["train", "--corpus", "empty.txt"], 1, 'Cannot use "empty.txt" as it is empty: name a file with a text'],
  [
    ["train", "--corpus", "bad.txt"],
    1,
    'Cannot read "bad.txt" as UTF-8: invalid byte 0xff at offset 4: name another --encoding',
  ],
  [
    ["train", "--preset", "tutorial", "--corpus", "song.txt"],
    1,
    "--batch-size 5 with --num-steps 35, or --num-steps 4 with --batch-size 32, would fit",
  ],
  [
    [...SMALL, "--prefix", "我龘"],
    1,
    'Cannot go on from prefix "我龘" with its character "龘" (U+9F98) at position 2 as the vocabulary does not have it: ' +
    "--unknown skip leaves it out",
  ],
  [[...SMALL, "--prefix", ""], 1, "Cannot go on from an empty prefix"],
  [[...SMALL, "--out", "notes"], 1, 'Cannot start a run in "notes" as it is not empty: it has "a.txt"'],
  [[...SMALL, "--out", "song.txt"], 1, 'Cannot start a run in "song.txt" as it is a file'],
  [[...SMALL, "--device", "webgpu"], 1, 'Cannot open device "webgpu": no WebGPU adapter was found'],
  [
    [...SMALL, "--learning-rate", "3e38"],
    1,
    "Cannot take step 1 of Adam as its rates must be float32 numbers: with --learning-rate 3e+38 one comes to 3",
  ],
  [["generate"], 1, "Cannot find a model as there is no run under runs/"],
  [["generate", "--model", "none"], 1, 'Cannot find a model at "none": no such file or folder'],
  [["generate", "--model", "notes"], 1, 'Cannot find a model in folder "notes"'],
  [
    ["generate", "--model", "song.txt"],
    1,
    "Cannot read the model as its file is a text: name a safetensors file",
  ],
  [
    ["evaluate", "--batch-size", "1"],
    2,
    'Cannot use "--batch-size" with evaluate: it reads a text in one stream; --rows reads parts side by side, ' +
    "--windows resets the state",
  ],
  [
    ["evaluate", "--num-steps", "35"],
    2,
    'Cannot use "--num-steps" with evaluate: it reads a text in one stream',
  ],
  [
    ["evaluate", "--rows", "2", "--windows", "3"],
    2,
    'Cannot use "--rows 2" with "--windows 3": windows are read side by side anyway',
  ],
  [["evaluate", "--rows", "0"], 2, 'Cannot use "--rows" as it must be a whole number from 1 to 4294967295'],
  [["evaluate", "--model", "notes"], 1, "as it has no model.safetensors"],
];

for (const [args, code, sentence] of CASES) {
  Deno.test(`the command line says: ${sentence}`, async () => {
    const before = await contents(folder.path);
    const result = await refrain(args, { cwd: folder.path, env: { DENO_WEBGPU_BACKEND: "none" } });
    assertMatch(result.stderr, /^error: .+\n$/);
    assertStringIncludes(result.stderr, sentence);
    assertEquals(result.code, code);
    const left = Object.keys(await contents(folder.path)).filter((path) => !(path in before));
    assertEquals(left.filter((path) => !path.endsWith("/runs")), [], "files were left behind");
  });
}

Deno.test("--debug shows where an error came from", async () => {
  const { code, stderr } = await refrain(["train", "--corpus", "none.txt", "--debug"], { cwd: folder.path });
  assertEquals(code, 1);
  assertMatch(
    stderr,
    /^error: RangeError: Cannot read "none\.txt": no such file or folder in \/.*\n {4}at .*corpus_files\.ts/,
  );
});

Deno.test("behind -- --debug is a word as any other", async () => {
  const { code, stderr } = await refrain(["generate", "none", "--", "--debug"], { cwd: folder.path });
  assertEquals([code, stderr], [2, 'error: Unexpected argument "--debug": see "generate --help"\n']);
});

Deno.test("no command, help and --version go to standard output", async () => {
  for (const args of [[], ["--help"], ["-h"], ["help"]]) {
    const { code, stdout, stderr } = await refrain(args, { cwd: folder.path });
    assertEquals([code, stderr], [0, ""]);
    assertMatch(stdout, /^refrain: .*\n {2}train /s);
  }
  for (const args of [["train", "--help"], ["help", "train"], ["train", "--epochs", "-h"]]) {
    assertMatch(
      (await refrain(args, { cwd: folder.path })).stdout,
      /^Train a model .*\n {2}--hidden-size N /s,
    );
  }
  assertMatch((await refrain(["--version"], { cwd: folder.path })).stdout, /^refrain \d+\.\d+\.\d+\S*\n$/);
});
