/**
 * Tells why a process does not end: threads that wait keep it alive, and Deno has no call that would have them not. It is
 * told once, where the script has come to its end, no timer is set, and no device has computed for two seconds. A server
 * that waits for requests is told too, unless the end of its script awaits it: of these nothing is known here.
 *
 * @module
 */

/** Milliseconds from one look to the next. */
const LOOK = 500;
/** Looks in a row without work, after which it is told. */
const IDLE = 4;

/** What of a timer Deno and Node have, and browsers have not. */
interface Unrefable {
  unref?(): void;
}

/** What to write, in parts: the library itself declares nothing so. */
const DECLARATION = `${"using"} device = await openDevice()`;

/** Whether the script has come to its end. */
let ended = false;
if ("Deno" in globalThis) {
  globalThis.addEventListener("load", () => {
    ended = true;
  });
}

/** Devices whose threads are there. */
let open = 0;
/** Whether one has computed since the last look. */
let worked = false;
let idle = 0;
let told = false;
let timer: ReturnType<typeof setInterval> | undefined;

/** Notes that a device computes. */
export function noteWork(): void {
  worked = true;
}

/**
 * Counts a device with threads.
 *
 * @returns To be called when they end.
 */
export function countOpen(): () => void {
  let there = true;
  open++;
  worked = true;
  look();
  return () => {
    if (there) open--;
    there = false;
    if (open === 0) rest();
  };
}

/** Begins to look, in a way that keeps no process alive. */
function look(): void {
  if (timer !== undefined || told || !("Deno" in globalThis)) return;
  timer = setInterval(tell, LOOK);
  const { unref } = timer as Unrefable;
  if (unref) unref.call(timer);
  else rest();
}

function rest(): void {
  clearInterval(timer);
  timer = undefined;
}

function tell(): void {
  idle = !ended || worked || hasTimers() ? 0 : idle + 1;
  worked = false;
  if (idle < IDLE) return;
  told = true;
  rest();
  console.warn(
    'warning: the process does not end while device "wasm" is open: ' +
      `open it by \`${DECLARATION}\`, or call \`device[Symbol.dispose]()\` in the end`,
  );
}

/** Whether the script has set a timer that keeps the process alive. */
function hasTimers(): boolean {
  const { process } = globalThis as { process?: { getActiveResourcesInfo?(): string[] } };
  return process?.getActiveResourcesInfo?.().includes("Timeout") ?? false;
}
