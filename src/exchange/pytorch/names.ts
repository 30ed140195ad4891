/**
 * The names of a state dict: which tensors are of recurrent layers, of other layers, or of neither. Wrappers of modules
 * and of weights leave traces in names, which are taken off here.
 *
 * @module
 */
import type { HostTensor, StateDict } from "../../tensors/module.ts";
import { quote } from "../../messages/quote.ts";
import { listed } from "../../model/config.ts";
import { unexpected } from "./unexpected.ts";
import { unfit } from "./unfit.ts";

/** The tensors of a recurrent layer by PyTorch's names: weight_ih_l0, … */
export type Recurrent = Map<string, HostTensor>;

/** Another layer's tensors. */
export interface Part {
  /** A matrix, where the layer is one of a language model. */
  weight?: HostTensor;
  /** Its bias. */
  bias?: HostTensor;
}

/** A state dict, sorted. */
export interface Parts {
  /** Recurrent layers by their prefixes, which are empty or end with a dot. */
  readonly recurrent: Map<string, Recurrent>;
  /** Other layers by their prefixes. */
  readonly others: Map<string, Part>;
  /** Names of what is no weight, and of weights that others stand for. */
  readonly leftAside: string[];
}

/** Parts of names that DataParallel, torch.compile() and weight-dropping wrappers put in. */
const WRAPPERS: readonly string[] = ["module", "_orig_mod"];

/** weight_ih_l0, bias_hh_l1 …, of cells without a layer; the weight before dropping with "_raw". */
const RECURRENT = /^((?:.*\.)?)(weight_ih|weight_hh|weight_hr|bias_ih|bias_hh)(?:_l(\d+))?(_raw)?$/s;
/** The weight or bias of another layer, and not of a gate of burn's. */
const OTHER = /^((?:.*\.)?)(?<!gate\.(?:input|hidden)_transform\.)(weight|bias)$/s;

/**
 * Sorts the tensors of a state dict by their names.
 *
 * @param tensors By the file's names.
 * @param whole Types of tensors of whole numbers, by name: counters, which are left aside.
 * @returns The parts. A cell's tensors have the names of a layer's; one bias of a recurrent layer is its bias_ih.
 * @throws {TypeError} If a name is that of no layer of a language model, or two are the same without their wrappers.
 */
export function sortParts(tensors: StateDict, whole: Readonly<Record<string, string>>): Parts {
  const names = withoutDropped(Object.keys(tensors));
  const counters = Object.keys(whole);
  const integer = counters.find((name) => RECURRENT.test(name) || OTHER.test(name));
  if (integer !== undefined) {
    throw unfit(
      `weights must not be whole numbers, save them with .float(): ${listed([integer])} is of type ${
        quote(whole[integer])
      }`,
    );
  }
  const recurrent = new Map<string, Recurrent>();
  const others = new Map<string, Part>();
  const unknown: string[] = [];
  for (const [plain, name] of names.kept) {
    const match = RECURRENT.exec(plain);
    const other = OTHER.exec(plain);
    if (match) {
      const [, prefix = "", which, layer = "0"] = match;
      put(recurrent, prefix, `${which}_l${Number(layer)}`, tensors[name]!);
    } else if (other) {
      const [, prefix = "", which] = other as unknown as [string, string, "weight" | "bias"];
      others.set(prefix, { ...others.get(prefix), [which]: tensors[name] });
    } else unknown.push(name);
  }
  if (unknown.length > 0) throw unexpected(unknown);
  for (const [prefix, part] of others) {
    if (part.weight || !recurrent.has(prefix)) continue;
    put(recurrent, prefix, "bias_ih_l0", part.bias!);
    others.delete(prefix);
  }
  return { recurrent, others, leftAside: [...counters, ...names.dropped] };
}

/** Names without wrappers, each with the file's; a weight before dropping stands for what was left of it. */
function withoutDropped(names: readonly string[]): { kept: Map<string, string>; dropped: string[] } {
  const kept = new Map<string, string>();
  for (const name of names) {
    const plain = name.split(".").filter((part) => !WRAPPERS.includes(part)).join(".");
    const twin = kept.get(plain);
    if (twin !== undefined) throw unfit(`${listed([twin, name])} are one name without their wrappers`);
    kept.set(plain, name);
  }
  const dropped = [...kept.keys()].filter((plain) => RECURRENT.test(plain) && kept.has(`${plain}_raw`));
  return {
    dropped: dropped.map((plain) => {
      const name = kept.get(plain)!;
      kept.delete(plain);
      return name;
    }),
    kept,
  };
}

function put(recurrent: Map<string, Recurrent>, prefix: string, name: string, tensor: HostTensor): void {
  const layer = recurrent.get(prefix) ?? new Map<string, HostTensor>();
  if (layer.has(name)) {
    throw unfit(`it has ${listed([prefix + name])} twice, under a layer's name and a cell's`);
  }
  recurrent.set(prefix, layer.set(name, tensor));
}
