/**
 * From a cold command to a model of a stated quality: 1.88 nats on windows of 64 characters of tiny shakespeare's last tenth,
 * which nanoGPT's recipe for a CPU reaches. refrain, stock and with turbo, PyTorch and JAX follow one recipe, turn by turn.
 *
 *     deno task bench:time-to-quality --data FOLDER [--recipes small,large] [--systems refrain,turbo,JAX,PyTorch-1,PyTorch-2] [--rounds 1]
 *         [--threads 2] [--python PATH] [--json FILE]
 *     deno task bench:time-to-quality --from A.json,B.json     the table of runs that were kept
 *
 * Times are from the start of the first process to the end of the last, the measuring included. All systems read a short text
 * first, so that files are in memory, and compiled where a system keeps that. Each round has a seed of its own and begins with
 * the next system. A system that does not reach the loss has no ratio, and the exit code is 1. FOLDER, or REFRAIN_TEXTS, has
 * tinyshakespeare.txt; the Python, or REFRAIN_PYTHON, has torch, jax and optax.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { fail, namesOf, numberOf, unknown } from "./flags.ts";
import { formatSeconds, median, processor, table } from "./harness.ts";
import { range } from "./peers/tables.ts";
import {
  type Competitor,
  competitorsOf,
  GOAL,
  type Recipe,
  RECIPES,
  type Setting,
} from "./quality/recipes.ts";
import { temporaryFolder } from "./temporary_folder.ts";

/** What a system did in one round. */
interface Reached {
  recipe: string;
  system: string;
  family: string;
  round: number;
  seconds: number;
  loss: number;
}

/** Runs, as `--json` keeps them. */
interface Kept {
  about: string;
  reached: Reached[];
}

/** What the command line says. */
interface Flags {
  data?: string;
  recipes: string;
  systems?: string;
  rounds: string;
  threads: string;
  python?: string;
  json?: string;
  from?: string;
}

/** Characters of the text that is read first. */
const SHORT = 20_000;
/** The share of the text, at its end, that is held out. */
const HELD_OUT = 0.1;
const TEXT = "tinyshakespeare.txt";

const flags = parseArgs(Deno.args, {
  string: ["data", "recipes", "systems", "rounds", "threads", "python", "json", "from"],
  default: { recipes: "small,large", rounds: "1", threads: "2" },
  unknown,
}) as unknown as Flags;

/** Runs a system's commands: seconds of all, and the loss that the last one printed. */
async function reach({ name, commands }: Competitor): Promise<{ seconds: number; loss: number }> {
  const start = performance.now();
  let text = "";
  for (const [program, ...args] of commands) {
    const { success, stdout, stderr } = await new Deno.Command(program!, { args, env: { NO_COLOR: "1" } })
      .output();
    if (!success) fail(`Cannot time ${name}:\n${new TextDecoder().decode(stderr)}`);
    text = new TextDecoder().decode(stdout);
  }
  return {
    seconds: (performance.now() - start) / 1000,
    loss: Number(/^loss\s+([\d.]+)/m.exec(text)?.[1]),
  };
}

