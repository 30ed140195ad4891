/** Turns as browsers take them, which have no `setImmediate`. @module */
import { assert, assertEquals } from "@std/assert";
import { turn } from "../src/turn.ts";

const { setImmediate, setTimeout } = globalThis;

/** Takes turns without `setImmediate`, and with timers that wait as long as those of a hidden tab. */
async function asInHiddenTab(body: () => Promise<void>): Promise<void> {
  Object.assign(globalThis, {
    setImmediate: undefined,
    setTimeout: (task: () => void) => setTimeout(task, 1000),
  });
  try {
    await body();
  } finally {
    Object.assign(globalThis, { setImmediate, setTimeout });
  }
}

Deno.test("in a browser a turn waits for no timer, and leaves nothing open", async () => {
  await asInHiddenTab(async () => {
    const start = performance.now();
    for (let i = 0; i < 10; i++) await turn({ due: true });
    const milliseconds = performance.now() - start;
    assert(milliseconds < 1000, `ten turns took ${milliseconds} ms`);
  });
});

Deno.test("in a browser timers and signals have their turn", async () => {
  const controller = new AbortController();
  let ticks = 0;
  const tick = setInterval(() => ticks++, 1);
  setTimeout(() => controller.abort(new Error("enough")), 100);
  let thrown: unknown;
  await asInHiddenTab(async () => {
    try {
      for (;;) await turn({ signal: controller.signal, due: true });
    } catch (error) {
      thrown = error;
    }
  });
  clearInterval(tick);
  assertEquals((thrown as Error).message, "enough");
  assert(ticks > 0, "no timer had its turn");
});
