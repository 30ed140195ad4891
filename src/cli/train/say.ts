/**
 * Words to people who may have gone, and events for programs.
 *
 * @module
 */
import { stderr, stdout } from "../output.ts";
import { event, isJson, isQuiet } from "../results.ts";
import type { Line } from "../style.ts";

/**
 * Says something where somebody may listen: a full disk or a closed terminal ends no training. With `--json` it goes to
 * standard error, with `--quiet` nowhere.
 *
 * @param lines The lines.
 */
export function say(...lines: readonly Line[]): void {
  if (!isQuiet()) tryTo(() => (isJson() ? stderr : stdout).lines(...lines));
}

/**
 * Says something on standard error that goes wrong, as say() does, with `--quiet` too.
 *
 * @param lines The lines.
 */
export function complain(...lines: readonly Line[]): void {
  tryTo(() => stderr.lines(...lines));
}

/**
 * Says something on standard error that is as it should be, unless `--quiet` was given.
 *
 * @param lines The lines.
 */
export function mention(...lines: readonly Line[]): void {
  if (!isQuiet()) complain(...lines);
}

/**
 * Says where the run is: all that `--quiet` leaves of what is said.
 *
 * @param path The run's folder.
 */
export function sayPlace(path: string): void {
  if (isQuiet() && !isJson()) tryTo(() => stdout.lines(path));
}

/**
 * Tells programs what has happened, as say() does people.
 *
 * @param name What it is, in a word.
 * @param facts What is known of it, in plain data.
 */
export function announce(name: string, facts: object): void {
  tryTo(() => event(name, facts));
}

function tryTo(write: () => void): void {
  try {
    write();
  } catch {
    // it is not read
  }
}
