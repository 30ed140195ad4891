/**
 * Generation by the kernels of training: a program of one step, run for each character.
 *
 * @module
 */
import type { Block, Device, Program } from "../device/device.ts";
import { type Draw, type History, historyOf, runEnded, settingsOf, type Streams } from "./streams.ts";
import { MANNER, SETTINGS } from "../kernels/numbers.ts";
import { copy } from "../tensors/copy.ts";
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

  async readPrefixes(prefixes: readonly Uint32Array[], signal?: AbortSignal): Promise<void> {
    if (this.#batch === 1) {
      await this.#readAlone(prefixes[0]!.subarray(0, -1), signal);
    } else {
      await this.#readSideBySide(prefixes, signal);
    }
    this.#ids.write(new Uint32Array(prefixes.map((prefix) => prefix.at(-1)!)));
  }

  async #readAlone(ids: Uint32Array, signal?: AbortSignal): Promise<void> {
    const pace = new Pace(PREFIX_CHUNK);
    for (let from = 0; from < ids.length;) {
      const start = performance.now();
      const part = ids.subarray(from, from + pace.steps);
      for (const id of part) {
        this.#ids.write(new Uint32Array([id]));
        this.#program.run();
      }
      await runEnded(this.#device, this.#ids.block, signal);
      pace.took(performance.now() - start);
      from += part.length;
    }
  }

  /** Each prefix alone, as they have different lengths; its state goes into its row. */
  async #readSideBySide(prefixes: readonly Uint32Array[], signal?: AbortSignal): Promise<void> {
    const single = new StreamsByStep(this.#model, { batch: 1, most: 1 });
    try {
      for (const [row, prefix] of prefixes.entries()) {
        if (prefix !== prefixes[row - 1]) {
          for (const { block } of single.#state) this.#device.clear(block);
          await single.readPrefixes([prefix], signal);
        }
        single.#state.forEach((source, which) => {
          const [rows, , columns] = source.shape as [number, number, number];
          const target = {
            block: this.#state[which]!.block,
            offset: row * columns,
            ld: this.#batch * columns,
          };
          copy(this.#device, source, target, { rows, columns });
        });
      }
    } finally {
      single[Symbol.dispose]();
    }
  }

  async draw(rows: readonly Draw[], count: number): Promise<History> {
    const settings = settingsOf(rows);
    for (let slot = 0; slot < count; slot++) {
      settings[SETTINGS.SLOT] = slot;
      this.#device.write(this.#settings, settings);
      this.#program.run();
    }
    return historyOf(await this.#device.read(this.#history), this.#batch);
  }

  logits(): Promise<Float32Array> {
    return this.#logits.data() as Promise<Float32Array>;
  }

  [Symbol.dispose](): void {
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
