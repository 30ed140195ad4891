/**
 * The engine's devices: each kind is opened once.
 *
 * @module
 */
import { type Device, openDevice } from "../../../mod.ts";
import type { DeviceFacts, DeviceWish } from "../protocol.ts";

const devices = new Map<string, Promise<Device>>();

/** A device of a wish, which stays open. */
export function deviceFor({ device = "auto", threads, deterministic }: DeviceWish): Promise<Device> {
  const key = JSON.stringify([device, threads, deterministic]);
  const known = devices.get(key);
  if (known) return known;
  const wish = { ...(threads === undefined ? {} : { threads }), ...(deterministic ? { deterministic } : {}) };
  const opening = openDevice(device, wish);
  devices.set(key, opening);
  opening.catch(() => devices.delete(key)); // another try may find it
  return opening;
}

/** What the page tells of a device, and why it is no faster one. */
export function deviceFacts({ name, threads, info: { description } }: Device): DeviceFacts {
  const facts = { device: name as DeviceFacts["device"], threads, description };
  if (name === "webgpu") return facts;
  const isolated = typeof SharedArrayBuffer === "function";
  return {
    ...facts,
    ...(threads > 1 ? {} : { single: isolated ? "threads" : "isolated" }),
    noGpu: "gpu" in navigator ? "software" : isSecureContext ? "absent" : "secure",
  };
}
