/**
 * What RNN, GRU and LSTM share: PyTorch's constructor and shapes, stacks of layers, two directions, initial and final
 * states. The recurrence itself is in direction.ts, the cells in wgsl/cells and assembly/cells.
 *
 * @module
 */
import type { Block, Device } from "../device/device.ts";
import { Module } from "../parameters.ts";
import type { Tape } from "../tape.ts";
import { Tensor } from "../tensor.ts";
import { type Cell, cellOf, type Kind } from "./cell.ts";
import { copy } from "./copy.ts";
import { Direction, type Input, type Weights } from "./direction.ts";
import { dropout } from "./dropout.ts";
import { anySeed, uniformValues } from "./initial.ts";
import { checkOptions, readInput, readState, type Sequence } from "./recurrent_arguments.ts";
import { swapAxes } from "./swap_axes.ts";

/** Options of a recurrent layer, as PyTorch's. */
export interface RecurrentOptions {
  /** I: the size of x at each step, or of the vocabulary where ids are given. */
  inputSize: number;
  /** H: the size of h. */
  hiddenSize: number;
  /** L: layers, each taking the outputs of the one below. @default {1} */
  numLayers?: number;
  /** Whether there are bias_ih and bias_hh. @default {true} */
  bias?: boolean;
  /** Whether inputs and outputs are (B, T, ·) rather than (T, B, ·). @default {false} */
  batchFirst?: boolean;
  /** The probability with which an output of all but the last layer is zeroed, with a tape only. @default {0} */
  dropout?: number;
  /** Whether a second direction runs backwards over time. @default {false} */
  bidirectional?: boolean;
  /** RNN only. @default {"tanh"} */
  nonlinearity?: "tanh" | "relu";
  /** LSTM only: the size to which h is projected; 0 for none. @default {0} */
  projSize?: number;
  /** Seed of the first weights. @default {a random one} */
  seed?: number;
}

/** The options with nothing left open. */
export type RecurrentSettings = Required<RecurrentOptions>;

