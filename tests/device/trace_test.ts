/** A device that tells its commands: the same results, each command once and in order, nothing where nobody asks. @module */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { type Block, type Device, type DeviceOptions, openDevice } from "../../mod.ts";
import type { TracedCommand } from "../../src/device/trace.ts";
import { matmul } from "../../src/tensors/matmul.ts";
import { DEVICE_NAMES } from "../support/test_each.ts";
import { usedBytes } from "../support/used_bytes.ts";

const M = 5;
const N = 7;
const K = 3;
const SIZES = { M, N, K, transposeB: 1 } as const;

/** A product given eagerly, then one that is recorded and run twice; what is in c after each. */
async function products(device: Device): Promise<ArrayBuffer[]> {
  const filled = (length: number): Block => {
    const block = device.alloc(length);
    device.write(block, Float32Array.from({ length }, (_, i) => Math.sin(i)));
    return block;
  };
  const buffers = { a: filled(M * K), b: filled(N * K), c: device.alloc(M * N) };
  matmul(device, buffers, SIZES);
  const results = [await device.read(buffers.c)];
  using program = device.record(() => {
    device.clear(buffers.a);
    matmul(device, buffers, SIZES);
  });
  for (let run = 0; run < 2; run++) {
    program.run();
    results.push(await device.read(buffers.c));
  }
  return results;
}

for (const name of DEVICE_NAMES) {
  const open = async (options: DeviceOptions): Promise<ArrayBuffer[]> => {
    using device = await openDevice(name, { threads: 2, ...options });
    return await products(device);
  };

  Deno.test(`a traced device tells eager and recorded commands, and computes the same [${name}]`, async () => {
    const told: TracedCommand[] = [];
    const traced = await open({ trace: (command) => told.push(command) });
    assertEquals(traced, await open({}));
    const recorded = ["clear", "gemm"];
    assertEquals(told.map(({ kernel }) => kernel), ["gemm", ...recorded, ...recorded]);
    const [eager, clear] = told as [TracedCommand, TracedCommand];
    assertEquals([eager.params.M, eager.params.N, eager.params.K], [M, N, K]);
    assertEquals([eager.lengths.a, eager.lengths.b, eager.lengths.c], [M * K, N * K, M * N]);
    assertEquals(clear.lengths, { target: M * K });
    for (const { seconds } of told) assert(seconds > 0 && seconds < 60);
  });

  Deno.test(`a list that fails leaves no memory behind: in its trace, or half ready [${name}]`, async () => {
    let fails = false;
    const trace = (): void => {
      if (fails) throw new Error("the trace fails");
    };
    using device = await openDevice(name, { threads: 2, trace });
    const block = device.alloc(64);
    const clearTwice = (): void => {
      device.clear(block);
      device.clear(block);
    };
    await device.read(block);
    const before = usedBytes(device);
    fails = true;
    clearTwice();
    await assertRejects(() => device.read(block), Error, "the trace fails");
    assertEquals(usedBytes(device), before);
    fails = false;
    const size = 1024; // a product's list takes memory on every device
    const large = device.alloc(size * size);
    const buffers = { a: large, b: large, c: device.alloc(size * size) };
    const twice = (): void => {
      matmul(device, buffers, { M: size, N: size, K: size });
      matmul(device, buffers, { M: size, N: size, K: size });
    };
    device.record(twice)[Symbol.dispose](); // what a first product takes stays
    const now = usedBytes(device);
    const { compile } = Object.getPrototypeOf(device);
    let calls = 0;
    const half = (...given: unknown[]): unknown => {
      if (++calls === 2) throw new Error("there is no room");
      return compile.apply(device, given);
    };
    Object.defineProperty(device, "compile", { configurable: true, value: half });
    assertThrows(() => device.record(twice), Error, "there is no room");
    Reflect.deleteProperty(device, "compile");
    assertEquals(usedBytes(device), now);
  });
}

Deno.test({
  name: "a traced command's time is that of the GPU, not of giving it [webgpu]",
  ignore: !DEVICE_NAMES.includes("webgpu"),
  fn: async () => {
    const seconds: number[] = [];
    using device = await openDevice("webgpu", { trace: (command) => seconds.push(command.seconds) });
    const size = 1024;
    const block = (): Block => device.alloc(size * size);
    const buffers = { a: block(), b: block(), c: block() };
    using program = device.record(() => matmul(device, buffers, { M: size, N: size, K: size }));
    program.run(); // compiles
    const start = performance.now();
    program.run();
    const given = (performance.now() - start) / 1000;
    await device.read(buffers.c);
    const waited = (performance.now() - start) / 1000;
    // Had the command only been handed over, the read would have had to wait for it.
    assert(given > 0.7 * waited, `${given} s to run, ${waited} s until it was read`);
    assert(seconds.at(-1)! > 0.9 * given, `${seconds.at(-1)} s of ${given} s`);
  },
});
