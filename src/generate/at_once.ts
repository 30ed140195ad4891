/**
 * Generation by the kernel generate_steps: many characters of all rows in one run.
 *
 * @module
 */
import type { Block, Device, Program } from "../device/device.ts";
import { type Draw, type History, historyOf, runEnded, settingsOf, type Streams } from "./streams.ts";
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

/** Many steps a run for B rows of a model without projection. */
export class StreamsAtOnce<S extends State> implements Streams {
  readonly #device: Device;
  readonly #params: Params<"generate_steps">;
  readonly #program: Program;
  #settings!: Block;
  /** (PREFIX_CHUNK, B), of which the first B are the next inputs. */
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
    this.#program = device.record(() => {
      const words = wordsOf(params, most);
      const buffers = {
        weights: model.parameters()[0]!.storage.values,
        plan: device.alloc(words.plan),
        settings: device.alloc(words.settings),
        ids: device.alloc(words.ids),
        states: device.alloc(words.states),
        logits: device.alloc(words.logits),
        history: device.alloc(words.history),
      };
      this.#settings = buffers.settings;
      this.#ids = buffers.ids;
      this.#logits = buffers.logits;
      this.#history = buffers.history;
      device.write(buffers.plan, planOf(model));
      device.run("generate_steps", buffers, params);
    });
  }

  async readPrefixes(prefixes: readonly Uint32Array[], signal?: AbortSignal): Promise<void> {
    const { batch } = this.#params;
    const steps = Math.max(...prefixes.map(({ length }) => length)) - 1;
    const pace = new Pace(PREFIX_CHUNK);
    for (let from = 0; from < steps;) {
      const start = performance.now();
      const count = Math.min(pace.steps, steps - from);
      const ids = new Uint32Array(count * batch).fill(NONE);
      // All prefixes end together: a shorter one waits.
      prefixes.forEach((prefix, row) => {
        const wait = steps + 1 - prefix.length;
        for (let s = Math.max(from, wait); s < from + count; s++) {
          ids[(s - from) * batch + row] = prefix[s - wait]!;
        }
      });
      this.#device.write(this.#ids, ids);
      const settings = new Uint32Array((1 + batch) * MANNER);
      settings[SETTINGS.STEPS] = count;
      settings[SETTINGS.GIVEN] = 1;
      this.#run(settings);
      await runEnded(this.#device, this.#ids, signal);
      pace.took(performance.now() - start);
      from += count;
    }
    this.#device.write(this.#ids, new Uint32Array(prefixes.map((prefix) => prefix.at(-1)!)));
  }

  async draw(rows: readonly Draw[], count: number): Promise<History> {
    const settings = settingsOf(rows);
    settings[SETTINGS.STEPS] = count;
    this.#run(settings);
    return historyOf(await this.#device.read(this.#history), rows.length);
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
): Record<"plan" | "settings" | "ids" | "states" | "logits" | "history", number> {
  return {
    plan: 4 + 4 * layers,
    settings: (1 + batch) * MANNER,
    // (PREFIX_CHUNK, B)
    ids: PREFIX_CHUNK * batch,
    // h, the next h, and c: (L, B, H) each
    states: 3 * layers * batch * hidden,
    logits: batch * ld,
    history: Math.max(1, most) * batch * 2,
  };
}

function paramsOf(
  { kind, layer, vocabularySize: columns, model: { embeddingSize: embedding } }: ModelSizes,
  batch: number,
): Params<"generate_steps"> {
  const { hiddenSize: hidden, numLayers: layers, nonlinearity } = layer;
  const cell = cellOf(kind, { nonlinearity, projected: false }).index;
  const ld = Math.max(columns, 2 * CELL_GATES[cell]! * hidden);
  return { cell, batch, hidden, layers, columns, embedding, ld };
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
