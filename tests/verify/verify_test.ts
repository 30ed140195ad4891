/** `verify` on devices that are right, and on devices whose kernels are broken one by one. @module */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type Device, openDevice } from "../../mod.ts";
import { type KernelName, KERNELS } from "../../src/kernels_entry.ts";
import { printTable } from "../../src/cli/verify.ts";
import { isWritten, kernelEntry } from "../../src/kernels.ts";
import { copy } from "../../src/tensors/copy.ts";
import { outcomesOf } from "../../src/verify/check.ts";
import { KERNEL_CHECKS, KERNEL_GROUP } from "../../src/verify/kernels.ts";
import { allChecks, type Row, runChecks, runLossCurves, type Target } from "../../src/verify/verify.ts";
import { refrain } from "../cli/spawn.ts";
import { upload } from "../../src/verify/cases/arrays.ts";
import { Mismatch } from "../../src/verify/cases/assert_close.ts";
import { DEVICE_NAMES, testEach } from "../support/test_each.ts";

const NAMES = Object.keys(KERNELS) as KernelName[];

/** Spoils one kernel of a device until disposed: it adds a half to the first word of one of the buffers that it writes. */
function broken(device: Device, kernel: KernelName, buffer: string): Disposable {
  const half = upload(device, Float32Array.of(0.5));
  const run = device.run.bind(device);
  const spoil: Device["run"] = (name, buffers, params): void => {
    run(name, buffers, params);
    if (name !== kernel) return;
    const y = (buffers as Readonly<Record<string, typeof half>>)[buffer]!;
    device.run = run; // the half is added by a kernel that is whole
    copy(device, { block: half }, { block: y }, { columns: 1, accumulate: 1 });
    device.run = spoil;
  };
  device.run = spoil;
  return {
    [Symbol.dispose](): void {
      device.run = run;
      half[Symbol.dispose]();
    },
  };
}

/** What printTable() writes and returns. */
async function tableOf(
  targets: readonly Target[],
  rows: AsyncIterable<Row>,
): Promise<{ code: number; lines: string[]; errors: string[] }> {
  const lines: string[] = [];
  const errors: string[] = [];
  const output = { log: (text: string) => lines.push(text), error: (text: string) => errors.push(text) };
  return { code: await printTable(targets, rows, output), lines, errors };
}

for (const [i, kernel] of NAMES.entries()) {
  testEach(`verify names ${kernel} where it is broken, and exits 1`, async (device) => {
    const written = Object.entries(kernelEntry(kernel).buffers).filter(([, use]) => isWritten(use));
    for (const [buffer] of written) {
      using _ = broken(device, kernel, buffer);
      const targets = [{ name: "broken", device }];
      const right = KERNEL_CHECKS[NAMES.indexOf(kernel === "sum_rows" ? "dropout" : "sum_rows")]!;
      const checks = [KERNEL_CHECKS[i]!, right];
      const { code, lines, errors } = await tableOf(targets, runChecks(targets, checks));
      assertEquals([code, errors], [1, [
        `1 of the table's numbers is off: ${kernel} on broken`,
      ]], buffer);
      assertMatch(lines.find((line) => line.startsWith(`  ${kernel} `))!, / OFF$/);
      assertStringIncludes(lines.at(-1)!, `OFF ${kernel} on broken: ${kernel} `);
    }
  });
}

Deno.test({
  name: "verify names what a broken kernel spoils, on its device alone [wasm]",
  ignore: !DEVICE_NAMES.includes("wasm"),
  fn: async () => {
    using device = await openDevice("wasm");
    using wrong = await openDevice("wasm");
    using _ = broken(wrong, "adam", "parameters");
    const targets = [{ name: "right", device }, { name: "broken", device: wrong }];
    const off: Row[] = [];
    async function* rows(): AsyncGenerator<Row, void, void> {
      yield* runChecks(targets, await allChecks());
      yield* runLossCurves(targets);
    }
    async function* watched(): AsyncGenerator<Row, void, void> {
      for await (const row of rows()) {
        const isOff = row.cells.map((cell) => typeof cell === "object" && cell.failure !== undefined);
        if (isOff[1]) off.push(row);
        assert(!isOff[0], row.name);
        yield row;
      }
    }
    const { code, lines } = await tableOf(targets, watched());
    assertEquals(off.filter(({ group }) => group === KERNEL_GROUP).map(({ name }) => name), ["adam"]);
    const others = off.filter(({ group }) => group !== KERNEL_GROUP).map(({ name }) => name);
    assertEquals(others.map((name) => name.replace(/, \d+ \w+/, "")), [
      ...["RNN", "GRU", "LSTM", "Embedding"].flatMap((
        name,
      ) => [`${name}: ten Adam losses`, `${name}: weights after them`]),
      "Adam: 50 steps",
      "AdamW: 50 steps",
      "RNN",
      "GRU",
      "LSTM",
    ]);
    assertEquals(code, 1);
    assertEquals(lines.filter((line) => line.includes("OFF adam on broken")).length, 1);
  },
});

testEach("a check that throws, or measures nothing, is off in all its rows", async (device) => {
  const thrown = { error: Infinity, tolerance: 0.5, failure: "a is not b" };
  const outcomes = await outcomesOf({
    group: "",
    rows: ["first", "second"],
    async *run() {
      yield ["first", await Promise.resolve({ error: 0, tolerance: 0.5 })];
      throw new Mismatch("a is not b");
    },
  }, device);
  assertEquals(outcomes, new Map([["first", thrown], ["second", thrown]]));
  const silent = await outcomesOf({ group: "", rows: ["row"], async *run() {} }, device);
  assertEquals(silent.get("row")!.failure, "row: nothing was measured");
});

for (const name of DEVICE_NAMES) {
  Deno.test(`verify finds everything right, and exits 0 [${name}]`, async () => {
    const { code, stdout, stderr } = await refrain(["verify", "--device", name], { cwd: "." });
    assertEquals([code, stderr], [0, ""], stdout);
    for (const kernel of NAMES) assertMatch(stdout, new RegExp(`^ {2}${kernel} .* ok$`, "m"));
    for (const layer of ["RNNCell", "GRUCell", "LSTMCell", "Embedding"]) {
      assertMatch(stdout, new RegExp(`^ {2}${layer}: gradients .* ok$`, "m"));
    }
    for (const layer of ["RNN", "GRU", "LSTM"]) {
      for (const row of [`${layer}: gradients`, `${layer}: ten Adam losses`, `${layer} model`]) {
        assertMatch(stdout, new RegExp(`^ {2}${row} .* ok$`, "m"));
      }
    }
    assertMatch(stdout, /\nEverything is within its tolerance \(\d+ s\)\n$/);
  });
}

Deno.test("verify exits 1 where a device that was named is absent", async () => {
  const env = { DENO_WEBGPU_BACKEND: "none" };
  const { code, stderr } = await refrain(["verify", "--device", "webgpu"], { cwd: ".", env });
  assertEquals([code, stderr], [1, 'error: Cannot open device "webgpu": no WebGPU adapter was found\n']);
});
