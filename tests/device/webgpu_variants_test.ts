/** Which shader a command takes: on a processor not those that keep a large GPU busy. @module */
import { assertEquals } from "@std/assert";
import { isSwiftShader, softwareLanes } from "../../src/device/webgpu/software.ts";
import { variantOf, type VariantPolicy } from "../../src/device/webgpu/variants.ts";

const GPU: VariantPolicy = {
  lanes: 0,
  deep: true,
  largestLoop: 0,
  stepsBack: true,
  mostWorkgroups: 65535,
  mostRounds: Infinity,
};
const LSTM = { cell: 3, steps: 35, batch: 32, hidden: 256, projection: 0, carry: 1 };
/** The gradient of H1's recurrent weight. */
const PRODUCT = { M: 256, N: 256, K: 1120, transposeA: 1, transposeB: 0 };

Deno.test("a product of few tiles shares its depth on a GPU alone", () => {
  const shader = (policy: VariantPolicy): string =>
    variantOf("gemm", { params: PRODUCT, lengths: {} }, policy).shader;
  assertEquals(shader(GPU), "gemm.deep");
  assertEquals(shader({ ...GPU, deep: false }), "gemm");
});

Deno.test("SwiftShader takes a dispatch a step forward, and one for all steps backward", () => {
  const kernels = ["recurrent_forward", "recurrent_backward"] as const;
  const shaders = (policy: VariantPolicy): string[] =>
    kernels.map((kernel) => variantOf(kernel, { params: LSTM, lengths: {} }, policy).shader);
  assertEquals(shaders(GPU), ["recurrent_forward.lstm.steps", "recurrent_backward.lstm.steps"]);
  assertEquals(shaders({ ...GPU, stepsBack: false }), [
    "recurrent_forward.lstm.steps",
    "recurrent_backward.lstm",
  ]);
  const chromium = { vendor: "google", architecture: "swiftshader", device: "", description: "" };
  assertEquals(isSwiftShader(chromium), true);
  assertEquals(isSwiftShader({ vendor: "mesa", architecture: "", description: "llvmpipe" }), false);
});

Deno.test("a driver that computes on the CPU takes the variants for its subgroups, a GPU of the same none", () => {
  const shaders = (lanes: number): string[] => {
    const policy = { ...GPU, lanes };
    return [
      variantOf("gemm", { params: PRODUCT, lengths: {} }, policy).shader,
      variantOf("recurrent_backward", { params: LSTM, lengths: {} }, policy).shader,
    ];
  };
  assertEquals(shaders(4), ["gemm.narrow", "recurrent_backward.lstm.software"]);
  assertEquals(shaders(8), ["gemm.software", "recurrent_backward.lstm.software"]);
  const adapter = (architecture: string, lanes: number, most = lanes, features = ["subgroups"]) =>
    ({
      info: { architecture, subgroupMinSize: lanes, subgroupMaxSize: most },
      features: new Set(features),
    }) as unknown as GPUAdapter;
  assertEquals(softwareLanes(adapter("swiftshader", 4)), 4);
  assertEquals(softwareLanes(adapter("llvmpipe", 8)), 8);
  assertEquals(softwareLanes(adapter("llvmpipe", 4, 8)), 0);
  assertEquals(softwareLanes(adapter("llvmpipe", 16)), 0);
  assertEquals(softwareLanes(adapter("llvmpipe", 8, 8, [])), 8); // Deno lists no subgroups
  assertEquals(softwareLanes(adapter("turing", 8)), 0);
});
