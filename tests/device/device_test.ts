/** What src/device/device.ts promises, on every device. @module */
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { type Block, type Device, DeviceError } from "../../src/device/device.ts";
import { download, downloadIds, uniformArray, upload } from "../../src/verify/cases/arrays.ts";
import { testEach } from "../support/test_each.ts";
import { usedBytes } from "../support/used_bytes.ts";

const ids = (...values: number[]): Uint32Array => new Uint32Array(values);
const floats = (...values: number[]): Float32Array => new Float32Array(values);

/** target += source, or target = source. */
function copy(device: Device, source: Block, target: Block, accumulate: 0 | 1 = 0): void {
  const columns = Math.min(source.length, target.length);
  device.run("copy_columns", { x: source, y: target }, {
    rows: 1,
    columns,
    ldX: columns,
    offsetX: 0,
    ldY: columns,
    offsetY: 0,
    accumulate,
  });
}

testEach("memory is zero, also where it was used before", async (device) => {
  for (const length of [1, 63, 64, 65, 5000]) {
    for (let time = 0; time < 3; time++) {
      using block = device.alloc(length);
      assertEquals(block.length, length);
      assertEquals(await downloadIds(device, block), new Uint32Array(length));
      device.write(block, new Uint32Array(length).fill(0xffffffff));
      assertEquals((await downloadIds(device, block))[length - 1], 0xffffffff);
    }
  }
});

testEach("alloc() refuses lengths that are none", (device) => {
  for (const length of [0, -1, 1.5, NaN, Infinity]) {
    const message = `Cannot allocate ${length} words: the length must be a positive integer`;
    assertEquals(assertThrows(() => device.alloc(length), RangeError).message, message);
  }
});

testEach("what was written is read, in views and views of views too", async (device) => {
  const words = Uint32Array.from({ length: 300 }, (_, i) => i * 0x01010101);
  using block = upload(device, words);
  assertEquals(await downloadIds(device, block), words);
  const view = block.view(64, 200);
  const inner = view.view(64, 100);
  assertEquals([view.length, inner.length], [200, 100]);
  assertEquals(await downloadIds(device, view), words.slice(64, 264));
  assertEquals(await downloadIds(device, inner), words.slice(128, 228));
  device.write(inner, ids(1, 2, 3));
  words.set([1, 2, 3], 128);
  assertEquals(await downloadIds(device, block), words);
  device.clear(inner.view(64, 10));
  words.fill(0, 192, 202);
  assertEquals(await downloadIds(device, block), words);
  device.write(block, new Uint32Array(0));
  assertEquals(await downloadIds(device, block), words);
  // What is read is a copy.
  new Uint32Array(await device.read(block)).fill(9);
  assertEquals(await downloadIds(device, block), words);
});

testEach("all 32 bits survive a write and a read", async (device) => {
  const words = ids(0, 1, 0x80000000, 0x7f800000, 0xff800000, 0x7fc00001, 0x7f800001, 0xffffffff, 0x007fffff);
  using block = upload(device, words);
  assertEquals(await downloadIds(device, block), words);
});

testEach("write() refuses more words than there are", (device) => {
  using block = device.alloc(100);
  for (const target of [block, block.view(64, 30)]) {
    const { length } = target;
    const message = `Cannot write ${length + 1} words to a block: its length is ${length}`;
    assertEquals(
      assertThrows(() => device.write(target, new Uint32Array(length + 1)), RangeError).message,
      message,
    );
  }
});

testEach("a view starts at a multiple of 64 and lies in its block", (device) => {
  using block = device.alloc(200);
  for (const offset of [1, 4, 32, 63, 65, 100, -1]) {
    const message = `Cannot view a block at word ${offset}: a view starts at a multiple of 64`;
    assertEquals(assertThrows(() => block.view(offset, 1), RangeError).message, message);
    assertThrows(() => block.view(64, 128).view(offset, 1), RangeError, message);
  }
  const outside = [[0, 257], [128, 129], [256, 1], [64, 0], [-64, 64], [0, -1], [64, NaN], [
    64,
    1.5,
  ]] as const;
  for (const [offset, length] of outside) {
    assertThrows(() => block.view(offset, length), RangeError, "of a block: its length is 200");
  }
  assertEquals(block.view(192, 8).length, 8);
});

