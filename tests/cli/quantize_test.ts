/** `quantize` as people start it: a smaller run that other commands take, and that is not trained. @module */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { quantizeCommand } from "../../src/cli/quantize.ts";
import { FaultyDisk } from "../faults/faulty_disk.ts";
import { temporaryFolder } from "../files/temporary_folder.ts";
import { refrain, type Result } from "./spawn.ts";

const folder = await temporaryFolder();
const cwd = folder.path;
Deno.test.afterAll(async () => await folder[Symbol.asyncDispose]());

const TEXT = "fa la do re mi fa sol la ".repeat(40);
await Deno.writeTextFile(`${cwd}/text.txt`, TEXT);

const run = (...args: string[]): Promise<Result> => refrain(args, { cwd });
const DEVICE = ["--device", "wasm", "--threads", "1"];
const TRAIN =
  "--corpus text.txt --preset tutorial --epochs 2 --hidden-size 32 --cell gru --batch-size 2 --num-steps 7";

/** The bytes of a run's model. */
const modelSize = (path: string): number => Deno.statSync(`${cwd}/${path}/model.safetensors`).size;

Deno.test("quantize makes a run that every command takes but train", async () => {
  assertEquals((await run("train", ...TRAIN.split(" "), "--out", "runs/big", ...DEVICE)).code, 0);
  const { code, stdout, stderr } = await run("quantize", "big", "--out", "runs/small");
  assertEquals([code, stderr], [0, ""]);
  assertEquals(
    stdout,
    `The model with weights of int8 is kept in runs/small, ${
      modelSize("runs/small").toLocaleString("en")
    } bytes ` +
      `in place of ${modelSize("runs/big").toLocaleString("en")}: generate, evaluate and serve take it\n`,
  );
  assert(modelSize("runs/small") < 0.45 * modelSize("runs/big"));
  const drawn = await run("generate", "small", "--prefix", "fa", "--length", "9", ...DEVICE);
  assertEquals([drawn.code, drawn.stdout.length], [0, 12], drawn.stderr);
  const losses: number[] = [];
  for (const name of ["big", "small"]) {
    const measured = await run("evaluate", name, "--corpus", "text.txt", "--json", ...DEVICE);
    losses.push(JSON.parse(measured.stdout).loss);
  }
  assert(Math.abs(losses[0]! - losses[1]!) < 0.01 * losses[0]!, `${losses}`);
  assert(losses[0] !== losses[1], "other weights have another loss");
  const scored = await run("score", "small", "--text", "fa la", "--json", ...DEVICE);
  assertEquals(scored.code, 0, scored.stderr);
  const inspected = await run("inspect", "small", "--text", "text.txt", "--no-save", ...DEVICE);
  assertEquals(inspected.code, 0, inspected.stderr);
  const verified = await run("verify", "small");
  assertEquals([verified.code, verified.stderr], [0, ""]);
  const told = JSON.parse((await run("info", "small", "--json")).stdout);
  assertEquals([told.model.formatVersion, told.model.weights], [4, "int8"]);
  const page = await run("export", "small", "--html", "--out", "small.html");
  assertEquals(page.code, 0, page.stderr);
});

Deno.test("quantize --to f16 takes half, and tells programs what it made", async () => {
  const { code, stdout } = await run("quantize", "big", "--to", "f16", "--out", "half", "--json");
  const { run: path, model, to, bytes, from, fromBytes } = JSON.parse(stdout);
  assertEquals([code, path, model, to], [0, "half", "half/model.safetensors", "f16"]);
  assertEquals([from, bytes, fromBytes], [
    "runs/big/model.safetensors",
    modelSize("half"),
    modelSize("runs/big"),
  ]);
  const words = ["--init-from", "half", "--out", "on", ...DEVICE];
  const trained = await run(
    "train",
    ...TRAIN.split(" ").filter((word) => word !== "tutorial" && word !== "--preset"),
    ...words,
  );
  assertEquals(trained.code, 0, trained.stderr);
});

Deno.test("what quantize cannot do is a sentence, and nothing is written", async () => {
  await Deno.writeTextFile(`${cwd}/broken.safetensors`, "no");
  for (
    const [words, code, sentence] of [
      ["quantize small --out none", 1, "as its weights are int8: name the one that it was made of"],
      ["quantize nothing --out none", 1, 'Cannot find a model at "nothing"'],
      ["quantize broken.safetensors --out none", 1, "Cannot read"],
      ["quantize big --to int4 --out none", 2, '"int4"'],
      ["quantize big --out ./runs/big/ --overwrite", 2, "into its own folder: --out names another"],
      ["quantize big --out runs/../runs/big --overwrite", 2, "into its own folder: --out names another"],
      [`quantize big --out ${cwd}/runs/big --overwrite`, 2, "into its own folder: --out names another"],
      ["quantize runs/big/checkpoint.safetensors --out ./runs/big --overwrite", 2, "into its own folder"],
      ["quantize big --overwrite", 2, 'Cannot use "--overwrite" without "--out"'],
      ["import none.npz --overwrite", 2, 'Cannot use "--overwrite" without "--out"'],
      ["quantize big --out runs/small", 1, 'Cannot start a run in "runs/small"'],
      [
        `train --corpus text.txt --init-from small --out none`,
        1,
        'Cannot train from "runs/small" as its weights are int8: name the run that quantize made it of',
      ],
    ] as const
  ) {
    const result = await run(...words.split(" "));
    assertEquals([result.code, result.stdout], [code, ""], result.stderr);
    assertStringIncludes(result.stderr, "error: ");
    assertStringIncludes(result.stderr, sentence);
  }
  assertEquals([...Deno.readDirSync(cwd)].some(({ name }) => name === "none"), false);
});

Deno.test("no folder is left of a run that a disk cannot hold", async () => {
  const out = `${cwd}/full`;
  const settings = {
    model: `${cwd}/runs/big`,
    to: "int8",
    out,
    overwrite: false,
    acceptChangedWeights: false,
  } as Parameters<typeof quantizeCommand>[0];
  using counting = new FaultyDisk(out);
  await quantizeCommand(settings);
  counting[Symbol.dispose]();
  const at = counting.operations.findIndex(({ what }) => what.startsWith("write /model.safetensors")) + 1;
  assert(at > 0, JSON.stringify(counting.operations));
  await Deno.remove(out, { recursive: true });
  using _ = new FaultyDisk(out, { kind: "once", at, halfway: true, reason: "ENOSPC" });
  await assertRejects(() => quantizeCommand(settings), RangeError, "Cannot write");
  await assertRejects(() => Deno.stat(out), Deno.errors.NotFound);
});
