/**
 * Marks in a file of what PyTorch's layers do not compute, though the weights have their names and shapes: a tensor each.
 * PyTorch's load_state_dict() names it as unexpected, in place of a model that answers otherwise; and a program that writes
 * the tensors again without the metadata leaves it.
 *
 * @module
 */
import type { GateActivation } from "../layers/recurrent/cell.ts";
import type { LayerConfig } from "../model/config.ts";
import type { StateDict } from "../tensors/module.ts";

/** What of a recurrent layer is marked. */
export type Marked = Pick<LayerConfig, "resetAfter" | "gateActivation">;

/** The marks of activations of gates. */
const ACTIVATIONS: Readonly<Record<string, GateActivation>> = {
  hard_sigmoid_5: "hardSigmoid5",
  hard_sigmoid_6: "hardSigmoid6",
};
/** Names of marks, behind the prefix of the recurrent layer. */
const MARK = /(?:^|\.)(reset_before|hard_sigmoid_[56])$/;

/**
 * The marks of a layer.
 *
 * @param layer Its options.
 * @returns Tensors by name, none for PyTorch's layers.
 */
export function marksOf({ resetAfter, gateActivation }: Marked): StateDict {
  const names = Object.keys(ACTIVATIONS).filter((name) => ACTIVATIONS[name] === gateActivation);
  if (!resetAfter) names.push("reset_before");
  return Object.fromEntries(
    names.map((name) => [`rnn.${name}`, { shape: [1], data: new Float32Array([1]) }]),
  );
}

/**
 * Reads the marks among tensors.
 *
 * @param tensors By the file's names.
 * @returns The other tensors, and what the marks say.
 * @throws {TypeError} If two contradict each other.
 */
export function readMarks(tensors: StateDict): { tensors: StateDict; marked: Marked } {
  const others: StateDict = Object.create(null);
  let resetAfter = true;
  let gateActivation: GateActivation = "sigmoid";
  for (const [name, tensor] of Object.entries(tensors)) {
    const mark = MARK.exec(name)?.[1];
    if (mark === undefined) others[name] = tensor;
    else if (mark === "reset_before") resetAfter = false;
    else if (gateActivation === "sigmoid") gateActivation = ACTIVATIONS[mark]!;
    else if (gateActivation !== ACTIVATIONS[mark]) {
      throw new TypeError("Cannot load the model as it is marked with two activations of gates");
    }
  }
  return { tensors: others, marked: { resetAfter, gateActivation } };
}

/**
 * Holds marks against what a file states: it has those that belong to it.
 *
 * @param stated The recurrent layer's options.
 * @param marked What the marks say.
 * @throws {TypeError} If they differ.
 */
export function checkMarks(stated: Marked, marked: Marked): void {
  for (const name of ["resetAfter", "gateActivation"] as const) {
    if (stated[name] === marked[name]) continue;
    throw new TypeError(
      `Cannot load the model as its configuration says ${name} ${
        stated[name]
      }, and its tensors are marked as ` +
        `${marked[name]}`,
    );
  }
}
