/**
 * A run whose model is served: as its file is now, which a training may write anew, or somebody remove.
 *
 * @module
 */
import type { Device } from "../../device/device.ts";
import { RUN_FILES } from "../../files/find_run.ts";
import { fileError } from "../../files/file_error.ts";
import { FolderLock } from "../../files/folder_lock.ts";
import type { ServedModel } from "../../serve.ts";
import { note } from "../results.ts";
import { loadModel } from "../texts.ts";

/** A run, or a model file by itself. */
export interface Place {
  /** What requests call it. */
  readonly name: string;
  /** The run's folder; undefined of a file that is in none. */
  readonly folder: string | undefined;
  /** The model's file. */
  readonly file: string;
}

/** One served run. */
export class ServedRun {
  readonly place: Place;
  readonly #device: Device;
  readonly #acceptChangedWeights: boolean;
  #loaded: { stamp: string; model: Promise<ServedModel> } | undefined;

  /** Begins without reading anything. */
  constructor(place: Place, device: Device, acceptChangedWeights: boolean) {
    this.place = place;
    this.#device = device;
    this.#acceptChangedWeights = acceptChangedWeights;
  }

  /** Whether a process trains it. */
  async isTraining(): Promise<boolean> {
    const { folder } = this.place;
    return folder !== undefined && await FolderLock.isHeld(folder);
  }

  /** Whether its model is there: a run that has just begun has none. */
  async hasModel(): Promise<boolean> {
    return await stampOf(this.place.file) !== undefined;
  }

  /**
   * The model as its file is now.
   *
   * @throws {RangeError} If the file is not there, or cannot be read.
   */
  async model(): Promise<ServedModel> {
    const { name, file, folder } = this.place;
    const stamp = await stampOf(file);
    if (stamp === undefined) {
      const training = await this.isTraining();
      const gone = this.#loaded ? "is there no more" : "is not there";
      const reason = training && !this.#loaded ? "its training has saved none yet" : `"${file}" ${gone}`;
      throw new RangeError(
        `Cannot find the model of ${folder === undefined ? "" : "run "}"${name}": ${reason}`,
      );
    }
    if (this.#loaded?.stamp !== stamp) {
      if (this.#loaded) note(`run ${name}: its model has changed, and is served as it is now`);
      this.#loaded = { stamp, model: this.#load(stamp) };
    }
    return await this.#loaded.model;
  }

  async #load(stamp: string): Promise<ServedModel> {
    const settings = {
      model: this.place.file,
      vocabulary: undefined,
      acceptChangedWeights: this.#acceptChangedWeights,
    };
    const { model, vocabulary } = await loadModel(settings, this.#device);
    return { model, vocabulary, created: Math.floor(Number(stamp.split(" ")[0]) / 1000) };
  }
}

/** What differs once a file is another; undefined where there is none. */
async function stampOf(file: string): Promise<string | undefined> {
  try {
    const { mtime, size, ino } = await Deno.stat(file);
    return [mtime?.getTime() ?? 0, size, ino].join(" ");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw fileError(`read "${file}"`, "file", error);
  }
}

/**
 * The file of a run's model.
 *
 * @param folder The run's folder.
 * @returns Its path.
 */
export function modelIn(folder: string): string {
  return `${folder}/${RUN_FILES.model}`;
}
