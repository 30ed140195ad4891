/**
 * How much memory a device has handed out, to the byte. Of WebGPU the buffers are counted from the moment in which this
 * module is loaded.
 *
 * @module
 */
import { type Device, DeviceError } from "../../src/device/device.ts";

/** Words that no device grants at once. */
const TOO_MANY = 2 ** 31;

let bufferBytes = 0;
const living = new WeakSet<GPUBuffer>();

if ("GPUDevice" in globalThis) {
  const { createBuffer } = GPUDevice.prototype;
  const { destroy } = GPUBuffer.prototype;
  GPUDevice.prototype.createBuffer = function (descriptor): GPUBuffer {
    const buffer = createBuffer.call(this, descriptor);
    living.add(buffer);
    bufferBytes += buffer.size;
    return buffer;
  };
  GPUBuffer.prototype.destroy = function (): undefined {
    if (living.delete(this)) bufferBytes -= this.size;
    return destroy.call(this);
  };
}

/** Bytes that are in use: of all WebGPU devices, or of one WebAssembly device, which says it when it refuses more. */
export function usedBytes(device: Device): number {
  if (device.name !== "wasm") return bufferBytes;
  try {
    device.alloc(TOO_MANY);
  } catch (error) {
    if (!(error instanceof DeviceError)) throw error;
    return Number(/(\d+) of \d+ bytes are in use/.exec(error.message)![1]);
  }
  throw new Error(`${TOO_MANY} words were granted`);
}
