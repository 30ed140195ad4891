/** WebAssembly where there can be one thread only, as in most pages of browsers. @module */
import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { type Device, DeviceError, openDevice } from "../../mod.ts";
import { lossCurve } from "../../src/verify/loss_curve.ts";
import { DEVICE_NAMES } from "../support/test_each.ts";

/** A device that is opened while a global is another. */
async function openWith(
  object: object,
  name: string,
  value: unknown,
  deterministic: boolean = true,
): Promise<Device> {
  const before = Object.getOwnPropertyDescriptor(object, name)!;
  Object.defineProperty(object, name, { ...before, value });
  try {
    return await openDevice("wasm", { threads: 2, deterministic, wideTiles: false });
  } finally {
    Object.defineProperty(object, name, before);
  }
}

const ignore = !DEVICE_NAMES.includes("wasm");

const CASES = {
  "the page is not cross-origin isolated": [globalThis, "SharedArrayBuffer", undefined],
  "there are no threads here": [globalThis, "Worker", undefined],
  "a page's own thread may not block, a worker may": [Atomics, "wait", (): void => {
    throw new TypeError("Atomics.wait cannot be called in this context");
  }],
} as const;

for (const [reason, [object, name, value]] of Object.entries(CASES)) {
  Deno.test(`a device of one thread has the bits of two, and says that ${reason}`, { ignore }, async () => {
    using single = await openWith(object, name, value);
    using plain = await openDevice("wasm", { threads: 2, deterministic: true });
    assertEquals(single.info.description, `WebAssembly, plain SIMD, 1 thread as ${reason}`);
    assertMatch(plain.info.description, /^WebAssembly, plain SIMD, 2 threads/);
    assertEquals(await lossCurve(single, "lstm"), await lossCurve(plain, "lstm"));
  });
}

Deno.test("a device of one thread takes relaxed SIMD, with the bits of two threads", { ignore }, async () => {
  using single = await openWith(globalThis, "SharedArrayBuffer", undefined, false);
  using relaxed = await openDevice("wasm", { threads: 2, wideTiles: false });
  assertMatch(single.info.description, /^WebAssembly, relaxed SIMD, 1 thread as the page is not/);
  assertEquals(single.build, relaxed.build);
  assertEquals(await lossCurve(single, "lstm"), await lossCurve(relaxed, "lstm"));
});

/** What browsers do with a worker that a page's policy forbids: older ones throw. */
class SilentWorker {
  onerror?: (event: Event) => void;
  constructor() {
    queueMicrotask(() => this.onerror!(new Event("error")));
  }
  postMessage(): void {}
}

function throwingWorker(): never {
  throw new DOMException("Access is denied by the document's Content Security Policy", "SecurityError");
}

for (const worker of [SilentWorker, throwingWorker]) {
  Deno.test(
    `a policy that forbids workers leaves one thread, which says so: ${worker.name}`,
    { ignore },
    async () => {
      using single = await openWith(globalThis, "Worker", worker);
      using plain = await openDevice("wasm", { threads: 2, deterministic: true });
      const reason = "as the page's policy forbids blob workers";
      assertEquals(
        single.info.description,
        `WebAssembly, plain SIMD, 1 thread ${reason}`,
      );
      assertEquals(await lossCurve(single, "lstm"), await lossCurve(plain, "lstm"));
    },
  );
}

Deno.test("a policy that forbids WebAssembly is told in a sentence", { ignore }, async () => {
  const reason = "the page's policy does not let WebAssembly be compiled";
  const forbidden = function (): never {
    throw new WebAssembly.CompileError(reason);
  };
  await assertRejects(
    () => openWith(WebAssembly, "Module", forbidden),
    DeviceError,
    `Cannot open device "wasm": its kernels were not compiled: ${reason}`,
  );
});
