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
 * @param brief Whether it computes for less time than WebAssembly takes to start threads and to find its fastest tile.
 * @returns The device.
 * @throws {DeviceError} If the device is absent.
 */
export function openFor(
  job: DeviceOptions["job"],
  settings: Pick<Settings<"train">, "device" | "threads" | "deterministic" | "turbo"> & { trace?: boolean },
  brief: boolean = false,
): Promise<Device> {
  const { device, deterministic, turbo, trace = false } = settings;
  const isBrief = brief && settings.threads === undefined && device !== "webgpu" && !turbo;
  const threads = isBrief ? 1 : settings.threads;
  return openDevice(device, {
    job,
    threads,
    deterministic,
    ...(isBrief ? { wideTiles: false } : tilesFor(turbo)),
    trace: trace ? printCommand : undefined,
  });
}
