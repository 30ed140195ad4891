/** The build of shaders: declarations, unrolled loops, and places of what is wrong. @module */
import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { kernelEntry } from "../../src/kernels.ts";
import { compileShaders } from "../../tools/build/compile_shaders.ts";
import { declarationsOf } from "../../tools/build/declarations.ts";
import { Mistake } from "../../tools/build/mistake.ts";
import { partedShaders } from "../../tools/build/parts.ts";
import { type Line, refuse, shaders, textOf } from "../../tools/build/shaders.ts";
import { shaderText } from "../../src/device/webgpu/shader_text.ts";
import { driverText, unrolled } from "../../src/device/webgpu/unrolled.ts";
import { DEVICE_NAMES } from "../support/test_each.ts";

/** Lines as they stand in a file that begins at line 5. */
function linesOf(file: string, text: string): Line[] {
  return text.split("\n").map((line, index) => ({ text: line, from: `${file}:${index + 5}` }));
}

Deno.test("a kernel's declarations are those of the table", () => {
  const entry = { ...kernelEntry("dropout"), constants: ["accumulate"] };
  assertEquals(declarationsOf(entry, { quads: ["x", "seed"], ranged: true }), [
    "struct Params {",
    "count: u32,",
    "probability: f32,",
    "stream: u32,",
    "accumulate: u32,",
    "columns: u32,",
    "across: u32,",
    "down: u32,",
    "begin: u32,",
    "end: u32,",
    "}",
    "override accumulate: u32 = 0u;",
    "@group(0) @binding(0) var<storage, read> x: array<vec4f>;",
    "@group(0) @binding(1) var<storage, read> seed: array<vec4u>;",
    "@group(0) @binding(2) var<storage, read_write> y: array<f32>;",
    "@group(0) @binding(3) var<uniform> params: Params;",
  ]);
});

Deno.test("shaders share their declarations, and are joined again as they were", () => {
  const [a, b] = ["struct A {\nx: u32,\n}\nfn f() {\nif (x) {\n}\n}", "var y: u32;\nstruct A {\nx: u32,\n}"];
  const { parts, shaders: places } = partedShaders({ a, b });
  assertEquals(places, { a: [0, 1], b: [2, 0] });
  assertEquals([parts.length, places.a!.map((place) => parts[place]).join("\n")], [3, a]);
  for (const [name, lines] of Object.entries(shaders())) assertEquals(shaderText(name), textOf(lines), name);
});

Deno.test("loops are written out, within each other too, and keep their places", () => {
  const inner = "// unroll\nfor (var j = 0u; j < 1u; j++) {\nx(j);\n}";
  const lines = unrolled(
    linesOf("a", `const N = 2u;\n// unroll\nfor (var i = 0u; i < N; i++) {\nif (i > 0u) {\n${inner}\n}\n}`),
  );
  const round = (i: number): string => `{\nconst i = ${i}u;\nif (i > 0u) {\n{\nconst j = 0u;\nx(j);\n}\n}\n}`;
  assertEquals(textOf(lines), `const N = 2u;\n${round(0)}\n${round(1)}`);
  assertEquals(lines.filter(({ text }) => text === "x(j);").map(({ from }) => from), ["a:11", "a:11"]);
});

Deno.test("what cannot be unrolled names its file and line", () => {
  const wrong = {
    "for (var i = 1u; i < 4u; i++) {": "a loop to unroll must read",
    "for (var i = 0u; i < M; i++) {": 'the shader has no "const M"',
  };
  for (const [head, sentence] of Object.entries(wrong)) {
    assertThrows(() => unrolled(linesOf("a", `// unroll\n${head}\n}`), refuse), Mistake, `a:6: ${sentence}`);
  }
});

Deno.test("a constant may be two others multiplied or divided, and lanes are put in for eight", () => {
  const text = (bound: string): string =>
    `const LANES = 8u;\nconst ALL = LANES * 2u;\nconst PART = 16u / LANES;\n// unroll\nfor (var i = 0u; i < ${bound}; i++) {\nx(i);\n}`;
  const count = (bound: string, lanes?: number): number =>
    driverText(text(bound), lanes).split("\n").filter((line) => line === "x(i);").length;
  assertEquals([count("ALL"), count("PART"), count("ALL", 4), count("PART", 4)], [16, 2, 8, 4]);
  assertThrows(() => driverText(text("NONE")), SyntaxError, 'the shader has no "const NONE"');
});

const without = { ignore: !DEVICE_NAMES.includes("webgpu") };

Deno.test("all shaders compile", without, async () => {
  assertEquals(await compileShaders(shaders()), []);
});

Deno.test("an error of a shader names its file and line, once for all shaders", without, async () => {
  const unknown = linesOf("wgsl/a.wgsl", "fn f() -> u32 {\n  let a = 1u;\n  return b;\n}");
  const mixed = linesOf("wgsl/b.wgsl", "fn g(x: u32) -> u32 {\n  let a = x;\n  return a / 2.5f;\n}");
  const found = await compileShaders({
    one: unknown,
    two: [...linesOf("c", "const C = 1u;"), ...unknown],
    mixed,
  });
  assertEquals(found.length, 2);
  assertStringIncludes(found[0]!, "wgsl/a.wgsl:7: no definition in scope for identifier: `b`");
  assertStringIncludes(found[1]!, "wgsl/b.wgsl:7: Function 'g' is invalid");
});
