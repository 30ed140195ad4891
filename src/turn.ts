/**
 * Turns of the event loop for others: long work passes through a macrotask now and then, so that signals, timers and the
 * page stay alive, and V8 can tell of memory that nobody holds any more.
 *
 * @module
 */

/** Milliseconds after which others have their turn. */
const TURN = 50;
/** Milliseconds that a run of several steps shall take where it holds the thread. */
const RUN = 40;
/** Milliseconds of steps that a device may have before it where it holds nobody: whoever aborts waits for them. */
const AHEAD = 250;

/** Milliseconds after which a turn lets the loop rest for a server. */
const REST = 100;

/** When others had their turn last: there is one loop of events for all devices. */
let last = performance.now();
/** When the loop rested last. */
let rested = last;
/** Servers that answer meanwhile. */
let servers = 0;

/**
 * Lets the loop rest now and then until it is disposed, as Deno's looks at connections only when it has nothing to do, or
 * each 61st time. That takes 2 of 100 ms.
 */
export function restForServer(): Disposable {
  servers++;
  return {
    [Symbol.dispose](): void {
      servers--;
    },
  };
}

/** Whether others have waited for long: what asks often asks this, as a promise costs more. */
export function turnIsDue(): boolean {
  return performance.now() - last > TURN;
}

/** What turn() takes heed of. */
interface TurnOptions {
  /** Ends the work: others may have aborted it in their turn. */
  readonly signal?: AbortSignal | undefined;
  /** Whether a turn is due for another reason than time. */
  readonly due?: boolean;
}

/**
 * Passes through a macrotask where the last one is long ago, or one is due. Where the signal is aborted by then, it throws
 * the signal's reason.
 */
export async function turn({ signal, due = false }: TurnOptions = {}): Promise<void> {
  if (due || turnIsDue()) {
    await macrotask();
    last = performance.now();
  }
  signal?.throwIfAborted();
}

/** In Deno `setImmediate` takes 0.01 ms, `setTimeout` 2 ms, but the loop rests with the latter alone; browsers lack the former. */
async function macrotask(): Promise<void> {
  const { setImmediate } = globalThis as { setImmediate?: (task: () => void) => void };
  if (setImmediate) {
    if (servers === 0 || performance.now() - rested < REST) {
      return await new Promise((resolve) => setImmediate(resolve));
    }
    await new Promise<void>((resolve) => setTimeout(resolve));
    rested = performance.now();
    return;
  }
  await message();
  await message(); // timers that are due stand before this one, but in Chromium not before the first
}

/**
 * A timer of a hidden tab waits for a second; a message waits for the tasks before it alone. Its channel is closed, as an
 * open one keeps a process alive.
 */
function message(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = (): void => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}

/** Waits for something, or until the signal is aborted: then it throws the signal's reason, and the work goes on alone. */
export async function unlessAborted<R>(work: Promise<R>, signal: AbortSignal | undefined): Promise<R> {
  signal?.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal!.reason);
  signal?.addEventListener("abort", abort);
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal?.removeEventListener("abort", abort);
  }
}

/** Does all of a work at once, without a turn. */
export function atOnce<R>(work: Generator<void, R, void>): R {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value as R;
  }
}

/** Does a work that yields where others may have their turn, or the signal may end it. */
export async function inTurns<R>(work: Generator<void, R, void>, signal?: AbortSignal): Promise<R> {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value as R;
    await turn({ signal });
  }
}

/** How many steps of a kind are taken in a run: as many as keep others waiting for a moment only. */
export class Pace {
  readonly #most: number;
  /** Steps of the next run, at least 1. */
  steps: number;

  /**
   * Begins.
   *
   * @param most Steps of a run at most.
   * @param first Those of the first run.
   */
  constructor(most: number, first: number = 1) {
    this.#most = most;
    this.steps = Math.min(first, most);
  }

  /**
   * Chooses the steps of the next run.
   *
   * @param held Milliseconds for which the last one has kept others waiting.
   * @param passed Milliseconds that it took in all, where others had their turn meanwhile.
   */
  took(held: number, passed: number = held): void {
    const fitting = this.steps * Math.min(RUN / Math.max(held, 1), AHEAD / Math.max(passed, 1));
    this.steps = Math.max(1, Math.min(Math.floor(fitting), 4 * this.steps, this.#most));
  }
}
