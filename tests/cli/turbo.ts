/** refrain under `--turbo` as people start it, with permissions that are stated. @module */
import { temporaryFolder } from "../files/temporary_folder.ts";
import { command, type Result, type SpawnOptions } from "./spawn.ts";

/** What `--turbo` needs beside what its command needs. */
export const RUN = `--allow-run=${Deno.execPath()}`;
/** The flags of a training of a moment. */
export const SMALL =
  "--batch-size 2 --num-steps 5 --hidden-size 5 --epochs 2 --length 3 --preset tutorial --device wasm --threads 2"
    .split(" ");
/** The flags of a training that ends when it is told to. */
export const LONG = [
  "--epochs=100000000",
  "--log-every=100000000",
  ...SMALL.filter((_, i) => i < 6 || i > 7),
];

/** A folder of the test's own with a text. */
export const folder = await temporaryFolder();
/** Its path. */
export const cwd: string = folder.path;
await Deno.writeTextFile(`${cwd}/song.txt`, "fa la re mi ".repeat(40));

/** A command that has not started. */
export function turboCommand(
  grants: readonly string[],
  args: readonly string[],
  options: Partial<SpawnOptions> = {},
): Deno.Command {
  return command(args, { cwd, grants: ["--no-prompt", ...grants], ...options });
}

/** Runs a command to its end. */
export async function run(
  grants: readonly string[],
  args: readonly string[],
  options: Partial<SpawnOptions> = {},
): Promise<Result> {
  const { code, stdout, stderr } = await turboCommand(grants, args, options).output();
  const decoder = new TextDecoder();
  const own = decoder.decode(stderr).replaceAll(/^.*XDG_RUNTIME_DIR.*\n/gm, "");
  return { code, stdout: decoder.decode(stdout), stderr: own };
}

/** What a process that another one has started was told, on Linux; waits for it. */
export async function childOf(pid: number): Promise<{ pid: number; words: string[] }> {
  for (let i = 0; i < 1000; i++) {
    const pids = await Deno.readTextFile(`/proc/${pid}/task/${pid}/children`);
    const [child] = pids.split(" ").filter(Boolean);
    const line = child && await Deno.readTextFile(`/proc/${child}/cmdline`).catch(() => "");
    const words = line ? line.split("\0").slice(0, -1) : [];
    if (words.some((word) => word.startsWith("child-of:"))) return { pid: Number(child), words };
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error("No process was started within 10 seconds");
}