async function measure(folder: string): Promise<Reached[]> {
  const threads = numberOf("threads", flags.threads);
  const rounds = numberOf("rounds", flags.rounds);
  const known = ["refrain", "turbo", "JAX", ...new Set(["PyTorch-1", `PyTorch-${threads}`])];
  const families = namesOf("systems", flags.systems ?? known.join(), known);
  const recipes = namesOf("recipes", flags.recipes, RECIPES.map(({ name }) => name));
  const data = flags.data ?? Deno.env.get("REFRAIN_TEXTS");
  if (!data) fail(`Cannot measure without ${TEXT}: name its folder with --data or REFRAIN_TEXTS`);
  const text = await Deno.readTextFile(`${data}/${TEXT}`).catch(() =>
    fail(`Cannot measure without ${TEXT}: it is not in ${data}`)
  );
  const length = Math.round(text.length * HELD_OUT);
  const setting: Setting = {
    folder,
    training: `${folder}/training.txt`,
    heldOut: `${folder}/held-out.txt`,
    python: flags.python ?? (Deno.env.get("REFRAIN_PYTHON") || undefined),
    threads,
    seed: 0,
  };
  await Deno.writeTextFile(setting.training, text.slice(0, -length));
  await Deno.writeTextFile(setting.heldOut, text.slice(-length));
  const of = (recipe: Recipe, setting: Setting): Competitor[] =>
    competitorsOf(recipe, setting).filter(({ family }) => families.includes(family));
  const short = `${folder}/short.txt`;
  await Deno.writeTextFile(short, text.slice(0, SHORT));
  for (const one of of(RECIPES[0]!, { ...setting, training: short, heldOut: short })) await reach(one);
  const reached: Reached[] = [];
  for (let round = 1; round <= rounds; round++) {
    for (const recipe of RECIPES.filter(({ name }) => recipes.includes(name))) {
      const all = of(recipe, { ...setting, seed: round });
      const first = (round - 1) % all.length;
      for (const one of [...all.slice(first), ...all.slice(0, first)]) {
        const result = await reach(one);
        console.error(`${recipe.name}, ${one.name}: ${formatSeconds(result.seconds)}, loss ${result.loss}`);
        reached.push({ recipe: recipe.name, system: one.name, family: one.family, round, ...result });
      }
    }
  }
  return reached;
}

/** Of a recipe, refrain's times as multiples of the best peer's in the same round. */
function rowsOf(recipe: string, reached: readonly Reached[]): string[][] {
  const own = reached.filter((one) => one.recipe === recipe);
  const peers = own.filter(({ family, loss }) => !["refrain", "turbo"].includes(family) && loss <= GOAL);
  const bestOf = (wanted: number): Reached | undefined =>
    peers.filter(({ round }) => round === wanted).toSorted((a, b) => a.seconds - b.seconds)[0];
  return [...new Set(own.map(({ system }) => system))].map((system) => {
    const runs = own.filter((one) => one.system === system);
    const ratios = runs.flatMap(({ seconds, loss, round }) => {
      const best = bestOf(round);
      return best && loss <= GOAL ? [seconds / best.seconds] : [];
    });
    return [
      recipe,
      system,
      formatSeconds(median(runs.map(({ seconds }) => seconds))),
      ratios.length > 0 ? range(ratios) : "–",
      median(runs.map(({ loss }) => loss)).toFixed(3),
    ];
  });
}

/** Runs of a file that `--json` wrote. */
function keptIn(path: string): Kept {
  try {
    return JSON.parse(Deno.readTextFileSync(path));
  } catch {
    return fail(`Cannot read ${path} as runs: --json writes such a file`);
  }
}

let kept: Kept[];
if (flags.from) {
  kept = flags.from.split(",").map(keptIn);
} else {
  using temporary = temporaryFolder();
  const folder = temporary.path;
  const about = `${processor()}, ${navigator.hardwareConcurrency} processors, Deno ${Deno.version.deno}`;
  kept = [{ about, reached: await measure(folder) }];
  if (flags.json) await Deno.writeTextFile(flags.json, JSON.stringify(kept[0], null, 1));
}
// Rounds of several files are rounds of their own.
const reached = kept.flatMap(({ reached }, i) =>
  reached.map((one) => ({ ...one, round: one.round + 1000 * i }))
);
const recipes = RECIPES.map(({ name }) => name).filter((name) =>
  reached.some(({ recipe }) => recipe === name)
);
console.log([...new Set(kept.map(({ about }) => about))].map((fact) => `- ${fact}`).join("\n"), "\n");
console.log(
  table(
    ["recipe", "system", "time", "÷ best peer", "nats"],
    recipes.flatMap((name) => rowsOf(name, reached)),
  ),
);
if (reached.some(({ loss }) => !(loss <= GOAL))) Deno.exitCode = 1;
