/**
 * A pass over a text without gradients, recorded once, of which the states of all steps are read, and the sums over steps of
 * each feature times each state. It has no output layer: nothing is predicted.
 *
 * @module
 */
import type { Block, Device, Program } from "../device/device.ts";
import type { Ids } from "../ids.ts";
import type { State } from "../layers/recurrent/arguments.ts";
import type { Carried } from "../layers/recurrent/carried.ts";
import type { RNNModel } from "../model.ts";
import { configOf } from "../model/config.ts";
import { type BatchSizes, evaluationDemand } from "../model/demand.ts";
import { blocksOf, type Demand, together } from "../tensors/demand.ts";
import { matmul, restsOf } from "../tensors/matmul.ts";
import { Tensor } from "../tensors/tensor.ts";
import type { Reading, Row } from "../train/reading.ts";
import { checkPassRoom } from "../train/text_pass.ts";
import { unlessAborted } from "../turn.ts";

/** Units whose states lie side by side: h or c of a layer. */
export interface Group {
  /** The layer, from 0. */
  readonly layer: number;
  /** The output h, or an LSTM's cell state c. */
  readonly state: "h" | "c";
  /** Its first unit's place among all. */
  readonly first: number;
  /** How many units there are. */
  readonly size: number;
}

/** What a run has left of a group. */
export interface Trail {
  readonly group: Group;
  /** (T, B, size) The states. */
  readonly states: Float32Array;
  /** (F, size) Σ feature · state over the run. */
  readonly products: Float32Array;
}

/**
 * The groups of a model.
 *
 * @param model The model.
 * @returns Of each layer h, and behind it c where there is one.
 */
export function groupsOf<S extends State>({ rnn }: RNNModel<S>): Group[] {
  const { hiddenSize, numLayers } = rnn.options;
  const sizes = { h: rnn.outputSize, ...(rnn.kind === "lstm" ? { c: hiddenSize } : {}) };
  const groups: Group[] = [];
  let first = 0;
  for (let layer = 0; layer < numLayers; layer++) {
    for (const [state, size] of Object.entries(sizes) as ["h" | "c", number][]) {
      groups.push({ layer, state, first, size });
      first += size;
    }
  }
  return groups;
}

/**
 * How many units groups have.
 *
 * @param groups The groups.
 * @returns U.
 */
export function unitsOf(groups: readonly Group[]): number {
  return groups.reduce((sum, { size }) => sum + size, 0);
}

/** A recorded pass of B rows over T tokens, with F features of each. */
export class StatePass<S extends State> implements Disposable {
  /** T: tokens of each row that a run takes. */
  readonly steps: number;
  readonly #rows: number;
  readonly #device: Device;
  readonly #program: Program;
  /** (B, T) */
  readonly #inputs: Uint32Array;
  #ids!: Tensor<"u32">;
  /** (T·B, F), time-major */
  #features!: Block;
  /** (F, size) of each group, one behind the other. */
  #products!: Block;
  readonly #carried: Carried[] = [];
  readonly #groups: readonly Group[];
  /** F */
  readonly #count: number;

  /**
   * Records the pass.
   *
   * @param model The model.
   * @param options How many rows there are, and how long they are; F.
   * @throws {DeviceError} If the device has no room for it.
   */
  constructor(
    model: RNNModel<S>,
    { reading: { rows, steps }, features }: { reading: Pick<Reading, "rows" | "steps">; features: number },
  ) {
    const { device } = model;
    const groups = groupsOf(model);
    const { numSteps } = checkPassRoom(model, {
      rows,
      steps,
      demandOf: (sizes) => demandOf(model, { features, sizes }),
    });
    this.steps = numSteps;
    this.#rows = rows;
    this.#device = device;
    this.#groups = groups;
    this.#count = features;
    this.#inputs = new Uint32Array(rows * numSteps);
    this.#program = device.record(() => {
      this.#ids = Tensor.from(device, this.#inputs, [rows, numSteps]);
      this.#features = device.alloc(rows * numSteps * features);
      this.#products = device.alloc(features * unitsOf(groups));
      const timeMajor = !model.rnn.options.batchFirst;
      const vectors = model.embedding?.forward(this.#ids, undefined, { timeMajor });
      model.rnn.outputs(vectors ?? this.#ids, undefined, this.#carried);
      this.#multiply();
    });
  }

  /** Σ feature · state of all groups. */
  #multiply(): void {
    for (const { layer, state, first, size } of this.#groups) {
      const { block, offset } = this.#carried[layer]!.trail(this.steps, state);
      matmul(this.#device, { a: this.#features, b: block, c: this.#products }, {
        M: this.#count,
        N: size,
        K: this.steps * this.#rows,
        transposeA: 1,
        offsetB: offset,
        offsetC: this.#count * first,
      });
    }
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
   * @param run How many tokens of each were read before; the features (T·B, F), zeros of what does not count.
   */
  run(ids: Ids, rows: readonly Row[], { step, features }: { step: number; features: Float32Array }): void {
    rows.forEach(({ start, end }, row) => {
      const from = start + step;
      const to = Math.min(from + this.steps, end);
      if (to > from) this.#inputs.set(ids.subarray(from, to), row * this.steps);
    });
    this.#ids.write(this.#inputs);
    this.#device.write(this.#features, features);
    this.#program.run();
  }

  /**
   * Reads what the last run has left, once the device has done it.
   *
   * @returns The groups, in their order.
   */
  async read(): Promise<Trail[]> {
    const [read, ...states] = await Promise.all([
      this.#device.read(this.#products),
      ...this.#groups.map(({ layer, state }) => this.#carried[layer]!.readTrail(this.steps, state)),
    ]);
    const all = new Float32Array(read);
    return this.#groups.map((group, index) => {
      const { first, size } = group;
      const products = all.subarray(this.#count * first, this.#count * (first + size));
      return { group, states: states[index]!, products };
    });
  }

  /** Frees the recorded pass. */
  [Symbol.dispose](): void {
    this.#program[Symbol.dispose]();
  }
}

/** What a run demands; of the output layer too, which it does not have. */
function demandOf<S extends State>(
  model: RNNModel<S>,
  { features, sizes }: { features: number; sizes: BatchSizes },
): Demand {
  const groups = groupsOf(model);
  const K = sizes.batchSize * sizes.numSteps;
  const own = blocksOf({ features: K * features, products: features * unitsOf(groups) });
  const rests = groups.map(({ size }) => restsOf({ M: features, N: size, K }));
  return together(evaluationDemand(configOf(model), sizes), own, ...rests);
}
