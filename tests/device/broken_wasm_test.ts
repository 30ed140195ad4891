/** A thread of the WebAssembly device that ends is an error within a second, and the process still ends. @module */
import { assert, assertEquals } from "@std/assert";
import { runScript } from "../support/run_script.ts";
import { DEVICE_NAMES } from "../support/test_each.ts";

/** Milliseconds after which a process counts as one that hangs. */
const PATIENCE = 30_000;

/** A device of two threads; of `sum(at)` the host's reads 64 bytes of memory from byte `at` on, the other the 64 behind. */
const OPEN = `
  const device = await openDevice("wasm", { threads: 2 });
  const x = device.alloc(64), y = device.alloc(32);
  const bytes = device.info.details.memoryBytes;
  const sum = (at) => device.run("sum_rows", { x, y }, {
    rows: 1, columns: 32, ld: 0, offset: (at - x.handle) / 4, scale: 1, accumulate: 0,
  });`;

/** What the first call says and how long it takes, what all later ones say, and that blocks and device can be disposed. */
const TELL = `
  const since = performance.now(), told = [];
  await device.read(y).catch((error) => told.push(error.name + ": " + error.message));
  const took = performance.now() - since;
  for (const call of [
    () => device.alloc(1),
    () => device.write(y, new Float32Array(1)),
    () => device.clear(y),
    () => sum(x.handle),
    () => device.record(() => {}),
  ]) {
    try {
      call();
      told.push("nothing");
    } catch (error) {
      told.push(error.name + ": " + error.message);
    }
  }
  await device.read(y).catch((error) => told.push(error.name + ": " + error.message));
  y[Symbol.dispose]();
  device[Symbol.dispose]();
  console.log(JSON.stringify({ took, told }));`;

function run(before: string, body: string): Promise<{ took: number; told: string[] }> {
  return answerOf(`${before}\n${OPEN}\n${body}\n${TELL}`) as Promise<{ took: number; told: string[] }>;
}

/** What a program prints as JSON, in a process that must end by itself. */
async function answerOf(program: string): Promise<unknown> {
  const { code, output, error } = await runScript(program, PATIENCE);
  assertEquals(code, 0, error);
  return JSON.parse(output);
}

const WORK = "sum(x.handle); await device.read(y);";

/** A worker is gone as soon as it has said that it is ready, without a word. */
const GONE = `
  const gone = "data:text/javascript," + encodeURIComponent('onmessage = () => { postMessage("ready"); close(); };');
  const Real = Worker;
  globalThis.Worker = class extends Real {
    constructor(url, options) {
      super(gone, options);
    }
  };`;

/** Devices take one thread from here on, or `threads`. */
const CHOSEN = `
  const { chooseThreads } = await import(${
  JSON.stringify(import.meta.resolve("../support/chosen_threads.ts"))
});
  let threads = 1;
  chooseThreads(() => threads);`;

const CASES: readonly [name: string, before: string, body: string, message: string][] = [
  ["a thread that traps", "", `${WORK} sum(bytes - 16 - 64);`, "thread 1 of 2 has ended"],
  [
    "a kernel that traps on the host's thread",
    "",
    `${WORK} sum(bytes - 16);`,
    "a kernel failed: memory access out of bounds",
  ],
  ["a thread that is gone", GONE, "sum(x.handle);", "thread 1 of 2 has ended"],
  [
    "a kernel that traps in a run of one thread",
    CHOSEN,
    `${WORK} sum(bytes - 16);`,
    "a kernel failed: memory access out of bounds",
  ],
  [
    "a kernel that traps in a run of one thread, behind one of all",
    CHOSEN,
    `threads = 2; ${WORK} threads = 1; sum(bytes - 16 - 64);`,
    "a kernel failed: memory access out of bounds",
  ],
  [
    "a thread that was gone while one computed",
    GONE + CHOSEN,
    `${WORK} ${WORK} threads = 2; sum(x.handle);`,
    "thread 1 of 2 has ended",
  ],
];

for (const [name, before, body, message] of CASES) {
  Deno.test({
    name: `${name} breaks the device, and nothing hangs [wasm]`,
    ignore: !DEVICE_NAMES.includes("wasm"),
    fn: async () => {
      const { took, told } = await run(before, body);
      const expected = `DeviceError: Cannot use device "wasm": ${message}: open a new device`;
      assertEquals(told, Array(7).fill(expected));
      assert(took < 1000, `it took ${took} ms`);
    },
  });
}

/** The second worker does not start. */
const ONE_OF_TWO = (fails: string): string => `
  const Real = Worker;
  let workers = 0;
  globalThis.Worker = class extends Real {
    constructor(url, options) {
      if (++workers === 2) throw ${fails};
      super(url, options);
    }
  };
  const told = await openDevice("wasm", { threads: 3 }).then(
    (device) => [device.threads, device[Symbol.dispose]()][0],
    (error) => error.message,
  );
  console.log(JSON.stringify(told));`;

for (
  const [fails, expected] of [
    [`new Error("there is no thread left")`, "there is no thread left"],
    [`new DOMException("forbidden", "SecurityError")`, 1],
  ] as const
) {
  Deno.test({
    name: `where a worker does not start, the others end and the process too: ${fails} [wasm]`,
    ignore: !DEVICE_NAMES.includes("wasm"),
    fn: async () => assertEquals(await answerOf(ONE_OF_TWO(fails)), expected),
  });
}
