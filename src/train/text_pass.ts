/**
 * A pass over a text without gradients, recorded once: as many tokens of each row as a run takes, the state kept from run
 * to run.
 *
 * @module
 */
import { ALIGNMENT, type Block, type Device, type Program } from "../device/device.ts";
import type { Ids } from "../ids.ts";
import type { Carried } from "../layers/recurrent/carried.ts";
import { cellOf } from "../layers/recurrent/cell.ts";
import type { State } from "../layers/recurrent/arguments.ts";
import { addLosses } from "../losses/cross_entropy.ts";
import type { Sentence } from "../messages/naming.ts";
import type { RNNModel } from "../model.ts";
import { configOf } from "../model/config.ts";
import { type BatchSizes, evaluationDemand, type ModelSizes } from "../model/demand.ts";
import type { Demand } from "../tensors/demand.ts";
import { checkRoom } from "../tensors/room.ts";
import { Tensor } from "../tensors/tensor.ts";
import { unlessAborted } from "../turn.ts";
import type { Reading, Row } from "./reading.ts";

/** Tokens of a row that a run takes at most. */
const MOST_STEPS = 256;
/** Words that the largest block of a run takes, about: 8 MiB. */
const MOST_WORDS = 2 ** 21;
/** Of a small device's memory, the share that this block takes at most. */
const MOST_SHARE = 1 / 16;

/** Of a driver that computes on the CPU: tokens of a row, and of all rows. More would hold the process for long. */
const SOFTWARE = { steps: 32, tokens: 512 };

/** A recorded pass of B rows over T tokens. */
export class TextPass<S extends State> implements Disposable {
  /** T: tokens of each row that a run takes. It decides nothing but the speed. */
  readonly steps: number;
  readonly #rows: number;
  readonly #device: Device;
  readonly #program: Program;
  /** (B, T) */
  readonly #inputs: Uint32Array;
  /** (B, T) */
  readonly #wanted: Uint32Array;
  #ids!: Tensor<"u32">;
  #targets!: Tensor<"u32">;
  /** (T·B, V) of the last run, time-major. */
  logits!: Tensor;
  /** (T·B) of the last run, time-major, in nats. */
  losses!: Block;
  /** What holds the state that is carried from run to run. */
  readonly #carried: Carried[] = [];

  /**
   * Records the pass.
   *
   * @param model The model.
   * @param reading How many rows there are, and how long they are.
   * @throws {DeviceError} If the device has no room for it.
   */
  constructor(model: RNNModel<S>, { rows, steps }: Pick<Reading, "rows" | "steps">) {
    const { device } = model;
    const config = configOf(model);
    const demandOf = (sizes: BatchSizes): Demand => evaluationDemand(config, sizes);
    const { numSteps } = checkPassRoom(model, { rows, steps, demandOf });
    this.steps = numSteps;
    this.#rows = rows;
    this.#device = device;
    const shape = [rows, this.steps];
    const count = rows * this.steps;
    this.#inputs = new Uint32Array(count);
    this.#wanted = new Uint32Array(count);
    this.#program = device.record(() => {
      this.#ids = Tensor.from(device, this.#inputs, shape);
      this.#targets = Tensor.from(device, this.#wanted, shape);
      this.logits = model.logits(this.#ids, undefined, this.#carried);
      this.losses = device.alloc(count);
      device.clear(this.losses);
      addLosses(this.logits, this.#targets, this.losses);
    });
  }

  /** Waits until the device can run it, or for the signal. */
  async ready(signal: AbortSignal | undefined): Promise<void> {
    await unlessAborted(this.#device.ready(), signal);
  }

  /** Sets the state of all rows to zero. */
  begin(): void {
    for (const state of this.#carried) state.clear();
  }

  /**
   * Gives the device one run.
   *
   * @param ids The text, (N).
   * @param rows At most B rows of it; what a row reads behind its end is of no matter.
   * @param step How many tokens of each were read before.
   */
  run(ids: Ids, rows: readonly Row[], step: number): void {
    rows.forEach(({ start, end }, row) => {
      const from = start + step;
      const to = Math.min(from + this.steps, end);
      if (to <= from) return;
      this.#inputs.set(ids.subarray(from, to), row * this.steps);
      this.#wanted.set(ids.subarray(from + 1, to + 1), row * this.steps);
    });
    this.#ids.write(this.#inputs);
    this.#targets.write(this.#wanted);
    this.#program.run();
  }

  /**
   * Adds up what counts of the last run, once the device has done it.
   *
   * @param rows The rows that were given.
   * @param step How many tokens of each were read before.
   * @returns The sum of the losses in nats.
   */
  async sum(rows: readonly Row[], step: number): Promise<number> {
    const losses = new Float32Array(await this.#device.read(this.losses));
    let sum = 0;
    rows.forEach(({ start, from, end }, row) => {
      const first = start + step;
      const to = Math.min(this.steps, end - first);
      for (let t = Math.max(0, from - first); t < to; t++) sum += losses[t * this.#rows + row]!;
    });
    return sum;
  }

  /** Frees the recorded pass. */
  [Symbol.dispose](): void {
    this.#program[Symbol.dispose]();
  }
}

/**
 * Checks that a device has room for a pass.
 *
 * @param model The model.
 * @param pass How many rows there are, and how long they are; what a pass demands whose runs have B rows and T steps.
 * @returns B and T of its runs.
 * @throws {DeviceError} If it has not.
 */
export function checkPassRoom<S extends State>(
  model: RNNModel<S>,
  { rows, steps, demandOf }: Pick<Reading, "rows" | "steps"> & { demandOf: (sizes: BatchSizes) => Demand },
): BatchSizes {
  const { device } = model;
  const config = configOf(model);
  const sizes = (count: number): BatchSizes => runSizes(device, config, { rows: count, steps });
  const demands = (count: number): Demand[] => [demandOf(sizes(count))];
  const read: Sentence = (option) => `read a text with ${option("rows", rows)}`;
  checkRoom(device, read, demands(rows), { choices: [{ options: ["rows"], value: rows, demands }] });
  return sizes(rows);
}

/**
 * How much of a text a run takes: as many tokens of each row as keep its blocks small, and within what the device gives at
 * once.
 *
 * @param device The device.
 * @param model The model's sizes.
 * @param reading How many rows there are, and how long they are.
 * @returns B and T.
 */
export function runSizes(
  device: Device,
  { vocabularySize, kind, layer }: ModelSizes,
  { rows, steps }: Pick<Reading, "rows" | "steps">,
): BatchSizes {
  const { projSize, hiddenSize } = layer;
  const { slots, hasC } = cellOf(kind, layer);
  const states = 2 * ((projSize || hiddenSize) + (hasC ? hiddenSize : 0)); // T + 1 of them
  const words = rows * Math.max(vocabularySize, slots * hiddenSize, states);
  const most = Math.min(MOST_WORDS, device.memory.size / 4 * MOST_SHARE, device.mostWords ?? Infinity);
  const fitting = Math.floor((most - 3 * ALIGNMENT) / words); // blocks are padded, and so are the states in front
  const longest = device.software ? Math.min(SOFTWARE.steps, SOFTWARE.tokens / rows) : MOST_STEPS;
  const numSteps = Math.floor(Math.min(steps, longest, fitting));
  return { batchSize: rows, numSteps: Math.max(1, numSteps) };
}
