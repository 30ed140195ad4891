/**
 * How much memory a device has handed out, to the byte. Of WebGPU the buffers are counted from the moment in which this
 * module is loaded.
 *
 * @module
 */
import type { Device } from "../../src/device/device.ts";

let bufferBytes = 0;
let stagingBytes = 0;
const living = new WeakSet<GPUBuffer>();

if ("GPUDevice" in globalThis) {
  const { createBuffer } = GPUDevice.prototype;
  const { destroy } = GPUBuffer.prototype;
  GPUDevice.prototype.createBuffer = function (descriptor): GPUBuffer {
    const buffer = createBuffer.call(this, descriptor);
    living.add(buffer);
    bufferBytes += buffer.size;
    if (isStaging(buffer)) stagingBytes += buffer.size;
    return buffer;
  };
  GPUBuffer.prototype.destroy = function (): undefined {
    if (living.delete(this)) {
      bufferBytes -= this.size;
      if (isStaging(this)) stagingBytes -= this.size;
    }
    return destroy.call(this);
  };
}

/** Whether a buffer is one that reads go through: a few are kept, of the sizes that came. */
function isStaging({ usage }: GPUBuffer): boolean {
  return (usage & GPUBufferUsage.MAP_READ) !== 0;
}

/** The same without what stays for works to come: what reads go through, and what threads pack into. */
export function usedBytesUnread(device: Device): number {
  if (device.name !== "wasm") return bufferBytes - stagingBytes;
  const { used, scratch } = device.memory;
  return used - scratch;
}

/** Bytes that are in use: of all WebGPU devices, or of one WebAssembly device. */
export function usedBytes(device: Device): number {
  return device.name === "wasm" ? device.memory.used : bufferBytes;
}
