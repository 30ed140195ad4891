/**
 * `info`: which devices there are, what they can do, which one "auto" takes, and what a model is.
 *
 * @module
 */
import type { Device, DeviceInfo } from "../device/device.ts";
import { type DeviceOptions, openDevice } from "../device/open_device.ts";
import { supports } from "../device/wasm/features.ts";
import { findAdapter } from "../device/webgpu.ts";
import { isSoftware } from "../device/webgpu/software.ts";
import { isForecaster, loadForecaster } from "../exchange/series_file.ts";
import { modelPath, newestRun, RUNS } from "../files/find_run.ts";
import type { Origin } from "../files/origin.ts";
import { grantingFlag, isGranted } from "../files/permissions.ts";
import { readStored, type StoredType } from "../files/stored_model.ts";
import { numberText } from "../report/numbers.ts";
import type { Settings } from "./flags.ts";
import { print, tell } from "./results.ts";
import { loadModel } from "./texts.ts";
import { VERSION } from "../version.ts";
import { bytesText, counted, thousands } from "../messages/printable.ts";
import { describeModel, inFlags } from "./wording.ts";

/** A device's facts, or why it is absent. */
type Found = DeviceInfo | string;

/** How a library of MPI is called. */
const ABIS = { "standard": "the ABI of MPI 5", "Open MPI": "Open MPI's symbols" } as const;

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
  const version = { version: VERSION, deno: Deno.version.deno, target: Deno.build.target };
  line("refrain", `${VERSION}, Deno ${version.deno}, ${version.target}`);
  const wasm = await find("wasm");
  printWasm(wasm);
  const webgpu = await find("webgpu");
  const adapter = await findAdapter();
  line("webgpu", describe(webgpu));
  if (adapter) printAdapter(adapter);
  const choices = { train: await choice("train", webgpu), generate: await choice("generate", webgpu) };
  for (const [job, chosen] of Object.entries(choices)) line("auto", `for ${job}: ${wordsOf(chosen)}`);
  const mpi = await findMpi(settings.mpiLibrary);
  const model = await findModel(settings);
  const devices = { wasm: factsOf(wasm), webgpu: { ...factsOf(webgpu), ...(adapter && limitsOf(adapter)) } };
  tell({ ...version, ...devices, auto: choices, mpi, model });
  return 0;
}

function printWasm(wasm: Found): void {
  line("wasm", describe(wasm));
  if (typeof wasm === "string") return;
  line("", `build of the kernels: ${wasm.details["build"]}`);
  line("", `SIMD: ${supports("relaxed") ? "relaxed" : "plain"}`);
  line("", `threads: ${wasm.details["threads"]} of ${navigator.hardwareConcurrency} processors`);
  line("", `turbo: ${turboOf(wasm)}`);
  line("", `memory: ${bytesText(Number(wasm.details["memoryBytes"]))}`);
}

function printAdapter(adapter: GPUAdapter): void {
  line("", `software: ${isSoftware(adapter.info) ? "yes" : "no"}`);
  line("", `features: ${featuresOf(adapter).join(", ") || "none"}`);
  line("", `memory: ${atOnceOf(adapter)}, its total is not told`);
  for (const name of SIZES) line("", `${name}: ${bytesText(adapter.limits[name])}`);
  for (const name of COUNTS) line("", `${name}: ${thousands(adapter.limits[name])}`);
}

/** Prints which MPI `train --distributed mpi` takes. Nothing of it is loaded where it may not be called. */
async function findMpi(library: string | undefined): Promise<object> {
  const { state } = Deno.permissions.querySync(
    library === undefined ? { name: "ffi" } : { name: "ffi", path: library },
  );
  if (state !== "granted") {
    line("mpi", `not looked for: --allow-ffi${library === undefined ? "" : `=${library}`} shows it`);
    return { absent: "not looked for" };
  }
  const { mpiLibrary } = await import("../mpi.ts");
  try {
    const found = mpiLibrary(library === undefined ? {} : { library });
    line("mpi", `${found.library}: ${found.version}, by ${ABIS[found.abi]}; --mpi-library names another`);
    return found;
  } catch (error) {
    const reason = error instanceof Error ? inFlags(error, "info") : String(error);
    line("mpi", `absent: ${reason}`);
    return { absent: reason };
  }
}

/** Prints a model where there is one to be read, and gives what of it is not its weights. */
async function findModel(settings: Settings<"info">): Promise<object | undefined> {
  if (settings.model === undefined && !isGranted("read", RUNS)) {
    line("model", `not looked for: ${grantingFlag("read", [RUNS])} shows the newest run's`);
    return undefined;
  }
  const path = settings.model ?? await newestRun();
  return path === undefined ? undefined : await printModel({ ...settings, model: path });
}

