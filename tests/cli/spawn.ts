/** The command line as people start it. @module */

const PROGRAM = decodeURIComponent(new URL("../../mod.ts", import.meta.url).pathname);

/** What a command left behind. */
export interface Result {
  /** Its exit code. */
  code: number;
  /** Its standard output. */
  stdout: string;
  /** Its standard error. */
  stderr: string;
}

/** How to start a command. */
export interface SpawnOptions {
  /** The folder to start it in. */
  cwd: string;
  /** Variables of its environment. */
  env?: Record<string, string>;
  /** What it reads from standard input; nothing by default. */
  stdin?: "null" | "piped";
  /** Whether it has a session of its own. */
  detached?: boolean;
  /** Flags of Deno; all that there is is granted by default. */
  grants?: readonly string[];
}

/** A command that has not started. */
export function command(
  args: readonly string[],
  { cwd, env = {}, stdin = "null", grants = ["-A"], detached = false }: SpawnOptions,
): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", ...grants, PROGRAM, ...args],
    cwd,
    env: { NO_COLOR: "1", ...env },
    stdin,
    detached,
    stdout: "piped",
    stderr: "piped",
  });
}

/** Runs a command to its end. */
export async function refrain(args: readonly string[], options: SpawnOptions): Promise<Result> {
  const { code, stdout, stderr } = await command(args, options).output();
  return { code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
}

/** The first line that a process prints, with what may have come behind it; "" of one that prints none. */
export async function firstLine(child: Deno.ChildProcess): Promise<string> {
  let line = "";
  const pieces = child.stdout.pipeThrough(new TextDecoderStream()).values({ preventCancel: true });
  for await (const piece of pieces) {
    line += piece;
    if (line.includes("\n")) break;
  }
  return line;
}

/** Kills a process, unless it has ended already: a timer that fires late breaks no test. */
export function kill(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch {
    // it has ended
  }
}

/** Every file below a folder, with its bytes as text. */
export async function contents(folder: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const { name, isDirectory, isSymlink } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isSymlink) found[path] = await Deno.readLink(path);
    else if (!isDirectory) found[path] = (await Deno.readFile(path)).toBase64();
    else Object.assign(found, { [path]: "" }, await contents(path));
  }
  return found;
}

/** Flags in a line, without those of `defaults` that `flags` has too: a flag is given once. */
export function withFlags(defaults: string, flags: string): string[] {
  const given = flags.split(" ").filter(Boolean);
  let kept = true;
  const rest = defaults.split(" ").filter((word) => {
    if (word.startsWith("--")) kept = !given.includes(word);
    return kept;
  });
  return [...rest, ...given];
}
