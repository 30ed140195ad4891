/** Runs of int8 and float16 where other commands take them: what they print, and what they cannot do. @module */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { WEIGHT_TYPES } from "../../src/exchange/weight_types.ts";
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

Deno.test("trials of a sweep from a run of int8 say what to do", async () => {
  const words =
    "sweep --corpus text.txt --init-from runs/int8 --learning-rate 1e-3,2e-3 --epochs 1 --out sweep";
  const { code, stderr } = await run(...words.split(" "), ...WASM);
  assertEquals(code, 1);
  assertStringIncludes(stderr, "as its weights are int8: name the run that quantize made it of");
});
