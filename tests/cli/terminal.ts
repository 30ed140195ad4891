/** A command at a real terminal, which is typed at: terminal.py starts it. @module */

const PROGRAM = decodeURIComponent(new URL("../../mod.ts", import.meta.url).pathname);
const TERMINAL = decodeURIComponent(new URL("./terminal.py", import.meta.url).pathname);

/** Whether there is a Python, and a system whose terminals it knows. */
export const hasPython: boolean = await new Deno.Command("python3", { args: ["--version"], stdout: "null" })
  .output().then(({ success }) => success && Deno.build.os === "linux").catch(() => false);

/** A step of terminal.py. */
export type TerminalStep =
  | { readonly until: string }
  | { readonly type: string }
  | { readonly size: readonly [rows: number, columns: number] }
  | { readonly wait: number }
  | { readonly signal: number };

/** What the terminal was sent, and how the command ended. */
export interface AtTerminal {
  /** All that was written, line ends as "\n". */
  readonly output: string;
  readonly code: number;
  /** The signal that ended it, or 0. */
  readonly signal: number;
}

/** Runs a command at a terminal to its end. */
export async function atTerminal(
  args: readonly string[],
  steps: readonly TerminalStep[],
  { cwd, env = {} }: { cwd: string; env?: Record<string, string> },
): Promise<AtTerminal> {
  const program = [Deno.execPath(), "run", "-A", "--no-check", PROGRAM, ...args];
  const { success, stdout, stderr } = await new Deno.Command("python3", {
    args: [TERMINAL, JSON.stringify(steps), ...program],
    cwd,
    clearEnv: true,
    env: {
      PATH: Deno.env.get("PATH")!,
      HOME: Deno.env.get("HOME")!,
      XDG_RUNTIME_DIR: "/tmp",
      TERM: "xterm",
      ...env,
    },
    stdin: "null",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  const ended: AtTerminal = JSON.parse(new TextDecoder().decode(stdout));
  return { ...ended, output: ended.output.replaceAll("\r\n", "\n") };
}
