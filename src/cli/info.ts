/**
 * `info`: which devices there are, what they can do, which one "auto" takes, and what a model is.
 *
 * @module
 */
import type { DeviceInfo } from "../device/device.ts";
import { type DeviceOptions, openDevice } from "../device/open_device.ts";
import { supports } from "../device/wasm/features.ts";
import { findAdapter } from "../device/webgpu.ts";
import { isSoftware } from "../device/webgpu/software.ts";
import { newestRun, RUNS } from "../files/find_run.ts";
import type { Origin } from "../files/origin.ts";
import { grantingFlag, isGranted } from "../files/permissions.ts";
import type { Settings } from "./flags.ts";
import { stdout } from "./output.ts";
import { loadModel } from "./texts.ts";
import { VERSION } from "../version.ts";
import { bytesText, counted, thousands } from "../messages/printable.ts";
import { describeModel } from "./wording.ts";

/** A device's facts, or why it is absent. */
type Found = DeviceInfo | string;

/** Features of an adapter that kernels may use, and limits that decide how large a model may be. */
const FEATURES = ["shader-f16", "subgroups", "timestamp-query"] as const;
const SIZES = ["maxBufferSize", "maxStorageBufferBindingSize", "maxComputeWorkgroupStorageSize"] as const;
const COUNTS = ["maxStorageBuffersPerShaderStage", "maxComputeInvocationsPerWorkgroup"] as const;

/**
 * Prints what is known of this machine, and of a model where there is one.
 *
 * @param settings The flags' values.
 * @returns The exit code.
 */
export async function infoCommand(settings: Settings<"info">): Promise<number> {
  print("refrain", `${VERSION}, Deno ${Deno.version.deno}, ${Deno.build.target}`);
  const wasm = await find("wasm");
  print("wasm", describe(wasm));
  if (typeof wasm !== "string") {
    print("", `build of the kernels: ${wasm.details["build"]}`);
    print("", `SIMD: ${supports("relaxed") ? "relaxed" : "plain"}`);
    print("", `threads: ${wasm.details["threads"]} of ${navigator.hardwareConcurrency} processors`);
    print("", `turbo: ${turboOf(wasm)}`);
    print("", `memory: ${bytesText(Number(wasm.details["memoryBytes"]))}`);
  }
  const webgpu = await find("webgpu");
  const adapter = await findAdapter();
  print("webgpu", describe(webgpu));
  if (adapter) {
    print("", `software: ${isSoftware(adapter.info) ? "yes" : "no"}`);
    print("", `features: ${FEATURES.filter((name) => adapter.features.has(name)).join(", ") || "none"}`);
    print("", `memory: ${atOnceOf(adapter)}, its total is not told`);
    for (const name of SIZES) print("", `${name}: ${bytesText(adapter.limits[name])}`);
    for (const name of COUNTS) print("", `${name}: ${thousands(adapter.limits[name])}`);
  }
  for (const job of ["train", "generate"] as const) print("auto", await choice(job, webgpu));
  if (settings.model === undefined && !isGranted("read", RUNS)) {
    print("model", `not looked for: ${grantingFlag("read", [RUNS])} shows the newest run's`);
    return 0;
  }
  const path = settings.model ?? await newestRun();
  if (path !== undefined) await printModel({ ...settings, model: path });
  return 0;
}

/** What of a model is not its weights. */
async function printModel(settings: Settings<"info"> & { model: string }): Promise<void> {
  print("model", settings.model); // first: what is wrong with it is told of this one
  using device = await openDevice("wasm", { threads: 1 });
  const { model, vocabulary, formatVersion, origin } = await loadModel(settings, device);
  const { kind, size, unknown, newlines } = vocabulary;
  print("", describeModel(model));
  print(
    "",
    `tokens: ${counted(size, kind)}` + (kind === "byte" ? "" : `, unknown ones: ${unknown}`) +
      `, line breaks: ${newlines}`,
  );
  for (const line of describeOrigin(formatVersion, origin)) print("", line);
}

/** Where a model comes from, as far as its file says it. */
function describeOrigin(version: number | undefined, { refrain, epoch, step, corpus }: Origin): string[] {
  if (version === undefined) return ["file: of another program"];
  const trained = step === undefined ? [] : [counted(step, "step")];
  if (epoch !== undefined) trained.push(`epoch ${thousands(epoch)}`);
  return [
    `file: format ${version}${refrain === undefined ? "" : `, of refrain ${refrain}`}`,
    ...(trained.length > 0 ? [`trained: ${trained.join(", ")}`] : []),
    ...(corpus === undefined ? [] : [`text: SHA-256 of its ids ${corpus}`]),
  ];
}

/** What one block may have: a buffer, and what a kernel sees of it. */
function atOnceOf({ limits }: GPUAdapter): string {
  const most = Math.min(limits.maxBufferSize, limits.maxStorageBufferBindingSize);
  return `at most ${bytesText(most)} at once`;
}

/** Known from the speed of products, not from flags. */
function turboOf({ details: { wideTiles, wideTileSpeed } }: DeviceInfo): string {
  const word = wideTiles ? "on" : "off";
  if (typeof wideTileSpeed !== "number") return `${word}; the tiles' speed was not found out in time`;
  return `${word}: with tiles for 256-bit code products run at ${wideTileSpeed.toFixed(2)} times their speed`;
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
    : "no GPU has been measured to be faster at one character at a time";
  return `for ${job}: ${found.name}, as ${reason}`;
}

function describe(found: Found): string {
  return typeof found === "string" ? found : found.description;
}

function print(name: string, text: string): void {
  stdout.lines(`${name.padEnd(8)}  ${text}`);
}
