/**
 * Words to people who may have gone.
 *
 * @module
 */
import { stderr, stdout } from "../output.ts";
import type { Line } from "../style.ts";

/**
 * Says something where somebody may listen: a full disk or a closed terminal ends no training.
 *
 * @param lines The lines.
 */
export function say(...lines: readonly Line[]): void {
  sayTo(stdout, lines);
}

/**
 * Says something on standard error, as say() does.
 *
 * @param lines The lines.
 */
export function complain(...lines: readonly Line[]): void {
  sayTo(stderr, lines);
}

function sayTo(output: typeof stdout, lines: readonly Line[]): void {
  try {
    output.lines(...lines);
  } catch {
    // it is not read
  }
}
