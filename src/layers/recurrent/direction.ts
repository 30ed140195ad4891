/**
 * One layer in one direction, forward and backward: one product for the gates' input part of all T steps, the loop over
 * time, and after the loop backwards one product each for dX, dW_ih and dW_hh. Knows nothing of stacks and of shapes
 * that users give.
 *
 * Memory in words, for the backward pass: gates T·B·S·H, states (T+1)·B·R, for LSTM (T+1)·B·H more. A slot of the states
 * has B rows. All slots but one are the outputs, and all but another one are the states before each step:
 *
 * ```text
 * slot      0         1         2      …   T-1        T
 * forward   initial   step 0    step 1 …   step T-2   step T-1    step t reads slot t and writes slot t + 1
 * reverse   step 0    step 1    step 2 …   step T-1   initial     step t reads slot t + 1 and writes slot t
 * ```
 *
 * @module
 */
import { align, type Block, type Device } from "../../device/device.ts";
import type { Parameter } from "../../tensors/parameters.ts";
import type { Tape } from "../../tensors/tape.ts";
import type { Tensor } from "../../tensors/tensor.ts";
import { Carried } from "./carried.ts";
import type { Cell } from "./cell.ts";
import { layoutOf, type LoopParameter, type Sizes } from "./layout.ts";
import { normedBackward, normedForward, type NormedLoop, normedWords } from "./normed.ts";
import { copy } from "../../tensors/copy.ts";
import { addGradients, matmul } from "../../tensors/matmul.ts";
import { addOneHotGradient, gatherOneHot } from "../one_hot.ts";

/** PyTorch's parameters of one layer in one direction. */
export interface Weights {
  /** weight_ih (G·H, I) */
  readonly ih: Parameter;
  /** weight_hh (G·H, R) */
  readonly hh: Parameter;
  /** weight_hr (R, H) */
  readonly hr?: Parameter;
  /** bias_ih (G·H) */
  readonly biasIh?: Parameter;
  /** bias_hh (G·H) */
  readonly biasHh?: Parameter;
  /** norm_weight (P), where cells are normalized. */
  readonly gains?: Parameter;
  /** norm_bias (P) */
  readonly shifts?: Parameter;
}

/** What a layer is given: x (T, B, I), or ids (B, T) where a one-hot is meant. */
export type Input = { readonly x: Tensor } | { readonly ids: Tensor<"u32"> };

