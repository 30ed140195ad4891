/**
 * Generation by the kernels of training: a program of one step, run for each character.
 *
 * @module
 */
import type { Block, Device, Program } from "../device/device.ts";
import { type Draw, type History, historyOf, runEnded, settingsOf, type Streams } from "./streams.ts";
import { firstOf } from "./first.ts";
import { MANNER, SETTINGS } from "../kernels/numbers.ts";
import { copy, type Rectangle } from "../tensors/copy.ts";
import { type State, tensorsOf } from "../layers/recurrent/arguments.ts";
import type { RNNModel } from "../model.ts";
import { type ModelSizes, passDemand } from "../model/demand.ts";
import { blocksOf, type Demand, times, together } from "../tensors/demand.ts";
import { Tensor } from "../tensors/tensor.ts";
import { Pace } from "../turn.ts";

/** Characters of a prefix after which the host waits for the device, at most. */
const PREFIX_CHUNK = 16;

/** One step a run for B rows: the model, the draw, and the ids and state kept for the next. */
export class StreamsByStep<S extends State> implements Streams {
  readonly #device: Device;
  readonly #model: RNNModel<S>;
  readonly #batch: number;
  readonly #program: Program;
  /** Each row's next input, where its prefix was read. */
  readonly #next: (number | undefined)[] = [];
  readonly #pace: Pace;
  /** Rows that have joined, and wait for their prefix to be read. */
  #unread: { readonly row: number; readonly prefix: Uint32Array }[] = [];
  #reader: StreamsByStep<S> | undefined;
  /** Which prefix the reader is in, and how many of its ids it has read. */
  #reading: Uint32Array | undefined;
  #read = 0;
  #ids!: Tensor<"u32">;
  #state!: Tensor[];
  #logits!: Tensor;
  #settings!: Block;
  /** (most, B, 2): ids and log probabilities. */
  #history!: Block;

  /** Draws at most `most` characters a call. */
  constructor(model: RNNModel<S>, { batch, most }: { batch: number; most: number }) {
    const { device } = model;
    this.#device = device;
    this.#model = model;
    this.#batch = batch;
    this.#pace = new Pace(PREFIX_CHUNK, firstOf(device, model.parameterCount(), 1));
    this.#program = device.record(() => {
      const words = wordsOf(batch, most);
      this.#ids = Tensor.from(device, new Uint32Array(words.ids), [batch, 1]);
      this.#settings = device.alloc(words.settings);
      this.#history = device.alloc(words.history);
      const state = model.zeroState(batch);
      this.#state = tensorsOf(state);
      const [logits, final] = model.forward(this.#ids, state);
      this.#logits = logits;
      tensorsOf(final).forEach((tensor, index) => {
        copy(device, tensor, this.#state[index]!, { columns: tensor.size });
      });
      const buffers = {
        logits: logits.block,
        settings: this.#settings,
        ids: this.#ids.block,
        history: this.#history,
      };
      device.run("sample", buffers, { batch, columns: model.vocabularySize, ld: model.vocabularySize });
    });
  }

  get batch(): number {
    return this.#batch;
  }

  join(row: number, prefix: Uint32Array): void {
    this.leave(row);
    this.#unread.push({ row, prefix });
  }

  leave(row: number): void {
    this.#next[row] = undefined;
    this.#unread = this.#unread.filter((one) => one.row !== row);
  }

  take(row: number, from: number, others: this): void {
    this.leave(row);
    const unread = others.#unread.find((one) => one.row === from);
    if (unread) this.#unread.push({ row, prefix: unread.prefix }); // it is read anew
    this.#next[row] = others.#next[from];
    this.#copyStates(row, { others, from });
    others.leave(from);
  }

