/**
 * Flax's arrays by name: kernels are (I, O), linen's cells have one a gate, those of nnx one for all gates or one a gate.
 *
 * @module
 */
import { quote } from "../../../messages/quote.ts";
import { listed } from "../../../model/config.ts";
import type { HostTensor, StateDict } from "../../../tensors/module.ts";
import { inferModel } from "../../pytorch.ts";
import { checkShape, stacked, transposed, zeros } from "../arrays.ts";
import { plainOf } from "../inferred.ts";
import type { NamedContent } from "../named/content.ts";
import type { PlainModel, ReaderOptions } from "../plain.ts";
import { unfit } from "../unfit.ts";

/** Its GRU resets behind the product. */
const PLAIN = { resetAfter: true, gateActivation: "sigmoid" } as const;

/** Parts of a cell by PyTorch's order of gates: what reads the input, and what the state. nnx writes `if_`. */
const CELLS: readonly (readonly [input: readonly string[], hidden: readonly string[]])[] = [
  [["ii", "if", "ig", "io"], ["hi", "hf", "hg", "ho"]],
  [["ir", "iz", "in"], ["hr", "hz", "hn"]],
  [["dense_i"], ["dense_h"]],
  [["i"], ["h"]],
];

/** Cells that no layer here is, by parts that they alone have. */
const OTHERS: readonly (readonly [parts: readonly string[], what: string])[] = [
  [["if", "in", "hf", "hn"], "an MGUCell, whose one gate both forgets and resets"],
  [["ih", "hh"], "a ConvLSTMCell"],
];

/** A kernel that reads a state, or an input and a state. */
const TELLING = /(^|[./])(h[ifgorzn]_?|dense_h|h|hh)[./]kernel([./](value|raw_value))?$/;

/** A layer's arrays: kernel, bias, embedding. */
type Part = Record<string, HostTensor>;

/**
 * Whether names are Flax's.
 *
 * @param names Those of arrays.
 */
export function isFlax(names: readonly string[]): boolean {
  return names.some((name) => TELLING.test(name));
}

/**
 * Makes a plain model of Flax's arrays.
 *
 * @param content The arrays, by paths with slashes or dots.
 * @param options The activation of a SimpleCell.
 * @returns The model.
 * @throws {TypeError} If the model is none of refrain's.
 * @throws {RangeError} If a SimpleCell's activation is not given.
 */
export function flaxModel(content: NamedContent, { nonlinearity }: ReaderOptions): PlainModel {
  const parts = partsOf(content.tensors);
  const tensors: StateDict = Object.create(null);
  const scopes = new Set([...parts.keys()].map((path) => path.slice(0, Math.max(0, path.lastIndexOf("/")))));
  for (const scope of scopes) {
    const within = (part: string): Part | undefined => {
      const path = scope === "" ? part : `${scope}/${part}`;
      return parts.get(path) ?? parts.get(`${path}_`);
    };
    takeCell(scope, within, tensors, parts);
  }
  for (const [path, part] of parts) takeLayer(path, part, tensors);
  const inferred = inferModel({ ...content, tensors }, { nonlinearity, marked: PLAIN });
  const { kind } = inferred.config;
  return plainOf("flax", inferred, [
    ...content.notes,
    `what its file does not tell of its cells is taken for Flax's own: no residual${
      kind === "rnn" ? "" : ", gates of sigmoid and states of tanh"
    }, not reversed`,
  ]);
}

/** Arrays by the path of their layer. */
function partsOf(tensors: StateDict): Map<string, Part> {
  const parts = new Map<string, Part>();
  const mark = Object.keys(tensors).some((name) => name.includes("/")) ? "/" : ".";
  for (const [name, tensor] of Object.entries(tensors)) {
    const path = name.split(mark);
    if (["value", "raw_value"].includes(path.at(-1)!)) path.pop();
    if (path[0] === "params" && path.length > 2) path.shift();
    const leaf = path.pop() ?? "";
    if (!["kernel", "bias", "embedding"].includes(leaf)) {
      throw unfit(`${quote(name)} is of a layer that refrain's language models do not have`);
    }
    const layer = path.join("/");
    parts.set(layer, { ...parts.get(layer), [leaf]: tensor });
  }
  return parts;
}

/** Takes the parts of a cell out, if a scope is one, and puts them together. */
function takeCell(
  scope: string,
  within: (part: string) => Part | undefined,
  tensors: StateDict,
  parts: Map<string, Part>,
): void {
  const other = OTHERS.find(([names]) => names.every(within));
  if (other) throw unfit(`${quote(scope)} is ${other[1]}, which refrain does not have`);
  const cell = CELLS.find((sides) => sides.every((gates) => gates.some(within)));
  if (!cell) return;
  if (/(^|\/)(forward|backward)_rnn(\/|$)/.test(scope)) {
    throw unfit(`${quote(scope)} is of a bidirectional layer, which would see the characters to come`);
  }
  const prefix = scope === "" ? "" : `${scope.replaceAll("/", ".")}.`;
  for (const [i, which] of (["ih", "hh"] as const).entries()) {
    const gates = cell[i]!;
    const missing = gates.find((gate) => !within(gate)?.["kernel"]);
    if (missing !== undefined) {
      throw unfit(`${quote(scope)} has no ${quote(missing)}, which its cell must have`);
    }
    const own = gates.map((gate) => within(gate)!);
    const kernels = own.map(({ kernel }) => kernel!);
    const shape = kernels[0]!.shape;
    if (shape.length !== 2) {
      throw unfit(`${quote(scope)} has kernels of ${shape.length} axes: they must have 2`);
    }
    kernels.forEach((kernel, gate) => checkShape({ name: `${scope}/${gates[gate]}`, ...kernel }, shape));
    tensors[`${prefix}weight_${which}_l0`] = stacked(kernels.map((kernel) => transposed(kernel)));
    if (own.some(({ bias }) => bias)) {
      tensors[`${prefix}bias_${which}_l0`] = stacked(own.map(({ bias }) => bias ?? zeros(shape[1]!)));
    }
  }
  const names = cell.flat();
  for (const part of names.flatMap((name) => [name, `${name}_`])) {
    parts.delete(scope === "" ? part : `${scope}/${part}`);
  }
}

/** Takes a dense layer or an embedding. Where a name of its own is needed to tell which, it gets one. */
function takeLayer(path: string, { kernel, bias, embedding }: Part, tensors: StateDict): void {
  const prefix = path === "" ? "" : `${path.replaceAll("/", ".")}.`;
  if (embedding) tensors[`${prefix}embedding.weight`] = embedding;
  if (kernel) {
    if (kernel.shape.length !== 2) {
      throw unfit(`${listed([path])} has a kernel of ${kernel.shape.length} axes: it must have 2`);
    }
    tensors[`${prefix}${bias ? "" : "linear."}weight`] = transposed(kernel);
  }
  if (bias) tensors[`${prefix}bias`] = bias;
}
