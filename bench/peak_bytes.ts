/**
 * The most memory that this process had.
 *
 * @module
 */

/**
 * The most memory that this process had resident, of Linux.
 *
 * @returns Bytes; undefined where the system does not tell.
 */
export function peakBytes(): number | undefined {
  try {
    return 1024 * Number(/VmHWM:\s*(\d+) kB/.exec(Deno.readTextFileSync("/proc/self/status"))?.[1]);
  } catch {
    return undefined;
  }
}
