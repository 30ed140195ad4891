/**
 * TensorFlow.js: model.json with Keras's configuration and a list of arrays, whose numbers lie in files beside it.
 *
 * @module
 */
import { joinBytes } from "../../../join_bytes.ts";
import { quote } from "../../../messages/quote.ts";
import type { NamedArray } from "../arrays.ts";
import { itemsOf, type Members, membersOf, parseObject, textIn } from "../members.ts";
import type { ImportFile, PlainModel } from "../plain.ts";
import { damaged, unfit } from "../unfit.ts";
import { modelOf } from "./model.ts";

/**
 * Reads a model.json and the files of its weights.
 *
 * @param files All of them, in any order.
 * @returns The model.
 * @throws {SyntaxError} If a file is damaged.
 * @throws {TypeError} If a file is missing, or the model is none of refrain's.
 */
export function readTfjs(files: readonly ImportFile[]): PlainModel {
  const json = files.find(({ bytes }) => bytes[0] === 0x7b)!;
  const what = quote(json.name);
  const model = parseObject(new TextDecoder().decode(json.bytes), what);
  if (model["format"] === "graph-model") {
    throw unfit(
      `${what} is a graph of operations without layers: save the model with model.save(), or convert it as layers`,
    );
  }
  const topology = membersOf(model["modelTopology"], `"modelTopology" of ${what}`);
  const config = "model_config" in topology
    ? membersOf(topology["model_config"], `"model_config" of ${what}`)
    : topology;
  const left = new Map(files.map(({ name, bytes }) => [name, bytes]));
  const arrays = itemsOf(model["weightsManifest"], `"weightsManifest" of ${what}`)
    .flatMap((group) => arraysOf(membersOf(group, "a group of weights"), left));
  const { keras_version: version } = topology;
  return modelOf({
    framework: "tfjs",
    version: typeof version === "string" ? version.replace(/^.* /, "") : undefined,
    major: 2,
    config,
    weights: () => ({ name }) => arrays.filter((array) => array.name.startsWith(`${name}/`)),
  });
}

/** The arrays of one group, whose files make one run of bytes. */
function arraysOf(group: Members, left: Map<string, Uint8Array>): NamedArray[] {
  const parts = itemsOf(group["paths"], "the paths of weights").map((path) => partOf(path, left));
  const bytes = joinBytes(parts);
  let at = 0;
  return itemsOf(group["weights"], "a list of weights").map((value) => {
    const weight = membersOf(value, "an array");
    const name = textIn(weight, "name", "an array");
    const { dtype, quantization } = weight;
    if (dtype !== "float32" || quantization !== undefined) {
      throw unfit(
        `${quote(name)} is ${
          quantization === undefined ? quote(String(dtype)) : "quantized"
        }: save the model in float32`,
      );
    }
    const shape = itemsOf(weight["shape"], `the shape of ${quote(name)}`).map((size) => {
      if (Number.isSafeInteger(size) && (size as number) >= 0) return size as number;
      throw damaged(`the shape of ${quote(name)} is none`);
    });
    const length = 4 * shape.reduce((product, size) => product * size, 1);
    if (!(at + length <= bytes.length)) throw damaged(`the files of weights end before ${quote(name)}`);
    const data = new Float32Array(bytes.slice(at, at + length).buffer);
    at += length;
    return { name, shape, data };
  });
}

/** The file of a path, by its name alone: each is a part once. */
function partOf(path: unknown, left: Map<string, Uint8Array>): Uint8Array {
  const name = typeof path === "string" ? path.replace(/^.*[/\\]/s, "") : String(path);
  const part = left.get(name);
  if (part && left.delete(name)) return part;
  throw unfit(`its weights are in ${quote(name)}: give that file too`);
}
