/**
 * The device that the flags ask for.
 *
 * @module
 */
import type { Device } from "../device/device.ts";
import { type DeviceOptions, openDevice } from "../device/open_device.ts";
import type { Settings } from "./flags.ts";
import { printCommand } from "./trace.ts";
import { tilesFor } from "./turbo.ts";

/**
 * Opens a device.
 *
 * @param job What it is for, where `--device auto` may choose.
 * @param settings The flags' values.
 * @returns The device.
 * @throws {DeviceError} If the device is absent.
 */
export function openFor(
  job: DeviceOptions["job"],
  settings: Pick<Settings<"train">, "device" | "threads" | "deterministic" | "turbo"> & { trace?: boolean },
): Promise<Device> {
  const { device, threads, deterministic, turbo, trace = false } = settings;
  return openDevice(device, {
    job,
    threads,
    deterministic,
    ...tilesFor(turbo),
    trace: trace ? printCommand : undefined,
  });
}