testEach("a block is not bound to read and to write at once", async (device) => {
  using block = upload(device, floats(...Array(256).fill(1)));
  const message = 'Cannot run copy_columns: buffer "y" is bound both to read and to write';
  for (const [source, target] of [[block, block], [block.view(0, 64), block.view(128, 64)]] as const) {
    assertEquals(assertThrows(() => copy(device, source!, target!), TypeError).message, message);
  }
  assertEquals(await download(device, block), floats(...Array(256).fill(1)));
});

testEach("a program runs as often as it is told, after what came before", async (device) => {
  using source = upload(device, floats(1, 2, 3));
  using total = device.alloc(3);
  using program = device.record(() => copy(device, source, total, 1));
  assertEquals(await download(device, total), floats(0, 0, 0));
  program.run();
  program.run();
  assertEquals(await download(device, total), floats(2, 4, 6));
  copy(device, source, total); // eager, before the next run
  program.run();
  assertEquals(await download(device, total), floats(2, 4, 6));
  device.write(source, floats(10, 10, 10));
  program.run();
  assertEquals(await download(device, total), floats(12, 14, 16));
});

testEach("a program's memory is zeroed when it is recorded, and kept from run to run", async (device) => {
  using one = upload(device, floats(1));
  let sum!: Block;
  let scratch!: Block;
  using program = device.record(() => {
    sum = device.alloc(1);
    device.scope(() => { // no effect while recording: the program will need it again
      scratch = device.alloc(1);
      copy(device, one, scratch);
    });
    copy(device, scratch, sum, 1);
  });
  for (const expected of [1, 2, 3]) {
    program.run();
    assertEquals(await download(device, sum), floats(expected));
  }
});

testEach("a program's parts, run in order, do what it does, and say what they are", async (device) => {
  using source = upload(device, floats(1, 2, 3));
  using total = device.alloc(3);
  using program = device.record(() => {
    const scratch = device.alloc(3);
    copy(device, source, total, 1);
    device.clear(scratch);
    copy(device, total, scratch);
    copy(device, scratch, total, 1);
    scratch[Symbol.dispose](); // the program keeps it
  });
  program.run();
  assertEquals(await download(device, total), floats(2, 4, 6));
  const parts = program.parts();
  assertEquals(
    parts.map(({ kernel, params, lengths }) => [kernel, params.accumulate, lengths.y ?? lengths.target]),
    [
      ["clear", undefined, 3], // goes to the front
      ...[1, 0, 1].map((accumulate) => ["copy_columns", accumulate, 3]),
    ],
  );
  for (const part of parts) part.run();
  assertEquals(await download(device, total), floats(6, 12, 18));
  const [, first] = program.parts(3);
  first!.run();
  assertEquals(await download(device, total), floats(9, 18, 27));
  program[Symbol.dispose]();
  assertThrows(() => first!.run(), DeviceError, "Cannot run a program: it was disposed");
});

testEach("clear is in order, eager and recorded", async (device) => {
  using source = upload(device, floats(5, 6));
  using target = device.alloc(2);
  using other = device.alloc(2);
  const body = (): void => {
    copy(device, source, target, 1);
    copy(device, target, other); // sees what was added
    device.clear(target);
    copy(device, source, target, 1);
  };
  using program = device.record(body);
  for (const run of [body, body, (): void => program.run(), (): void => program.run()]) {
    device.write(target, floats(1, 1));
    run();
    assertEquals(await download(device, other), floats(6, 7));
    assertEquals(await download(device, target), floats(5, 6));
  }
  // One that nothing comes before.
  using first = device.record(() => {
    device.clear(target);
    copy(device, source, target, 1);
  });
  for (let time = 0; time < 2; time++) {
    first.run();
    assertEquals(await download(device, target), floats(5, 6));
  }
});

testEach("a write while recording acts at once, a read does not go", async (device) => {
  using target = device.alloc(2);
  let seen!: Block;
  let reading!: Promise<unknown>;
  using program = device.record(() => {
    seen = device.alloc(2);
    device.write(target, floats(3, 4));
    copy(device, target, seen);
    reading = assertRejects(() => device.read(target), DeviceError, "while a program is being recorded");
    const message = "Cannot record a program: another one is being recorded";
    assertThrows(() => device.record(() => {}), DeviceError, message);
  });
  await reading;
  assertEquals(await download(device, target), floats(3, 4));
  device.write(target, floats(7, 8));
  program.run();
  assertEquals(await download(device, seen), floats(7, 8));
});

