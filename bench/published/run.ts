/**
 * Runs a row through the command line, as a user would: `train`, then `evaluate` on what was held out.
 *
 * @module
 */
import { VERSION } from "../../src/version.ts";
import { fail } from "../flags.ts";
import { median, processor } from "../harness.ts";
import { type Baseline, commandOf, type PeerRun, type Report, type Run } from "./results.ts";
import { argumentsOf, type Row, splitOf, valueOf } from "./row.ts";
import type { Cut } from "./texts.ts";

/** How rows are run. */
export interface Manner {
  /** The folder that keeps texts and runs, so that a run that was stopped goes on. */
  kept: string;
  /** Flags that change no bits: threads, turbo. */
  device: readonly string[];
}

const PROGRAM = new URL("../../mod.ts", import.meta.url).href;
/** What Linux counts a second of processor in. */
const TICKS = 100;

async function output(command: string, args: string[], cwd: string): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, { args, cwd, env: { NO_COLOR: "1" } })
    .output();
  const decoder = new TextDecoder();
  if (!success) fail(`Cannot run ${args.join(" ")}:\n${decoder.decode(stderr)}`);
  return decoder.decode(stdout);
}

function refrain(args: readonly string[], cwd: string): Promise<string> {
  return output(Deno.execPath(), ["run", "-A", PROGRAM, ...args], cwd);
}

/** Seconds of processor of all processes that this one has waited for; undefined where the system does not tell. */
function secondsOfChildren(): number | undefined {
  try {
    const [user, system] = Deno.readTextFileSync("/proc/self/stat").split(") ").at(-1)!.split(" ").slice(
      13,
      15,
    );
    return (Number(user) + Number(system)) / TICKS;
  } catch {
    return undefined;
  }
}

async function reportsOf(folder: string): Promise<Report[]> {
  const text = await Deno.readTextFile(`${folder}/log.jsonl`).catch(() => "");
  return text.split("\n").filter(Boolean).map((line) => {
    const { epoch, loss, perplexity, validationLoss, seconds, steps } = JSON.parse(line);
    return { epoch, loss, perplexity, ...(validationLoss && { validationLoss }), seconds, steps };
  });
}

/** What `config.json` says of a flag must be what the row says. */
function check(row: Row, config: Record<string, unknown>, folder: string): void {
  for (const flag of argumentsOf(row.flags).filter((word) => word.startsWith("--"))) {
    const key = flag.slice(2).replaceAll(/-(.)/g, (_, letter) => letter.toUpperCase());
    const value = valueOf(row, flag.slice(2));
    if (key in config && key !== "timeBudget" && `${config[key]}` !== `${value}`) {
      fail(`Cannot go on with ${folder}: its ${flag} is ${config[key]}, that of the row ${value}`);
    }
  }
}

/** Trains, or goes on with a run that was stopped, or takes one that has ended. */
async function train(row: Row, seed: number, { corpus }: Cut, { kept, device }: Manner): Promise<string> {
  const name = `${row.name}-${seed}`;
  const folder = `${kept}/${name}`;
  const config = await Deno.readTextFile(`${folder}/config.json`).then(JSON.parse, () => undefined);
  if (config === undefined) {
    await refrain([...commandOf(row, corpus, seed), "--out", name, ...device], kept);
    return folder;
  }
  check(row, config, folder);
  const epochs = Number(valueOf(row, "epochs") ?? 250);
  const last = (await reportsOf(folder)).at(-1)?.epoch ?? 0;
  if (last < epochs && valueOf(row, "time-budget") === undefined) {
    await refrain(["train", "--resume", name, ...device], kept);
  }
  return folder;
}

/** A number of what `evaluate` printed; undefined where there is none. */
function printed(text: string, expression: RegExp): number | undefined {
  const value = expression.exec(text)?.[1];
  return value === undefined ? undefined : Number(value.replaceAll(",", ""));
}

function baselineOf(text: string): Baseline | undefined {
  const [order, loss] = [
    printed(text, /^counted\s+(\d+)-gram/m),
    printed(text, /^baseline loss\s+([\d.]+)/m),
  ];
  return order === undefined || loss === undefined ? undefined : { order, loss };
}

