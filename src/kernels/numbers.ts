/**
 * Numbers that TypeScript and the kernels of assembly/ both know. tools/build/numbers.ts writes them for AssemblyScript,
 * as the module `assembly/numbers`: a number as a u32, a word of a table as the byte at which it lies.
 *
 * @module
 */

/** Elements that make one partial sum of `sum_squares`, and one unit of an element-wise kernel on the CPU. */
export const CHUNK = 4096;
/** A kind of `pointwise_loss`: the square of a difference. */
export const SQUARED = 0;
/** A kind of `pointwise_loss`: half the square of a small difference, the size of a large one. */
export const HUBER = 1;
/** A kind of `pointwise_loss`: minus the log of a probability whose logit is given. */
export const LOGISTIC = 2;
/** Columns of a unit on the CPU of kernels that go down columns: `sum_rows` and both of an embedding. */
export const COLUMNS = 16;
/** Rows of a unit of `copy_columns` on the CPU. */
export const ROWS = 8;
/** Rows of c in a unit of `gemm` on the CPU, where c has as many rows as columns or more. */
export const UNIT_M = 4;
/** Columns of c in a unit of `gemm` on the CPU, where it has fewer rows. */
export const UNIT_N = 8;
/** Rows of a block of op(a) that `gemm` packs on the CPU: it lies in the second cache. */
export const BLOCK_M = 60;
/** Columns of a block of op(b) that `gemm` packs on the CPU. */
export const BLOCK_N = 2016;
/** Depth of the blocks that `gemm` packs on the CPU: see assembly/lib/panels.ts. */
export const BLOCK_K = 256;
/** Words of the largest tile, for those at an edge. */
export const EDGE = 96;
/**
 * Units on the CPU of kernels whose threads take each step together: shares of the columns (assembly/lib/shares.ts), as
 * many as there are threads at most.
 */
export const SHARES = 64;
/**
 * Weights of a model of int8 up to which each thread of `generate_steps_int8` takes rows of its own through all steps: all of
 * them lie in its second cache.
 */
export const ALONE = 2 ** 20;
/** In the plan of `generate_steps`: there is no such bias; as an id: the row is left as it is. */
export const NONE = 0xffffffff;

/** In place of a kernel, in a program on WebAssembly: the program ends. */
export const END = 0xffffffff;
/** In place of a kernel: clear(block, words). */
export const CLEAR = 0xfffffffe;
/** Words of a unit of CLEAR. */
export const CLEAR_UNIT = 1024;

/** Words of the control block of WebAssembly's threads, those that threads wait for in cache lines of their own. */
export const CONTROL = {
  /** Counted up for each program. */
  JOB: 0,
  /** Threads at the barrier. */
  ARRIVED: 16,
  /** Counted up at each barrier. */
  GENERATION: 32,
  /** Threads that wait for GENERATION or JOB. */
  SLEEPERS: 48,
  /** The address of the program. */
  PROGRAM: 64,
  /** Whether the other threads return. */
  STOP: 65,
  /** The address of thread 0's scratch. */
  SCRATCH: 66,
  /** Bytes between the scratches of two threads. */
  STRIDE: 67,
  /** The tile of products: its rows * 256 + its columns. */
  TILE: 68,
  /** Which weights lie packed in the scratch, 0 where they are to be packed again (src/device/wasm/packed.ts). */
  PACKED: 70,
  /** Which thread ended, from 1; all bits for thread 0. */
  BROKEN: 69,
  /** The job that each thread has taken last, a word a thread. */
  TAKEN: 128,
} as const;

/** Words of a row of `settings` (1 + B, MANNER), which `sample` and `generate_steps` read. */
export const MANNER = 8;
/** The first row of `settings`. */
export const SETTINGS = {
  /** Of `sample`: where in the history a draw is kept. */
  SLOT: 0,
  /** Of `generate_steps`. */
  STEPS: 0,
  /** Of `generate_steps`: whether ids are given. */
  GIVEN: 1,
  /** Whether log probabilities are asked for. */
  LOGARITHMS: 2,
} as const;
/** The other rows of `settings`: how each row of the batch is drawn. */
export const DRAW = {
  /** f32 */
  TEMPERATURE: 0,
  TOP_K: 1,
  /** f32 */
  TOP_P: 2,
  SEED_LOW: 3,
  SEED_HIGH: 4,
  /** Which of the seed's sequences of random numbers. */
  STREAM: 5,
  /** Which number of the sequence comes first. */
  POSITION: 6,
  /** One more than the id that is not drawn; 0 where all may be. */
  BARRED: 7,
} as const;

/** Words of `health`, which `clip_grad_norm` keeps and optimizers read and write. */
export const HEALTH = {
  /** f32: the norm of the last good step. */
  NORM: 0,
  /** 1 once a norm was not finite, 2 once an update left an element out. */
  LATCH: 1,
  /** Steps seen. */
  SEEN: 2,
  /** The step that set the latch, from 1. */
  BROKEN_AT: 3,
  /** f32: the norm that set the latch. */
  BROKEN_BY: 4,
  /** 1 where the last update left an element out. */
  LEFT_OUT: 5,
} as const;
