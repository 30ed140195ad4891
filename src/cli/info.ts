/**
 * `info`: which devices there are, what they can do, and which one "auto" takes.
 *
 * @module
 */
import type { DeviceInfo } from "../device/device.ts";
import { type DeviceOptions, openDevice } from "../device/open_device.ts";
import { supports } from "../device/wasm_features.ts";
import { findAdapter } from "../device/webgpu.ts";
import { VERSION } from "./version.ts";

/** A device's facts, or why it is absent. */
type Found = DeviceInfo | string;

/** Features of an adapter that kernels may use, and limits that decide how large a model may be. */
const FEATURES = ["shader-f16", "subgroups", "timestamp-query"] as const;
const LIMITS = [
  ...["maxBufferSize", "maxStorageBufferBindingSize", "maxStorageBuffersPerShaderStage"] as const,
  ...["maxComputeInvocationsPerWorkgroup", "maxComputeWorkgroupStorageSize"] as const,
];

/**
 * Prints what is known of this machine.
 *
 * @returns the exit code
 */
export async function infoCommand(): Promise<number> {
  print("refrain", `${VERSION}, Deno ${Deno.version.deno}, ${Deno.build.target}`);
  const wasm = await find("wasm");
  print("wasm", describe(wasm));
  if (typeof wasm !== "string") {
    print("", `build of the kernels: ${wasm.details["build"]}`);
    print("", `SIMD: ${supports("relaxed") ? "relaxed" : "plain"}`);
    print("", `threads: ${wasm.details["threads"]} of ${navigator.hardwareConcurrency} processors`);
    print("", `memory: ${format(wasm.details["memoryBytes"])} bytes`);
  }
  const webgpu = await find("webgpu"), adapter = await findAdapter();
  print("webgpu", describe(webgpu));
  if (adapter) {
    print("", `software: ${adapter.info.isFallbackAdapter ? "yes" : "no"}`);
    print("", `features: ${FEATURES.filter((name) => adapter.features.has(name)).join(", ") || "none"}`);
    for (const name of LIMITS) print("", `${name}: ${format(adapter.limits[name])}`);
  }
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
    ? "there is a hardware GPU"
    : typeof webgpu === "string"
    ? "there is no WebGPU device"
    : webgpu.details["software"]
    ? "the WebGPU adapter is a software one, which is slower"
    : "a CPU is faster at one character at a time";
  return `for ${job}: ${found.name}, as ${reason}`;
}

function describe(found: Found): string {
  return typeof found === "string" ? found : found.description;
}

function format(value: unknown): string {
  return Number(value).toLocaleString("en-US");
}

function print(name: string, text: string): void {
  console.log(`${name.padEnd(8)}  ${text}`);
}
