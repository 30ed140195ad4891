/**
 * Which device something lies on, and the one sentence for what is used on another. Every door asks here.
 *
 * @module
 */
import { quote } from "../messages/quote.ts";
import type { Device } from "./device.ts";

/**
 * A device for messages: `device "wasm" (2)`, the second device that the process has opened.
 *
 * @param device The device.
 * @returns Its name and number.
 */
export function titleOf({ name, number }: Device): string {
  return `device "${name}" (${number})`;
}

/**
 * Checks that something lies on a device.
 *
 * @param what For the sentence: "an input".
 * @param thing What knows its device: a block, a tensor, a tape.
 * @param device The device on which it is to be used.
 * @throws {TypeError} If the devices are not the same; the message names both. If it is on none, as what it is is not such
 * a thing.
 */
export function assertOn(what: string, thing: { readonly device: Device }, device: Device): void {
  const own: Device | undefined = thing?.device;
  if (own === undefined) throw new TypeError(`Cannot use ${quote(thing)} as ${what}: it is on no device`);
  if (own.number === device.number) return; // what wraps a device passes its number on
  throw new TypeError(
    `Cannot use ${what} from ${titleOf(own)} on ${titleOf(device)}: a device knows only what lies on itself`,
  );
}
