/**
 * Which framework wrote files, told from the files.
 *
 * @module
 */
import { NPY } from "../../files/npy.ts";
import { quote } from "../../messages/quote.ts";
import { foreignKind } from "../foreign.ts";
import { firstKey } from "../foreign/message_pack.ts";
import { namesIn } from "../foreign/zip.ts";
import { readRecord } from "./burn/record.ts";
import { readFlax } from "./flax/file.ts";
import { readArchive } from "./keras/archive.ts";
import { readLegacy } from "./keras/legacy.ts";
import { readTfjs } from "./keras/tfjs.ts";
import { NAMING } from "./named/dialects.ts";
import { readArrays, readNumpy, readSafetensors } from "./named/read.ts";
import { isOnnx } from "./onnx/is_onnx.ts";
import { readOnnx } from "./onnx/onnx.ts";
import { readPaddle } from "./paddle/parameters.ts";
import type { Framework, ImportFile, PlainModel, ReaderOptions } from "./plain.ts";
import { readTorch } from "./pytorch/archive.ts";
import { contradicted, unfit } from "./unfit.ts";

/** What makes a plain model of files. */
export type Reader = (
  files: readonly ImportFile[],
  options: ReaderOptions,
) => PlainModel | Promise<PlainModel>;

/** A format of a framework. */
interface Format {
  /** The framework, or those that have such files. */
  readonly framework: Framework | readonly Framework[];
  /** What it is called in sentences. */
  readonly title: string;
  /** Whether a file is of it, or the first of several. */
  readonly has: (bytes: Uint8Array) => boolean;
  /** Whether a model has files beside that. */
  readonly several?: true;
  readonly reader: Reader;
}

/** The formats; the first that a file is of counts. Those of several files come first, whose numbers may look like any other. */
const FORMATS: readonly Format[] = [
  {
    framework: "keras",
    title: "Keras",
    has: (bytes) => begins(bytes, "\x89HDF\r\n\x1a\n"),
    reader: readLegacy,
  },
  {
    framework: "keras",
    title: "Keras",
    has: (bytes) => begins(bytes, "PK") && isKeras(namesIn(bytes)),
    reader: readArchive,
  },
  {
    framework: "tfjs",
    title: "TensorFlow.js",
    has: (bytes) => begins(bytes, "{") && /"(modelTopology|weightsManifest)"/.test(start(bytes)),
    several: true,
    reader: readTfjs,
  },
  { framework: "onnx", title: "ONNX", has: isOnnx, several: true, reader: readOnnx },
  {
    framework: NAMING,
    title: "arrays by name",
    has: (bytes) => bytes[8] === 0x7b && foreignKind(bytes) === undefined,
    reader: readSafetensors,
  },
  {
    framework: NAMING,
    title: "arrays by name",
    has: (bytes) => begins(bytes, "PK") && isNpz(namesIn(bytes)),
    reader: readNumpy,
  },
  {
    framework: NAMING,
    title: "arrays by name",
    has: (bytes) => begins(bytes, NPY),
    several: true,
    reader: readArrays,
  },
  {
    framework: "pytorch",
    title: "PyTorch",
    has: (bytes) => begins(bytes, "PK") && isTorch(namesIn(bytes)),
    reader: readTorch,
  },
  {
    framework: "paddle",
    title: "Paddle",
    has: (bytes) =>
      bytes[0] === 0x80 && bytes[1]! < 6 && /StructuredToParameterName@@|\.w_0/.test(start(bytes)),
    reader: readPaddle,
  },
  { framework: "burn", title: "burn", has: (bytes) => firstKey(bytes) === "metadata", reader: readRecord },
  { framework: "flax", title: "Flax", has: (bytes) => firstKey(bytes) !== undefined, reader: readFlax },
];

/**
 * Tells the reader of files.
 *
 * @param files What was given, at least one.
 * @param from The framework, where it is known.
 * @returns The reader.
 * @throws {TypeError} If no reader knows such a file, or it is another framework's.
 */
export function readerOf(files: readonly ImportFile[], from: Framework | undefined): Reader {
  const [named, second] = files as [ImportFile, ...ImportFile[]];
  const format = FORMATS.find(({ has }) => files.some(({ bytes }) => has(bytes)));
  const first = files.find(({ bytes }) => format?.has(bytes)) ?? named;
  if (!format) {
    const kind = foreignKind(first.bytes) ?? "a safetensors file that is damaged";
    throw unfit(`${quote(first.name)} is ${kind.replace(/name a safetensors file$/, "name a model file")}`);
  }
  const { framework, title, several } = format;
  if (from !== undefined && !([framework].flat() as Framework[]).includes(from)) {
    throw contradicted(from, first.name, title);
  }
  if (second && !several) throw unfit(`a model of ${title} is one file: there is ${quote(second.name)} too`);
  return format.reader;
}

/** Whether a zip has what Keras puts into it. */
function isKeras(names: readonly string[]): boolean {
  return names.includes("model.weights.h5") ||
    names.includes("metadata.json") && names.includes("config.json");
}

/** Whether a zip has what torch.save() puts into it; a program has constants too. */
function isTorch(names: readonly string[]): boolean {
  const has = (name: RegExp): boolean => names.some((one) => name.test(one));
  return has(/(^|\/)data\.pkl$/) && !has(/(^|\/)constants\.pkl$/);
}

/** Whether a zip has nothing but NumPy's arrays. */
function isNpz(names: readonly string[]): boolean {
  return names.length > 0 && names.every((name) => name.endsWith(".npy"));
}

/** As much of a text as tells what it is. */
function start(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes.subarray(0, 65_536)) +
    new TextDecoder().decode(bytes.subarray(-65_536));
}

function begins(bytes: Uint8Array, text: string): boolean {
  return [...text].every((character, i) => bytes[i] === character.charCodeAt(0));
}
