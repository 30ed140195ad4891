/**
 * Workers of the WebAssembly device, where the page's policy lets them start. Knows no memory and no kernels.
 *
 * @module
 */
import { DeviceError } from "../device.ts";

/**
 * Starts a worker from a string: it needs no permission, and survives bundling.
 *
 * @param code What it runs; its first message says that it is ready.
 * @param message What it is told.
 * @returns The worker once it is ready, or undefined where the page's policy forbids it.
 * @throws {DeviceError} If its code throws.
 */
export function startWorker(code: string, message: Record<string, unknown>): Promise<Worker | undefined> {
  const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  return new Promise((resolve, reject) => {
    const worker = workerOf(url);
    if (!worker) return resolve(undefined);
    worker.onmessage = (): void => {
      URL.revokeObjectURL(url);
      (worker as Worker & { unref?: () => void }).unref?.(); // of Bun: it is to keep no process alive
      resolve(worker);
    };
    worker.onerror = (event): void => {
      event.preventDefault(); // else it ends the process
      // Errors of a script have a message; a script that was not let in is told by an event without one.
      if (event.message === undefined) return resolve(undefined);
      reject(new DeviceError(`Cannot open device "wasm": a worker did not start: ${event.message}`));
    };
    worker.postMessage(message);
  });
}

/** A module worker; undefined where a browser throws as its policy forbids it. */
function workerOf(url: string): Worker | undefined {
  try {
    return new Worker(url, { type: "module" });
  } catch (error) {
    if ((error as Error).name === "SecurityError") return undefined;
    throw error;
  }
}
