/**
 * A model of a series: a recurrent layer reads a window, a dense one tells all of the next steps at once.
 *
 * @module
 */
import type { Device } from "../device/device.ts";
import { Dense } from "../layers/dense.ts";
import { Dropout } from "../layers/dropout.ts";
import { lastState } from "../layers/last_state.ts";
import { anySeed } from "../layers/initial.ts";
import { makeLayer } from "../layers/make_layer.ts";
import type { Recurrent } from "../layers/recurrent.ts";
import type { Kind } from "../layers/recurrent/cell.ts";
import type { RecurrentOptions } from "../layers/recurrent/options.ts";
import { refuseUnknown } from "../messages/options.ts";
import { optionsText } from "../messages/printable.ts";
import { quote } from "../messages/quote.ts";
import { checkProbability, checkSizes } from "../tensors/arguments.ts";
import { Module } from "../tensors/module.ts";
import type { Tape } from "../tensors/tape.ts";
import { Tensor } from "../tensors/tensor.ts";

/** Options of {@linkcode Forecaster}. */
export interface ForecasterOptions {
  /**
   * The recurrent layer.
   *
   * @default {"gru"}
   */
  kind?: Kind;
  /** The recurrent layer's options, of one direction; its inputs are the columns. */
  layer: Omit<RecurrentOptions, "inputSize" | "batchFirst" | "bidirectional" | "seed">;
  /** C: what the columns are called. */
  columns: readonly string[];
  /** (C) Means and standard deviations of the training part: a Standardizer. */
  scale: { readonly mean: readonly number[]; readonly deviation: readonly number[] };
  /** T: rows of the window that is read. */
  numSteps: number;
  /** H: rows behind it that are told at once. */
  horizon: number;
  /**
   * The probability of dropout on the recurrent layer's last output.
   *
   * @default {0}
   */
  dropout?: number;
  /**
   * Seed of the first weights.
   *
   * @default {a random one}
   */
  seed?: number;
}

/**
 * A model of a series: y = W h + b of the last state h of a recurrent layer that reads T rows, H rows at once. Both sides are
 * differences from the window's last row, in standard deviations, so that it goes on from wherever a series has come to.
 *
 * Parameters: rnn.weight_ih_l0 …, dense.weight (H·C, R), dense.bias (H·C).
 *
 * @example Usage
 * ```ts
 * import { fit, forecast, Forecaster, meanSquaredError, openDevice, parseSeries, Standardizer, windows } from "@refrain/refrain";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice("wasm", { threads: 1 });
 * const series = parseSeries(`day,visits\n${Array.from({ length: 60 }, (_, day) => `${day},${day % 7}`).join("\n")}`);
 * const scale = Standardizer.of(series);
 * const sizes = { numSteps: 14, horizon: 7 };
 * const model = new Forecaster(device, { ...sizes, layer: { hiddenSize: 8 }, columns: series.columns, scale, seed: 0 });
 * const cut = { ...sizes, columns: 1, relative: true, batchSize: 8 };
 * const training = fit(model.parameters(), (epoch) => windows(scale.apply(series), { ...cut, epoch }), {
 *   step: ({ x, y }, tape) => meanSquaredError(model.forward(x, tape), y, tape),
 *   epochs: 2,
 * });
 * for await (const { epoch, loss } of training.run()) console.log(epoch, loss);
 * assertEquals((await forecast(model, series)).length, 7);
 * ```
 */
export class Forecaster extends Module {
  /** What it was made with. */
  readonly options: Required<ForecasterOptions>;
  /** The recurrent layer. */
  readonly rnn: Recurrent;
  /** The output layer. */
  readonly dense: Dense;
  readonly #dropout: Dropout;

  /**
   * Makes one with first weights.
   *
   * @param device The device on which it computes.
   * @param options The layers, the columns, and the window.
   * @throws {RangeError} If a number is out of range, scales are no finite ones, or there are no columns.
   * @throws {TypeError} If scales are not of as many columns, a size is not an integer, or an option is unknown.
   */
  constructor(device: Device, options: ForecasterOptions) {
    super(device);
    const { kind = "gru", layer, columns, scale, numSteps, horizon, dropout = 0, seed = anySeed() } = options;
    this.options = { kind, layer, columns, scale, numSteps, horizon, dropout, seed };
    refuseUnknown("make a Forecaster", options, this.options);
    checkSizes("a Forecaster", { numSteps, horizon });
    checkProbability("a Forecaster", "dropout", dropout);
    checkScale(columns, scale);
    this.rnn = makeLayer(device, kind, { ...layer, inputSize: columns.length, seed });
    const outputSize = horizon * columns.length;
    this.dense = new Dense(device, { inputSize: this.rnn.outputFeatures, outputSize, seed });
    this.#dropout = new Dropout({ probability: dropout, seed });
    this.join({ rnn: this.rnn, dense: this.dense });
  }

  /** Its layers, and what it reads and tells: its line without the parameters. */
  override describe(): string {
    const { numSteps, horizon, dropout } = this.options;
    const options = optionsText({ numSteps, horizon, dropout }, { numSteps: 0, horizon: 0, dropout: 0 });
    return `Forecaster(${[this.rnn.describe(), this.dense.describe(), ...options].join(", ")})`;
  }

  /**
   * Tells what follows windows.
   *
   * @param x (T, B, C) The windows, as windows() cuts them with `relative`.
   * @param tape The tape that records the pass; without one nothing is kept.
   * @returns (B, H·C) The next steps, as the windows' targets are.
   * @throws {TypeError} If it is no such tensor, or something lies on another device.
   */
  forward(x: Tensor, tape?: Tape): Tensor {
    const pass = (): Tensor => {
      const [, state] = this.rnn.forward(x, undefined, tape);
      const last = lastState(this.rnn, state, tape);
      return this.dense.forward(this.#dropout.forward(last, tape, { batchFirst: true }), tape);
    };
    return tape ? pass() : this.device.scope(pass);
  }
}

/**
 * What a model tells of windows on the host.
 *
 * @param model The model.
 * @param windows Windows as forward() takes them, (T, B, C).
 * @returns The rows that follow, (B, H·C).
 */
export async function tell(
  model: Forecaster,
  { data, shape }: { data: Float32Array; shape: readonly number[] },
): Promise<Float32Array> {
  const x = Tensor.from(model.device, data, shape);
  const y = model.forward(x);
  try {
    return await y.data();
  } finally {
    x[Symbol.dispose]();
    y[Symbol.dispose]();
  }
}

/** A mean and a deviation a column. */
function checkScale(columns: ForecasterOptions["columns"], scale: ForecasterOptions["scale"]): void {
  if (!Array.isArray(columns) || columns.length === 0) {
    throw new RangeError(
      `Cannot make a Forecaster as columns must be a list of names, one at least: current value is ${
        quote(columns)
      }`,
    );
  }
  const lists = [scale?.mean, scale?.deviation];
  if (!lists.every((list) => Array.isArray(list) && list.length === columns.length)) {
    throw new TypeError(
      `Cannot make a Forecaster as scale must have mean and deviation of ${columns.length} columns: Standardizer.of() has them`,
    );
  }
  if (scale.mean.every(Number.isFinite) && scale.deviation.every((own) => Number.isFinite(own) && own > 0)) {
    return;
  }
  throw new RangeError(
    `Cannot make a Forecaster as scale must have finite means and deviations above 0: it has ${
      quote(scale.mean)
    } and ${quote(scale.deviation)}`,
  );
}