/** Measures a model, and beside the first measure what counting gives. */
async function evaluate(
  row: Row,
  model: string,
  { corpus, heldOut }: Cut,
  { kept, device }: Manner,
): Promise<Run["evaluated"]> {
  const evaluated = [];
  const text = heldOut === undefined ? [corpus, ...splitOf(row)] : [heldOut];
  for (const [i, { name, flags }] of row.measures.entries()) {
    const counting = i === 0 && heldOut === undefined ? ["--baseline"] : [];
    const command = ["evaluate", "--model", model, "--corpus", ...text, ...argumentsOf(flags), ...counting];
    const said = await refrain([...command, ...device], kept);
    const [loss, tokens] = [
      printed(said, /^loss\s+([\d.]+)/m),
      printed(said, /^(?:characters|bytes)\s+([\d,]+)/m),
    ];
    if (loss === undefined || tokens === undefined) fail(`Cannot read what evaluate printed:\n${said}`);
    const baseline = baselineOf(said);
    evaluated.push({ measure: name, command, loss, tokens, ...(baseline && { baseline }) });
  }
  return evaluated;
}

async function commit(): Promise<string> {
  const args = ["rev-parse", "--short=12", "HEAD"];
  return (await output("git", args, decodeURIComponent(new URL("../../", import.meta.url).pathname))).trim();
}

/**
 * Runs a row with one seed.
 *
 * @param row The row.
 * @param seed The seed.
 * @param texts Its files in the folder that keeps runs.
 * @param manner How it is run.
 * @returns What came out.
 */
export async function runRow(row: Row, seed: number, texts: Cut, manner: Manner): Promise<Run> {
  const begun = await commit(); // at the beginning, as the checkout may move on meanwhile
  const before = secondsOfChildren();
  const known = (await reportsOf(`${manner.kept}/${row.name}-${seed}`)).length > 0;
  const folder = await train(row, seed, texts, manner);
  const after = secondsOfChildren();
  const evaluated = await evaluate(row, `${row.name}-${seed}`, texts, manner);
  const { facts } = JSON.parse(await Deno.readTextFile(`${folder}/config.json`));
  const log = await reportsOf(folder);
  // A run that was there before took time that nobody has counted: a report has the seconds of its own epoch.
  const counted = !known && before !== undefined;
  const epochs = log.at(-1)?.epoch ?? 0;
  const clock = epochs * median(log.map(({ seconds }) => seconds));
  return {
    seed,
    train: commandOf(row, texts.corpus, seed),
    log,
    parameters: facts.parameters,
    evaluated,
    seconds: Math.round(counted ? after! - before : clock),
    counted: counted ? "processor" : "clock",
    device: facts.device,
    processor: processor(),
    versions: { refrain: VERSION, deno: Deno.version.deno, v8: Deno.version.v8 },
    commit: begun,
    date: new Date().toISOString().slice(0, 10),
  };
}

/** Runs PyTorch with a row's settings and one seed. */
export async function runPytorch(
  row: Row,
  seed: number,
  { corpus }: Cut,
  { kept, python, threads }: { kept: string; python: string; threads: number },
): Promise<PeerRun> {
  const script = decodeURIComponent(new URL("../peers/pytorch.py", import.meta.url).pathname);
  const flags = ["--corpus", corpus, ...argumentsOf(row.pytorch!), "--seed", `${seed}`];
  const before = secondsOfChildren() ?? 0;
  const text = await output(python, [script, ...flags, "--threads", `${threads}`], kept);
  const version = await output(python, ["-c", "import torch; print(torch.__version__)"], kept);
  return {
    seed,
    system: `PyTorch ${version.trim()}`,
    command: ["pytorch.py", ...flags],
    perplexity: Number(/perplexity ([\d.]+)(?![\s\S]*perplexity)/.exec(text)?.[1]),
    seconds: Math.round((secondsOfChildren() ?? 0) - before),
  };
}
