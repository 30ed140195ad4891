/** Commands of more rounds of loops than an adapter grants take several dispatches: every such kernel, limits lowered. @module */
import { assertEquals, assertRejects } from "@std/assert";
import { DeviceError } from "../../src/device/device.ts";
import { openWebgpu, type WebgpuOptions } from "../../src/device/webgpu.ts";
import { MOST_ROUNDS, rangesOf } from "../../src/device/webgpu/ranges.ts";
import { isSoftware } from "../../src/device/webgpu/software.ts";
import { SHADERS } from "../../src/generated/kernels.ts";
import { CELLS, type KernelName } from "../../src/kernels.ts";
import { ROUNDS } from "../../src/kernels/rounds.ts";
import { KERNEL_CHECKS } from "../../src/verify/kernels.ts";
import { recurrent_backward } from "../../src/verify/reference/recurrent_backward.ts";
import { recurrent_forward } from "../../src/verify/reference/recurrent_forward.ts";
import { softmax_cross_entropy } from "../../src/verify/reference/softmax_cross_entropy.ts";
import { assertWithin } from "../../src/verify/cases/assert_close.ts";
import { softmaxCrossEntropyCase } from "../../src/verify/cases/cases.ts";
import { checkKernel } from "../../src/verify/cases/check_kernel.ts";
import { recurrentBackwardCase, recurrentForwardCase } from "../../src/verify/cases/recurrent.ts";
import { DEVICE_NAMES } from "../support/test_each.ts";

const ignore = !DEVICE_NAMES.includes("webgpu");

Deno.test("every shader states its rounds", () => {
  const shaders = Object.keys(SHADERS).map((name) =>
    name.split(".").filter((part) => !CELLS.includes(part as "lstm")).join(".")
  );
  assertEquals(Object.keys(ROUNDS).sort(), [...new Set(shaders)].sort());
});

Deno.test("rangesOf() keeps each dispatch below the limit, and refuses what no dispatch can take", () => {
  const sizes = { params: { rows: 1000 }, lengths: {}, lanes: 0 }; // 128 rows a round, and 7
  assertEquals(rangesOf("sum_rows", sizes, 15), [[0, 1000]]);
  assertEquals(rangesOf("sum_rows", sizes, 10), [[0, 384], [384, 768], [768, 1000]]);
  assertEquals(rangesOf("sum_rows", sizes, 7), undefined);
  assertEquals(rangesOf("sum_rows", { ...sizes, params: { rows: 0 } }, 7), undefined);
  assertEquals(
    rangesOf(
      "recurrent_forward.steps",
      { params: { cell: 3, steps: 2, hidden: 4 }, lengths: {}, lanes: 0 },
      Infinity,
    ),
    [
      [0, 1],
      [1, 2],
    ],
  );
});

/** A case of a kernel, with the rounds that its least part takes. */
const LEAST: readonly [kernel: KernelName, mostRounds: number, options: WebgpuOptions][] = [
  ["gemm", 4, { lanes: 0, deep: true }],
  ["gemm", 90, {}],
  ["gemm", 30, { lanes: 4 }],
  ["sum_rows", 8, {}],
  ["embedding_backward", 6, {}],
  ["generate_steps", 1000, {}],
  ["generate_steps_int8", 1000, {}],
];

for (const [kernel, mostRounds, options] of LEAST) {
  Deno.test({
    name: `${kernel} is right in several dispatches of ${mostRounds} rounds [webgpu]`,
    ignore,
    fn: async () => {
      using device = await openWebgpu({ ...options, mostRounds });
      const check = KERNEL_CHECKS.find(({ rows }) => rows[0] === kernel)!;
      for await (const [, difference] of check.run(device)) assertWithin(difference);
    },
  });
}

/** Rounds that two steps of the cases below take at most, forward and backward. */
const TWO_STEPS: readonly [name: string, forward: number, backward: number, options: WebgpuOptions][] = [
  ["hardware kernels", 45, 80, { lanes: 0, deep: true, largestLoop: Infinity }],
  ["default kernels", 420, 250, {}],
  ["subgroups of 4", 700, 450, { lanes: 4 }],
];

