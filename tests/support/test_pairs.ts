/**
 * Tests of two devices that must not take each other's memory.
 *
 * @module
 */
import type { Device } from "../../src/device/device.ts";
import { openDevice } from "../../src/device/open_device.ts";
import { DEVICE_NAMES, testEach } from "./test_each.ts";

/**
 * Registers a test for each device with a second one of each name.
 *
 * @param name What holds.
 * @param body The test; the first device is shared with the other tests of the file, the second is the test's own.
 */
export function testPairs(name: string, body: (device: Device, other: Device) => void | Promise<void>): void {
  for (const second of DEVICE_NAMES) {
    testEach(`${name}, beside a second ${second}`, async (device) => {
      using other = await openDevice(second, { threads: 1 });
      await body(device, other);
    });
  }
}

/** The sentence for `what` that lies on `other` and is used on `device`. */
export function foreign(what: string, other: Device, device: Device): string {
  const [there, here] = [other, device].map(({ name, number }) => `device "${name}" (${number})`);
  return `Cannot use ${what} from ${there} on ${here}: a device knows only what lies on itself`;
}
