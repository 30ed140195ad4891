/** Mutants of bare state dicts, as PyTorch writes them: names, shapes, types, numbers and metadata, drawn. @module */
import { decodeSafetensors } from "../../src/files/safetensors.ts";
import type { Random } from "../../src/random.ts";
import { DTYPES, encodeAs, type TypedTensor } from "../support/encode_as.ts";

const FORMS = new URL("../golden/forms/", import.meta.url);

/** Tensors by name. */
export type Draft = Map<string, TypedTensor>;

/** What of a name becomes what. */
const NAMES: readonly (readonly [from: RegExp, to: string])[] = [
  [/_l0/, ""],
  [/_l0/, "_l1"],
  [/_l1/, "_l2"],
  [/(weight_hh(_l\d)?)$/, "$1_raw"],
  [/_raw$/, ""],
  [/$/, "_reverse"],
  [/^/, "module."],
  [/^/, "_orig_mod."],
  [/rnn\.|lstm1\./, ""],
  [/rnns\.1|cells\.1/, "rnns.2"],
  [/rnn\./, "rnn0."],
  [/ih/, "hh"],
  [/hh/, "ih"],
  [/weight/, "bias"],
  [/bias_../, "bias"],
  [/fc|decoder/, "norm"],
  [/encoder/, "decoder"],
  [/\./, "__"],
];

/** Dimensions as they may be wrong; numbers follow. */
const SHAPES: readonly ((shape: readonly number[], random: Random) => number[])[] = [
  (shape) => shape.toReversed(),
  (shape) => shape.slice(1),
  (shape) => [1, ...shape],
  (shape) => [shape.reduce((product, size) => product * size, 1)],
  (shape, random) => shape.with(random.integer(shape.length), 0),
  (shape, random) => changed(shape, random, 1),
  (shape, random) => changed(shape, random, -1),
];

function changed(shape: readonly number[], random: Random, by: number): number[] {
  const at = random.integer(shape.length);
  return shape.with(at, Math.max(0, shape[at]! + by));
}

function reshaped({ dtype, data }: TypedTensor, shape: number[]): TypedTensor {
  const length = shape.reduce((product, size) => product * size, 1);
  return { dtype, shape, data: Float32Array.from({ length }, (_, i) => data[i % data.length] ?? 0) };
}

/** Changes of a state dict, each of a tensor of it. */
const CHANGES: readonly ((draft: Draft, name: string, random: Random) => void)[] = [
  (draft, name) => draft.delete(name),
  (draft, name, random) => put(draft, name, random, false),
  (draft, name, random) => put(draft, name, random, true),
  (draft, name, random) =>
    draft.set(name, { ...draft.get(name)!, dtype: DTYPES[random.integer(DTYPES.length)]! }),
  (draft, name, random) => {
    const tensor = draft.get(name)!;
    if (tensor.shape.length === 0) return;
    draft.set(name, reshaped(tensor, SHAPES[random.integer(SHAPES.length)]!(tensor.shape, random)));
  },
  (draft, name, random) => {
    const data = Float32Array.from(draft.get(name)!.data);
    if (data.length > 0) data[random.integer(data.length)] = [NaN, Infinity, 1e30, 0][random.integer(4)]!;
    draft.set(name, { ...draft.get(name)!, data });
  },
  (draft, name, random) => {
    const other = [...draft.keys()][random.integer(draft.size)]!;
    const [a, b] = [draft.get(name)!, draft.get(other)!];
    draft.set(name, b).set(other, a);
  },
  (draft, _, random) =>
    draft.set(`buffer${random.integer(3)}`, { dtype: "I64", shape: [], data: [random.integer(9)] }),
  (draft) => { // one of two biases, everywhere
    for (const key of draft.keys()) if (key.includes("bias_hh")) draft.delete(key);
  },
  (draft, _, random) => { // one name for all prefixes
    const [from, to] = NAMES[random.integer(NAMES.length)]!;
    for (const [key, tensor] of [...draft]) if (draft.delete(key)) draft.set(key.replace(from, to), tensor);
  },
];

/** Moves or copies a tensor to a name that is nearly right. */
function put(draft: Draft, name: string, random: Random, copy: boolean): void {
  const [from, to] = NAMES[random.integer(NAMES.length)]!;
  const tensor = draft.get(name)!;
  if (!copy) draft.delete(name);
  draft.set(name.replace(from, to), tensor);
}

/** The state dicts of PyTorch that are changed. */
export async function originals(): Promise<Draft[]> {
  const drafts: Draft[] = [];
  const names: string[] = [];
  for await (const { name } of Deno.readDir(FORMS)) if (name.endsWith(".safetensors")) names.push(name);
  for (const name of names.sort()) {
    const { tensors } = decodeSafetensors(await Deno.readFile(new URL(name, FORMS)));
    drafts.push(new Map(Object.entries(tensors).map(([key, tensor]) => [key, { dtype: "F32", ...tensor }])));
  }
  return drafts;
}

/** Metadata as other programs write it, and as nobody should: a tensor that shares another's memory is named there. */
const METADATA: readonly ((draft: Draft, random: Random) => Record<string, string> | undefined)[] = [
  () => undefined,
  () => ({ format: "pt" }),
  () => ({ "refrain.epoch": "many", "refrain.sha256": "0", "": "\u2028" }),
  (draft, random) => {
    const names = [...draft.keys()];
    const [gone, other] = [names[random.integer(names.length)]!, names[random.integer(names.length)]!];
    draft.delete(gone);
    return { format: "pt", [gone]: other };
  },
];

/** A file, and an activation that its reader may name. */
export interface Mutant {
  readonly bytes: Uint8Array;
  readonly nonlinearity?: "tanh" | "relu";
}

/**
 * Draws a mutant.
 *
 * @param drafts What originals() gave.
 * @param random What is drawn from.
 */
export function drawMutant(drafts: readonly Draft[], random: Random): Mutant {
  const draft = new Map(drafts[random.integer(drafts.length)]!);
  for (let changes = 1 + random.integer(2); changes > 0 && draft.size > 0; changes--) {
    CHANGES[random.integer(CHANGES.length)]!(draft, [...draft.keys()][random.integer(draft.size)]!, random);
  }
  const metadata = draft.size > 0 ? METADATA[random.integer(METADATA.length)]!(draft, random) : undefined;
  const nonlinearity = ([undefined, undefined, "tanh", "relu"] as const)[random.integer(4)];
  return { bytes: encodeAs(Object.fromEntries(draft), metadata), ...(nonlinearity ? { nonlinearity } : {}) };
}