/** A pass of one layer in one direction. */
export class Direction {
  readonly #device: Device;
  readonly #cell: Cell;
  readonly #sizes: Sizes;
  readonly #weights: Weights;
  readonly #input: Input;
  readonly #options: {
    reverse: boolean;
    lengths?: Block;
    alloc: (words: number) => Block;
    carried?: Carried[];
  };
  /** (T, B, S·H): input part, then activations, then gradients. */
  readonly #gates: Block;
  /** h (T + 1, B, R) at #offsetH, and for LSTM c (T + 1, B, H) at #offsetC. */
  readonly states: Block;
  readonly #offsetH: number;
  readonly #offsetC: number;
  /** (P) In place of norm_bias. */
  readonly #zeros: Block | undefined;

  /**
   * @param alloc Takes memory that lives as long as the backward pass needs it.
   * @param carried Where it is given, each run begins with the state that the last one left, which is added here.
   */
  constructor(
    device: Device,
    cell: Cell,
    options: {
      sizes: Sizes;
      weights: Weights;
      input: Input;
      reverse: boolean;
      lengths?: Block;
      alloc: (words: number) => Block;
      carried?: Carried[];
    },
  ) {
    const { steps, batch, hidden } = options.sizes;
    this.#device = device;
    this.#cell = cell;
    this.#sizes = options.sizes;
    this.#weights = options.weights;
    this.#input = options.input;
    this.#options = options;
    const { offsetH, offsetC, words } = layoutOf(options.sizes, cell, options.reverse);
    this.#offsetH = offsetH;
    this.#offsetC = offsetC;
    this.states = options.alloc(words);
    this.#gates = options.alloc(cell.norms > 0 ? normedWords(cell, options.sizes) : steps * batch * this.#S);
    const { norms } = cell;
    this.#zeros = norms > 0 && !options.weights.shifts ? options.alloc(norms * hidden) : undefined;
    options.carried?.push(this.#carried());
  }

  get #R(): number {
    return this.#sizes.projection || this.#sizes.hidden;
  }
  get #S(): number {
    return this.#cell.slots * this.#sizes.hidden;
  }
  get #G(): number {
    return this.#cell.gates * this.#sizes.hidden;
  }
  get #rows(): number {
    return this.#sizes.steps * this.#sizes.batch;
  }

  /** Where h and c lie in `states`: in the slot that the first step reads (0), or that the last one writes (1). */
  #slot(end: 0 | 1): { h: number; c: number } {
    const { steps, batch, hidden } = this.#sizes;
    const slot = (end === 1) !== this.#options.reverse ? steps : 0;
    return { h: this.#offsetH + slot * batch * this.#R, c: this.#offsetC + slot * batch * hidden };
  }

  /** What the next run begins with. */
  #carried(): Carried {
    const { batch, hidden } = this.#sizes;
    const { h, c } = this.#slot(1);
    return new Carried(this.states, [
      { offset: h, length: batch * this.#R },
      ...(this.#cell.hasC ? [{ offset: c, length: batch * hidden }] : []),
    ]);
  }

  /**
   * @param initial The initial state: h (·, B, R) and c (·, B, H), of which this direction takes entry `index`; zeros
   * where absent.
   * @returns The outputs (T, B, R): a view.
   */
  forward(initial: readonly Tensor[], index: number): Block {
    const { batch, hidden, steps, inputSize, projection } = this.#sizes;
    const { ih, biasIh, biasHh } = this.#weights;
    const device = this.#device;
    const rows = this.#rows;
    const G = this.#G;
    const [h, c] = initial;
    const slot = this.#slot(0);
    const into = (offset: number): { block: Block; offset: number } => ({ block: this.states, offset });
    if (h) {
      copy(device, { block: h.block, offset: index * batch * this.#R }, into(slot.h), {
        columns: batch * this.#R,
      });
    }
    if (c) {
      copy(device, { block: c.block, offset: index * batch * hidden }, into(slot.c), {
        columns: batch * hidden,
      });
    }

    const bias = biasIh?.value;
    const ld = this.#S;
    if ("ids" in this.#input) {
      const options = { bias, target: this.#gates, ld, columns: G, vocabularySize: inputSize };
      gatherOneHot(device, ih.value, this.#input.ids, options);
    } else {
      matmul(device, { a: this.#input.x.block, b: ih.value, c: this.#gates, bias }, {
        M: rows,
        N: G,
        K: inputSize,
        transposeB: 1,
        ldc: ld,
      });
    }
    if (this.#cell.norms > 0) normedForward(device, this.#normed, this.#options.carried !== undefined);
    else {
      device.run("recurrent_forward", {
        ...this.#operands,
        bias_hh: biasHh?.value ?? this.#options.alloc(G),
        gates: this.#gates,
        states: this.states,
      }, { ...this.#loop(steps, projection), carry: this.#options.carried ? 1 : 0 });
    }
    const first = this.#offsetH + (this.#options.reverse ? 0 : batch * this.#R);
    return this.states.view(first, rows * this.#R);
  }

  /**
   * What both kernels read. A kernel binds all of its buffers: without projection or lengths it reads neither, and weight_hh
   * stands in their place.
   */
  get #operands(): Record<"weight_hh" | "weight_hr" | "lengths", Block> {
    const { hh, hr } = this.#weights;
    return {
      weight_hh: hh.value,
      weight_hr: hr?.value ?? hh.value,
      lengths: this.#options.lengths ?? hh.value,
    };
  }

  /** Parameters that both kernels have. */
  #loop(steps: number, projection: number): Record<LoopParameter, number> {
    const { batch, hidden } = this.#sizes;
    return {
      cell: this.#cell.index,
      hard: this.#cell.hard,
      steps,
      batch,
      hidden,
      projection,
      reverse: this.#options.reverse ? 1 : 0,
      masked: this.#options.lengths ? 1 : 0,
      offsetH: this.#offsetH,
      offsetC: this.#offsetC,
    };
  }

  /** What steps of normalized cells work on. */
  get #normed(): NormedLoop {
    const { hh, hr, gains, shifts } = this.#weights;
    const { steps, projection } = this.#sizes;
    return {
      cell: this.#cell,
      sizes: this.#sizes,
      hh: hh.value,
      hr: hr?.value,
      gains: gains!,
      shifts,
      zeros: this.#zeros,
      lengths: this.#options.lengths,
      gates: this.#gates,
      states: this.states,
      loop: this.#loop(steps, projection),
    };
  }

  /** Copies the final state into entry `index` of h (·, B, R) and c (·, B, H). */
  finalState(final: readonly Tensor[], index: number): void {
    const { batch, hidden } = this.#sizes;
    [batch * this.#R, batch * hidden].slice(0, final.length).forEach((columns, which) => {
      const offset = which === 0 ? this.#slot(1).h : this.#slot(1).c;
      const target = { block: final[which]!.block, offset: index * columns };
      copy(this.#device, { block: this.states, offset }, target, { columns });
    });
  }

  /**
   * Turns the gates into gradients and gives all gradients on.
   *
   * @param tape Where the gradient of x goes.
   * @param dy The outputs' gradient (T, B, R); with projection it is overwritten.
   * @param dFinal The final states' gradients (·, B, R) and (·, B, H), where there are any.
   * @param dInitial Where those of the initial states go, in the same layout.
   * @param index This direction's entry in both.
   */
  backward(
    tape: Tape,
    dy: Block,
    states: { dFinal: readonly (Block | undefined)[]; dInitial: readonly Block[]; index: number },
  ): void {
    const { batch, hidden, steps, projection } = this.#sizes;
    const device = this.#device;
    const R = this.#R;
    const offsetDc = align(batch * R);
    const parts = [{ offset: 0, columns: batch * R }, { offset: offsetDc, columns: batch * hidden }];
    const dstates = tape.keep(device.alloc(this.#cell.hasC ? offsetDc + batch * hidden : batch * R));
    device.clear(dstates);
    states.dFinal.forEach((block, which) => {
      const { offset, columns } = parts[which]!;
      if (block) {
        copy(device, { block, offset: states.index * columns }, { block: dstates, offset }, { columns });
      }
    });
    if (this.#cell.norms > 0) {
      const alloc = (words: number): Block => tape.keep(device.alloc(words));
      normedBackward(device, this.#normed, { dy, dstates, offsetDc, alloc });
    } else {
      const buffers = { ...this.#operands, states: this.states, gates: this.#gates, dy, dstates };
      device.run("recurrent_backward", buffers, { ...this.#loop(steps, projection), offsetDc });
    }
    states.dInitial.forEach((block, which) => {
      const { offset, columns } = parts[which]!;
      copy(device, { block: dstates, offset }, { block, offset: states.index * columns }, { columns });
    });
    this.#weightGradients(dy);
    this.#inputGradient(tape);
  }

  /** dW_ih += dx_gates^T x; dW_hh += du^T h_previous, or du^T q of its rows that q is multiplied with; dW_hr += dh^T m; and with each product db, a sum over all rows. */
  #weightGradients(dy: Block): void {
    const { batch, hidden, inputSize, projection } = this.#sizes;
    const { ih, hh, hr, biasIh, biasHh } = this.#weights;
    const device = this.#device;
    const K = this.#rows;
    const R = this.#R;
    const S = this.#S;
    const G = this.#G;
    const gates = this.#gates;
    if ("ids" in this.#input) {
      const options = { source: gates, ld: S, columns: G, vocabularySize: inputSize };
      addOneHotGradient(device, this.#input.ids, ih.gradientOfPass(), options);
      const sums = { rows: K, columns: G, ld: S, offset: 0, scale: 1, accumulate: 1 };
      if (biasIh) device.run("sum_rows", { x: gates, y: biasIh.gradientOfPass() }, sums);
    } else {
      const operands = { dy: gates, x: this.#input.x.block, weight: ih, bias: biasIh };
      addGradients(device, operands, { M: G, N: inputSize, K, lda: S });
    }
    const previous = this.#offsetH + (this.#options.reverse ? batch * R : 0);
    for (const { slot, count, gate, operand } of this.#cell.hiddenParts) {
      const ofGates = operand !== undefined;
      addGradients(device, { dy: gates, x: ofGates ? gates : this.states, weight: hh, bias: biasHh }, {
        M: count * hidden,
        N: R,
        K,
        lda: S,
        ...(ofGates ? { ldb: S } : {}),
        offsetA: slot * hidden,
        offsetB: ofGates ? operand * hidden : previous,
        offsetC: gate * hidden * R,
        offsetSums: gate * hidden,
      });
    }
    if (hr && projection) {
      addGradients(device, { dy, x: gates, weight: hr, bias: undefined }, {
        M: R,
        N: hidden,
        K,
        ldb: S,
        offsetB: (this.#cell.slots - 1) * hidden,
      });
    }
  }

  /** dX = dx_gates W_ih. */
  #inputGradient(tape: Tape): void {
    if (!("x" in this.#input) || !tape.wants(this.#input.x)) return;
    const { inputSize } = this.#sizes;
    const { block, accumulate } = tape.accumulator(this.#input.x);
    matmul(this.#device, { a: this.#gates, b: this.#weights.ih.value, c: block }, {
      M: this.#rows,
      N: inputSize,
      K: this.#G,
      accumulate,
      lda: this.#S,
    });
  }
}
