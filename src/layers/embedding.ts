/**
 * A table of vectors by id: PyTorch's nn.Embedding.
 *
 * @module
 */
import type { Device } from "../device/device.ts";
import type { Sentence } from "../messages/naming.ts";
import { assertOptions, refuseUnknown } from "../messages/options.ts";
import { type Demand, storageDemand } from "../tensors/demand.ts";
import { Module } from "../tensors/module.ts";
import { checkRoom } from "../tensors/room.ts";
import type { Parameter } from "../tensors/parameters.ts";
import type { Tape } from "../tensors/tape.ts";
import { Tensor } from "../tensors/tensor.ts";
import { assertIds, assertSequences, checkSizes, checkTape } from "../tensors/arguments.ts";
import { anySeed, normalValues } from "./initial.ts";
import { sortedRows } from "./one_hot.ts";

/** Options of an embedding. */
export interface EmbeddingOptions {
  /** V: how many ids there are. */
  vocabularySize: number;
  /** E: the size of a vector. */
  embeddingSize: number;
  /**
   * Seed of the first weights.
   *
   * @default {a random one}
   */
  seed?: number;
}

/** The stream of an embedding's weights: a model gives its layers one seed, and they must not start alike. */
const STREAM = 2 ** 17;

/**
 * y = weight[id], with weight (V, E) from N(0, 1).
 *
 * @example Usage
 * ```ts
 * import { Embedding, openDevice, Tensor } from "@refrain/refrain";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice("wasm", { threads: 1 });
 * const embedding = new Embedding(device, { vocabularySize: 5, embeddingSize: 3, seed: 0 });
 * const ids = Tensor.from(device, new Uint32Array([4, 0]), [1, 2]); // (B, T)
 * assertEquals(embedding.forward(ids).shape, [1, 2, 3]);
 * ```
 */
export class Embedding extends Module {
  /** What it was made with. */
  readonly options: Required<EmbeddingOptions>;

  /**
   * Makes an embedding with first weights.
   *
   * @param device The device on which it computes.
   * @param options The sizes and the seed.
   * @throws {TypeError} If a size is not an integer, or an option is unknown.
   * @throws {RangeError} If a size is not positive.
   */
  constructor(device: Device, options: EmbeddingOptions) {
    super(device);
    assertOptions("make an Embedding", options);
    const { vocabularySize, embeddingSize, seed = anySeed() } = options;
    this.options = { vocabularySize, embeddingSize, seed };
    refuseUnknown("make an Embedding", options, this.options);
    checkSizes("an Embedding", { vocabularySize, embeddingSize });
    const sizes: Sentence = (option) =>
      `make an Embedding of ${option("vocabularySize", vocabularySize)} and ${
        option("embeddingSize", embeddingSize)
      }`;
    const demands = (size: number): Demand[] => [storageDemand(vocabularySize * size)];
    const choice = { options: ["embeddingSize"], value: embeddingSize, demands };
    checkRoom(device, sizes, demands(embeddingSize), { choices: [choice] });
    this.create(normalValues({ weight: [vocabularySize, embeddingSize] }, { seed, stream: STREAM }));
  }

  /** The table (V, E), for a dense layer that is tied to it. */
  get weight(): Parameter {
    return this.parameter("weight");
  }

  /** Its class and sizes: its line without the parameters. */
  override describe(): string {
    return `Embedding(${this.options.vocabularySize}, ${this.options.embeddingSize})`;
  }

  /**
   * Looks vectors up.
   *
   * @param ids The ids, u32 of any shape; (B, T) with `timeMajor`.
   * @param tape The tape that records it; without one nothing is kept.
   * @param options `timeMajor`: give (T, B, E) rather than (B, T, E), as recurrent layers take it.
   * @returns The vectors, f32 (…, E), or (T, B, E) with `timeMajor`.
   * @throws {TypeError} If the ids are not "u32", with `timeMajor` not (B, T), or something lies on another device.
   * @throws {RangeError} If an id is not below V.
   */
  forward(ids: Tensor<"u32">, tape?: Tape, options: { timeMajor?: boolean } = {}): Tensor {
    const { timeMajor = false } = options;
    refuseUnknown("look vectors up", options, { timeMajor });
    const { vocabularySize: vocabulary, embeddingSize: columns } = this.options;
    const { device } = this;
    (timeMajor ? assertSequences : assertIds)(ids, vocabulary, device);
    checkTape(tape, device);
    const [rows, length] = ids.shape as [number, number];
    // The kernels give rows in the order of time; ids as one long sequence keep their own.
    const [batch, steps] = timeMajor ? [rows, length] : [1, ids.size];
    const y = new Tensor(device, device.alloc(ids.size * columns), [
      ...(timeMajor ? [length, rows] : ids.shape),
      columns,
    ]);
    const strides = { columns, idStride: columns, columnStride: 1, ld: columns };
    const table = this.weight.value;
    const buffers = { table, ids: ids.block, bias: table, y: y.block };
    device.run("embedding_forward", buffers, { batch, steps, ...strides, biased: 0 });
    tape?.push(() => {
      const dy = tape.upstream(y);
      if (!dy) return;
      const [order, starts] = sortedRows(ids, { batch, steps, vocabularySize: vocabulary });
      device.run("embedding_backward", { dy, order, starts, dtable: this.weight.gradientOfPass() }, {
        vocabulary,
        ...strides,
      });
    });
    return y;
  }
}
