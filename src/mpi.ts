/**
 * Training on many processes by MPI, through Deno's foreign function interface: `mpirun -n 4 deno run --allow-ffi …`.
 * Nothing of refrain's first entry loads it.
 *
 * @example One rank alone
 * ```ts ignore
 * import { Corpus, openDevice, RNN, RNNModel, train } from "@refrain/refrain";
 * import { openMpi } from "@refrain/refrain/mpi";
 *
 * const ranks = openMpi();
 * using device = await openDevice("wasm", { threads: 1 });
 * const corpus = Corpus.fromText(await Deno.readTextFile("text.txt"));
 * const layer = new RNN(device, { inputSize: corpus.vocabulary.size, hiddenSize: 256, seed: 0 });
 * const model = new RNNModel(layer, corpus.vocabulary.size);
 * for await (const { epoch, loss } of train(model, corpus, { epochs: 10, ranks })) {
 *   if (ranks.rank === 0) console.log(epoch, loss);
 * }
 * ranks.finalize();
 * ```
 *
 * @module
 */
import { DeviceError } from "./device/device.ts";
import { refuseUnknown } from "./messages/options.ts";
import { Printable } from "./messages/printable.ts";
import type { Mpi } from "./mpi/binding.ts";
import { checkStarted, findMpi } from "./mpi/library.ts";
import type { Ranks } from "./train/ranks.ts";

export { Printable } from "./messages/printable.ts";
export type { Ranks } from "./train/ranks.ts";

/** Options of openMpi() and mpiLibrary(). */
export interface MpiOptions {
  /**
   * The library: a file, or a name that the system looks for.
   *
   * @default {libmpi_abi.so.1 or libmpi.so.40, whichever is found}
   */
  library?: string;
}

/** The processes that mpirun, or srun, has started. */
export class MpiRanks extends Printable implements Ranks {
  readonly rank: number;
  readonly size: number;
  /** The library that was taken. */
  readonly library: string;
  readonly #mpi: Mpi;
  #ended = false;

  /**
   * Begins MPI.
   *
   * @internal
   * @param mpi The library's functions.
   */
  constructor(mpi: Mpi) {
    super();
    mpi.init();
    this.#mpi = mpi;
    this.library = mpi.library;
    this.rank = mpi.rank();
    this.size = mpi.size();
  }

  /**
   * Adds numbers up over all ranks. It holds this thread until all ranks have called it.
   *
   * @param values What this rank has; afterwards the sum, of which all ranks have the same bits.
   * @throws {DeviceError} If finalize() was called.
   */
  sum(values: Float32Array | Float64Array): void {
    if (this.#ended) throw new DeviceError("Cannot sum over ranks: finalize() was called");
    this.#mpi.sum(values);
  }

  /**
   * Ends MPI, on all ranks, once all have come here. A process that fails does not call it: who has started the processes
   * sees it end, and ends the others, which would wait for it forever.
   */
  finalize(): void {
    if (this.#ended) return;
    this.sum(new Float64Array(1)); // none leaves while another one works
    this.#ended = true;
    this.#mpi.finalize();
  }

  /**
   * The ranks in a line: `MpiRanks(rank 0 of 2, libmpi.so.40)`.
   *
   * @returns Which one this is.
   */
  override toString(): string {
    return `MpiRanks(rank ${this.rank} of ${this.size}, ${this.library})`;
  }
}

/**
 * Begins MPI in this process. It can be done once.
 *
 * @param options The library.
 * @returns The ranks, for train().
 * @throws {DeviceError} If no library is found, or it is not that of the program which has started the processes.
 *
 * @example Usage
 * ```ts ignore
 * import { openMpi } from "@refrain/refrain/mpi";
 *
 * const ranks = openMpi({ library: "/opt/mpich/lib/libmpi_abi.so.1" });
 * console.log(`rank ${ranks.rank} of ${ranks.size}`);
 * ranks.finalize();
 * ```
 */
export function openMpi(options: MpiOptions = {}): MpiRanks {
  const mpi = found("open MPI", options);
  checkStarted(mpi);
  const ranks = new MpiRanks(mpi);
  checkStarted(mpi, ranks.size);
  return ranks;
}

/** What a library is. */
export interface MpiLibrary {
  /** Its file, or the name that the system has found. */
  readonly library: string;
  /** Whose handles it takes: those of the MPI 5 standard, or Open MPI's own. */
  readonly abi: "standard" | "Open MPI";
  /** Whose it is, by its own words. */
  readonly version: string;
}

/**
 * Looks for the library that openMpi() takes. Nothing of MPI begins.
 *
 * @param options The library.
 * @returns What was found.
 * @throws {DeviceError} If none is.
 *
 * @example Usage
 * ```ts ignore
 * import { mpiLibrary } from "@refrain/refrain/mpi";
 *
 * console.log(mpiLibrary().library);
 * ```
 */
export function mpiLibrary(options: MpiOptions = {}): MpiLibrary {
  const { library, abi, version } = found("look for MPI", options);
  return { library, abi, version };
}

function found(action: string, options: MpiOptions): Mpi {
  const { library } = options;
  refuseUnknown(action, options, { library });
  return findMpi(library);
}
