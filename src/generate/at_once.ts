/**
 * Generation by the kernels generate_steps and generate_steps_int8: many characters of all rows in one run.
 *
 * @module
 */
import type { Block, Device, Program } from "../device/device.ts";
import { copy, type Rectangle } from "../tensors/copy.ts";
import { type Draw, type History, historyOf, runEnded, settingsOf, type Streams } from "./streams.ts";
import { firstOf } from "./first.ts";
import { int8WordsOf } from "./int8_words.ts";
import { CELL_GATES, type Params } from "../kernels.ts";
import { MANNER, NONE, SETTINGS } from "../kernels/numbers.ts";
import { cellOf } from "../layers/recurrent/cell.ts";
import type { State } from "../layers/recurrent/arguments.ts";
import type { RNNModel } from "../model.ts";
import { configOf } from "../model/config.ts";
import type { ModelSizes } from "../model/demand.ts";
import { blocksOf, type Demand } from "../tensors/demand.ts";
import { Pace } from "../turn.ts";

/** Characters of prefixes that are read in one run, at most. */
const PREFIX_CHUNK = 64;

const NOTHING = new Uint32Array(0);

/** A row that has joined. */
interface Row {
  readonly prefix: Uint32Array;
  /** How many of the prefix's ids have been read. */
  read: number;
  /** Its next input: none where the prefix was not read yet, or it has left. */
  next: number;
}

/** Many steps a run for B rows of a model without projection or norms. */
export class StreamsAtOnce<S extends State> implements Streams {
  readonly #device: Device;
  readonly #params: Params<"generate_steps">;
  readonly #program: Program;
  /** What is known of rows that have joined. */
  readonly #rows: Row[] = [];
  readonly #pace: Pace;
  #settings!: Block;
  #states!: Block;
  /** What a row begins with: H words. */
  #zeros!: Block;
  /** (PREFIX_CHUNK, B), of which the first B are the next inputs, or none. */
  #ids!: Block;
  #logits!: Block;
  /** (most, B, 2): ids and log probabilities. */
  #history!: Block;

