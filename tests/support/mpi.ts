/**
 * The MPIs that are here: Open MPI, as Debian has it, and MPICH by the ABI of MPI 5, as PyPI has it.
 *
 * @module
 */
import type { Result } from "../cli/spawn.ts";

/** What starts processes. */
export interface Launcher {
  /** Whose it is. */
  readonly name: string;
  /** The flags that name its library; none where it is found without. */
  readonly flags: readonly string[];
  /** Its mpirun. */
  readonly program: string;
}

const PROGRAM = decodeURIComponent(new URL("../../mod.ts", import.meta.url).pathname);

/** Where MPICH is: a venv in which `pip install mpich==5.0.2` was run. */
const MPICH = Deno.env.get("REFRAIN_MPICH");

/** Open MPI would refuse the root of a container, and more ranks than cores. */
const ENVIRONMENT = {
  NO_COLOR: "1",
  OMPI_ALLOW_RUN_AS_ROOT: "1",
  OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: "1",
  OMPI_MCA_rmaps_base_oversubscribe: "1",
  OMPI_MCA_hwloc_base_binding_policy: "none",
};

/**
 * Looks for them.
 *
 * @returns Those that are here; a line says which is not, an error where both are required.
 */
export async function launchers(): Promise<Launcher[]> {
  const found: Launcher[] = [];
  for (const program of ["mpirun.openmpi", "mpirun"]) {
    if (await versionOf(program) !== "Open MPI") continue;
    found.push({ name: "Open MPI", program, flags: [] });
    break;
  }
  const program = `${MPICH}/bin/mpirun`;
  if (MPICH !== undefined && await versionOf(program) === "MPICH") {
    found.push({ name: "MPICH", program, flags: ["--mpi-library", `${MPICH}/lib/libmpi_abi.so.1`] });
  }
  for (const name of ["Open MPI", "MPICH"]) {
    if (found.some((one) => one.name === name)) continue;
    const advice = name === "MPICH"
      ? "REFRAIN_MPICH names no venv with PyPI's mpich"
      : "Debian's openmpi-bin is not installed";
    const missing = `training on ranks is not tested by ${name}: ${advice}`;
    if (Deno.env.get("REFRAIN_RUNTIMES") === "required") throw new Error(missing);
    console.warn(`warning: ${missing}`);
  }
  return found;
}

async function versionOf(program: string): Promise<string | undefined> {
  try {
    const { stdout } = await new Deno.Command(program, { args: ["--version"] }).output();
    const text = new TextDecoder().decode(stdout);
    return /Open MPI/.test(text) ? "Open MPI" : /HYDRA/.test(text) ? "MPICH" : undefined;
  } catch {
    return undefined;
  }
}

/** How ranks are started. */
export interface RankOptions {
  readonly cwd: string;
  /** How many. */
  readonly ranks?: number;
  /** The words of a second rank, where they are others than those of the first. */
  readonly second?: readonly string[] | undefined;
  /** Flags of Deno. */
  readonly grants?: readonly string[];
  /** Whether they write where this process does. */
  readonly shows?: boolean;
}

/** Ranks of a program that have not started. */
export function ranksOf(
  { program }: Launcher,
  words: readonly string[],
  { cwd, ranks = 2, grants = ["-A"], second, shows = false }: RankOptions,
): Deno.Command {
  const started = (
    count: number,
    words: readonly string[],
  ): string[] => ["-n", String(count), Deno.execPath(), "run", ...grants, ...words];
  const args = second ? [...started(1, words), ":", ...started(1, second)] : started(ranks, words);
  const output = shows ? "inherit" : "piped";
  return new Deno.Command(program, { args, cwd, env: ENVIRONMENT, stdout: output, stderr: output });
}

/** Runs `train --distributed mpi` to its end. */
export async function trainOn(
  launcher: Launcher,
  args: readonly string[],
  options: RankOptions,
): Promise<Result> {
  const { code, stdout, stderr } = await training(launcher, args, options).output();
  return { code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
}

/** The same, not started. */
export function training(launcher: Launcher, args: readonly string[], options: RankOptions): Deno.Command {
  const words = (
    flags: readonly string[],
  ): string[] => [PROGRAM, "train", "--distributed", "mpi", ...launcher.flags, ...flags];
  const { second } = options;
  return ranksOf(launcher, words(args), { ...options, second: second && words(second) });
}
