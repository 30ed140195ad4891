/**
 * Clipping by global norm, and the watch over training that comes with the norm.
 * Source: Pascanu, Mikolov and Bengio 2013, "On the difficulty of training recurrent neural networks".
 *
 * @module
 */
import { align, type Block } from "../device/device.ts";
import { CHUNK, HEALTH } from "../kernels/numbers.ts";
import {
  checkParameters,
  type Parameter,
  type ParameterRange,
  parameterRanges,
} from "../tensors/parameters.ts";
import { assertIn, RANGES } from "../ranges.ts";

/** The largest float32: no norm is above it. */
const NO_LIMIT = 3.4028234663852886e38;

/** What the device has seen of gradients and updates since training began. */
export interface Health {
  /** The norm, before clipping, of the last step whose gradients were finite. */
  readonly norm: number;
  /** Steps seen. */
  readonly steps: number;
  /**
   * The first step, from 1, whose norm was not finite or whose update left elements out. From then on nothing is updated.
   * Undefined while all is well. Without clipGradNorm() nothing counts steps, and it is 0.
   */
  readonly brokenAt: number | undefined;
  /** What was not finite: "gradients", and no weight was changed, or "update", and some weights kept their old values. */
  readonly brokenBy: "gradients" | "update" | undefined;
}

/**
 * Scales gradients so that their norm over all listed parameters is at most `maxNorm`, as
 * torch.nn.utils.clip_grad_norm_; all on the device. A norm that is not finite sets a latch in every module that has one
 * of the parameters, and from then on optimizers change nothing there: see health(). So does an update before that would
 * have made weights that float32 cannot hold.
 *
 * @param parameters The parameters of one module, of several, or a part of one; a whole model takes the least time. One
 * that is listed twice counts twice and is scaled twice, as in PyTorch; an empty list does nothing.
 * @param maxNorm The largest norm; 0 makes all gradients zero. Absent, nothing is scaled and the norm is only watched.
 * @throws {TypeError} If one of them is no parameter, or they lie on two devices.
 * @throws {RangeError} If maxNorm is neither a float32 number from 0 up nor infinite.
 *
 * @example Two layers as one
 * ```ts
 * import { clipGradNorm, Dense, health, openDevice } from "@refrain/refrain";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice("wasm", { threads: 1 });
 * const [first, second] = [3, 4].map((value) => {
 *   const dense = new Dense(device, { inputSize: 1, outputSize: 1, bias: false, seed: 0 });
 *   device.write(dense.parameters()[0]!.gradient, new Float32Array([value]));
 *   return dense;
 * });
 * const parameters = [...first!.parameters(), ...second!.parameters()];
 * clipGradNorm(parameters, 1);
 * assertEquals((await health(parameters)).norm, 5);
 * ```
 */
export function clipGradNorm(parameters: readonly Parameter[], maxNorm: number = NO_LIMIT): void {
  checkParameters(parameters, "clipGradNorm(parameters, maxNorm)");
  if (maxNorm !== Infinity) {
    assertIn(RANGES.rate, maxNorm, { action: "clip gradients", name: "maxNorm" });
  }
  const all = parameterRanges(parameters);
  const device = parameters[0]?.device;
  const seen = new Set<Block>();
  device?.scope(() => {
    const partials = sumsOfSquares(all);
    for (const { gradients, health, length: count } of all) {
      // A call counts once in each module, however many ranges it has there.
      const watched = seen.has(health) ? device.alloc(health.length) : health;
      seen.add(health);
      device.run("clip_grad_norm", { partials, gradients, health: watched }, {
        count,
        maxNorm: Math.min(maxNorm, NO_LIMIT),
      });
    }
  });
}

/**
 * Sums that add up to the squared norm over all ranges: of one range a sum a chunk, of several one sum and zeros behind it,
 * as many as the longest range has chunks.
 */
