/**
 * What V8 is told, and how a process knows that refrain has started it so: by a mark before its command. It ends when the
 * one that started it has gone.
 *
 * @module
 */

/** What V8 is told: README, "Turbo". */
export const V8_FLAGS = "--no-wasm-bounds-checks,--experimental-wasm-revectorize";

/** Milliseconds from one look for the process that started this one to the next. */
const LOOK = 1000;

/**
 * The mark of a process that refrain starts.
 *
 * @returns The word before the command; nobody else's process has it.
 */
export function mark(): string {
  return `child-of:${Deno.pid}`;
}

/**
 * Takes the mark off. A process that has it ends as by SIGTERM once the one that started it has gone: killed by SIGKILL,
 * that could hand nothing on.
 *
 * @param args The program's arguments.
 * @returns Those of people, and whether the mark was there.
 */
export function takeMark(args: readonly string[]): { words: readonly string[]; marked: boolean } {
  const parent = Deno.ppid;
  if (args[0] !== `child-of:${parent}`) return { words: args, marked: false };
  const look = setInterval(() => {
    if (Deno.ppid === parent) return;
    clearInterval(look);
    Deno.kill(Deno.pid, "SIGTERM");
  }, LOOK);
  Deno.unrefTimer(look);
  return { words: args.slice(1), marked: true };
}
