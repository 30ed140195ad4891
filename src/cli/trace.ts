/**
 * What `--trace` prints: a line a command of the device, on standard error.
 *
 * @module
 */
import type { TracedCommand } from "../device/trace.ts";
import { workOf } from "../profile/kernel_work.ts";
import { stderr } from "./output.ts";

/**
 * Prints a command on standard error.
 *
 * @param command What has run.
 */
export function printCommand(command: TracedCommand): void {
  stderr.lines(traceLine(command));
}

/**
 * The line of a command: milliseconds, GFLOP/s of its products, the kernel, its parameters, the words of its buffers.
 *
 * @param command What has run.
 * @returns The line; the rate is `-` where a kernel has no products, its parameters do not say how many, or no time passed.
 */
export function traceLine(command: TracedCommand): string {
  const { kernel, params, lengths, seconds } = command;
  // Its settings, which lie on the device, say how many characters it takes.
  const flop = kernel.startsWith("generate_steps") ? 0 : workOf(command).flop;
  const rate = flop === 0 || seconds === 0 ? "-" : (flop / seconds / 1e9).toFixed(2);
  return [
    `${(seconds * 1000).toFixed(4).padStart(10)} ms`,
    `${rate.padStart(7)} GFLOP/s`,
    ` ${kernel}`,
    ...Object.entries(params).map(([name, value]) => `${name}=${value}`),
    "words",
    ...Object.entries(lengths).map(([name, words]) => `${name}=${words}`),
  ].join(" ");
}