  /** Draws at most `most` characters a call. */
  constructor(model: RNNModel<S>, { batch, most }: { batch: number; most: number }) {
    const { device } = model;
    const config = configOf(model);
    const params = paramsOf(config, batch);
    this.#device = device;
    this.#params = params;
    this.#pace = new Pace(PREFIX_CHUNK, firstOf(device, model.parameterCount(), batch));
    const int8 = int8WordsOf(model);
    this.#program = device.record(() => {
      const words = wordsOf(params, most);
      const plan = int8?.plan ?? planOf(model);
      const buffers = {
        plan: device.alloc(plan.length),
        settings: device.alloc(words.settings),
        ids: device.alloc(words.ids),
        states: device.alloc(words.states),
        logits: device.alloc(words.logits),
        history: device.alloc(words.history),
      };
      this.#settings = buffers.settings;
      this.#states = buffers.states;
      this.#zeros = device.alloc(words.zeros);
      this.#ids = buffers.ids;
      this.#logits = buffers.logits;
      this.#history = buffers.history;
      device.write(buffers.plan, plan);
      const weights = model.parameters()[0]!.storage.values;
      if (int8) {
        const words = { words: int8.words, biases: weights, ...buffers };
        device.run<"generate_steps_int8">("generate_steps_int8", words, params);
      } else device.run<"generate_steps">("generate_steps", { weights, ...buffers }, params);
    });
  }

  get batch(): number {
    return this.#params.batch;
  }

  join(row: number, prefix: Uint32Array): void {
    const old = this.#rows[row];
    this.#rows[row] = { prefix, read: 0, next: prefix.length > 1 ? NONE : prefix[0]! };
    if (old) this.#copyStates({ block: this.#zeros }, { row, ld: 0 });
  }

  leave(row: number): void {
    const old = this.#rows[row];
    if (old) this.#rows[row] = { prefix: NOTHING, read: 0, next: NONE };
  }

  take(row: number, from: number, others: this): void {
    const { batch, hidden } = others.#params;
    this.#rows[row] = { ...others.#rows[from]! };
    this.#copyStates({ block: others.#states, offset: from * hidden }, { row, ld: batch * hidden });
    others.leave(from);
  }

  /** Copies h and c (L, H) from where rows of h lie `ld` words apart, and those of c behind both h. */
  #copyStates(source: Rectangle, { row, ld }: { row: number; ld: number }): void {
    const { layers, batch, hidden } = this.#params;
    const own = batch * hidden;
    for (const which of [0, 2]) {
      const from = { ...source, ld, offset: (source.offset ?? 0) + which * layers * ld };
      const to = { block: this.#states, ld: own, offset: row * hidden + which * layers * own };
      copy(this.#device, from, to, { rows: layers, columns: hidden });
    }
  }

  isReady(row: number): boolean {
    return (this.#rows[row]?.next ?? NONE) !== NONE;
  }

  async read(most: number = Infinity, signal?: AbortSignal): Promise<boolean> {
    const { batch } = this.#params;
    const left = ({ prefix, read }: Row): number => Math.max(0, prefix.length - 1 - read);
    const longest = this.#rows.reduce((most, row) => Math.max(most, left(row)), 0); // skips rows that nobody joined
    if (longest === 0) return false;
    const start = performance.now();
    const count = Math.min(this.#pace.steps, longest, most);
    const ids = new Uint32Array(count * batch).fill(NONE);
    this.#rows.forEach((one, row) => {
      const steps = Math.min(count, left(one));
      for (let s = 0; s < steps; s++) ids[s * batch + row] = one.prefix[one.read + s]!;
      one.read += steps;
      if (left(one) === 0 && one.next === NONE && one.prefix.length > 0) one.next = one.prefix.at(-1)!;
    });
    this.#device.write(this.#ids, ids);
    const settings = new Uint32Array((1 + batch) * MANNER);
    settings[SETTINGS.STEPS] = count;
    settings[SETTINGS.GIVEN] = 1;
    this.#run(settings);
    await runEnded(this.#device, this.#ids, signal);
    if (count === this.#pace.steps) this.#pace.took(performance.now() - start);
    return longest > count;
  }

  async draw(rows: readonly (Draw | undefined)[], count: number): Promise<History> {
    const settings = settingsOf(rows);
    settings[SETTINGS.STEPS] = count;
    const drawn = rows.map((draw, row) => draw !== undefined && this.isReady(row));
    this.#device.write(this.#ids, Uint32Array.from(drawn, (is, row) => is ? this.#rows[row]!.next : NONE));
    this.#run(settings);
    const before = [...this.#rows];
    const history = historyOf(await this.#device.read(this.#history), this.batch);
    drawn.forEach((is, row) => {
      if (is && before[row] === this.#rows[row]) this.#rows[row]!.next = history(count - 1, row).id;
    });
    return history;
  }

  #run(settings: Uint32Array): void {
    this.#device.write(this.#settings, settings);
    this.#program.run();
  }

  async logits(): Promise<Float32Array> {
    const { batch, columns, ld } = this.#params;
    const rows = new Float32Array(await this.#device.read(this.#logits));
    const logits = new Float32Array(batch * columns);
    for (let b = 0; b < batch; b++) logits.set(rows.subarray(b * ld, b * ld + columns), b * columns);
    return logits;
  }

  [Symbol.dispose](): void {
    this.#program[Symbol.dispose]();
  }
}

/** What StreamsAtOnce allocates for B rows, and the kernel's scratch. */
export function atOnceDemand(model: ModelSizes, { batch, most }: { batch: number; most: number }): Demand {
  const params = paramsOf(model, batch);
  return blocksOf(wordsOf(params, most), [["generate_steps", params]]);
}

/** Words of the blocks of B rows that draw at most `most` characters a run. */
function wordsOf(
  { layers, batch, hidden, ld }: Params<"generate_steps">,
  most: number,
): Record<"plan" | "settings" | "ids" | "states" | "zeros" | "logits" | "history", number> {
  return {
    plan: 4 + 4 * layers,
    settings: (1 + batch) * MANNER,
    // (PREFIX_CHUNK, B)
    ids: PREFIX_CHUNK * batch,
    // h, the next h, and c: (L, B, H) each
    states: 3 * layers * batch * hidden,
    zeros: hidden,
    logits: batch * ld,
    history: Math.max(1, most) * batch * 2,
  };
}

function paramsOf(
  { kind, layer, vocabularySize: columns, model: { embeddingSize: embedding } }: ModelSizes,
  batch: number,
): Params<"generate_steps"> {
  const { hiddenSize: hidden, numLayers: layers } = layer;
  const { index: cell, hard } = cellOf(kind, layer);
  const ld = Math.max(columns, 2 * CELL_GATES[cell]! * hidden);
  return { cell, hard, batch, hidden, layers, columns, embedding, ld };
}

/** Where the kernel finds the weights. */
function planOf<S extends State>(model: RNNModel<S>): Uint32Array {
  const offsets = model.parameterOffsets();
  const { numLayers } = model.rnn.options;
  const names = ["embedding.weight", "dense.weight", "dense.bias", ""];
  for (let layer = 0; layer < numLayers; layer++) {
    for (const name of ["weight_ih", "weight_hh", "bias_ih", "bias_hh"]) names.push(`rnn.${name}_l${layer}`);
  }
  return Uint32Array.from(names, (name) => offsets[name] ?? NONE);
}
