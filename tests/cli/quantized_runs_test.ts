/** Runs of int8 and float16 where other commands take them: what they print, and what they cannot do. @module */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { WEIGHT_TYPES } from "../../src/exchange/weight_types.ts";
import { encodeSafetensors } from "../../src/files/safetensors.ts";
import { ask, cwd, DEVICE, folder, start } from "./serve.ts";
import { refrain, type Result } from "./spawn.ts";

Deno.test.afterAll(async () => await folder[Symbol.asyncDispose]());

const WASM = DEVICE.slice(0, 4);
const run = (...args: string[]): Promise<Result> => refrain(args, { cwd });

for (const to of WEIGHT_TYPES) {
  Deno.test(`a run of ${to} is quantized, served, and asked for a text as the command line draws it`, async () => {
    assertEquals((await run("quantize", "first", "--to", to, "--out", `runs/${to}`)).code, 0);
    await using server = await start([to]);
    const words = ["generate", to, ...WASM, "--prefix", "fa", "--length", "9", "--seed", "1", "--json"];
    const { stdout, stderr, code } = await run(...words);
    assertEquals(code, 0, stderr);
    assertEquals(await ask(server.url, { model: to }), [200, JSON.parse(stdout).text.replace(/^fa/, "")]);
  });

  Deno.test(`a run of ${to} goes out in every format`, async () => {
    for (const format of ["onnx", "keras", "safetensors"]) {
      const { code, stderr } = await run("export", to, "--to", format, "--out", `${to}.${format}`);
      assertEquals([code, stderr], [0, ""], format);
      const whole = await run("export", "first", "--to", format, "--out", `first.${format}`, "--overwrite");
      assertEquals(whole.code, 0, whole.stderr);
      const [size, wholeSize] = [to, "first"].map((name) => Deno.statSync(`${cwd}/${name}.${format}`).size);
      assertEquals(size, wholeSize, `${format}: weights go out as float32`);
    }
  });

  Deno.test(`--resume of a run of ${to} says that a model alone is there`, async () => {
    const { code, stderr } = await run("train", "--resume", `runs/${to}`);
    assertEquals(code, 1);
    assertStringIncludes(
      stderr,
      `Cannot go on with run "runs/${to}" as it has no config.json`,
    );
  });
}

Deno.test("inspect and info say of a run of which numbers its weights are", async () => {
  for (
    const [name, weights, inspected, line] of [
      ["int8", "int8", ", weights of int8", "weights: int8, with a scale a row"],
      ["f16", "float16", ", weights of float16", "weights: float16, computed in float32"],
      ["first", "float32", "", ""],
    ] as const
  ) {
    const { code, stdout, stderr } = await run("inspect", name, "--text", "text.txt", "--no-save", ...WASM);
    assertEquals(code, 0, stderr);
    assertEquals(/^model .* parameters(.*)$/m.exec(stdout)?.[1], inspected);
    assertEquals(/weights: .*/.exec((await run("info", name)).stdout)?.[0] ?? "", line);
    const told = JSON.parse((await run("info", name, "--json")).stdout);
    assertEquals(told.model.weights, weights);
  }
});

Deno.test("runs says of a run that it is quantized, to what, and how far its training had come", async () => {
  const { stdout, code } = await run("runs", "int8", "f16", "first");
  assertEquals(code, 0);
  assertEquals(stdout.split("\n").map((line) => line.split(/ {2,}/).slice(0, 4)), [
    ["run", "state", "epoch", "loss"],
    ["runs/int8", "quantized to int8", "1", "-"],
    ["runs/f16", "quantized to float16", "1", "-"],
    ["runs/first", "ended", "1 of 1", stdout.match(/\d\.\d{4}/)![0]],
    [""],
  ]);
  const told = (await run("runs", "int8", "f16", "first", "--json")).stdout.trim().split("\n");
  assertEquals(
    told.map((line) => JSON.parse(line)).map(({ state, weights, epoch, epochs }) => [
      state,
      weights,
      epoch,
      epochs,
    ]),
    [["quantized", "int8", 1, null], ["quantized", "float16", 1, null], ["ended", "float32", 1, 1]],
  );
});

Deno.test("a model alone whose training nobody knows is that, and a damaged one is damaged", async () => {
  const path = `${cwd}/runs/alone`;
  await Deno.mkdir(path);
  for (const bytes of [new Uint8Array(0), new Uint8Array(9)]) {
    await Deno.writeFile(`${path}/model.safetensors`, bytes);
    const { stdout, stderr } = await run("runs", "alone");
    assertEquals([/ {2}damaged {2}/.test(stdout), stderr], [
      true,
      "runs: verify runs/alone says what is damaged\n",
    ]);
  }
  const data = new Float32Array(4);
  await Deno.writeFile(`${path}/model.safetensors`, encodeSafetensors({ weight: { shape: [4], data } }));
  assertMatch((await run("runs", "alone")).stdout, /^runs\/alone {2}model alone {2}- +- /m);
  await Deno.remove(path, { recursive: true });
});

Deno.test("there is no report of a run that is quantized, to files and to the page", async () => {
  const { code, stderr } = await run("report", "int8", "--out", "page.html");
  assertEquals([code, stderr], [
    1,
    'error: Cannot report run "runs/int8" as it is a model without a training\n',
  ]);
  await using server = await start(["int8", "first"]);
  const { runs } = await (await fetch(`${server.url}/runs`)).json();
  assertEquals(runs.map(({ state, epoch }: { state: string; epoch: number }) => [state, epoch]), [
    ["quantized", 1],
    ["ended", 1],
  ]);
  const refused = await fetch(`${server.url}/runs/int8/report`);
  assertEquals([refused.status, (await refused.json()).error.message], [
    404,
    'Cannot report run "int8" as it is a model without a training',
  ]);
});

Deno.test("trials of a sweep from a run of int8 say what to do", async () => {
  const words =
    "sweep --corpus text.txt --init-from runs/int8 --learning-rate 1e-3,2e-3 --epochs 1 --out sweep";
  const { code, stderr } = await run(...words.split(" "), ...WASM);
  assertEquals(code, 1);
  assertStringIncludes(stderr, "as its weights are int8: name the run that quantize made it of");
});
