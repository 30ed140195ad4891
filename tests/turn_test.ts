/** Turns as browsers take them, which have no `setImmediate`. @module */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { restForServer, turn, unlessAborted } from "../src/turn.ts";

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

Deno.test("a server's connection is answered while a work takes turns", async () => {
  using _ = restForServer();
  await using http = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, () => new Response());
  let answered = false;
  const asked = fetch(`http://127.0.0.1:${http.addr.port}`).then(async (response) => {
    await response.body?.cancel();
    answered = true;
  });
  let turns = 0;
  for (; !answered && turns < 40; turns++) {
    for (const end = performance.now() + 20; performance.now() < end;);
    await turn({ due: true });
  }
  await asked;
  assert(turns < 40, "nobody was answered within 40 turns of 20 ms");
});

Deno.test("unlessAborted() gives what is waited for, or the reason of an abort that comes first", async () => {
  const never = new Promise<void>(() => {});
  assertEquals(await unlessAborted(Promise.resolve(3), undefined), 3);
  assertEquals(await unlessAborted(Promise.resolve(3), new AbortController().signal), 3);
  const controller = new AbortController();
  const waiting = unlessAborted(never, controller.signal);
  controller.abort(new Error("enough"));
  await assertRejects(() => waiting, Error, "enough");
  await assertRejects(() => unlessAborted(never, controller.signal), Error, "enough");
});
