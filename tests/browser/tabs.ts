/**
 * A training on a page's own thread, in front and in a hidden tab: others have their turn, a hidden tab trains as fast, and
 * a signal ends it in time on both devices.
 *
 * @module
 */
import { openWindow, type Window } from "./launch.ts";
import type { Page } from "./playwright.ts";
import type { Lived } from "./tab_page.ts";

/** Milliseconds of a training. */
const LONG = 2000;
/**
 * Milliseconds within which a training ends, beside two steps. A GPU has 250 ms of steps before it; without turns it would be
 * 64 steps, and while kernels are compiled many seconds.
 */
const END = 500;
/**
 * A step of a hidden tab as a multiple of a visible one's: a turn that waited for a throttled timer would take a second after
 * 50 ms of steps, so 20.
 */
const SLOWED = 4;
/** Times that something is tried: what others take of a busy machine is not the same each time. */
const TRIES = 3;
/** Milliseconds for all of it, which takes 30 s. */
const LIMIT = 300_000;
/** Milliseconds behind the start of a training in which its kernels are still compiled, for a second or more. */
const EARLY = 100;
/** Timers one after the other: each of a hidden tab waits, in the end for a second. */
const TIMERS = 10;

/**
 * Tries it.
 *
 * @param url The address of a page that has tab_page.ts.
 * @param flags More flags for the browser.
 * @throws {Error} If something waits too long.
 */
export async function checkTabs(url: string, flags: readonly string[]): Promise<void> {
  await using window = await openWindow(flags);
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Error(`no end of the tabs within ${LIMIT / 1000} s`)),
    LIMIT,
  );
  try {
    await Promise.race([tried(window, url), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Tries a page in front, then hidden. */
async function tried(window: Window, url: string): Promise<void> {
  const page = await window.open(url);
  const seen = await trained(page, "wasm", true);
  const turns = Math.floor(seen.milliseconds / 100);
  assertMost("turns without a timer", turns - seen.ticks, 0);
  assertMost("turns without a frame", turns - seen.frames, 0);
  assertMost("clicks that were not heard", 5 - seen.clicks, 0);
  const early = await page.evaluate<{ steps: number; abort: number }>(`abortFirst(${EARLY}, "webgpu")`);
  console.log(
    `tab: an abort of webgpu ended ${early.abort.toFixed(0)} ms later, behind ${early.steps} steps`,
  );
  assertMost("milliseconds from an abort within the first step to the end", early.abort, END);
  await trained(page, "webgpu", false);
  await window.open(url); // which hides the other
  const throttled = await page.evaluate<number>(`timers(${TIMERS})`);
  assertMost("milliseconds that timers of a hidden tab lack to 1000", 1000 - throttled, 0);
  const fast = seen.milliseconds / seen.steps;
  const unseen = await retried(
    () => trained(page, "wasm", false),
    ({ milliseconds, steps }) => milliseconds / steps <= SLOWED * fast,
  );
  if (!unseen.hidden) throw new Error("the tab was not hidden");
  const slow = unseen.milliseconds / unseen.steps;
  assertMost("a step of a hidden tab as a multiple of a visible one's", slow / fast, SLOWED);
  const timer = `${TIMERS} timers took ${throttled.toFixed(0)} ms there`;
  console.log(`hidden tab: ${slow.toFixed(3)} ms a step, in front ${fast.toFixed(3)}; ${timer}`);
}

/** Does something until it holds, a few times at most. */
async function retried<R>(work: () => Promise<R>, holds: (result: R) => boolean): Promise<R> {
  let result = await work();
  for (let tries = 1; tries < TRIES && !holds(result); tries++) result = await work();
  return result;
}

/** Trains in a tab, clicks meanwhile where that is asked for, and holds the end to the signal. */
async function trained(page: Page, device: string, clicked: boolean): Promise<Lived> {
  const most = ({ milliseconds, steps }: Lived): number => END + 2 * milliseconds / steps;
  const lived = await retried(() => train(page, device, clicked), (lived) => lived.abort <= most(lived));
  assertMost(`milliseconds from the abort to the end on ${device}`, lived.abort, most(lived));
  return lived;
}

async function train(page: Page, device: string, clicked: boolean): Promise<Lived> {
  const training = page.evaluate<Lived>(`trainFor(${LONG}, "${device}")`);
  if (clicked) await page.waitForFunction('document.title === "listening"');
  for (let click = 0; clicked && click < 5; click++) await page.mouse.click(10, 10);
  const lived = await training;
  const { description, steps, milliseconds, abort, ticks, frames, clicks } = lived;
  console.log(
    `tab: ${description}: ${steps} steps, ${ticks} ticks, ${frames} frames, ${clicks} clicks, ` +
      `a step took ${(milliseconds / steps).toFixed(2)} ms, the end ${abort.toFixed(0)} ms from the abort`,
  );
  return lived;
}

function assertMost(what: string, value: number, most: number): void {
  if (value > most) throw new Error(`${what}: ${value}, not ${most} at most`);
}