testEach("a recording that fails leaves the device as it was", async (device) => {
  using target = upload(device, floats(1));
  assertThrows(
    () =>
      device.record(() => {
        copy(device, device.alloc(1), target);
        throw new RangeError("no");
      }),
    RangeError,
    "no",
  );
  assertEquals(await download(device, target), floats(1));
  using program = device.record(() => device.clear(target));
  program.run();
  assertEquals(await download(device, target), floats(0));
});

testEach("a block that is freed while recording stays until the program goes", async (device) => {
  const values = uniformArray(5000, 1);
  const eights = new Float32Array(5000).fill(8);
  using source = upload(device, values);
  using result = device.alloc(5000);
  const before = usedBytes(device);
  {
    using program = device.record(() => {
      const scratch = device.alloc(5000);
      copy(device, source, scratch);
      copy(device, scratch, result);
      scratch[Symbol.dispose]();
    });
    using others = upload(device, eights); // would take its place, were it free
    program.run();
    assertEquals(await download(device, result), values);
    assertEquals(await download(device, others), eights);
  }
  assertEquals(usedBytes(device), before);
});

testEach("a program does not run without memory that it owns, its parts neither", async (device) => {
  let scratch!: Block;
  using source = upload(device, floats(1));
  using program = device.record(() => {
    scratch = device.alloc(1);
    copy(device, source, scratch);
  });
  const [part] = program.parts();
  scratch[Symbol.dispose]();
  using other = upload(device, floats(8)); // takes its place
  for (const { run } of [program, part!]) {
    assertThrows(run, DeviceError, "Cannot use a block of a program: its memory was freed");
  }
  assertEquals(await download(device, other), floats(8));
  part![Symbol.dispose]();
});

testEach("scope frees what was allocated inside, but for what is returned", async (device) => {
  const freed: Block[] = [];
  const kept = device.scope(() => {
    freed.push(device.alloc(1));
    const inner = device.scope(() => {
      freed.push(device.alloc(1));
      return { block: upload(device, floats(1)) };
    });
    const lost = device.scope(() => upload(device, floats(2)));
    freed.push(lost);
    return [inner, [
      upload(device, floats(3)),
      upload(device, new Float32Array(130).fill(4)).view(64, 2),
    ]] as const;
  });
  for (const block of freed) {
    await assertRejects(() => device.read(block), DeviceError, "its memory was freed");
  }
  assertEquals(await download(device, kept[0].block), floats(1));
  assertEquals(await download(device, kept[1][0]!), floats(3));
  assertEquals(await download(device, kept[1][1]!), floats(4, 4));
  assertThrows(() =>
    device.scope(() => {
      freed.push(device.alloc(1));
      throw new TypeError("out");
    }), TypeError);
  await assertRejects(() => device.read(freed.at(-1)!), DeviceError, "its memory was freed");
});

testEach("freed memory is refused by name, and freeing twice is nothing", async (device) => {
  const block = device.alloc(200);
  const view = block.view(64, 3);
  using other = device.alloc(3);
  view[Symbol.dispose](); // nothing: the block owns the memory
  assertEquals(await download(device, view), floats(0, 0, 0));
  block[Symbol.dispose]();
  block[Symbol.dispose]();
  for (
    const [body, what] of [
      [() => device.write(view, floats(1)), "the target of a write"],
      [() => device.clear(block), "the target of a clear"],
      [() => copy(device, view, other), 'buffer "x" of kernel copy_columns'],
      [() => copy(device, other, view), 'buffer "y" of kernel copy_columns'],
    ] as const
  ) {
    assertEquals(assertThrows(body, DeviceError).message, `Cannot use ${what}: its memory was freed`);
  }
  await assertRejects(
    () => device.read(view),
    DeviceError,
    "Cannot use the source of a read: its memory was freed",
  );
});

testEach("a kernel that waits still has the memory that is freed behind it", async (device) => {
  using result = device.alloc(2);
  for (let i = 0; i < 20; i++) {
    const source = upload(device, floats(i, 2 * i));
    copy(device, source, result, 1);
    source[Symbol.dispose]();
    upload(device, floats(100, 100))[Symbol.dispose]();
  }
  assertEquals(await download(device, result), floats(190, 380));
});
