/**
 * A real disk of 1 MiB that is full for a while, to the end, or too small for the run.
 *
 * @module
 */
import { command } from "../cli/spawn.ts";
import { differences, filesOf } from "../faults/trial.ts";
import type { Soak } from "./run.ts";

const FLAGS =
  ("train --preset tutorial --corpus song.txt --batch-size 3 --num-steps 7 --hidden-size 40 --device wasm --threads 1 " +
    "--log-every 2000 --length 6 --seed 3 --epochs 20000 --save-every 1000").split(" ");
const GOES_ON =
  /^Cannot write "\S+": no space left on device; training goes on with its weights in memory, and saving is tried again at the next report$/;
const WAITS = /; it is tried again in 60 seconds, until a signal comes$/;

/** A disk that can be filled. */
interface Disk {
  readonly path: string;
  fill(): Promise<void>;
  empty(): Promise<void>;
}

/** How a run on it ended. */
interface Ended {
  code: number;
  errors: string[];
}

/** Runs a command, acts at each text of its output, and sends SIGTERM where it waits. */
async function acted(
  cwd: string,
  args: string[],
  acts: [text: string, act: () => Promise<void>][],
): Promise<Ended> {
  const child = command(args, { cwd }).spawn();
  const errors: string[] = [];
  let terminated = false;
  const hear = async (): Promise<void> => {
    for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
      errors.push(...text.split("\n").filter(Boolean));
      if (terminated || !errors.some((line) => WAITS.test(line))) continue;
      terminated = true;
      child.kill("SIGTERM");
    }
  };
  const heard = hear();
  let output = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    output += text;
    while (acts.length > 0 && output.includes(acts[0]![0])) await acts.shift()![1]();
  }
  await heard;
  return { code: (await child.status).code, errors };
}

async function fillWith(path: string): Promise<void> {
  const file = await Deno.open(path, { create: true, append: true });
  try {
    for (let size = 2 ** 16; size >= 1;) {
      try {
        await file.write(new Uint8Array(size));
      } catch {
        size >>= 1;
      }
    }
  } finally {
    file.close();
  }
}

/** Mounts it, and gives it to a body; says why where it cannot. */
async function withDisk(
  { cwd, say }: Soak,
  body: (disk: Disk) => Promise<string[]>,
): Promise<string[]> {
  const path = `${cwd}/disk`;
  await Deno.mkdir(path);
  const mount = (program: string, ...args: string[]): Promise<Deno.CommandOutput> =>
    new Deno.Command(program, { args }).output();
  try {
    const { success, stderr } = await mount("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", path);
    if (!success) throw new Error(new TextDecoder().decode(stderr).trim());
  } catch (error) {
    say(`skipped, as a tmpfs cannot be mounted here: ${(error as Error).message}`);
    return [];
  }
  const filler = `${path}/filler`;
  try {
    return await body({ path, fill: () => fillWith(filler), empty: () => Deno.remove(filler) });
  } finally {
    await mount("umount", path);
  }
}

/** Fills it in three ways. */
export async function fillDisk(soak: Soak): Promise<string[]> {
  const { cwd, say } = soak;
  await command([...FLAGS, "--out", "whole"], { cwd }).output();
  const expected = await filesOf(`${cwd}/whole`);
  const bytes = Object.values(expected).reduce((sum, text) => sum + text.length, 0);
  say(`refrain ${FLAGS.join(" ")}`);
  return await withDisk(soak, async (disk) => {
    const failures: string[] = [];
    const check = async (
      what: string,
      run: string,
      ended: Ended,
      code: number,
      errors: RegExp[],
    ): Promise<void> => {
      say(`${what}: exit code ${ended.code}, ${ended.errors.length} lines of complaint, such as`);
      if (ended.errors.length > 0) say(`  ${ended.errors[0]}`);
      if (ended.code !== code) failures.push(`${what}: exit code ${ended.code}: ${ended.errors.at(-1)}`);
      const strange = ended.errors.find((line) => !errors.some((known) => known.test(line)));
      if (strange !== undefined) failures.push(`${what}: ${strange}`);
      if (ended.errors.length === 0 && errors.length > 0) failures.push(`${what}: nothing was said`);
      if (code !== 0) return;
      const differing = await differences(run, expected);
      if (differing.length > 0) failures.push(`${what}: ${differing.join(", ")}`);
    };
    say(`a tmpfs of 1 MiB; the run's files have about ${Math.round(bytes / 1024)} KiB`);
    const out = `${disk.path}/a`;
    const whileFull = await acted(cwd, [...FLAGS, "--out", out], [
      ["\nepoch 4000,", disk.fill],
      ["\nepoch 12000,", disk.empty],
    ]);
    await check("full for a while", out, whileFull, 0, [GOES_ON]);
    await Deno.remove(out, { recursive: true });
    const toEnd = await acted(cwd, [...FLAGS, "--out", out], [["\nepoch 4000,", disk.fill]]);
    await check("full to the end", out, toEnd, 143, [
      GOES_ON,
      WAITS,
      /^Stopping after this step, then saving$/,
      /^What came after the last save of .* is lost$/,
    ]);
    await disk.empty();
    await check("then resumed", out, await acted(cwd, ["train", "--resume", out], []), 0, []);
    await Deno.remove(out, { recursive: true });
    await disk.fill();
    const never = await acted(cwd, [...FLAGS, "--out", out], []);
    await check("full from the beginning", out, never, 1, [/^error: Cannot write /]);
    await disk.empty();
    const left = (await Array.fromAsync(Deno.readDir(disk.path))).map(({ name }) => name);
    if (left.length > 0) failures.push(`full from the beginning: it left ${left.join(", ")}`);
    return failures;
  });
}
