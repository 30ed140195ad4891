/**
 * Runs by their names: what lies under `runs/` needs no path.
 *
 * @module
 */
import { placesOf } from "../files/find_run.ts";
import { pathKind } from "../files/paths.ts";
import { isGranted } from "../files/permissions.ts";
import type { CommandName } from "./flags.ts";

/** Commands that look for names of runs by themselves, as they also take what is damaged or locked. */
const OWN: readonly CommandName[] = ["report", "runs", "serve", "verify"];

/** The settings that name a run or a model. */
interface Naming {
  readonly model?: string | readonly string[] | undefined;
  readonly resume?: string | undefined;
  readonly initFrom?: string | undefined;
}

/**
 * Puts the path of a run under `runs/` where a command was told its name alone. A file or folder of that name here comes
 * first.
 *
 * @param command The command.
 * @param settings The flags' values.
 * @returns The settings, in which runs are paths.
 */
export async function nameRuns<S extends object>(command: CommandName, settings: S): Promise<S> {
  if (OWN.includes(command)) return settings;
  const { model, resume, initFrom } = settings as Naming;
  const found: Record<string, string> = {};
  for (const [key, name] of Object.entries({ model, resume, initFrom })) {
    if (typeof name === "string") found[key] = await pathOf(name);
  }
  return { ...settings, ...found };
}

async function pathOf(name: string): Promise<string> {
  if (name === "" || await isThere(name)) return name;
  const [under] = placesOf(name);
  return await isThere(under!) ? under! : name;
}

/** What may not be read is asked for later. */
async function isThere(path: string): Promise<boolean> {
  return isGranted("read", path) && await pathKind(path).then((kind) => kind !== "nothing", () => false);
}
