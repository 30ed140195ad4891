/**
 * The end of a run that could not be saved: its weights are nowhere but in memory.
 *
 * @module
 */
import { RunFolder } from "../../files/run_folder.ts";
import type { KeptRun } from "./kept_run.ts";
import { complain } from "./say.ts";
import type { Signals } from "./signals.ts";
import type { Team } from "./team.ts";

/** Milliseconds from one try to the next. */
const PAUSE = 60_000;

/**
 * Tries to save until it is done, in the run's folder or beside it, or until a signal comes.
 *
 * @param end The run, its signals, what its config.json has, and the ranks that wait for its end.
 * @param pause Milliseconds from one try to the next.
 * @returns The exit code where nothing could be saved; undefined where all is.
 */
export async function saveAtLast(
  { team, ...end }: { kept: KeptRun; signals: Signals; config: object; team?: Team | undefined },
  pause: number = PAUSE,
): Promise<number | undefined> {
  if (!team) return await tryToSave(end, pause);
  end.kept.beforeState = () => team.decide(true);
  const code = await tryToSave(end, pause);
  await team.decide(false);
  return code;
}

async function tryToSave(
  { kept, signals, config }: { kept: KeptRun; signals: Signals; config: object },
  pause: number,
): Promise<number | undefined> {
  const stopped = signals.times;
  while (kept.failure !== undefined) {
    await kept.save();
    if (kept.failure === undefined) return undefined;
    if (await moveBeside(kept, config)) return undefined;
    complain(`${kept.failure}; it is tried again in ${pause / 1000} seconds, until a signal comes`);
    if (await signals.wait(pause, stopped)) continue;
    complain(`What came after the last save of ${kept.path} is lost`);
    return signals.stopped?.code || 1;
  }
  return undefined;
}

/** Whether the run is saved in a folder beside its own. */
async function moveBeside(kept: KeptRun, config: object): Promise<boolean> {
  const first = kept.path;
  let run: RunFolder;
  try {
    run = await RunFolder.beside(first);
  } catch {
    return false; // it is not granted
  }
  if (!await kept.moveTo(run, config)) { // the disk is full
    await run.discard();
    return false;
  }
  await run.close();
  complain(`The run is kept in ${kept.path}, as ${first} cannot be written`);
  return true;
}