async function printModel(settings: Settings<"info"> & { model: string }): Promise<object> {
  line("model", settings.model); // first: what is wrong with it is told of this one
  using device = await openDevice("wasm", { threads: 1 });
  const file = await modelPath(settings.model);
  if (await isForecaster(file)) return await printForecaster(file, device, settings);
  const { model, vocabulary, formatVersion, origin, path } = await loadModel(settings, device);
  const { kind, size, unknown, newlines } = vocabulary;
  const description = describeModel(model);
  line("", description);
  line(
    "",
    `tokens: ${counted(size, kind)}` + (kind === "byte" ? "" : `, unknown ones: ${unknown}`) +
      `, line breaks: ${newlines}`,
  );
  const weights = await printWeights(file);
  for (const text of describeOrigin(formatVersion, origin)) line("", text);
  const { refrain, epoch, step: steps, corpus } = origin;
  const { rnn, options } = model;
  return {
    path,
    description,
    cell: rnn.kind,
    ...rnn.options,
    embeddingSize: options.embeddingSize,
    tieWeights: options.tieWeights,
    outputDropout: options.dropout,
    parameters: model.parameterCount(),
    weights,
    vocabularySize: size,
    kind,
    unknown,
    newlines,
    formatVersion,
    refrain,
    epoch,
    steps,
    corpus,
  };
}

/** Prints of which numbers a model's weights are, but for those that are usual. */
async function printWeights(path: string): Promise<StoredType | undefined> {
  const weights = (await readStored(path))?.weights;
  if (weights === "int8") line("", "weights: int8, with a scale a row");
  else if (weights && weights !== "float32") line("", `weights: ${weights}, computed in float32`);
  return weights;
}

/** A model of a series. */
async function printForecaster(
  path: string,
  device: Device,
  { acceptChangedWeights }: Settings<"info">,
): Promise<object> {
  const { model, end: { time }, origin } = await loadForecaster(path, device, {
    verify: !acceptChangedWeights,
  });
  const { kind, columns, scale, numSteps, horizon, layer } = model.options;
  line("", `${model.describe()}: ${counted(model.parameterCount(), "parameter")}`);
  for (const [c, name] of columns.entries()) {
    const [mean, deviation] = [scale.mean[c], scale.deviation[c]].map((value) => numberText(value));
    line("", `column ${name}: mean ${mean}, standard deviation ${deviation} of the training part`);
  }
  const weights = await printWeights(path);
  line("", `window: ${counted(numSteps, "row")} tell the next ${horizon === 1 ? "one" : horizon}`);
  if (time) line("", `series: ends with ${time.name} ${time.texts.at(-1)}`);
  for (const text of describeOrigin(1, origin, "series")) line("", text);
  const { refrain, epoch, step: steps, corpus } = origin;
  const parameters = model.parameterCount();
  const made = { cell: kind, ...layer, columns, scale, numSteps, horizon, parameters, weights };
  return { path, description: model.describe(), ...made, time: time?.name, refrain, epoch, steps, corpus };
}

/** A device for programs. */
function factsOf(found: Found): object {
  if (typeof found === "string") return { absent: found.replace(/^absent: /, "") };
  return { description: found.description, ...found.details };
}

function featuresOf(adapter: GPUAdapter): string[] {
  return FEATURES.filter((name) => adapter.features.has(name));
}

/** An adapter for programs. */
function limitsOf(adapter: GPUAdapter): object {
  const limits = Object.fromEntries([...SIZES, ...COUNTS].map((name) => [name, adapter.limits[name]]));
  return { software: isSoftware(adapter.info), features: featuresOf(adapter), limits };
}

/** Where a model comes from, as far as its file says it. */
function describeOrigin(
  version: number | undefined,
  { refrain, epoch, step, corpus }: Origin,
  of: "text" | "series" = "text",
): string[] {
  if (version === undefined) return ["file: of another program"];
  const trained = step === undefined ? [] : [counted(step, "step")];
  if (epoch !== undefined) trained.push(`epoch ${thousands(epoch)}`);
  return [
    `file: format ${version}${refrain === undefined ? "" : `, of refrain ${refrain}`}`,
    ...(trained.length > 0 ? [`trained: ${trained.join(", ")}`] : []),
    ...(corpus === undefined ? [] : [`${of}: SHA-256 of its ${of === "text" ? "ids" : "numbers"} ${corpus}`]),
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

/** What "auto" takes for a job, and why; without a device why there is none. */
async function choice(
  job: "train" | "generate",
  webgpu: Found,
): Promise<{ device?: string; reason: string }> {
  const found = await find("auto", { job });
  if (typeof found === "string") return { reason: found };
  const reason = found.name === "webgpu"
    ? "there is a hardware GPU"
    : typeof webgpu === "string"
    ? "there is no WebGPU device"
    : webgpu.details["software"]
    ? "the WebGPU adapter is a software one, which is slower"
    : "no GPU has been measured to be faster at one character at a time";
  return { device: found.name, reason };
}

function wordsOf({ device, reason }: { device?: string; reason: string }): string {
  return device === undefined ? reason : `${device}, as ${reason}`;
}

function describe(found: Found): string {
  return typeof found === "string" ? found : found.description;
}

function line(name: string, text: string): void {
  print(`${name.padEnd(8)}  ${text}`);
}
