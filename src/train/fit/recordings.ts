/**
 * A function of a batch, recorded once for each shape of its arrays and replayed.
 *
 * @module
 */
import { dataOf, shapeOf } from "../../data/shaped_array.ts";
import type { Device, Program } from "../../device/device.ts";
import { assertOn } from "../../device/same_device.ts";
import { isIds } from "../../ids.ts";
import { quote } from "../../messages/quote.ts";
import { typeName } from "../../messages/type_name.ts";
import { formatShape, sameShape, sizeOf } from "../../tensors/shape.ts";
import { Tape } from "../../tensors/tape.ts";
import type { BatchPart } from "../../tensors/tape_builder.ts";
import { type DType, Tensor } from "../../tensors/tensor.ts";
import type { BatchEntry, BatchReader } from "./batch.ts";

/** The tensors of a batch by name. */
export type Tensors = Record<string, Tensor<DType>>;

/** A step as fit() is told it, whatever its batches are. */
export type AnyStep = (batch: Tensors, tape?: Tape) => Tensor;

/** A batch as fit() is given it, not checked yet. */
export type AnyBatch = Readonly<Record<string, unknown>>;

/** What was recorded for batches of some shapes. */
interface Recording {
  readonly program: Program;
  readonly entries: readonly (readonly [name: string, tensor: Tensor<DType>])[];
  readonly tape: Tape | undefined;
}

/** The recordings of a step. */
export class Recordings implements Disposable {
  readonly #device: Device;
  readonly #step: AnyStep;
  readonly #follow: (loss: Tensor, tape: Tape | undefined) => void;
  readonly #options: { reader: BatchReader; begin?: () => void; learns: boolean };
  readonly #all: Recording[] = [];

  /**
   * Has recorded nothing.
   *
   * @param device Where the step computes.
   * @param step Gives the loss of a batch.
   * @param follow What is recorded behind it.
   * @param options `reader`: checks batches; `begin`: what is recorded before the step; `learns`: whether there is a tape.
   */
  constructor(
    device: Device,
    step: AnyStep,
    follow: (loss: Tensor, tape: Tape | undefined) => void,
    options: { reader: BatchReader; begin?: () => void; learns: boolean },
  ) {
    this.#device = device;
    this.#step = step;
    this.#follow = follow;
    this.#options = options;
  }

  /**
   * Records the step for a batch, unless there is a recording for its shapes.
   *
   * @param batch A batch, not checked.
   * @returns Whether it was recorded now.
   * @throws {TypeError} If the batch is none, or the step awaits, reads, or gives no loss.
   */
  prepare(batch: unknown): boolean {
    if (this.#find(batch)) return false;
    const { reader, learns } = this.#options;
    const entries = reader.read(batch);
    const tape = learns ? new Tape(this.#device) : undefined;
    this.#all.unshift({ ...this.#record(entries, tape), tape });
    return true;
  }

  #record(
    entries: readonly BatchEntry[],
    tape: Tape | undefined,
  ): Pick<Recording, "program" | "entries"> {
    const tensors: Tensors = {};
    let reads = false;
    const program = this.#device.record(() => {
      for (const { name, data, shape } of entries) {
        tensors[name] = Tensor.from(this.#device, data as Float32Array, shape);
      }
      tape?.leaveOut(...Object.values(tensors));
      this.#options.begin?.();
      const stop = refuseValues(tensors);
      const loss: unknown = this.#step(tensors, tape);
      stop();
      if (reads) throw refusal("reads what a device has computed", "nothing has been computed yet");
      this.#follow(this.#lossOf(loss), tape);
    }, {
      read: () => {
        reads = true;
        return new Promise(() => {}); // it stays open, as the recording ends with an error
      },
    });
    return { program, entries: entries.map(({ name }) => [name, tensors[name]!]) };
  }

  /** The recording for a batch; the one that was used last comes first. */
  #find(batch: unknown): Recording | undefined {
    const { length } = this.#all;
    for (let index = 0; index < length; index++) {
      const recording = this.#all[index]!;
      if (!fits(batch as AnyBatch, recording)) continue;
      for (let before = index; before > 0; before--) this.#all[before] = this.#all[before - 1]!;
      this.#all[0] = recording;
      return recording;
    }
    return undefined;
  }

  #lossOf(loss: unknown): Tensor {
    if (typeof (loss as PromiseLike<unknown> | undefined)?.then === "function") {
      (loss as PromiseLike<unknown>).then(() => {}, () => {}); // what the rest of it runs into is a consequence
      throw refusal("awaits", "it must return the loss, and no promise of it");
    }
    if (!(loss instanceof Tensor)) {
      throw new TypeError(
        `Cannot fit with a step that returns no loss: it must be a Tensor of one element, current type is ${
          typeName(loss)
        }`,
      );
    }
    if (loss.size !== 1 || loss.dtype !== "f32") {
      throw new TypeError(
        `Cannot fit with a step whose loss has the shape ${
          formatShape(loss.shape)
        } and the type ${loss.dtype}: ` +
          "it must be of one element, f32",
      );
    }
    assertOn("a loss", loss, this.#device);
    return loss;
  }

  /**
   * Gives the device a batch to run.
   *
   * @param batch The batch that was prepared last.
   * @param count Runs so far, from which masks of dropout follow.
   * @param part Of which part of a batch it is, where it is no whole one.
   */
  run(batch: unknown, count: number, part?: BatchPart): void {
    const { program, entries, tape } = this.#all[0]!;
    for (const [name, tensor] of entries) {
      (tensor as Tensor).write(dataOf((batch as AnyBatch)[name]) as Float32Array);
    }
    tape?.reseed(count, part);
    program.run();
  }

  /** The tensors of the batch that was run last. */
  get tensors(): Tensors {
    return Object.fromEntries(this.#all[0]!.entries);
  }

  /** Frees the recordings. */
  [Symbol.dispose](): void {
    for (const { program } of this.#all.splice(0)) program[Symbol.dispose]();
  }
}

/** Whether a batch, of anything, has the arrays of a recording. */
function fits(batch: AnyBatch, { entries }: Recording): boolean {
  if (typeof batch !== "object" || batch === null) return false;
  let names = 0;
  for (const _ in batch) names++;
  if (names !== entries.length) return false;
  for (const [name, { dtype, shape }] of entries) {
    const given = batch[name];
    const data = dataOf(given);
    const isNumbers = data instanceof Float32Array;
    if (!isNumbers && !isIds(data) || isNumbers !== (dtype === "f32")) return false;
    const sizes = shapeOf(given);
    if (!Array.isArray(sizes) || !sameShape(sizes, shape) || data.length !== sizeOf(shape)) return false;
  }
  return true;
}

function refusal(does: string, reason: string): TypeError {
  return new TypeError(
    `Cannot fit with a step that ${does}: it is recorded once for each shape and replayed, so ${reason}`,
  );
}

/** A step that takes ids for numbers would have those of its first batch for ever. */
function refuseValues(tensors: Tensors): () => void {
  const given = Object.entries(tensors).filter(([, { dtype }]) => dtype === "u32");
  let recording = true;
  for (const [name, tensor] of given) {
    tensor.watchValues(() => {
      if (!recording) return;
      throw refusal(`reads the values of ${quote(name)}`, "it would keep those of its first batch");
    });
  }
  return () => {
    recording = false;
  };
}
