/**
 * The states that a recurrent node begins with: zeros, or inputs of the model; a layer here keeps its own.
 *
 * @module
 */
import { quote } from "../../../messages/quote.ts";
import { unfit } from "../unfit.ts";
import { type OnnxNode, RECURRENT } from "./graph.ts";
import type { Source } from "./source.ts";

/** Operations that keep what is zero. */
const KEEPING: readonly string[] = [
  "Identity",
  "Cast",
  "Slice",
  "Split",
  "Gather",
  "Squeeze",
  "Unsqueeze",
  "Expand",
];

/** Those of them that keep the last axis, so that its size is the state's. */
const NARROW: readonly string[] = ["Identity", "Cast", "Slice", "Split", "Gather"];

/** What a state begins with. */
export interface Start {
  /** How many numbers it has, where that is known. */
  readonly size: number | undefined;
  /** The input of the model that it is. */
  readonly input: string | undefined;
}

/**
 * Follows a state to where it comes from.
 *
 * @param node The node that reads it.
 * @param state The tensor.
 * @param source The graph.
 * @returns What it is.
 * @throws {TypeError} If it is neither zero nor an input.
 */
export function startOf(node: OnnxNode, state: string, source: Source): Start {
  let size: number | undefined;
  let isPlain = true;
  const note = (found: number | undefined): void => {
    if (isPlain) size ??= found;
  };
  let name = state;
  for (let i = 0; i < 100; i++) {
    const tensor = source.tensorOf(name);
    if (tensor) {
      if (!source.isZero(tensor)) {
        throw unfit(`${quote(node.name)} begins with a state that is not zero: here it is`);
      }
      note(tensor.shape.at(-1));
      return { size, input: undefined };
    }
    const input = source.graph.inputs.find((one) => one.name === name);
    if (input) {
      note(input.shape.at(-1));
      return { size, input: name };
    }
    const maker = source.makerOf(name);
    if (maker?.op === "ConstantOfShape") {
      const value = maker.attributes.get("value")?.tensor;
      if (value && !source.isZero(value)) break;
      note(source.integers(maker.inputs[0] ?? "")?.at(-1));
      return { size, input: undefined };
    }
    if (maker && RECURRENT.includes(maker.op)) {
      throw unfit(
        `${quote(node.name)} begins with a state of ${quote(maker.name)}: states stay within a layer here`,
      );
    }
    if (!maker || !KEEPING.includes(maker.op)) break;
    if (maker.op === "Expand") note(source.integers(maker.inputs[1] ?? "")?.at(-1));
    isPlain &&= NARROW.includes(maker.op);
    name = maker.inputs[0] ?? "";
  }
  throw unfit(`${quote(node.name)} begins with a state that is computed: here it is zero`);
}
