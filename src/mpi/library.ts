/**
 * Which library of MPI is taken where none is named.
 *
 * @module
 */
import { DeviceError } from "../device/device.ts";
import { errorNaming } from "../messages/naming.ts";
import { bind, type Mpi } from "./binding.ts";

/** By the system: the standard's library, and that of Open MPI 4 and 5. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  linux: ["libmpi_abi.so.1", "libmpi.so.40"],
  darwin: ["libmpi_abi.1.dylib", "libmpi.40.dylib"],
};

/** Variables by which those that start processes tell how many they have started: Open MPI; MPICH, and Slurm's pmi2. */
const SIZES = ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE"] as const;

/**
 * Binds the library that is named, or the first that is found: Open MPI's own where its mpirun has started this process.
 *
 * @param named A file, or a name that the system looks for.
 * @returns The functions. Nothing of MPI begins.
 * @throws {DeviceError} If there is none.
 */
export function findMpi(named: string | undefined): Mpi {
  if (named !== undefined) return bind(named);
  const names = [...NAMES[Deno.build.os] ?? []];
  if (told(SIZES[0]) !== undefined) names.reverse();
  const reasons: string[] = [];
  for (const name of names) {
    try {
      return bind(name);
    } catch (error) {
      if (!(error instanceof DeviceError)) throw error;
      reasons.push(name);
    }
  }
  const looked = reasons.length > 0
    ? `neither ${reasons.join(" nor ")} is found`
    : `none is known on ${Deno.build.os}`;
  throw errorNaming(
    DeviceError,
    (option) => `Cannot use MPI as ${looked}: ${option("mpiLibrary")} names a library`,
  );
}

/**
 * Checks that a library is that of the program which has started this process: of another one each process is alone, or
 * ends without a sentence when it begins.
 *
 * @param mpi The library.
 * @param size How many processes it knows; undefined before it has begun.
 * @throws {DeviceError} If it is another one's, as far as that can be told.
 */
export function checkStarted({ library, version }: Mpi, size?: number): void {
  const [byOpenMpi] = SIZES.map(told);
  const started = SIZES.map((name) => Number(told(name) ?? 1)).find((count) => count > 1);
  const isAnother = size === undefined
    ? byOpenMpi !== undefined && !version.startsWith("Open MPI")
    : size === 1;
  if (started === undefined || !isAnother) return;
  throw errorNaming(
    DeviceError,
    (option) =>
      `Cannot train on ${started} ranks with ${library} as another MPI has started them: ` +
      `${option("mpiLibrary")} names the library of their mpirun, this one is of ${version}`,
  );
}

/** A variable, where it may be read: nobody is asked. */
function told(name: string): string | undefined {
  const { state } = Deno.permissions.querySync({ name: "env", variable: name });
  return state === "granted" ? Deno.env.get(name) : undefined;
}
