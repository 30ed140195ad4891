/**
 * Times refrain and its peers in turn, each in a process of its own, with the same sizes and threads, and prints the
 * ratios as a table in Markdown.
 *
 *     deno run -A bench/peers/run.ts [--workloads H1,H1-gru,H1-lstm] [--rounds 5] [--steps 50] [--threads 2]
 *         [--device wasm] [--python python3] [--json FILE]
 *
 * H2 takes long; name it where it is wanted. A peer that is not installed is left out, with one line that says so. On a
 * machine that does other work too, times mean little: look at the ratios, and at how far they lie apart.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { median, table } from "../harness.ts";
import { TRAINING, type TrainingWorkload } from "../workloads.ts";

/** A system, or one way of using it. */
interface Peer {
  name: string;
  /** The command and what goes before the flags that all take. */
  command: string[];
}

/** What one process printed and took. */
interface Run {
  medianMs: number;
  minMs: number;
  /** Of the process; undefined where the system does not tell. */
  peakMiB: number | undefined;
}

const HERE = new URL("./", import.meta.url);
const flags = parseArgs(Deno.args, {
  string: ["workloads", "rounds", "steps", "threads", "device", "python", "json"],
  default: {
    workloads: "H1,H1-gru,H1-lstm",
    rounds: 5,
    steps: 50,
    threads: 2,
    device: "wasm",
    python: "python3",
  },
});

/** Standard output of a command, undefined where it fails or is not there. */
async function outputOf([program, ...args]: string[]): Promise<string | undefined> {
  try {
    const { success, stdout } = await new Deno.Command(program!, { args, stderr: "null" }).output();
    return success ? new TextDecoder().decode(stdout).trim() : undefined;
  } catch {
    return undefined;
  }
}

/** The peers that are installed, and their versions. */
async function installedPeers(): Promise<{ peers: Peer[]; versions: string[] }> {
  const python = String(flags.python), peers: Peer[] = [], versions: string[] = [];
  const torch = await outputOf([python, "-c", "import torch; print(torch.__version__)"]);
  if (torch === undefined) console.error(`PyTorch is left out: ${python} cannot import torch`);
  else {
    versions.push(`PyTorch ${torch}`);
    for (const variant of ["onehot", "gather"]) {
      const script = new URL("pytorch.py", HERE).pathname;
      peers.push({ name: `PyTorch ${variant}`, command: [python, script, "--json", "--variant", variant] });
    }
  }
  return { peers, versions };
}

function flagsOf({ cell, ...sizes }: TrainingWorkload): string[] {
  const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const named = Object.entries(sizes).flatMap(([name, size]) => [`--${kebab(name)}`, `${size}`]);
  const steps = Number(flags.steps);
  const length = ["--steps", `${steps}`, "--warmup", `${Math.min(10, Math.ceil(steps / 5))}`];
  return ["--cell", cell, ...named, "--threads", String(flags.threads), ...length];
}

/** The greatest resident size of a process so far, in MiB; where there is no /proc, undefined. */
function peakOf(pid: number): number | undefined {
  try {
    const status = Deno.readTextFileSync(`/proc/${pid}/status`);
    const kib = /^VmHWM:\s*(\d+) kB/m.exec(status)?.[1];
    return kib === undefined ? undefined : Number(kib) / 1024;
  } catch {
    return undefined;
  }
}

async function run({ name, command }: Peer, workload: TrainingWorkload): Promise<Run> {
  const [program, ...args] = [...command, ...flagsOf(workload)];
  const process = new Deno.Command(program!, { args, stdout: "piped", stderr: "piped" }).spawn();
  let peakMiB: number | undefined;
  const watch = setInterval(() => peakMiB = peakOf(process.pid) ?? peakMiB, 100);
  const { success, stdout, stderr } = await process.output();
  clearInterval(watch);
  if (!success) throw new Error(`Cannot time ${name}:\n${new TextDecoder().decode(stderr)}`);
  const { medianMs, minMs } = JSON.parse(new TextDecoder().decode(stdout).trim().split("\n").at(-1)!);
  return { medianMs, minMs, peakMiB };
}

/** The runs of each system, in turn, by round. */
async function alternate(systems: readonly Peer[], workload: TrainingWorkload): Promise<Run[][]> {
  const runs: Run[][] = systems.map(() => []);
  for (let round = 0; round < Number(flags.rounds); round++) {
    for (const [i, system] of systems.entries()) runs[i]!.push(await run(system, workload));
  }
  return runs;
}

/** Own time as a multiple of another's, round by round. */
function ratiosOf(own: readonly Run[], other: readonly Run[]): number[] {
  return own.map(({ medianMs }, round) => medianMs / other[round]!.medianMs);
}

/** The lines of a workload in the table: refrain's own first. */
function rowsOf(workload: string, systems: readonly Peer[], runs: readonly Run[][]): string[][] {
  return systems.map(({ name }, i) => {
    const ratios = ratiosOf(runs[0]!, runs[i]!);
    const peaks = runs[i]!.flatMap(({ peakMiB }) => peakMiB ?? []);
    return [
      ...[workload, name, median(runs[i]!.map(({ medianMs }) => medianMs)).toFixed(1)],
      Math.min(...runs[i]!.map(({ minMs }) => minMs)).toFixed(1),
      ...i === 0 ? ["–", "–"] : [
        median(ratios).toFixed(2),
        `${Math.min(...ratios).toFixed(2)} – ${Math.max(...ratios).toFixed(2)}`,
      ],
      peaks.length > 0 ? Math.max(...peaks).toFixed(0) : "–",
    ];
  });
}

/** The machine's processor, where the system tells. */
function processor(): string {
  try {
    return /^model name\s*:\s*(.*)$/m.exec(Deno.readTextFileSync("/proc/cpuinfo"))?.[1] ?? Deno.build.arch;
  } catch {
    return Deno.build.arch;
  }
}

const names = String(flags.workloads).split(",");
for (const name of names) {
  if (!TRAINING[name]) {
    console.error(
      `error: Cannot time workload "${name}": known workloads are ${Object.keys(TRAINING).join(", ")}`,
    );
    Deno.exit(2);
  }
}
const { peers, versions } = await installedPeers();
const { version } = JSON.parse(await Deno.readTextFile(new URL("../../deno.json", HERE)));
const own: Peer = {
  name: `refrain ${flags.device}`,
  command: [Deno.execPath(), "run", "-A", new URL("refrain.ts", HERE).href, "--device", String(flags.device)],
};
const systems = [own, ...peers], all: Record<string, Run[][]> = {}, rows: string[][] = [];
for (const name of names) {
  console.error(`${name} …`);
  all[name] = await alternate(systems, TRAINING[name]!);
  rows.push(...rowsOf(name, systems, all[name]));
}
console.log([
  `refrain ${version}, Deno ${Deno.version.deno}`,
  ...versions,
  `${processor()}, ${navigator.hardwareConcurrency} processors, ${flags.threads} threads`,
  `${flags.rounds} rounds in turn, ${flags.steps} steps each`,
].join("; "));
const head = ["workload", "system", "ms a step", "least", "refrain ÷ it", "from – to", "peak MiB"];
console.log(`\n${table(head, rows)}`);
if (flags.json) {
  const runs = Object.fromEntries(
    names.map((name) => [name, Object.fromEntries(systems.map((system, i) => [system.name, all[name]![i]]))]),
  );
  await Deno.writeTextFile(
    String(flags.json),
    JSON.stringify({ date: new Date().toISOString(), versions, runs }, null, 1),
  );
}
