/**
 * Turns of the event loop for others: long work passes through a macrotask now and then, so that signals, timers and the
 * page stay alive, and V8 can tell of memory that nobody holds any more.
 *
 * @module
 */

/** Milliseconds after which others have their turn. */
const TURN = 50;

/** When they had it last: there is one loop of events for all devices. */
let last = performance.now();

/** Passes through a macrotask where the last one is long ago, or one is due for another reason. */
export async function turn(due: boolean = false): Promise<void> {
  if (!due && performance.now() - last <= TURN) return;
  await macrotask();
  last = performance.now();
}

/** In Deno `setImmediate` takes 0.01 ms, `setTimeout` 2 ms; browsers have the latter alone. */
function macrotask(): Promise<void> {
  const { setImmediate } = globalThis as { setImmediate?: (task: () => void) => void };
  return new Promise((resolve) => setImmediate ? setImmediate(resolve) : setTimeout(resolve, 0));
}
