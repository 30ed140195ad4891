/**
 * Five functions of MPI, bound through Deno's foreign function interface: by the ABI that MPI 5 lays down, in which handles
 * are fixed numbers, or by the symbols of Open MPI before it, in which they are addresses of variables. A sixth tells whose
 * they are.
 *
 * @module
 */
import { DeviceError } from "../device/device.ts";
import { quote } from "../messages/quote.ts";

/** What a library's handles are. */
export type Abi = "standard" | "Open MPI";

/** The functions, with the handles that they are called with. */
export interface Mpi {
  /** The library, as it was named to the system. */
  readonly library: string;
  /** What its handles are. */
  readonly abi: Abi;
  /** Whose it is, by its own words: MPI_Get_library_version. */
  readonly version: string;
  /** Begins: MPI_Init_thread. */
  init(): void;
  /** MPI_Comm_rank of all processes. */
  rank(): number;
  /** MPI_Comm_size of all processes. */
  size(): number;
  /** MPI_Allreduce by MPI_SUM, in place. */
  sum(values: Float32Array | Float64Array): void;
  /** MPI_Finalize. */
  finalize(): void;
}

/** A handle, as wide as an address in either ABI. */
type Handle = number | bigint;

/** The handles that are needed. */
interface Handles {
  readonly abi: Abi;
  readonly world: Handle;
  readonly float: Handle;
  readonly double: Handle;
  readonly sum: Handle;
}

/** MPI 5.0, appendix A.1: MPI_COMM_WORLD, MPI_FLOAT, MPI_DOUBLE, MPI_SUM. */
const STANDARD: Handles = { abi: "standard", world: 0x101, float: 0x210, double: 0x214, sum: 0x21 };
/** MPI_IN_PLACE of both. */
const IN_PLACE = 1;
/** Bytes of a version: MPI_MAX_LIBRARY_VERSION_STRING of the standard; Open MPI's is 256. */
const VERSION_BYTES = 8192;
/** MPI_THREAD_SINGLE of both: this thread alone calls. */
const SINGLE = 0;

const SYMBOLS = {
  MPI_Init_thread: { parameters: ["pointer", "pointer", "i32", "buffer"], result: "i32" },
  MPI_Comm_rank: { parameters: ["usize", "buffer"], result: "i32" },
  MPI_Comm_size: { parameters: ["usize", "buffer"], result: "i32" },
  MPI_Allreduce: { parameters: ["usize", "buffer", "i32", "usize", "usize", "usize"], result: "i32" },
  MPI_Finalize: { parameters: [], result: "i32" },
  MPI_Get_library_version: { parameters: ["buffer", "buffer"], result: "i32" },
  // What tells the ABIs apart: each has its own, and MPICH's old one, whose handles are others, has the last.
  ompi_mpi_comm_world: { type: "pointer", optional: true },
  ompi_mpi_float: { type: "pointer", optional: true },
  ompi_mpi_double: { type: "pointer", optional: true },
  ompi_mpi_op_sum: { type: "pointer", optional: true },
  MPI_Abi_get_version: { type: "pointer", optional: true },
  MPIR_Dup_fn: { type: "pointer", optional: true },
} as const satisfies Deno.ForeignLibraryInterface;

/**
 * Binds a library. Nothing of MPI begins.
 *
 * @param library Its file, or a name that the system looks for.
 * @returns The functions.
 * @throws {DeviceError} If there is none, or it is no MPI that can be bound.
 */
export function bind(library: string): Mpi {
  const { symbols } = opened(library);
  const { abi, world, float, double, sum } = handlesOf(library, symbols);
  const check = (name: string, code: number): void => {
    if (code !== 0) throw new DeviceError(`Cannot go on with MPI as ${name} failed with code ${code}`);
  };
  const asked = (name: "MPI_Comm_rank" | "MPI_Comm_size"): number => {
    const answer = new Int32Array(1);
    check(name, symbols[name](BigInt(world), answer));
    return answer[0]!;
  };
  return {
    library,
    abi,
    version: versionOf(symbols),
    init: () => check("MPI_Init_thread", symbols.MPI_Init_thread(null, null, SINGLE, new Int32Array(1))),
    rank: () => asked("MPI_Comm_rank"),
    size: () => asked("MPI_Comm_size"),
    sum: (values) => {
      const type = values instanceof Float32Array ? float : double;
      const handles = [type, sum, world].map(BigInt) as [bigint, bigint, bigint];
      const words = values as Float32Array<ArrayBuffer>; // shared memory is taken too
      check("MPI_Allreduce", symbols.MPI_Allreduce(BigInt(IN_PLACE), words, values.length, ...handles));
    },
    finalize: () => check("MPI_Finalize", symbols.MPI_Finalize()),
  };
}

function opened(library: string): Deno.DynamicLibrary<typeof SYMBOLS> {
  if (library === "") throw new DeviceError('Cannot open "" as MPI: it names no library'); // the system takes Deno itself
  try {
    return Deno.dlopen(library, SYMBOLS);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    const { message } = error as Error;
    const reason = /Failed to register symbol (\w+)/.exec(message);
    throw new DeviceError(
      reason
        ? `Cannot use ${quote(library)} as MPI: it has no ${reason[1]}`
        : `Cannot open ${quote(library)} as MPI: ${message.replaceAll("Could not open library: ", "")}`,
      { cause: error },
    );
  }
}

function handlesOf(library: string, symbols: Deno.DynamicLibrary<typeof SYMBOLS>["symbols"]): Handles {
  const { ompi_mpi_comm_world, ompi_mpi_float, ompi_mpi_double, ompi_mpi_op_sum } = symbols;
  if (ompi_mpi_comm_world) {
    return {
      abi: "Open MPI",
      world: addressOf(ompi_mpi_comm_world),
      float: addressOf(ompi_mpi_float),
      double: addressOf(ompi_mpi_double),
      sum: addressOf(ompi_mpi_op_sum),
    };
  }
  if (symbols.MPI_Abi_get_version && !symbols.MPIR_Dup_fn) return STANDARD;
  throw new DeviceError(
    `Cannot use ${
      quote(library)
    } as MPI: it has neither the ABI of MPI 5, as libmpi_abi.so.1 has it, nor Open MPI's symbols`,
  );
}

/** The first part of what may be many lines: "Open MPI v4.1.4", "MPICH Version: 5.0.2". */
function versionOf(symbols: Deno.DynamicLibrary<typeof SYMBOLS>["symbols"]): string {
  const text = new Uint8Array(VERSION_BYTES);
  const length = new Int32Array(1);
  symbols.MPI_Get_library_version(text, length);
  const [first] = new TextDecoder().decode(text.subarray(0, length[0])).split(/[,\n]/);
  return first!.replace(/\s+/g, " ").trim();
}

function addressOf(pointer: Deno.PointerValue): bigint {
  return BigInt(Deno.UnsafePointer.value(pointer));
}
