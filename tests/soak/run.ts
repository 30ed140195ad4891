/**
 * `deno task soak`: what takes too long for every change. Prints what is tried, from which seed, and what came out; exits
 * with 1 where something did not hold.
 *
 *     deno task soak [--seed 1] [--only kills,disk,pairs,steps,clients,sweeps] [--kills 200]
 *         [--pairs 50] [--steps 20000] [--clients 1000] [--sweeps 20]
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { temporaryFolder } from "../files/temporary_folder.ts";
import { serveClients } from "./clients.ts";
import { fillDisk } from "./full_disk.ts";
import { killAtRandom } from "./kills.ts";
import { startPairs } from "./pairs.ts";
import { killSweep } from "./sweeps.ts";
import { trainLong } from "./long_training.ts";

/** What a part of the soak is given. */
export interface Soak {
  /** A folder of its own, with the text `song.txt`. */
  readonly cwd: string;
  /** Where all that is random begins. */
  readonly seed: number;
  /** How often it is tried. */
  readonly times: number;
  /** Prints a line. */
  readonly say: (line: string) => void;
}

/** The parts, and how often each is tried; each gives what did not hold. */
const PARTS: Record<string, [part: (soak: Soak) => Promise<string[]>, times: number]> = {
  kills: [killAtRandom, 200],
  disk: [fillDisk, 1],
  pairs: [startPairs, 50],
  steps: [trainLong, 20_000],
  clients: [serveClients, 1000],
  sweeps: [killSweep, 20],
};

if (import.meta.main) {
  const flags: Record<string, unknown> = parseArgs(Deno.args, {
    string: ["seed", "only", ...Object.keys(PARTS)],
    default: { seed: "1", only: Object.keys(PARTS).join(",") },
  });
  let wrong = 0;
  for (const name of String(flags.only).split(",")) {
    const [part, times] = PARTS[name]!;
    await using folder = await temporaryFolder();
    await Deno.writeTextFile(
      `${folder.path}/song.txt`,
      "我们只是暂时分开\n不是从此不再唱同一首歌\n".repeat(6),
    );
    const say = (line: string): void => console.log(`${name.padEnd(7)} ${line}`);
    const given = Number(flags[name] ?? times);
    const start = performance.now();
    const failures = await part({ cwd: folder.path, seed: Number(flags.seed), times: given, say });
    for (const failure of failures) say(`WRONG ${failure}`);
    wrong += failures.length;
    const minutes = (performance.now() - start) / 60_000;
    say(
      `${failures.length === 0 ? "all held" : `${failures.length} did not hold`}, ${minutes.toFixed(1)} min`,
    );
  }
  console.log(wrong === 0 ? "soak: all held" : `soak: ${wrong} did not hold`);
  Deno.exit(wrong === 0 ? 0 : 1);
}