function sumsOfSquares(all: readonly ParameterRange[]): Block {
  const { device } = all[0]!.gradients;
  const chunks = all.map(({ length }) => Math.ceil(length / CHUNK));
  const partials = device.alloc(chunks.reduce((sum, count) => sum + align(count), 0));
  let start = 0;
  all.forEach(({ gradients, length: count }, index) => {
    const own = all.length === 1 ? partials : partials.view(start, chunks[index]!);
    device.run("sum_squares", { x: gradients, partials: own }, { count });
    start += align(chunks[index]!);
  });
  if (all.length === 1) return partials;
  const total = device.alloc(Math.max(...chunks));
  const rows = partials.length;
  const sum = { rows, columns: 1, ld: 1, offset: 0, scale: 1, accumulate: 0 };
  device.run("sum_rows", { x: partials, y: total }, sum);
  return total;
}

/** Where clipGradNorm() keeps what it sees: a block a module. */
function watches(parameters: readonly Parameter[], form: string): Block[] {
  checkParameters(parameters, form);
  return [...new Set(parameters.map(({ storage }) => storage.health))];
}

/**
 * Reads what clipGradNorm() has seen.
 *
 * @param parameters The parameters that were clipped together.
 * @returns What the last call saw; where it broke in one of several modules, what it saw in the first of these. An empty
 * list gives zeros.
 * @throws {TypeError} If one of them is no parameter, or they lie on two devices.
 */
export async function health(parameters: readonly Parameter[]): Promise<Health> {
  const blocks = watches(parameters, "health(parameters)");
  const found = await Promise.all(blocks.map(async (block): Promise<Health> => {
    const buffer = await block.device.read(block);
    const words = new Uint32Array(buffer);
    const norm = new Float32Array(buffer)[HEALTH.NORM]!;
    const latch = words[HEALTH.LATCH]!;
    const steps = words[HEALTH.SEEN]!;
    const brokenAt = words[HEALTH.BROKEN_AT]!;
    // The latch learns of the last update at the step that follows.
    if (latch === 0 && words[HEALTH.LEFT_OUT] !== 0) {
      return { norm, steps, brokenAt: steps, brokenBy: "update" };
    }
    if (latch === 0) return { norm, steps, brokenAt: undefined, brokenBy: undefined };
    return { norm, steps, brokenAt, brokenBy: latch === 1 ? "gradients" : "update" };
  }));
  return found.find(({ brokenAt }) => brokenAt !== undefined) ?? found[0] ??
    { norm: 0, steps: 0, brokenAt: undefined, brokenBy: undefined };
}

/**
 * Reads what clipGradNorm() keeps, as it lies there.
 *
 * @param parameters The parameters, of one module or several.
 * @returns (8) words a module, which restoreHealth() takes.
 */
export async function healthWords(parameters: readonly Parameter[]): Promise<Uint32Array[]> {
  const blocks = watches(parameters, "healthWords(parameters)");
  return await Promise.all(blocks.map(async (block) => new Uint32Array(await block.device.read(block))));
}

/**
 * Whether words are of as many modules as parameters are of.
 *
 * @param parameters The parameters.
 * @param words What healthWords() gave.
 * @returns Whether restoreHealth() can take them.
 */
export function fitsHealth(parameters: readonly Parameter[], words: readonly Uint32Array[]): boolean {
  const blocks = watches(parameters, "fitsHealth(parameters, words)");
  return words.length === blocks.length &&
    blocks.every(({ length }, index) =>
      words[index] instanceof Uint32Array && words[index].length === length
    );
}

/**
 * Writes what clipGradNorm() keeps: the latch, the norm and the count of steps go on from there.
 *
 * @param parameters The parameters, of as many modules.
 * @param words What healthWords() gave.
 */
export function restoreHealth(parameters: readonly Parameter[], words: readonly Uint32Array[]): void {
  watches(parameters, "restoreHealth(parameters, words)").forEach((block, index) => {
    block.device.write(block, words[index]!);
  });
}

/**
 * Forgets what clipGradNorm() has seen: steps count from 1 again, and a latch that was set is open.
 *
 * @param parameters The parameters, of one module or several.
 */
export function resetHealth(parameters: readonly Parameter[]): void {
  for (const block of watches(parameters, "resetHealth(parameters)")) block.device.clear(block);
}
