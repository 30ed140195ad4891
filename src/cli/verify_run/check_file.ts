/**
 * What a file of a run is by itself: read, proven where it can prove itself, and described in a few words.
 *
 * @module
 */
import { type ModelContent, readModel } from "../../exchange/read_model.ts";
import { readForecaster } from "../../exchange/series_file.ts";
import { SERIES_KEY } from "../../exchange/series_metadata.ts";
import { readFile } from "../../files/atomic_file.ts";
import { RUN_FILES } from "../../files/find_run.ts";
import { type Origin, readOrigin } from "../../files/origin.ts";
import { type Verdict, verdictOf } from "../../files/proof.ts";
import { readHeader } from "../../files/safetensors.ts";
import { counted, thousands } from "../../messages/printable.ts";
import { BEGINNING } from "../../report/beginning.ts";
import { decodeCheckpoint, isCheckpoint } from "../../train/checkpoint.ts";
import { reachedBy, type TrainingState } from "../../train/state.ts";
import type { Settings } from "../flags.ts";
import type { RunState } from "../train/kept_run.ts";
import { keptSettings } from "../train/kept_settings.ts";
import { readRunState } from "../train/run_state.ts";
import { readReports, type Report } from "./reports.ts";

/** What has been read of a run so far. */
export interface Known {
  /** Its checkpoint. */
  checkpoint?: { readonly state: TrainingState; readonly run: RunState };
  /** What it was asked to do. */
  settings?: Settings<"train">;
  /** The whole lines of its log. */
  reports?: readonly Report[];
  /** How many lines its samples have. */
  samples?: number;
  /** Its model. */
  model?: Pick<ModelContent, "tensors" | "vocabulary" | "origin" | "config">;
}

/**
 * Checks a file.
 *
 * @param path The file.
 * @param role The name of the run's file that it must be; any other may be a model or a checkpoint.
 * @param known What is known of the run; what is read is added.
 * @returns What it is, in a few words.
 * @throws {SyntaxError} If it is damaged.
 * @throws {TypeError} If parts of a model do not belong together.
 * @throws {RangeError} If it cannot be read.
 */
export async function checkFile(path: string, role: string, known: Known): Promise<string> {
  const bytes = await readFile(path);
  switch (role) {
    case RUN_FILES.config:
      return checkConfig(path, bytes, known);
    case RUN_FILES.log: {
      const { reports, rest } = readReports(path, textOf(path, bytes), known.checkpoint?.run.lines.log);
      known.reports = reports;
      const [first, last] = [reports[0], reports.at(-1)];
      const to = first === last ? "" : ` to ${thousands(last!.epoch)}`;
      const epochs = first ? `, epoch ${thousands(first.epoch)}${to}` : "";
      return `whole: ${counted(reports.length, "report")}${epochs}${rest}`;
    }
    case RUN_FILES.samples:
      known.samples = textOf(path, bytes).split("\n").length - 1;
      return `whole: ${counted(known.samples, "line")}`;
    case RUN_FILES.report:
      return checkPage(path, textOf(path, bytes));
    case RUN_FILES.inspect:
      jsonOf(path, bytes);
      return "whole: what inspect found";
    case RUN_FILES.previous:
      return `${await checkCheckpoint(bytes, {})}; it is the one before, kept while another was written`;
    case RUN_FILES.checkpoint:
      return await checkCheckpoint(bytes, known);
    case RUN_FILES.model:
      return await checkModel(bytes, known);
    default:
      return isCheckpoint(readStart(bytes))
        ? await checkCheckpoint(bytes, known)
        : await checkModel(bytes, known);
  }
}

function checkConfig(path: string, bytes: Uint8Array, known: Known): string {
  const config = jsonOf(path, bytes);
  known.settings = keptSettings(config, `read "${path}"`);
  const { version } = config as { version?: unknown };
  return `whole: settings of ${typeof version === "string" ? `refrain ${version}` : "some refrain"}`;
}

/** A page has a beginning and an end; what is between them is made of the run's other files. */
function checkPage(path: string, page: string): string {
  if (page.startsWith(BEGINNING) && page.endsWith("</html>\n")) return "whole: the run as a page";
  throw new SyntaxError(`Cannot read "${path}" as it is no whole report: make it anew by report`);
}

function jsonOf(path: string, bytes: Uint8Array): unknown {
  const text = textOf(path, bytes);
  try {
    return JSON.parse(text);
  } catch {
    throw new SyntaxError(`Cannot read "${path}" as it is not JSON`);
  }
}

async function checkCheckpoint(bytes: Uint8Array, known: Known): Promise<string> {
  const { state, run } = await decodeCheckpoint(bytes);
  known.checkpoint = { state, run: readRunState(run) };
  const { refrain } = readOrigin(readHeader(bytes).metadata);
  const { corpus } = known.checkpoint.run;
  return describe(await verdictOf(bytes), "a checkpoint", { refrain, ...reachedBy(state), corpus });
}

async function checkModel(bytes: Uint8Array, known: Known): Promise<string> {
  if (readStart(bytes)[SERIES_KEY] !== undefined) {
    const { tensors, origin, proof, options: { kind, columns }, checked } = await readForecaster(bytes);
    const config = { ...checked, vocabularySize: columns.length };
    known.model = { tensors, origin, vocabulary: undefined, config };
    return describe(proof, `a model of a series (${kind})`, origin);
  }
  const model = await readModel(bytes);
  known.model = model;
  const { formatVersion, proof, origin, config: { kind } } = model;
  if (formatVersion !== undefined) return describe(proof, `a model (${kind})`, origin);
  return `sound, but not proven: a model (${kind}) of another program`;
}

/** What a file is, and what it says of its training. */
function describe(proof: Verdict, what: string, { refrain, epoch, step, corpus }: Origin): string {
  const proven = proof === "whole" ? "whole, by its SHA-256" : "sound, but not proven, as it has no SHA-256";
  const facts = [
    ...(refrain === undefined ? [] : [`refrain ${refrain}`]),
    ...(epoch === undefined ? [] : [`epoch ${thousands(epoch)}`]),
    ...(step === undefined ? [] : [`step ${thousands(step)}`]),
    ...(corpus === undefined ? [] : [`text ${corpus.slice(0, 12)}…`]),
  ];
  return `${proven}: ${[what, ...facts].join(", ")}`;
}

/** The metadata, where there is any to be read: what is wrong with a header is told by whoever reads it all. */
function readStart(bytes: Uint8Array): Readonly<Record<string, string>> {
  try {
    return readHeader(bytes).metadata;
  } catch {
    return {};
  }
}

function textOf(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new SyntaxError(`Cannot read "${path}" as it is not UTF-8`);
  }
}
