/**
 * Which device: the one that was asked for, or the one that is faster here.
 *
 * @module
 */
import { errorNaming } from "../messages/naming.ts";
import { tooOld } from "./deno_version.ts";
import { type Device, DeviceError } from "./device.ts";
import { openWasm, type WasmOptions } from "./wasm.ts";
import { refuseUnknown } from "../messages/options.ts";
import { findAdapter, openWebgpu } from "./webgpu.ts";
import { isSoftware } from "./webgpu/software.ts";

/** Names of devices. "auto" takes what is faster on this machine. */
export type DeviceName = "auto" | "webgpu" | "wasm";

/** Options of openDevice(). */
export interface DeviceOptions extends WasmOptions {
  /**
   * What the device is for, where "auto" may choose: generating text one character at a time is a job for the CPU.
   *
   * @default {"train"}
   */
  job?: "train" | "generate";
  /** Ends the opening: it rejects with the signal's reason, and no thread is left. */
  signal?: AbortSignal | undefined;
}

/**
 * Opens a device. "auto" takes a hardware GPU for training, else WebAssembly, which beats a software adapter. Where the GPU
 * is there and does not open, "auto" says so in a line and takes WebAssembly. A device that is asked for by name and is
 * absent is an error.
 *
 * @param name The device's name.
 * @param options The threads and build of WebAssembly, the memory, and the job.
 * @returns The device; dispose it, else its threads keep the process alive: a warning says so, in Deno.
 * @throws {DeviceError} If the device is absent, or Deno older than 2.8.
 * @throws {TypeError} If there is no device of that name, or an option is unknown.
 *
 * @example Usage
 * ```ts
 * import { openDevice } from "@refrain/refrain";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice("wasm", { threads: 1 });
 * assertEquals(device.name, "wasm");
 * ```
 */
export async function openDevice(name: DeviceName = "auto", options: DeviceOptions = {}): Promise<Device> {
  const reason = tooOld();
  if (reason !== undefined) throw new DeviceError(reason);
  const { job = "train", signal, ...wasm } = options;
  const { threads, deterministic, wideTiles, memoryBytes, trace } = wasm;
  refuseUnknown(`open device "${name}"`, options, {
    job,
    threads,
    deterministic,
    wideTiles,
    memoryBytes,
    trace,
    signal,
  });
  signal?.throwIfAborted();
  const device = await open(name, job, wasm);
  if (!signal?.aborted) return device;
  device[Symbol.dispose]();
  throw signal.reason;
}

async function open(name: DeviceName, job: DeviceOptions["job"], options: WasmOptions): Promise<Device> {
  if (name === "wasm") return await openWasm(options);
  if (name === "webgpu") {
    if (options.deterministic) {
      throw errorNaming(
        DeviceError,
        (option) =>
          `Cannot open device "webgpu" with ${
            option("deterministic")
          }: only "wasm" has a deterministic build`,
      );
    }
    return await openWebgpu({ memoryBytes: options.memoryBytes, trace: options.trace });
  }
  if (name !== "auto") {
    throw new TypeError(`Cannot open device "${name}": known devices are auto, webgpu, wasm`);
  }
  if (job === "train" && !options.deterministic) {
    const adapter = await findAdapter();
    if (adapter && !isSoftware(adapter.info)) {
      try {
        return await openWebgpu({ adapter, memoryBytes: options.memoryBytes, trace: options.trace });
      } catch (error) {
        if (!(error instanceof DeviceError)) throw error;
        console.warn(`warning: device "wasm" is taken: ${error.message}`);
      }
    }
  }
  return await openWasm(options);
}
