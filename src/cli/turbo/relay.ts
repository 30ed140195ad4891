/**
 * Signals between a process and the one that it has started in a session of its own: each that comes here goes there once,
 * whoever sent it, a terminal to the group or somebody to this process alone.
 *
 * @module
 */
import type { CommandName } from "../flags.ts";

/** The signals that are handed on. What stops a process stops both, this one last. */
const SIGNALS = [
  "SIGINT",
  "SIGTERM",
  "SIGHUP",
  "SIGQUIT",
  "SIGUSR1",
  "SIGUSR2",
  "SIGTSTP",
  "SIGCONT",
] as const;

/**
 * Hands signals on until it is disposed.
 *
 * @param command What the other process does.
 * @param child Gives the other process.
 * @returns What ends it.
 */
export function relaySignals(command: CommandName, child: () => Deno.ChildProcess): Disposable {
  const listeners: [Deno.Signal, () => void][] = [];
  for (const name of SIGNALS) {
    const listener = (): void => handOn(name, command, child());
    try {
      Deno.addSignalListener(name, listener);
      listeners.push([name, listener]);
    } catch {
      // as on Windows
    }
  }
  return {
    [Symbol.dispose](): void {
      for (const [name, listener] of listeners) Deno.removeSignalListener(name, listener);
    },
  };
}

function handOn(name: typeof SIGNALS[number], command: CommandName, child: Deno.ChildProcess): void {
  if (Deno.build.os === "windows") return; // the console has sent it there too
  try {
    switch (name) {
      case "SIGTSTP":
        child.kill("SIGSTOP"); // the system drops SIGTSTP where no shell could continue a process
        Deno.kill(Deno.pid, "SIGSTOP");
        break;
      case "SIGUSR1": // Deno has opened the debugger of this process; a training is saved by either
        if (command === "train") child.kill("SIGUSR2");
        break;
      default:
        child.kill(name);
    }
  } catch {
    // it has ended
  }
}

/**
 * Ends as another process did.
 *
 * @param status How it ended.
 * @returns Its exit code; a signal that ended it is sent to this process first.
 */
export async function endAs({ code, signal }: Deno.CommandStatus): Promise<number> {
  if (signal === null) return code;
  Deno.kill(Deno.pid, signal);
  await new Promise((resolve) => setTimeout(resolve, 1000)); // it comes between two turns
  return code;
}
