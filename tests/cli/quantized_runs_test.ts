/** Runs of int8 and float16 where other commands take them: what they print, and what they cannot do. @module */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
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

Deno.test("inspect and info say of a run that its weights are int8", async () => {
  const inspected = await run("inspect", "int8", "--text", "text.txt", "--no-save", ...WASM);
  assertEquals(inspected.code, 0, inspected.stderr);
  assertMatch(inspected.stdout, /^model .* parameters, weights of int8$/m);
  assertStringIncludes((await run("info", "int8")).stdout, "weights: int8, with a scale a row");
  const other = await run("inspect", "f16", "--text", "text.txt", "--no-save", ...WASM);
  assertMatch(other.stdout, /^model .* parameters$/m);
});

Deno.test("trials of a sweep from a run of int8 say what to do", async () => {
  const words =
    "sweep --corpus text.txt --init-from runs/int8 --learning-rate 1e-3,2e-3 --epochs 1 --out sweep";
  const { code, stderr } = await run(...words.split(" "), ...WASM);
  assertEquals(code, 1);
  assertStringIncludes(stderr, "as its weights are int8: name the run that quantize made it of");
});
