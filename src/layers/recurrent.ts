/**
 * What RNN, GRU and LSTM share: PyTorch's constructor and shapes, stacks of layers, two directions, initial and final
 * states. The recurrence itself is in recurrent/direction.ts, the cells in wgsl/cells and assembly/cells.
 *
 * @module
 */
import type { Block, Device } from "../device/device.ts";
import { refuseUnknown } from "../messages/options.ts";
import { checkTape } from "../tensors/arguments.ts";
import { optionsText } from "../messages/printable.ts";
import { copy } from "../tensors/copy.ts";
import { blocksOf } from "../tensors/demand.ts";
import { Module } from "../tensors/module.ts";
import type { Parameter } from "../tensors/parameters.ts";
import { checkRoom } from "../tensors/room.ts";
import { sizeOf } from "../tensors/shape.ts";
import type { Tape } from "../tensors/tape.ts";
import { Tensor } from "../tensors/tensor.ts";
import { dropout } from "./dropout.ts";
import { recurrentValues } from "./initial.ts";
import { readInput, readState, readStep, type Sequence, type State } from "./recurrent/arguments.ts";
import type { Carried } from "./recurrent/carried.ts";
import { type Cell, cellOf, type Kind } from "./recurrent/cell.ts";
import { Direction, type Input, type Weights } from "./recurrent/direction.ts";
import { checkLayer } from "./recurrent/demand.ts";
import { copyCounted, type Lengths, lengthsBlock } from "./recurrent/lengths.ts";
import { DEFAULTS, readOptions, type RecurrentOptions, type RecurrentSettings } from "./recurrent/options.ts";
import { recurrentShapes } from "./recurrent/shapes.ts";
import { swapAxes } from "./swap_axes.ts";

/** The streams of masks between layers, apart from those of weights of the same seed. */
const MASKS = 2 ** 19;

/** A recurrent layer; RNN, GRU and LSTM are its faces. */
export abstract class Recurrent<S extends State = State> extends Module {
  /** "rnn", "gru" or "lstm". */
  readonly kind: Kind;
  /** What it was made with. */
  readonly options: RecurrentSettings;
  readonly #cell: Cell;
  /** Passes with a tape so far: each has dropout masks of its own. */
  #passes = 0;

  /** For RNN, GRU and LSTM. */
  constructor(kind: Kind, device: Device, options: RecurrentOptions) {
    super(device);
    this.kind = kind;
    this.options = readOptions(kind, options);
    this.#cell = cellOf(kind, this.options);
    checkLayer(device, kind, this.options);
    this.create(recurrentValues(recurrentShapes(kind, this.options), { ...options, ...this.options }));
  }

