/** A device takes no memory of another device. @module */
import { assertEquals, assertNotEquals, assertRejects, assertThrows } from "@std/assert";
import type { Block, Device } from "../../src/device/device.ts";
import { download, upload } from "../../src/verify/cases/arrays.ts";
import { foreign, testPairs } from "../support/test_pairs.ts";

const COPY = { rows: 1, columns: 64, ldX: 64, offsetX: 0, ldY: 64, offsetY: 0, accumulate: 0 };

/** A block of each device, full of 1 and of 2. */
function blocks(device: Device, other: Device): [own: Block, foreign: Block] {
  return [upload(device, new Float32Array(64).fill(1)), upload(other, new Float32Array(64).fill(2))];
}

/** Nothing has reached either block. */
async function assertUntouched([own, foreign]: [own: Block, foreign: Block]): Promise<void> {
  assertEquals(await download(own.device, own), new Float32Array(64).fill(1));
  assertEquals(await download(foreign.device, foreign), new Float32Array(64).fill(2));
  for (const block of [own, foreign]) block[Symbol.dispose]();
}

testPairs("a block knows its device, and devices have numbers of their own", (device, other) => {
  using block = other.alloc(128);
  assertEquals([block.device, block.view(64, 1).device], [other, other]);
  assertNotEquals(device.number, other.number);
});

testPairs("run() refuses another device's block", async (device, other) => {
  const pair = blocks(device, other);
  const [x, y] = pair;
  for (
    const [name, buffers] of [["y", { x, y }], ["x", { x: y, y: x }], ["y", { x, y: y.view(0, 64) }]] as const
  ) {
    const error = assertThrows(() => device.run("copy_columns", buffers, COPY), TypeError);
    assertEquals(error.message, foreign(`buffer "${name}" of kernel copy_columns`, other, device));
  }
  await assertUntouched(pair);
});

testPairs("record() refuses another device's block, and a later recording works", async (device, other) => {
  const pair = blocks(device, other);
  const [x, y] = pair;
  const error = assertThrows(
    () => device.record(() => device.run("copy_columns", { x, y }, COPY)),
    TypeError,
    foreign('buffer "y" of kernel copy_columns', other, device),
  );
  assertEquals(error.name, "TypeError");
  using target = device.alloc(64);
  using program = device.record(() => device.run("copy_columns", { x, y: target }, COPY));
  program.run();
  assertEquals(await download(device, target), new Float32Array(64).fill(1));
  await assertUntouched(pair);
});

testPairs("write(), clear() and read() refuse another device's block", async (device, other) => {
  const pair = blocks(device, other);
  for (const block of [pair[1], pair[1].view(0, 64)]) {
    const written = assertThrows(() => device.write(block, new Float32Array(64)), TypeError);
    assertEquals(written.message, foreign("the target of a write", other, device));
    const cleared = assertThrows(() => device.clear(block), TypeError);
    assertEquals(cleared.message, foreign("the target of a clear", other, device));
    const read = await assertRejects(() => device.read(block), TypeError);
    assertEquals(read.message, foreign("the source of a read", other, device));
  }
  await assertUntouched(pair);
});

testPairs("an object that looks like a block is none", async (device, other) => {
  const pair = blocks(device, other);
  const [own] = pair;
  for (const like of [{ ...own, device, length: 64, alive: true }, {}, undefined, 0]) {
    const block = like as Block;
    assertThrows(() => device.write(block, new Float32Array(1)), TypeError, "it is not a block of a device");
    assertThrows(() => device.clear(block), TypeError, "it is not a block of a device");
    assertThrows(
      () => device.run("copy_columns", { x: own, y: block }, COPY),
      TypeError,
      'Cannot use buffer "y" of kernel copy_columns: it is not a block of a device',
    );
  }
  await assertUntouched(pair);
});
