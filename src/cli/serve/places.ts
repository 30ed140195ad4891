/**
 * The table of what is served: names, each of one run.
 *
 * @module
 */
import { findRun, modelPath, newestRun, RUN_FILES, runFolderOf, RUNS } from "../../files/find_run.ts";
import { pathKind } from "../../files/paths.ts";
import { UsageError } from "../usage_error.ts";
import { modelIn, type Place } from "./served_run.ts";

/**
 * Finds what is to be served.
 *
 * @param names Runs, or model files; none for the newest run.
 * @returns Where each lies, and its name.
 * @throws {RangeError} If there is none, or one is nothing that has a model.
 * @throws {UsageError} If two have the same name.
 */
export async function placesOf(names: readonly string[]): Promise<Place[]> {
  const places: Place[] = [];
  for (const name of names.length > 0 ? names : [await newest()]) {
    const place = await placeOf(name);
    if (places.some((other) => other.name === place.name)) {
      throw new UsageError(
        `Cannot serve two runs of the name "${place.name}": requests could not tell them apart`,
      );
    }
    places.push(place);
  }
  return places;
}

async function newest(): Promise<string> {
  const path = await newestRun();
  if (path === undefined) {
    throw new RangeError(`Cannot serve a run as there is none under ${RUNS}/: train one, or name its folder`);
  }
  return path;
}

async function placeOf(name: string): Promise<Place> {
  const { path, kind } = await findRun(name, "serve");
  const folder = runFolderOf(path);
  if (kind === "file" && folder === path) {
    return { name: lastOf(path).replace(/\.safetensors$/, ""), folder: undefined, file: path };
  }
  const isRun = await pathKind(`${folder}/${RUN_FILES.config}`) === "file"; // one that has no model yet, perhaps
  return { name: lastOf(folder), folder, file: isRun ? modelIn(folder) : await modelPath(folder) };
}

/** The last part of a path, as people call it. */
function lastOf(path: string): string {
  const absolute = /^(\.|\.\.|.*[/\\]\.{1,2})$/.test(path) ? Deno.realPathSync(path) : path;
  return absolute.split(/[/\\]/).filter(Boolean).at(-1) ?? "model";
}