  /** One entry a direction, D in all: whether it runs backwards. */
  get #directions(): readonly boolean[] {
    return this.options.bidirectional ? [false, true] : [false];
  }

  /** Its class and sizes: its line without the parameters. */
  override describe(): string {
    const { inputSize, hiddenSize, seed: _, ...others } = this.options;
    const parts = [inputSize, hiddenSize, ...optionsText(others, DEFAULTS)];
    return `${this.kind.toUpperCase()}(${parts.join(", ")})`;
  }

  /** R: the size of h, and of each half of the outputs. */
  get outputSize(): number {
    return this.options.projSize || this.options.hiddenSize;
  }

  /** The size of the outputs' last dimension: R, or 2 R with two directions. */
  get outputFeatures(): number {
    return this.outputSize * this.#directions.length;
  }

  #weights(layer: number, reverse: boolean): Weights {
    const { bias, projSize, layerNorm } = this.options;
    const suffix = suffixOf(layer, reverse);
    const named = (name: string): Parameter => this.parameter(`${name}_${suffix}`);
    return {
      ih: named("weight_ih"),
      hh: named("weight_hh"),
      ...(projSize > 0 ? { hr: named("weight_hr") } : {}),
      ...(layerNorm ? { gains: named("norm_weight") } : {}),
      ...(layerNorm && bias ? { shifts: named("norm_bias") } : {}),
      ...(!layerNorm && bias ? { biasIh: named("bias_ih"), biasHh: named("bias_hh") } : {}),
    };
  }

  /**
   * Zeros as an initial state, which the caller owns.
   *
   * @param batch The number of rows B.
   * @returns The state: h (L·D, B, R), for LSTM [h, c] with c (L·D, B, H).
   */
  zeroState(batch: number): S {
    const entries = this.options.numLayers * this.#directions.length;
    const { hasC } = this.#cell;
    const words = entries * batch * (this.outputSize + (hasC ? this.options.hiddenSize : 0));
    checkRoom(this.device, () => `make a state of ${batch} rows`, [blocksOf({ states: words })]);
    const zeros = (size: number): Tensor =>
      new Tensor(this.device, this.device.alloc(entries * batch * size), [entries, batch, size]);
    const h = zeros(this.outputSize);
    return (hasC ? [h, zeros(this.options.hiddenSize)] : h) as S;
  }

  /**
   * Runs the layer over a sequence.
   *
   * @param input The sequences, f32 (T, B, I), with batchFirst (B, T, I), or unbatched (T, I); or ids u32 (B, T) where
   * one-hot rows of the vocabulary are meant.
   * @param state The initial state: h (L·D, B, R), for LSTM [h, c] with c (L·D, B, H); zeros where absent or null.
   * @param tape The tape that records the pass for backward(); without one nothing is kept.
   * @param options `lengths` (B): how many steps of each row count, as PyTorch's packed sequences; a recorded program reads
   * them anew at each run where they are a tensor, u32.
   * @returns The outputs (T, B, D·R), or (B, T, D·R), or (T, D·R); and the final state in the shape of the initial one.
   * A pass of the same tape that begins with that state is taken back through this one; of another tape it is not.
   * @throws {TypeError} If a shape does not fit, or something lies on another device.
   * @throws {RangeError} If an id or a length is out of range.
   */
  forward(
    input: Tensor | Tensor<"u32">,
    state?: S | null,
    tape?: Tape,
    options: { lengths?: Lengths } = {},
  ): [output: Tensor, state: S] {
    const { lengths } = options;
    refuseUnknown("run a layer", options, { lengths });
    return this.#pass(readInput(input, this.options, { lengths, device: this.device }), state, tape);
  }

  /**
   * The outputs of forward() without the final state, from zeros.
   *
   * @param input As forward() takes it.
   * @param tape The tape that records the pass for backward().
   * @param carried For recorded programs: each run begins with the state that the run before left, and nothing is
   * copied; what holds it is added here, a direction of a layer each, and to clear that is to begin from zeros.
   * @returns The outputs.
   * @throws {TypeError} If a shape does not fit, or something lies on another device.
   * @throws {RangeError} If an id is out of range.
   */
  outputs(input: Tensor | Tensor<"u32">, tape?: Tape, carried?: Carried[]): Tensor {
    const sequence = readInput(input, this.options, { lengths: undefined, device: this.device });
    checkTape(tape, this.device);
    const pass = (): Tensor => this.#run(sequence, { initial: [], shapes: [], carried }, tape)[0];
    return tape ? pass() : this.device.scope(pass);
  }

  /**
   * Takes one time step of the whole stack.
   *
   * @param input One time step, f32 (B, I), or (I) unbatched; or ids u32 (B) where one-hot rows are meant.
   * @param state The state before: h (L, B, R), for LSTM [h, c] with c (L, B, H), or (L, ·) unbatched; zeros where
   * absent or null.
   * @param tape The tape that records the step; steps that share a tape are one sequence to backward().
   * @returns The output (B, R), or (R); and the next state, in the shape of the state.
   * @throws {TypeError} If a shape does not fit, something lies on another device, or the layer is bidirectional.
   * @throws {RangeError} If an id is out of range.
   *
   * @example Usage
   * ```ts
   * import { LSTM, openDevice, Tensor } from "@refrain/refrain";
   * import { assertEquals } from "@std/assert";
   *
   * using device = await openDevice("wasm", { threads: 1 });
   * const lstm = new LSTM(device, { inputSize: 5, hiddenSize: 4, numLayers: 2, seed: 0 });
   * const x = Tensor.from(device, new Float32Array(15), [3, 5]); // (B, I)
   * const [, state] = lstm.step(x);
   * const [y, [h]] = lstm.step(x, state);
   * assertEquals([y.shape, h.shape], [[3, 4], [2, 3, 4]]);
   * ```
   */
  step(input: Tensor | Tensor<"u32">, state?: S | null, tape?: Tape): [output: Tensor, state: S] {
    if (this.options.bidirectional) {
      throw new TypeError(
        "Cannot take one step of a bidirectional layer: its second direction begins at the end of a sequence",
      );
    }
    const [output, next] = this.#pass(readStep(input, this.options, this.device), state, tape);
    return [output.reshape(output.shape.slice(1)), next];
  }

  #pass(sequence: Sequence, state: S | null | undefined, tape: Tape | undefined): [Tensor, S] {
    const { device } = this;
    const { numLayers, hiddenSize } = this.options;
    checkTape(tape, device);
    const leading = [numLayers * this.#directions.length, ...(sequence.unbatched ? [] : [sequence.batch])];
    const sizes = this.#cell.hasC ? [this.outputSize, hiddenSize] : [this.outputSize];
    const shapes = sizes.map((size) => [...leading, size]);
    const initial = readState(state, { expected: shapes, input: sequence.form, device });
    if (tape) return this.#run(sequence, { initial, shapes }, tape);
    return device.scope(() => this.#run(sequence, { initial, shapes }, undefined));
  }

  #run(
    sequence: Sequence,
    { initial, shapes, carried }: {
      initial: readonly Tensor[];
      shapes: readonly (readonly number[])[];
      carried?: Carried[] | undefined;
    },
    tape: Tape | undefined,
  ): [Tensor, S] {
    const { device } = this;
    const { steps, batch, batchFirst } = sequence;
    const { numLayers } = this.options;
    const final = shapes.map((shape) => new Tensor(device, device.alloc(sizeOf(shape)), shape));
    const dInitial = tape ? initial.map((tensor) => tape.keep(device.alloc(tensor.size))) : [];
    tape?.push(() => initial.forEach((tensor, which) => tape.adopt(tensor, dInitial[which]!)));

    let input: Input = sequence.input;
    if ("x" in input && batchFirst) {
      input = { x: swapAxes(input.x, { outer: batch, inner: steps }, tape) };
      tape?.keep(input.x);
    }
    const keep = (block: Block): Block => tape ? tape.keep(block) : block;
    const lengths = sequence.lengths && lengthsBlock(device, sequence.lengths, keep);
    const key = this.options.dropout > 0 ? tape?.maskKey(this.options.seed, this.#passes++) : undefined;
    let output: Tensor | undefined;
    for (let layer = 0; layer < numLayers; layer++) {
      output = this.#layer({ layer, input, lengths, sequence, initial, final, dInitial, carried }, tape);
      if (layer < numLayers - 1 && tape && key) {
        const stream = MASKS + layer;
        const columns = output.size / steps;
        output = dropout(output, { probability: this.options.dropout, seed: key, stream, columns }, tape);
      }
      input = { x: output };
    }
    if (batchFirst) {
      tape?.keep(output!);
      output = swapAxes(output!, { outer: steps, inner: batch }, tape);
    }
    return [output!, (final.length === 2 ? final : final[0]) as unknown as S];
  }

  /** One layer, both directions; pushes its backward. */
  #layer(
    pass: {
      layer: number;
      input: Input;
      lengths: Block | undefined;
      sequence: Sequence;
      initial: readonly Tensor[];
      final: readonly Tensor[];
      dInitial: readonly Block[];
      carried: Carried[] | undefined;
    },
    tape: Tape | undefined,
  ): Tensor {
    const { device } = this;
    const { layer, input, lengths, sequence, initial, final, dInitial } = pass;
    const { steps, batch } = sequence;
    const R = this.outputSize;
    const rows = steps * batch;
    const D = this.#directions.length;
    const { hiddenSize, projSize, inputSize, numLayers } = this.options;
    const alloc = (words: number): Block => tape ? tape.keep(device.alloc(words)) : device.alloc(words);
    const sizes = { steps, batch, hidden: hiddenSize, projection: projSize };
    const entries = this.#directions.map((reverse, d) => {
      const direction = new Direction(device, this.#cell, {
        sizes: { ...sizes, inputSize: layer === 0 ? inputSize : this.outputFeatures },
        weights: this.#weights(layer, reverse),
        input,
        reverse,
        alloc,
        ...(lengths ? { lengths } : {}),
        ...(pass.carried ? { carried: pass.carried } : {}),
      });
      const index = layer * D + d;
      const y = direction.forward(initial, index);
      direction.finalState(final, index);
      return { direction, index, y };
    });
    // One direction's outputs are a view of its states; two are joined, and steps beyond a row's length are left zero.
    const last = layer === numLayers - 1;
    const shape = last && sequence.unbatched ? [steps, D * R] : [steps, batch, D * R];
    const separate = D === 2 || lengths !== undefined;
    const target = separate ? (last ? device.alloc(rows * D * R) : alloc(rows * D * R)) : entries[0]!.y;
    const output = new Tensor(
      device,
      target,
      shape,
      separate || tape ? {} : { owner: entries[0]!.direction.states },
    );
    if (separate) {
      entries.forEach(({ y }, d) => {
        const place = { block: target, offset: d * R, ld: D * R };
        copyCounted(device, { y, target: place, steps, batch, columns: R }, sequence.lengths);
      });
    }
    tape?.push(() => {
      const upstream = tape.upstream(output);
      const dFinal = final.map((tensor) => tape.upstream(tensor));
      if (!upstream && !dFinal.some((block) => block)) return;
      for (const { direction, index } of entries.toReversed()) {
        let dy = upstream;
        if (!dy || D === 2 || projSize > 0) { // the kernel needs it for itself
          dy = tape.keep(device.alloc(rows * R));
          if (!upstream) device.clear(dy);
          else {copy(device, { block: upstream, offset: (index % D) * R, ld: D * R }, { block: dy }, {
              rows,
              columns: R,
            });}
        }
        direction.backward(tape, dy, { dFinal, dInitial, index });
      }
    });
    return output;
  }
}

function suffixOf(layer: number, reverse: boolean): string {
  return `l${layer}${reverse ? "_reverse" : ""}`;
}