  #copyStates(row: number, { others, from }: { others: StreamsByStep<S>; from: number }): void {
    others.#state.forEach((source, which) => {
      const [rows, , columns] = source.shape as [number, number, number];
      const place = (streams: StreamsByStep<S>, at: number): Rectangle => ({
        block: streams.#state[which]!.block,
        offset: at * columns,
        ld: streams.#batch * columns,
      });
      copy(this.#device, place(others, from), place(this, row), { rows, columns });
    });
  }

  isReady(row: number): boolean {
    return this.#next[row] !== undefined;
  }

  async read(most: number = Infinity, signal?: AbortSignal): Promise<boolean> {
    const first = this.#unread[0];
    if (first === undefined) return false;
    const { row, prefix } = first;
    const single = this.#single();
    if (this.#reading !== prefix) {
      for (const { block } of single.#state) this.#device.clear(block);
      this.#reading = prefix;
      this.#read = 0;
    }
    const start = performance.now();
    const steps = Math.min(this.#pace.steps, prefix.length - 1 - this.#read, most);
    if (steps > 0) {
      for (const id of prefix.subarray(this.#read, this.#read + steps)) {
        single.#ids.write(Uint32Array.of(id));
        single.#program.run();
      }
      this.#read += steps;
      await runEnded(this.#device, single.#ids.block, signal);
      if (steps === this.#pace.steps) this.#pace.took(performance.now() - start);
    }
    if (this.#read === prefix.length - 1 && this.#unread.includes(first)) {
      if (single !== this) this.#copyStates(row, { others: single, from: 0 });
      else this.#reading = undefined;
      this.#next[row] = prefix.at(-1)!;
      this.#unread.splice(this.#unread.indexOf(first), 1);
    }
    if (this.#unread.length > 0) return true;
    this.#endReading();
    return false;
  }

  /** One row that reads one prefix after the other, as they have different lengths; its state goes into the prefix's row. */
  #single(): StreamsByStep<S> {
    if (this.#batch === 1) return this;
    this.#reader ??= new StreamsByStep(this.#model, { batch: 1, most: 1 });
    return this.#reader;
  }

  #endReading(): void {
    this.#reader?.[Symbol.dispose]();
    this.#reader = undefined;
    this.#reading = undefined;
  }

  async draw(rows: readonly (Draw | undefined)[], count: number): Promise<History> {
    const settings = settingsOf(rows);
    this.#ids.write(Uint32Array.from({ length: this.#batch }, (_, row) => this.#next[row] ?? 0));
    for (let slot = 0; slot < count; slot++) {
      settings[SETTINGS.SLOT] = slot;
      this.#device.write(this.#settings, settings);
      this.#program.run();
    }
    const history = historyOf(await this.#device.read(this.#history), this.#batch);
    rows.forEach((draw, row) => {
      if (draw && this.#next[row] !== undefined) this.#next[row] = history(count - 1, row).id;
    });
    return history;
  }

  logits(): Promise<Float32Array> {
    return this.#logits.data() as Promise<Float32Array>;
  }

  [Symbol.dispose](): void {
    this.#endReading();
    this.#program[Symbol.dispose]();
  }
}

/** What StreamsByStep allocates for B rows, and for the row beside them that reads one prefix after the other. */
export function byStepDemand(model: ModelSizes, { batch, most }: { batch: number; most: number }): Demand {
  const rows = rowsDemand(model, { batch, most });
  return batch === 1 ? rows : together(rows, rowsDemand(model, { batch: 1, most: 1 }));
}

function rowsDemand(model: ModelSizes, { batch, most }: { batch: number; most: number }): Demand {
  const { kind, layer: { hiddenSize, projSize, numLayers } } = model;
  // h (L, B, R) and c (L, B, H), kept and final
  const state = blocksOf({
    states: numLayers * batch * (projSize || hiddenSize),
    "cell states": kind === "lstm" ? numLayers * batch * hiddenSize : 0,
  });
  const pass = passDemand(model, { batchSize: batch, numSteps: 1 }, false);
  return together(blocksOf(wordsOf(batch, most)), times(2, state), pass);
}

function wordsOf(batch: number, most: number): Record<"ids" | "settings" | "history", number> {
  return { ids: batch, settings: (1 + batch) * MANNER, history: Math.max(1, most) * batch * 2 };
}
