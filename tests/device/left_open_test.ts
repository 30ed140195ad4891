/** Who leaves a device open is told why the process does not end; who works is not. @module */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { runScript } from "../support/run_script.ts";
import { DEVICE_NAMES } from "../support/test_each.ts";

/** Milliseconds after which a process counts as one that does not end. */
const PATIENCE = 60_000;
/** A device that keeps threads. */
const OPEN = `const device = await openDevice("wasm", { threads: 2 });`;
/** What is told. */
const TOLD =
  /^warning: the process waits, and does not end while device "wasm" is open: unless more is to come, .*`using device = await openDevice\(\)`.*`device\[Symbol\.dispose\]\(\)` in the end\n$/;

/** Ends a process that hangs, and tells when it did so; a signal keeps no process alive. */
const SURVIVOR = `Deno.unrefTimer(setTimeout(() => { console.log("alive"); Deno.exit(7); }, 6000));`;

Deno.test("a process that hangs for want of disposal is told once, and is not ended", async () => {
  const start = performance.now();
  const { code, output, error } = await runScript(
    `${OPEN} console.warn = (line) => { console.log(performance.now()); console.error(line); }; ${SURVIVOR}
    console.log(performance.now());`,
    PATIENCE,
  );
  const [opened, told, alive] = output.split("\n");
  assertEquals([code, alive], [7, "alive"]);
  assertMatch(error, TOLD);
  const after = Number(told) - Number(opened);
  assert(after > 1500 && after < 5500, `told after ${after} ms`);
  assert(performance.now() - start > 6000);
});

Deno.test("a server that waits for requests is told nothing that is not true of it", async () => {
  const { code, output, error } = await runScript(
    `${OPEN} Deno.serve({ port: 0, onListen: () => {} }, () => new Response()); ${SURVIVOR}`,
    PATIENCE,
  );
  assertEquals([code, output], [7, "alive\n"]);
  assertMatch(error, TOLD);
});

/** Scripts that work for more than three seconds, each in a way of its own, and dispose the device then. */
const BUSY: Record<string, string> = {
  "that computes": `
    const work = async () => {
      const layer = new GRU(device, { inputSize: 3, hiddenSize: 5, seed: 0 });
      for (const end = performance.now() + 4000; performance.now() < end;) {
        const [y] = layer.forward(Tensor.from(device, new Float32Array(12), [2, 2, 3]));
        await y.data();
      }
      device[Symbol.dispose]();
    };
    work();`,
  "that computes without a device": `
    const work = async () => {
      for (const end = performance.now() + 4000; performance.now() < end;) {
        await crypto.subtle.digest("SHA-256", new Uint8Array(1e6));
      }
      device[Symbol.dispose]();
    };
    work();`,
  "that waits for a timer": `setTimeout(() => device[Symbol.dispose](), 4000);`,
  "whose script has not come to its end": `
    await new Deno.Command("sleep", { args: ["4"] }).output();
    device[Symbol.dispose]();`,
  "whose timer keeps nothing alive": `device[Symbol.dispose](); ${SURVIVOR}`,
};

for (const [which, body] of Object.entries(BUSY)) {
  Deno.test(`a process is told nothing ${which}`, async () => {
    assertEquals(await runScript(`${OPEN} ${body}`, PATIENCE), { code: 0, output: "", error: "" });
  });
}

for (const name of DEVICE_NAMES) {
  const options = name === "wasm" ? ", { threads: 3 }" : "";

  Deno.test(`a process ends where its device is disposed in the middle of work [${name}]`, async () => {
    const { code, output } = await runScript(
      `const device = await openDevice("${name}"${options});
      const layer = new GRU(device, { inputSize: 64, hiddenSize: 64, seed: 0 });
      const x = Tensor.from(device, new Float32Array(64 * 64), [64, 1, 64]);
      const works = [1, 2, 3].map(async () => {
        for (;;) await layer.forward(x)[0].data();
      });
      setTimeout(() => device[Symbol.dispose](), 100);
      for (const { reason } of await Promise.allSettled(works)) console.log(reason.name);`,
      PATIENCE,
    );
    assertEquals([code, output], [0, "DeviceError\n".repeat(3)]);
  });

  Deno.test(`a process ends behind an error that nobody takes, its device open [${name}]`, async () => {
    const { code, error } = await runScript(
      `const device = await openDevice("${name}"${options}); throw new RangeError("on purpose");`,
      PATIENCE,
    );
    assertEquals([code, error.includes("RangeError: on purpose")], [1, true]);
  });
}
