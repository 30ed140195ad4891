/**
 * burn's arrays by name: each gate is two linear layers, whose matrices are (I, O), but where burn-store wrote them as
 * PyTorch has them.
 *
 * @module
 */
import { errorNaming } from "../../../messages/naming.ts";
import { quote } from "../../../messages/quote.ts";
import type { HostTensor, StateDict } from "../../../tensors/module.ts";
import { inferModel } from "../../pytorch.ts";
import { checkShape, stacked, transposed } from "../arrays.ts";
import { plainOf } from "../inferred.ts";
import type { NamedContent } from "../named/content.ts";
import type { PlainModel, ReaderOptions } from "../plain.ts";
import { unfit } from "../unfit.ts";

/** An array of a gate. */
const IN_GATE = /^((?:.*\.)?)(\w*gate)\.(input|hidden)_transform\.(weight|bias)$/s;
/** An array of another layer. */
const OTHER = /^((?:.*\.)?)(weight|bias)$/s;

/** Gates of a cell in PyTorch's order. */
const CELLS: readonly (readonly string[])[] = [
  ["input_gate", "forget_gate", "cell_gate", "output_gate"],
  ["reset_gate", "update_gate", "new_gate"],
  ["gate"],
];

/** What cells have that no file of burn tells. */
const SILENT: Readonly<Record<string, string>> = {
  rnn: "no clip, not reversed",
  gru: "gates of sigmoid, states of tanh, no clip",
  lstm: "gates of sigmoid, states of tanh, no clip, no input_forget, not reversed",
};

/**
 * Whether names are burn's.
 *
 * @param names Those of arrays.
 */
export function isBurn(names: readonly string[]): boolean {
  return names.some((name) => IN_GATE.test(name));
}

/**
 * Makes a plain model of burn's arrays.
 *
 * @param content The arrays.
 * @param options Where a GRU resets, and the activation of an RNN.
 * @returns The model.
 * @throws {TypeError} If the model is none of refrain's.
 * @throws {RangeError} If what no file of burn tells is not given.
 */
export function burnModel(content: NamedContent, { nonlinearity, reset }: ReaderOptions): PlainModel {
  const { tensors: given } = content;
  const isOwn = isOwnLayout(given);
  const rows = (matrix: HostTensor): HostTensor => isOwn ? transposed(matrix) : matrix;
  const tensors: StateDict = Object.create(null);
  const cells = new Set<string>();
  for (const [name, tensor] of Object.entries(given)) {
    const prefix = IN_GATE.exec(name)?.[1];
    if (prefix !== undefined) cells.add(prefix);
    else tensors[name] = isLinear(name, given) ? rows(matrixOf(name, tensor)) : tensor;
  }
  for (const prefix of cells) takeCell(prefix, given, rows, tensors);
  const isGru = [...cells].some((prefix) => Object.hasOwn(given, `${prefix}new_gate.input_transform.weight`));
  if (isGru && reset === undefined) {
    throw errorNaming(
      RangeError,
      (option) =>
        `Cannot import the model without ${
          option("reset")
        }: no file of burn tells its GRU's reset_after, after (burn's own) or before, and outputs differ by 0.5`,
    );
  }
  const marked = { resetAfter: reset !== "before" || !isGru, gateActivation: "sigmoid" } as const;
  const inferred = inferModel({ ...content, metadata: {}, tensors }, { nonlinearity, marked });
  return plainOf("burn", inferred, [
    ...content.notes,
    `what no file of burn tells of its cells is taken for burn's own: ${SILENT[inferred.config.kind]}`,
  ]);
}

/** Puts a cell's gates together. */
function takeCell(
  prefix: string,
  given: StateDict,
  rows: (matrix: HostTensor) => HostTensor,
  tensors: StateDict,
): void {
  if (/(^|\.)(forward|reverse)\.$/.test(prefix)) {
    throw unfit(`${quote(prefix)} is of a bidirectional layer, which would see the characters to come`);
  }
  const has = (gate: string): boolean => Object.hasOwn(given, `${prefix}${gate}.input_transform.weight`);
  const gates = CELLS.find((names) => names.some(has));
  const missing = gates?.find((gate) => !has(gate));
  if (!gates || missing !== undefined) throw unfit(`${quote(prefix)} lacks gates of its cell`);
  for (const [side, which] of [["input", "ih"], ["hidden", "hh"]] as const) {
    const parts = gates.map((gate) => {
      const name = `${prefix}${gate}.${side}_transform`;
      const weight = given[`${name}.weight`];
      if (!weight) throw unfit(`${quote(`${name}.weight`)} is missing`);
      const matrix = rows(matrixOf(`${name}.weight`, weight));
      const bias = given[`${name}.bias`];
      if (bias) checkShape({ name: `${name}.bias`, ...bias }, [matrix.shape[0]!]);
      return { name, matrix, bias };
    });
    const [first] = parts;
    for (const { name, matrix, bias } of parts) {
      checkShape({ name: `${name}.weight`, ...matrix }, first!.matrix.shape);
      if (!bias !== !first!.bias) throw unfit(`${quote(`${name}.bias`)} is one that not all gates have`);
    }
    tensors[`${prefix}weight_${which}_l0`] = stacked(parts.map(({ matrix }) => matrix));
    if (first!.bias) tensors[`${prefix}bias_${which}_l0`] = stacked(parts.map(({ bias }) => bias!));
  }
}

function matrixOf(name: string, tensor: HostTensor): HostTensor {
  if (tensor.shape.length === 2) return tensor;
  throw unfit(`${quote(name)} must be a matrix: it has ${tensor.shape.length} axes`);
}

/** Whether an array is the matrix of a linear layer, and not a table of an embedding: a bias tells, or a name. */
function isLinear(name: string, given: StateDict): boolean {
  const [, prefix, which] = OTHER.exec(name) ?? [];
  if (which !== "weight" || given[name]!.shape.length !== 2) return false;
  if (Object.hasOwn(given, `${prefix}bias`)) return true;
  if (/emb/i.test(prefix!)) return false;
  if (/linear|dense|fc|out|head|decoder|proj/i.test(prefix!)) return true;
  throw unfit(
    `nothing tells whether ${
      quote(name)
    } is of an embedding or a linear layer: it has neither a bias nor a telling name`,
  );
}

/** Whether matrices are (I, O), as burn has them: their biases tell, and the states that gates read. */
function isOwnLayout(given: StateDict): boolean {
  for (const [name, { shape }] of Object.entries(given)) {
    const [, prefix, which] = OTHER.exec(name) ?? [];
    const [rows, columns] = shape;
    if (which !== "weight" || shape.length !== 2 || rows === columns) continue;
    const hidden = name.replace(/input_transform\.weight$/, "hidden_transform.weight");
    const size = given[`${prefix}bias`]?.shape[0] ?? (hidden === name ? undefined : given[hidden]?.shape[0]);
    if (size === columns) return true;
    if (size === rows) return false;
  }
  throw unfit(
    "all of its matrices are square, or have no bias: nothing tells whether they lie as burn has them or as PyTorch does",
  );
}