for (const [name, forward, backward, options] of TWO_STEPS) {
  Deno.test({
    name: `recurrences are right in dispatches of a few steps [webgpu, ${name}]`,
    ignore,
    fn: async () => {
      using forwards = await openWebgpu({ ...options, mostRounds: forward });
      using backwards = await openWebgpu({ ...options, mostRounds: backward });
      for (const cell of CELLS) {
        for (const way of [{}, { reverse: true, masked: true, gap: 5, batch: 7 }]) {
          const projection = cell === "lstm" ? [0, 7] : [0];
          for (const size of projection) {
            const sizes = { cell, steps: 11, ...way, ...size ? { projection: size } : {} };
            await checkKernel(forwards, recurrent_forward, recurrentForwardCase(sizes));
            await checkKernel(forwards, recurrent_forward, recurrentForwardCase({ ...sizes, carry: true }));
            await checkKernel(backwards, recurrent_backward, recurrentBackwardCase(sizes));
          }
        }
      }
    },
  });
}

/** Which kernels, their names' ends, and how they are compiled. */
const NEARLY_ALL: readonly [name: string, end: string, options: WebgpuOptions][] = [
  ["hardware kernels", "", { lanes: 0, deep: true, largestLoop: Infinity }],
  ["subgroups of 8", ".software", { lanes: 8 }],
  ["subgroups of 4", ".software", { lanes: 4 }],
];

for (const [name, end, options] of NEARLY_ALL) {
  Deno.test({
    name: `recurrences are right in a dispatch that takes nearly all rounds [webgpu, ${name}]`,
    ignore,
    fn: async () => {
      using device = await openWebgpu({ ...options, mostRounds: MOST_ROUNDS });
      const resets = end === "" ? [["gru_reset_before", 4]] as const : []; // it has the plain shader alone
      for (const [cell, index] of [["lstm", 3], ["tanh", 0], ...resets] as const) {
        const sizes = { cell, hidden: 130, batch: 2 };
        const params = { cell: index, hidden: 130, projection: 0, masked: 0 };
        const steps = (kernel: string): number =>
          Math.floor(MOST_ROUNDS / ROUNDS[`${kernel}${end}`]!(params, {}, options.lanes!).each) - 1;
        const forward = recurrentForwardCase({ ...sizes, steps: steps("recurrent_forward") });
        await checkKernel(device, recurrent_forward, forward);
        const backward = recurrentBackwardCase({ ...sizes, steps: steps("recurrent_backward") });
        await checkKernel(device, recurrent_backward, backward);
      }
    },
  });
}

Deno.test({
  name: "a kernel of which no part can be taken is refused [webgpu]",
  ignore,
  fn: async () => {
    using device = await openWebgpu({ mostRounds: 5 });
    await assertRejects(
      () => checkKernel(device, softmax_cross_entropy, softmaxCrossEntropyCase()),
      DeviceError,
      "Cannot run softmax_cross_entropy of this size: its loops would take more rounds than the 5 that the software adapter counts right",
    );
  },
});

Deno.test("isSoftware() knows a driver that computes on the CPU by its word or its name", () => {
  const info = { vendor: "", architecture: "", device: "", description: "", isFallbackAdapter: false };
  for (
    const description of [
      "llvmpipe (LLVM 15.0.6, 256 bits)",
      "SwiftShader Device",
      "Microsoft Basic Render Driver",
    ]
  ) {
    assertEquals(isSoftware({ ...info, description }), true, description);
  }
  assertEquals(isSoftware({ ...info, architecture: "swiftshader" }), true);
  assertEquals(isSoftware({ ...info, isFallbackAdapter: true }), true);
  for (
    const description of ["NVIDIA H200", "Intel(R) Graphics (ADL GT2)", "AMD Radeon RX 6600 (RADV NAVI23)"]
  ) {
    assertEquals(isSoftware({ ...info, description }), false, description);
  }
});
