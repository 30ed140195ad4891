/**
 * A model of Keras from its configuration and its layers' weights, wherever these lie.
 *
 * @module
 */
import { quote } from "../../../messages/quote.ts";
import type { NamedArray } from "../arrays.ts";
import { flagIn, type Members } from "../members.ts";
import type { Framework, PlainModel } from "../plain.ts";
import { numbersOf, release } from "../release.ts";
import { unfit } from "../unfit.ts";
import { chainOf, type KerasLayer } from "./chain.ts";
import { isOneEach, plainLayers } from "./layers.ts";

/** What a file holds. */
export interface KerasContent {
  /** What wrote it. */
  readonly framework: Framework;
  /** The version that wrote it, as the file states it. */
  readonly version: string | undefined;
  /** Which Keras's words these are; where it is not said, by the version. */
  readonly major?: 2 | 3;
  /** The parsed JSON of the model: class_name and config. */
  readonly config: Members;
  /** Gives the weights of each layer, in the order of Keras's layer.weights; they are read when they are asked for. */
  readonly weights: (layers: readonly KerasLayer[]) => (layer: KerasLayer) => readonly NamedArray[];
}

/**
 * Makes a plain model.
 *
 * @param content What the file holds.
 * @returns The model.
 * @throws {SyntaxError} If the file is damaged.
 * @throws {TypeError} If the model is none of refrain's.
 */
export function modelOf({ framework, version, major, config, weights }: KerasContent): PlainModel {
  const dialect = { major: major ?? (Number.parseInt(version ?? "2") >= 3 ? 3 : 2) } as const;
  const chain = chainOf(config);
  const weightsOf = weights(chain);
  const layers = chain.flatMap((layer, index) => {
    if (isOneEach(layer, chain[index + 1])) return [];
    const arrays = weightsOf(layer);
    const plain = plainLayers(layer, arrays, dialect);
    release(arrays.map(({ data }) => data), numbersOf(plain));
    return plain;
  });
  return { framework, version, layers, batchFirst: !isTimeMajor(chain), notes: precisionNotes(chain) };
}

/** Whether sequences lie (T, B, ·), which Keras 2 had as an option of each recurrent layer. */
function isTimeMajor(chain: readonly KerasLayer[]): boolean {
  const flags = chain.filter(({ config }) => config["time_major"] !== undefined)
    .map(({ config, name }) => flagIn(config, "time_major", quote(name), false));
  if (new Set(flags).size > 1) throw unfit("some of its layers have time_major, and others do not");
  return flags[0] ?? false;
}

/** What is said of layers that compute in fewer bits than refrain's: their results differ by what those lose. */
function precisionNotes(chain: readonly KerasLayer[]): string[] {
  const names = chain.map(({ config }) => precisionOf(config["dtype"]));
  return [...new Set(names)].filter((name) => /float(16|64)/.test(name))
    .map((name) => `its layers compute in ${name} there: here in float32`);
}

/** The name of a layer's type of numbers, or of its policy. */
function precisionOf(dtype: unknown): string {
  if (typeof dtype !== "object" || dtype === null) return String(dtype);
  const { config } = dtype as Members;
  return typeof config === "object" && config !== null ? String((config as Members)["name"]) : "";
}
