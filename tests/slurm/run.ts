/**
 * `deno task slurm`: what README says of Slurm, under a real one that is brought up in a temporary folder and needs no
 * systemd: Debian's packages slurm-wlm and munge. Prints what happens; exits with 1 where something does not hold.
 *
 *     deno task slurm [--only preemptions,sudden,limit,array,sweep,ranks,hosts] [--preemptions 20] [--array 4] [--sweep 3]
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { temporaryFolder } from "../files/temporary_folder.ts";
import { trainArray } from "./arrays.ts";
import { Cluster } from "./cluster.ts";
import { trainOnHosts } from "./hosts.ts";
import type { Part } from "./part.ts";
import { limit, preempt, preemptAtOnce } from "./preemptions.ts";
import { trainRanks } from "./ranks.ts";
import { sweepArray } from "./sweeps.ts";

/** The parts, and how often each is tried; each gives what did not hold. */
const PARTS: Record<string, [part: (part: Part) => Promise<string[]>, times: number]> = {
  preemptions: [preempt, 20],
  sudden: [preemptAtOnce, 3],
  limit: [limit, 1],
  array: [trainArray, 4],
  sweep: [sweepArray, 3],
  ranks: [trainRanks, 1],
  hosts: [trainOnHosts, 1],
};

/** Processors that the node says it has: two ranks must find room. */
const CPUS = 2;

if (import.meta.main) {
  const flags: Record<string, unknown> = parseArgs(Deno.args, {
    string: ["only", ...Object.keys(PARTS)],
    default: { only: Object.keys(PARTS).join(",") },
  });
  await using folder = await temporaryFolder();
  await using cluster = await Cluster.start(folder.path, CPUS);
  console.log(await cluster.ask("sbatch", "--version"));
  let wrong = 0;
  for (const name of String(flags.only).split(",")) {
    const [part, times] = PARTS[name]!;
    const cwd = `${folder.path}/${name}`;
    await Deno.mkdir(cwd);
    await Deno.writeTextFile(`${cwd}/song.txt`, "我们只是暂时分开\n不是从此不再唱同一首歌\n".repeat(12));
    const say = (line: string): void => console.log(`${name.padEnd(11)} ${line}`);
    const failures = await part({ cluster, cwd, times: Number(flags[name] ?? times), say })
      .catch(async (error) => [String(error), await cluster.logs()]);
    for (const failure of failures) say(`WRONG ${failure}`);
    wrong += failures.length;
  }
  console.log(wrong === 0 ? "slurm: all held" : `slurm: ${wrong} did not hold`);
  Deno.exitCode = wrong === 0 ? 0 : 1;
}