/** An initial or final state: h (L*D, B, R), for LSTM [h, c] with c (L*D, B, H); (L*D, ·) unbatched. */
export type State = Tensor | readonly [Tensor, Tensor];

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
    const { inputSize, hiddenSize, numLayers = 1, bias = true, batchFirst = false, dropout = 0 } = options;
    const { bidirectional = false, nonlinearity = "tanh", projSize = 0, seed = anySeed() } = options;
    this.options = {
      ...{ inputSize, hiddenSize, numLayers, bias, batchFirst, dropout },
      ...{ bidirectional, nonlinearity, projSize, seed },
    };
    checkOptions(kind, this.options);
    this.#cell = cellOf(kind, { nonlinearity, projected: projSize > 0 });
    this.create(uniformValues(this.#shapes(), 1 / Math.sqrt(hiddenSize), { seed }));
  }

  /** D */
  get #directions(): readonly boolean[] {
    return this.options.bidirectional ? [false, true] : [false];
  }

  /** R: the size of h, and of each half of the outputs. */
  get outputSize(): number {
    return this.options.projSize || this.options.hiddenSize;
  }

  /** The size of the outputs' last dimension: R, or 2 R with two directions. */
  get outputFeatures(): number {
    return this.outputSize * this.#directions.length;
  }

  /** PyTorch's names and shapes, in PyTorch's order. */
  #shapes(): Record<string, number[]> {
    const { inputSize, hiddenSize, numLayers, bias, projSize } = this.options;
    const rows = this.#cell.gates * hiddenSize, shapes: Record<string, number[]> = {};
    for (let layer = 0; layer < numLayers; layer++) {
      for (const reverse of this.#directions) {
        const suffix = suffixOf(layer, reverse);
        shapes[`weight_ih_${suffix}`] = [rows, layer === 0 ? inputSize : this.outputFeatures];
        shapes[`weight_hh_${suffix}`] = [rows, this.outputSize];
        if (bias) shapes[`bias_ih_${suffix}`] = [rows];
        if (bias) shapes[`bias_hh_${suffix}`] = [rows];
        if (projSize > 0) shapes[`weight_hr_${suffix}`] = [projSize, hiddenSize];
      }
    }
    return shapes;
  }

  #weights(layer: number, reverse: boolean): Weights {
    const { bias, projSize } = this.options, suffix = suffixOf(layer, reverse);
    return {
      ih: this.parameter(`weight_ih_${suffix}`),
      hh: this.parameter(`weight_hh_${suffix}`),
      ...(projSize > 0 ? { hr: this.parameter(`weight_hr_${suffix}`) } : {}),
      ...(bias
        ? { biasIh: this.parameter(`bias_ih_${suffix}`), biasHh: this.parameter(`bias_hh_${suffix}`) }
        : {}),
    };
  }

  /**
   * Zeros as an initial state, which the caller owns.
   *
   * @param batch B
   * @returns h (L*D, B, R), for LSTM [h, c] with c (L*D, B, H)
   */
  zeroState(batch: number): S {
    const entries = this.options.numLayers * this.#directions.length;
    const zeros = (size: number): Tensor =>
      new Tensor(this.device, this.device.alloc(entries * batch * size), [entries, batch, size]);
    const h = zeros(this.outputSize);
    return (this.#cell.hasC ? [h, zeros(this.options.hiddenSize)] : h) as S;
  }

  /**
   * Runs the layer over a sequence.
   *
   * @param input f32 (T, B, I), with batchFirst (B, T, I), or unbatched (T, I); or ids u32 (B, T) where one-hot rows
   * of the vocabulary are meant
   * @param state the initial state: h (L*D, B, R), for LSTM [h, c] with c (L*D, B, H); zeros where absent
   * @param tape records the pass for backward(); without it nothing is kept
   * @param options `lengths` (B): how many steps of each row count, as PyTorch's packed sequences
   * @returns the outputs (T, B, D*R), or (B, T, D*R), or (T, D*R); and the final state in the shape of the initial one,
   * without history
   * @throws {TypeError} when a shape does not fit
   * @throws {RangeError} when an id or a length is out of range
   */
  forward(
    input: Tensor | Tensor<"u32">,
    state?: S,
    tape?: Tape,
    { lengths }: { lengths?: readonly number[] } = {},
  ): [output: Tensor, state: S] {
    const sequence = readInput(input, this.options, lengths);
    const initial = readState(state, {
      kind: this.kind,
      sequence,
      settings: this.options,
      outputSize: this.outputSize,
    });
    if (tape) return this.#run(sequence, initial, tape);
    return this.device.scope(() => this.#run(sequence, initial, undefined));
  }

  #run(sequence: Sequence, initial: readonly Tensor[], tape: Tape | undefined): [Tensor, S] {
    const { device } = this, { steps, batch } = sequence, { numLayers, hiddenSize } = this.options;
    const D = this.#directions.length, flat = sequence.unbatched ? [] : [batch];
    const sizes = this.#cell.hasC ? [this.outputSize, hiddenSize] : [this.outputSize];
    const final = sizes.map((size) => {
      return new Tensor(device, device.alloc(numLayers * D * batch * size), [numLayers * D, ...flat, size]);
    });
    const dInitial = tape ? initial.map((tensor) => tape.keep(device.alloc(tensor.size))) : [];
    tape?.push(() => initial.forEach((tensor, which) => tape.give(tensor, dInitial[which]!)));

    let input: Input = sequence.input;
    if ("x" in input && this.options.batchFirst && !sequence.unbatched) {
      input = { x: swapAxes(input.x, { outer: batch, inner: steps }, tape) };
      tape?.keep(input.x);
    }
    const lengths = sequence.lengths && this.#lengthsBlock(sequence.lengths, tape);
    const key = this.options.dropout > 0 ? tape?.maskKey(this.options.seed, this.#passes++) : undefined;
    let output: Tensor | undefined;
    for (let layer = 0; layer < numLayers; layer++) {
      output = this.#layer({ layer, input, lengths, sequence, initial, final, dInitial }, tape);
      if (layer < numLayers - 1 && tape && key) {
        output = dropout(output, { probability: this.options.dropout, seed: key, stream: layer }, tape);
      }
      input = { x: output };
    }
    if (this.options.batchFirst && !sequence.unbatched) {
      tape?.keep(output!);
      output = swapAxes(output!, { outer: steps, inner: batch }, tape);
    }
    return [output!, (final.length === 2 ? final : final[0]) as unknown as S];
  }

  #lengthsBlock(lengths: readonly number[], tape: Tape | undefined): Block {
    const block = this.device.alloc(lengths.length);
    this.device.write(block, new Uint32Array(lengths));
    return tape ? tape.keep(block) : block;
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
    },
    tape: Tape | undefined,
  ): Tensor {
    const { device } = this, { layer, input, lengths, sequence, initial, final, dInitial } = pass;
    const { steps, batch } = sequence, R = this.outputSize, rows = steps * batch, D = this.#directions.length;
    const { hiddenSize, projSize, inputSize, numLayers } = this.options;
    const alloc = (words: number): Block => tape ? tape.keep(device.alloc(words)) : device.alloc(words);
    const sizes = { steps, batch, hidden: hiddenSize, projection: projSize };
    const entries = this.#directions.map((reverse, d) => {
      const direction = new Direction(device, this.#cell, {
        sizes: { ...sizes, inputSize: layer === 0 ? inputSize : this.outputFeatures },
        weights: this.#weights(layer, reverse),
        ...{ input, reverse, alloc },
        ...(lengths ? { lengths } : {}),
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
    if (separate) entries.forEach(({ y }, d) => this.#join(sequence, y, target, d));
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

  /** Half `d` of the outputs (T, B, D*R), of each row as many steps as count. */
  #join({ steps, batch, lengths }: Sequence, y: Block, target: Block, d: number): void {
    const R = this.outputSize, ld = this.#directions.length * R, offset = d * R;
    if (!lengths) {
      return copy(this.device, { block: y }, { block: target, offset, ld }, {
        rows: steps * batch,
        columns: R,
      });
    }
    lengths.forEach((rows, row) => {
      const source = { block: y, offset: row * R, ld: batch * R };
      copy(this.device, source, { block: target, offset: offset + row * ld, ld: batch * ld }, {
        rows,
        columns: R,
      });
    });
  }
}

function suffixOf(layer: number, reverse: boolean): string {
  return `l${layer}${reverse ? "_reverse" : ""}`;
}
