/**
 * Pickles of models: what is said of a name that is not known, and where in a checkpoint the weights are.
 *
 * @module
 */
import { quote } from "../../messages/quote.ts";
import { listed } from "../../model/config.ts";
import { unfit } from "./unfit.ts";

/** Where programs put a state dict beside an optimizer's, an epoch and the like; the first that is there counts. */
const USUAL: readonly string[] = [
  "model_state_dict",
  "state_dict",
  "model_state",
  "model",
  "net",
  "network",
  "module",
  "weights",
  "params",
];

/** A state dict. */
export interface Found<Tensor> {
  /** Its tensors by name. */
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** What who uses the model should know, a sentence each. */
  readonly notes: readonly string[];
}

/**
 * Makes the error of a name that a pickle of weights has not.
 *
 * @param name The name, its module before it.
 * @returns The error, to be thrown.
 */
export function refuseName(name: string): TypeError {
  return unfit(
    `its pickle names ${
      quote(name)
    }, which is code and is not called: save what model.state_dict() gives alone`,
  );
}

/**
 * Finds the state dict in what a pickle holds.
 *
 * @param root What it holds.
 * @param tensorOf A value as a tensor; undefined where it is none.
 * @returns The tensors.
 * @throws {TypeError} If there are none.
 */
export function stateDictIn<Tensor>(
  root: unknown,
  tensorOf: (value: unknown) => Tensor | undefined,
): Found<Tensor> {
  if (!(root instanceof Map)) {
    throw unfit(`its pickle holds ${kindOf(root, tensorOf)}: save what model.state_dict() gives`);
  }
  for (const key of USUAL) {
    const tensors = tensorsOf(root.get(key), tensorOf);
    if (tensors.size === 0) continue;
    return { tensors, notes: [`its weights are those in ${quote(key)} of a checkpoint`] };
  }
  const tensors = tensorsOf(root, tensorOf);
  if (tensors.size > 0) return { tensors, notes: [] };
  const keys = [...root.keys()].filter((key) => typeof key === "string");
  throw unfit(
    `it has no state dict, neither by itself nor in ${quote(USUAL[0])} and the like: it has ${
      keys.length > 0 ? listed(keys) : "nothing by name"
    }; save what model.state_dict() gives`,
  );
}

/** The tensors of a dictionary that have names; what else is in it is no weight. */
function tensorsOf<Tensor>(
  value: unknown,
  tensorOf: (value: unknown) => Tensor | undefined,
): Map<string, Tensor> {
  const found = new Map<string, Tensor>();
  if (!(value instanceof Map)) return found;
  for (const [name, member] of value) {
    const tensor = tensorOf(member);
    if (typeof name === "string" && tensor !== undefined) found.set(name, tensor);
  }
  return found;
}

function kindOf(root: unknown, tensorOf: (value: unknown) => unknown): string {
  if (tensorOf(root) !== undefined) return "one tensor";
  return Array.isArray(root) ? "a list" : "no state dict";
}
