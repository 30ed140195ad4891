/**
 * `deno task coverage`: holds the share of branches that tests take in what keeps a run. Tests run on WebAssembly, with the
 * programs that they start counted too, and a table says which branches are left.
 *
 * @module
 */

/** The least share of branches that are taken, in each group. */
const LEAST = 0.95;

/** What is held, by the paths of its files. */
const GROUPS: Readonly<Record<string, RegExp>> = {
  "src/files/": /^src\/files\//,
  "src/exchange/model_file.ts": /^src\/exchange\/model_file\.ts$/,
  "src/cli/train.ts, src/cli/train/": /^src\/cli\/train[./]/,
  "src/train/": /^src\/train[./]/,
};

/** Tests of the command line that keep and take up runs. */
const RUNS =
  "divergence interrupted kept_run kept_settings patience preset quantized_runs report resume run_state runs saving series signals take_up time_needed train_lines";

/** Tests of readers of other programs' files. */
const IMPORTS = "import keras paddle torch_save";

/** Tests of a folder but those with a time to keep, which a count slows. */
function testsIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => `${folder}${name}`)
    .filter((path) => path.endsWith("_test.ts") && !path.endsWith("_fuzz_test.ts"));
}

/** The tests of these files, and no more. */
const tests = (): string[] => [
  ...testsIn("tests/files/"),
  "tests/train/",
  "tests/exchange/model_file_test.ts",
  ...IMPORTS.split(" ").map((name) => `tests/exchange/${name}_test.ts`),
  "tests/mpi/",
  "tests/faults/files_test.ts",
  "tests/cli/train_flags_test.ts",
  ...RUNS.split(" ").map((name) => `tests/cli/${name}_test.ts`),
];

/** Branches of a file. */
export interface Branches {
  /** Its path, from the project's folder on. */
  readonly file: string;
  /** How many there are. */
  readonly all: number;
  /** The lines of those that nothing took. */
  readonly missed: readonly number[];
}

/**
 * Reads a report.
 *
 * @param lcov What `deno coverage --lcov` prints.
 * @param root The project's folder, with its last slash.
 */
export function branchesOf(lcov: string, root: string): Branches[] {
  return lcov.split("end_of_record").flatMap((record) => {
    const path = /^SF:(.*)$/m.exec(record)?.[1];
    if (path === undefined) return [];
    const taken = [...record.matchAll(/^BRDA:(\d+),\d+,\d+,(\d+|-)$/gm)];
    const missed = taken.filter(([, , times]) => times === "0" || times === "-")
      .map(([, line]) => Number(line));
    return [{ file: path.replace(root, ""), all: taken.length, missed }];
  });
}

/**
 * Judges a report.
 *
 * @param branches The branches of all files.
 * @param groups What is held.
 * @returns Lines for people, and the groups of which too few branches are taken.
 */
export function judge(
  branches: readonly Branches[],
  groups: Readonly<Record<string, RegExp>> = GROUPS,
): { lines: string[]; below: string[] } {
  const lines: string[] = [];
  const below: string[] = [];
  for (const [name, pattern] of Object.entries(groups)) {
    const own = branches.filter(({ file }) => pattern.test(file));
    const all = own.reduce((sum, file) => sum + file.all, 0);
    const missed = own.reduce((sum, file) => sum + file.missed.length, 0);
    const share = all === 0 ? 0 : 1 - missed / all; // a group that nothing loads is not held
    if (share < LEAST) below.push(name);
    lines.push(
      `${name}: ${all - missed} of ${all} branches, ${(100 * share).toFixed(1)} %`,
    );
    for (const file of own) {
      if (file.missed.length > 0) {
        lines.push(
          `  ${file.file}: lines ${file.missed.toSorted((a, b) => a - b).join(", ")}`,
        );
      }
    }
  }
  return { lines, below };
}

async function deno(
  args: string[],
  env: Record<string, string>,
  stdout: "inherit" | "piped",
): Promise<string> {
  const child = new Deno.Command(Deno.execPath(), {
    args,
    env,
    stdout,
    stderr: "inherit",
  });
  const output = await child.output();
  if (!output.success) throw new Error(`deno ${args[0]} failed`);
  return stdout === "piped" ? new TextDecoder().decode(output.stdout) : "";
}

if (import.meta.main) {
  const counts = await Deno.makeTempDir({ prefix: "refrain-coverage-" });
  try {
    const start = performance.now();
    const count = [`--coverage=${counts}`, "--coverage-raw-data-only"];
    await deno(["test", "-A", "--no-check", "--parallel", ...count, ...tests()], {
      REFRAIN_DEVICES: "wasm",
    }, "inherit");
    const report = await deno(
      ["coverage", "--lcov", "--include=/src/", counts],
      {},
      "piped",
    );
    const { lines, below } = judge(
      branchesOf(report, decodeURIComponent(new URL("..", import.meta.url).pathname)),
    );
    console.log(lines.join("\n"));
    console.log(
      `coverage took ${Math.round((performance.now() - start) / 1000)} seconds`,
    );
    for (const name of below) {
      console.error(
        `Fewer than ${100 * LEAST} % of the branches of ${name} are taken`,
      );
    }
    Deno.exitCode = below.length > 0 ? 1 : 0;
  } finally {
    await Deno.remove(counts, { recursive: true });
  }
}
