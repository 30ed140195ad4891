/**
 * `info`: which devices there are, what they can do, and which one "auto" takes.
 *
 * @module
 */
import type { DeviceInfo } from "../device/device.ts";
import { type DeviceOptions, openDevice } from "../device/open_device.ts";
import { supports } from "../device/wasm_features.ts";
import { VERSION } from "./version.ts";

/** A device's facts, or why it is absent. */
type Found = DeviceInfo | string;

/**
 * Prints what is known of this machine.
 *
 * @returns the exit code
 */
export async function infoCommand(): Promise<number> {
  const wasm = await find("wasm"), webgpu = await find("webgpu");
  print("refrain", `${VERSION}, Deno ${Deno.version.deno}, ${Deno.build.target}`);
  print("wasm", typeof wasm === "string" ? wasm : wasm.description);
  if (typeof wasm !== "string") {
    print("", `SIMD: ${supports("relaxed") ? "relaxed" : "plain"}`);
    printDetails(wasm);
  }
  print("webgpu", typeof webgpu === "string" ? webgpu : webgpu.description);
  if (typeof webgpu !== "string") printDetails(webgpu);
  for (const job of ["train", "generate"] as const) print("auto", await choice(job, webgpu));
  return 0;
}

async function find(name: "auto" | "wasm" | "webgpu", options: DeviceOptions = {}): Promise<Found> {
  try {
    using device = await openDevice(name, options);
    return device.info;
  } catch (error) {
    return `absent: ${error instanceof Error ? error.message : error}`;
  }
}

/** What "auto" takes for a job, and why. */
async function choice(job: "train" | "generate", webgpu: Found): Promise<string> {
  const found = await find("auto", { job });
  if (typeof found === "string") return `for ${job}: ${found}`;
  const reason = found.name === "webgpu"
    ? "as there is a hardware GPU"
    : typeof webgpu === "string"
    ? "as there is no WebGPU adapter"
    : webgpu.details["software"]
    ? "as the WebGPU adapter is a software one, which is slower"
    : "as one character at a time is a job for the CPU";
  return `for ${job}: ${found.name}, ${reason}`;
}

/** The facts of a device, a line each: `memoryBytes` reads "memory bytes". */
function printDetails({ details }: DeviceInfo): void {
  for (const [name, value] of Object.entries(details)) {
    const text = Array.isArray(value)
      ? value.join(", ")
      : typeof value === "number"
      ? value.toLocaleString("en-US")
      : typeof value === "boolean"
      ? (value ? "yes" : "no")
      : String(value);
    if (text !== "") print("", `${name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)}: ${text}`);
  }
}

function print(name: string, text: string): void {
  console.log(`${name.padEnd(8)}  ${text}`);
}
