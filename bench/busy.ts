/**
 * What is left of refrain's speed beside busy processes: each workload as a multiple of its own quiet time, in rounds of two
 * halves, one quiet and one beside spinners, which this program starts and ends itself.
 *
 *     deno task bench:busy [--workloads H1,G1] [--spinners 1] [--threads 2] [--rounds 7] [--seconds 1] [--against ROOT]
 *         [--peers turbo,pytorch,jax] [--python PATH] [--json FILE]
 *
 * Beside it stand as many threads that count, each for itself: what a program keeps that never waits for its own threads.
 * `--threads 2,3,8` times refrain with each number. `--against` names another checkout, timed in the same rounds: above 1
 * in "refrain ÷ it" this one is slower. Four times `--seconds` go before each time that counts. A Python, named here or by
 * REFRAIN_PYTHON, brings PyTorch and JAX.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { openDevice } from "../src/device/open_device.ts";
import { busyRows, HEAD } from "./busy/table.ts";
import { namesOf, numberOf, unknown } from "./flags.ts";
import { processor, table } from "./harness.ts";
import { measure, type Outcome } from "./peers/measure.ts";
import { PEERS, type System, systemsOf } from "./peers/systems.ts";
import { NAMES, writeWorkload } from "./peers/workload_files.ts";
import { GENERATION, TRAINING } from "./workloads.ts";
import { temporaryFolder } from "./temporary_folder.ts";

const DEFAULTS = { spinners: "1", threads: "2", rounds: "7", seconds: "1" };
const OTHERS = ["workloads", "against", "peers", "python", "json"] as const;

/** Whom the flags name: refrain with each number of threads, the other checkout, counters, peers. */
async function systemsOfFlags(
  threads: readonly number[],
  { against, peers, python }: Partial<Record<typeof OTHERS[number], string>>,
): Promise<System[]> {
  const families = peers?.split(",") ?? (python ? ["pytorch", "jax"] : []);
  const [own, ...others] = await systemsOf({
    device: "wasm",
    torchDevice: "cpu",
    busy: true,
    python,
    peers: families,
  });
  const numbered = (system: System): System[] =>
    threads.map((count) =>
      threads.length === 1 ? system : { ...system, name: `${system.name}, threads ${count}`, threads: count }
    );
  const counters = new URL("busy/counters.ts", import.meta.url).href;
  return [
    ...numbered(own!),
    ...(against
      ? numbered({ ...own!, name: against, family: "other checkout", command: checkout(against) })
      : []),
    ...others,
    {
      name: "counters",
      family: "counters",
      kinds: own!.kinds,
      counts: true,
      command: [Deno.execPath(), "run", "--no-check", counters],
    },
  ];
}

/** refrain of another checkout. */
function checkout(root: string): string[] {
  const flags = ["run", "-A", "--no-lock", "--no-check", "--config", `${root}/deno.json`];
  return [Deno.execPath(), ...flags, `${root}/bench/peers/refrain.ts`, "--device", "wasm"];
}

if (import.meta.main) {
  const flags = parseArgs(Deno.args, {
    string: [...Object.keys(DEFAULTS), ...OTHERS],
    unknown,
  }) as Record<string, string | undefined>;
  const { spinners, threads, rounds, seconds } = { ...DEFAULTS, ...flags };
  const counts = threads.split(",").map((count) => numberOf("threads", count));
  const usual = [...Object.keys(TRAINING), ...Object.keys(GENERATION)].join();
  const names = namesOf("workloads", flags.workloads ?? usual, NAMES);
  if (flags.peers) namesOf("peers", flags.peers, PEERS);
  const python = flags.python ?? (Deno.env.get("REFRAIN_PYTHON") || undefined);
  const effort = {
    rounds: numberOf("rounds", rounds),
    seconds: numberOf("seconds", seconds, 0),
    steps: 10_000,
    threads: counts[0]!,
    check: 3,
    reportEvery: 1,
    spinners: numberOf("spinners", spinners),
  };
  const systems = await systemsOfFlags(counts, { ...flags, python });
  using temporary = temporaryFolder();
  const folder = temporary.path;
  const outcomes: Outcome[] = [];
  for (const name of names) {
    using writer = await openDevice("wasm", { threads: 1 });
    const workload = await writeWorkload(writer, folder, name);
    outcomes.push(await measure(name, workload, { systems, path: `${folder}/${name}`, effort }));
  }
  const about = `${processor()}, ${navigator.hardwareConcurrency} processors, Deno ${Deno.version.deno}; ` +
    `${threads} threads beside ${spinners} spinning; ${rounds} rounds of two halves of ${seconds} s: median (least–most)`;
  console.log(`${about}\n\n${table(HEAD, busyRows(outcomes))}`);
  const faults = outcomes.flatMap(({ faults, absent }) => [...faults, ...absent]);
  if (faults.length > 0) console.log(`\nWithout times:\n\n${faults.join("\n")}`);
  if (flags.json) await Deno.writeTextFile(flags.json, JSON.stringify({ about, outcomes }, null, 1));
  if (faults.length > 0) Deno.exitCode = 1;
}
