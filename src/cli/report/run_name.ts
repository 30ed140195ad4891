/**
 * What a run is called on its page.
 *
 * @module
 */
import { currentFolder } from "../train/resume.ts";

/**
 * The name of a run's own folder, also where that is the folder one is in.
 *
 * @param path The folder's path.
 */
export function runName(path: string): string {
  const parts = path.split(/[/\\]/).filter((part) => part !== "" && part !== ".");
  return parts.at(-1) ?? (/^[/\\]/.test(path) ? path : currentFolder()?.split(/[/\\]/).at(-1)) ?? path;
}
