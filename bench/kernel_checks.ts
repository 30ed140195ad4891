/**
 * Checks before a kernel is timed, at the size that is timed, against the float64 references of the tests: whole where
 * the work is small, else some rows of a product, or some rows of a recurrence's batch.
 *
 * @module
 */
import type { Device } from "../src/device/device.ts";
import { type Buffers, CELLS, type KernelName, type Params } from "../src/kernels.ts";
import { gemm } from "../src/verify/reference/gemm.ts";
import { recurrent_backward } from "../src/verify/reference/recurrent_backward.ts";
import { recurrenceCounts, recurrent_forward } from "../src/verify/reference/recurrent_forward.ts";
import { assertClose } from "../src/verify/cases/assert_close.ts";
import { type Case, checkKernel, decode, type Reference, runCase } from "../src/verify/cases/check_kernel.ts";

/**
 * Checks a kernel's result against the reference.
 *
 * @returns The case as it is to be timed: that of recurrent_backward has the gates and states of a forward pass.
 * @throws {AssertionError} If they differ.
 */
export async function check(device: Device, given: Case<KernelName>): Promise<Case<KernelName>> {
  switch (given.kernel) {
    case "gemm":
      await checkGemm(device, given as Case<"gemm">);
      return given;
    case "recurrent_forward":
      await checkForward(device, given as Case<"recurrent_forward">);
      return given;
    case "recurrent_backward":
      return await checkBackward(device, given as Case<"recurrent_backward">);
    default: {
      const module = await import(`../src/verify/reference/${given.kernel}.ts`);
      await checkKernel(device, module[given.kernel] as Reference<KernelName>, given);
      return given;
    }
  }
}

async function checkGemm(device: Device, given: Case<"gemm">): Promise<void> {
  const { buffers, params, tolerance } = given;
  const { M, N, transposeA, lda, ldc, offsetA, offsetC } = params;
  const result = decode("c", (await runCase(device, given)).c!);
  for (const m of new Set([0, M >> 1, M - 1])) {
    const start = offsetC + m * ldc;
    const c = buffers.c.slice(start, start + N);
    gemm({ ...buffers, c }, { ...params, M: 1, offsetA: offsetA + m * (transposeA ? 1 : lda), offsetC: 0 });
    const what = `gemm row ${m} of ${M}`;
    assertClose(result.subarray(start, start + N), c, { shape: [N], tolerance, what });
  }
}

/** The words of one row b of the batch: of each of `count` steps `size` words. */
function rowOf(
  data: Float64Array,
  { b, batch, count, size, offset = 0 }: {
    b: number;
    batch: number;
    count: number;
    size: number;
    offset?: number;
  },
): Float64Array {
  const row = new Float64Array(count * size);
  for (let t = 0; t < count; t++) {
    const start = offset + (t * batch + b) * size;
    row.set(data.subarray(start, start + size), t * size);
  }
  return row;
}

/** Gates (T, 1, S, H) and states of row b, as a batch of one; h at 0 and c behind it. */
function singleRow(
  { gates, states }: { gates: Float64Array; states: Float64Array },
  params: Params<"recurrent_forward">,
  b: number,
): { gates: Float64Array; states: Float64Array; params: Params<"recurrent_forward"> } {
  const { steps, batch, hidden: H, offsetH, offsetC } = params;
  const { S, R } = recurrenceCounts(params);
  const h = rowOf(states, { b, batch, count: steps + 1, size: R, offset: offsetH });
  const c = CELLS[params.cell] === "lstm"
    ? rowOf(states, { b, batch, count: steps + 1, size: H, offset: offsetC })
    : new Float64Array(0);
  return {
    gates: rowOf(gates, { b, batch, count: steps, size: S * H }),
    states: Float64Array.of(...h, ...c),
    params: { ...params, batch: 1, offsetH: 0, offsetC: h.length },
  };
}

/** The rows of a batch that are checked. */
function rowsToCheck(batch: number): Set<number> {
  return new Set([0, batch - 1]);
}

async function checkForward(device: Device, given: Case<"recurrent_forward">): Promise<void> {
  const { buffers, params, tolerance } = given;
  const words = await runCase(device, given);
  const results = { gates: decode("gates", words.gates!), states: decode("states", words.states!) };
  for (const b of rowsToCheck(params.batch)) {
    const expected = singleRow(buffers, params, b);
    const actual = singleRow(results, params, b);
    recurrent_forward({ ...buffers, ...expected }, expected.params);
    for (const name of ["gates", "states"] as const) {
      const what = `recurrent_forward ${name} of row ${b} of ${params.batch}`;
      assertClose(actual[name], expected[name], { shape: [expected[name].length], tolerance, what });
    }
  }
}

async function checkBackward(
  device: Device,
  given: Case<"recurrent_backward">,
): Promise<Case<"recurrent_backward">> {
  const { params, tolerance } = given;
  const { batch, steps, hidden, offsetDc } = params;
  const { R } = recurrenceCounts(params);
  const before = { ...params, carry: 0 };
  const first = given.buffers as Buffers<"recurrent_forward", Float64Array> & typeof given.buffers;
  const forward = await runCase(device, { kernel: "recurrent_forward", buffers: first, params: before });
  const buffers = {
    ...first,
    gates: decode("gates", forward.gates!),
    states: decode("states", forward.states!),
  };
  const words = await runCase(device, { kernel: "recurrent_backward", buffers, params });
  const gates = decode("gates", words.gates!);
  const dstates = decode("dstates", words.dstates!);
  const lstm = CELLS[params.cell] === "lstm";
  const dstatesOf = (data: Float64Array, b: number): Float64Array =>
    Float64Array.of(
      ...rowOf(data, { b, batch, count: 1, size: R }),
      ...(lstm ? rowOf(data, { b, batch, count: 1, size: hidden, offset: offsetDc }) : []),
    );
  for (const b of rowsToCheck(batch)) {
    const one = singleRow(buffers, before, b);
    const expected = {
      ...buffers,
      ...one,
      dy: rowOf(buffers.dy, { b, batch, count: steps, size: R }),
      dstates: dstatesOf(buffers.dstates, b),
    };
    recurrent_backward(expected, { ...one.params, offsetDc: R });
    const actual = {
      gates: singleRow({ gates, states: buffers.states }, before, b).gates,
      dstates: dstatesOf(dstates, b),
    };
    for (const name of ["gates", "dstates"] as const) {
      const what = `recurrent_backward ${name} of row ${b} of ${batch}`;
      assertClose(actual[name], expected[name], { shape: [expected[name].length], tolerance, what });
    }
  }
  return { ...given, buffers };
}
