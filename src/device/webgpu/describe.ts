/**
 * What is told of a WebGPU device. Private to webgpu.ts.
 *
 * @module
 */
import type { DeviceInfo } from "../device.ts";
import { isSoftware } from "./software.ts";

/** The limits that decide how large a model may be; everything else stays at WebGPU's defaults, which all kernels keep. */
export const LIMITS = ["maxBufferSize", "maxStorageBufferBindingSize"] as const;

/**
 * Describes a device.
 *
 * @param adapter What it was asked of.
 * @param gpu The device.
 */
export function describe(adapter: GPUAdapter, gpu: GPUDevice): DeviceInfo {
  const { vendor, architecture, device, description } = adapter.info;
  const software = isSoftware(adapter.info);
  const title = description || [vendor, architecture, device].filter((word) => word).join(" ") ||
    "unnamed adapter";
  return {
    name: "webgpu",
    description: `WebGPU, ${title}${software ? ", software" : ""}`,
    details: {
      vendor,
      architecture,
      device,
      software,
      features: [...adapter.features],
      ...Object.fromEntries(LIMITS.map((name) => [name, gpu.limits[name]])),
    },
  };
}
