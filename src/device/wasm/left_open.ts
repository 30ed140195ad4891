/**
 * Tells why a process does not end: threads that wait keep it alive, and Deno has no call that would have them not. It is
 * told once, where the script has come to its end, no timer is set, and the process has not computed for two seconds. One
 * that waits for requests, a child, a key or a test is told too, unless the end of its script awaits them, as Deno tells
 * nothing of these: so the sentence must be true of it as well.
 *
 * @module
 */

/** Milliseconds from one look to the next. */
const LOOK = 500;
/** Looks in a row without work, after which it is told. */
const IDLE = 4;
/** Microseconds of a processor between two looks, from which on the process is at work. */
const BUSY = 25_000;

/** What of a timer Deno and Node have, and browsers have not. */
interface Unrefable {
  unref?(): void;
}
/** What of Node's `process` is asked. */
interface Process {
  cpuUsage(): { user: number; system: number };
  getActiveResourcesInfo(): string[];
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
/** Microseconds of a processor until the last look. */
let spent = 0;
let idle = 0;
let told = false;
let timer: ReturnType<typeof setInterval> | undefined;

/**
 * Counts a device with threads.
 *
 * @returns To be called when they end.
 */
export function countOpen(): () => void {
  let there = true;
  open++;
  idle = 0;
  look();
  return () => {
    if (there) open--;
    there = false;
    if (open === 0) rest();
  };
}

/** Begins to look, in a way that keeps no process alive. */
function look(): void {
  if (timer !== undefined || told || !("Deno" in globalThis && "process" in globalThis)) return;
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
  idle = ended && !isBusy() ? idle + 1 : 0;
  if (idle < IDLE) return;
  told = true;
  rest();
  console.warn(
    'warning: the process waits, and does not end while device "wasm" is open: unless more is to come, ' +
      `open it by \`${DECLARATION}\`, or call \`device[Symbol.dispose]()\` in the end`,
  );
}

/** Whether the process has computed since the last look, or has set a timer that keeps it alive. */
function isBusy(): boolean {
  const { process } = globalThis as unknown as { process: Process };
  const { user, system } = process.cpuUsage();
  const busy = user + system - spent > BUSY;
  spent = user + system;
  return busy || process.getActiveResourcesInfo().includes("Timeout");
}
