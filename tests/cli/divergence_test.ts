/** A training that diverges: its exit code, its sentence, and what is kept of it. @module */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Corpus, openDevice, save } from "../../mod.ts";
import { makeModel } from "../support/language_models.ts";
import { temporaryFolder } from "../files/temporary_folder.ts";
import { refrain, type Result, withFlags } from "./spawn.ts";

const folder = await temporaryFolder();
const cwd = folder.path;
const SONG = "fa la do re mi ".repeat(20);
await Deno.writeTextFile(`${cwd}/song.txt`, SONG);
await Deno.writeTextFile(`${cwd}/odd.txt`, SONG + "fa la xx");
Deno.test.afterAll(async () => await folder[Symbol.asyncDispose]());

const SMALL =
  "--preset tutorial --corpus song.txt --batch-size 2 --num-steps 10 --hidden-size 8 --device wasm --threads 1 --length 3 " +
  "--prefix fa --log-every 1 --validation-split 0.1";
const train = (flags: string): Promise<Result> => refrain(["train", ...withFlags(SMALL, flags)], { cwd });
const bytesOf = (path: string): Promise<Uint8Array> => Deno.readFile(`${cwd}/${path}/model.safetensors`);

Deno.test("a training that diverges keeps the best model and the checkpoint before", async () => {
  const jumps =
    "--schedule step --step-size 3 --gamma 1e38 --optimizer sgd --weight-decay 1 --learning-rate 1e-3";
  assertEquals((await train(`${jumps} --epochs 3 --out good`)).code, 0);
  const { code, stderr } = await train(`${jumps} --epochs 40 --out broken`);
  assertEquals(code, 1);
  assertMatch(
    stderr,
    /^The run is kept as it was saved last, in broken\nerror: Cannot go on training as .* at step \d+[: ].*--learning-rate or --clip-grad-norm may help\n$/,
  );
  assertEquals(await bytesOf("broken"), await bytesOf("good"));
  assertStringIncludes(await Deno.readTextFile(`${cwd}/broken/report.html`), "<td>failed</td>");
  const resumed = await refrain(["train", "--resume", "broken", "--epochs", "3"], { cwd });
  assertEquals([resumed.code, resumed.stderr], [0, ""]);
});

Deno.test("a validation whose loss is infinite ends the training, its step and norm told", async () => {
  using device = await openDevice("wasm", { threads: 1 });
  const { vocabulary } = Corpus.fromText(await Deno.readTextFile(`${cwd}/odd.txt`));
  using model = makeModel(device, { vocabularySize: vocabulary.size });
  const values = new Float32Array(vocabulary.size).fill(3e38);
  values[vocabulary.encode("x")[0]!] = -3e38;
  const [bias] = model.dense.parameters().filter(({ shape }) => shape.length === 1);
  device.write(bias!.value, values);
  await save(`${cwd}/odd.safetensors`, model, vocabulary);
  const args = [
    "train",
    "--init-from",
    "odd.safetensors",
    "--corpus",
    "odd.txt",
    "--out",
    "odd",
    "--device",
    "wasm",
  ];
  const sizes = ["--batch-size", "2", "--num-steps", "10", "--validation-split", "0.1", "--epochs", "3"];
  const { code, stderr } = await refrain([...args, ...sizes, "--learning-rate", "1e-30"], { cwd });
  assertMatch(
    stderr,
    /error: Cannot go on training as the loss of the validation is Infinity at step \d+: the norm of the last gradients was [\d.e-]+; a smaller --learning-rate or --clip-grad-norm may help\n$/,
  );
  assertEquals(code, 1);
});

Deno.test("a sample that overflows where no batch does ends there, and training goes on", async () => {
  using device = await openDevice("wasm", { threads: 1 });
  const { vocabulary } = Corpus.fromText(SONG);
  using model = makeModel(device, {
    cell: "rnn",
    nonlinearity: "relu",
    hiddenSize: 8,
    vocabularySize: vocabulary.size,
  });
  const weights = await model.stateDict();
  const { data } = weights["rnn.weight_hh_l0"]!;
  data.fill(0);
  for (let i = 0; i < 8; i++) data[9 * i] = 3; // the state grows threefold with each token
  model.loadStateDict(weights);
  await save(`${cwd}/grows.safetensors`, model, vocabulary);
  const args =
    "train --init-from grows.safetensors --corpus song.txt --sampling random --batch-size 2 --num-steps 10 " +
    "--epochs 3 --log-every 1 --learning-rate 1e-6 --length 300 --prefix fa --device wasm --threads 1 --out grows";
  const { code, stderr } = await refrain(args.split(" "), { cwd });
  assertEquals(code, 0, stderr);
  assertMatch(stderr, /^(Cannot generate as the model's logits are not finite: .*; training goes on\n){3}$/);
  const log = (await Deno.readTextFile(`${cwd}/grows/log.jsonl`)).trimEnd().split("\n").map((line) =>
    JSON.parse(line)
  );
  assertEquals(log.map(({ epoch, samples: [{ text }] }) => [epoch, text.length > 10]), [
    [1, true],
    [2, true],
    [3, true],
  ]);
});
