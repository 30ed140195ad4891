/**
 * The memory that a device has: the option that limits it, and the sentence when it is used up.
 *
 * @module
 */
import { DeviceError } from "./device.ts";

/** The least that `memoryBytes` may be: 16 MiB. */
const LEAST = 2 ** 24;

/** What a loop of one's own can do. */
const ADVICE = "a loop whose rounds run in device.scope frees what each of them takes";

/**
 * Checks that a device has memory to work with.
 *
 * @param device The device's name.
 * @param bytes As the option `memoryBytes` gives them.
 * @throws {RangeError} If they are no integer, or too few.
 */
export function checkMemoryBytes(device: string, bytes: number): void {
  if (Number.isSafeInteger(bytes) && bytes >= LEAST) return;
  throw new RangeError(
    `Cannot open device "${device}" as memoryBytes must be an integer from ${LEAST} up: current value is ${bytes}`,
  );
}

/**
 * Says that memory is used up.
 *
 * @param kind Whose memory: "WebAssembly".
 * @param bytes `asked` for, `used` by now, and `all` that there are, where that is known.
 * @returns The error, for who throws it.
 */
export function outOfMemory(
  kind: string,
  { asked, used, all }: { asked: number; used: number; all?: number | undefined },
): DeviceError {
  const of = all === undefined ? "" : ` of ${all}`;
  return new DeviceError(
    `Cannot allocate ${asked} bytes of ${kind} memory: ${used}${of} bytes are in use; ${ADVICE}`,
  );
}
