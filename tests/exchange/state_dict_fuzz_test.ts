/** Mutants of bare state dicts: refused in one sentence, or a model that generates, is saved and loads again. @module */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { type Device, generate, load, predict, type RNNModel, save, Tensor } from "../../mod.ts";
import { decodeModel, encodeModel } from "../../src/exchange/model_file.ts";
import { decodeSafetensors } from "../../src/files/safetensors.ts";
import { Random } from "../../src/random.ts";
import { DTYPES, encodeAs, type TypedTensor } from "../support/encode_as.ts";
import { temporaryFolder } from "../files/temporary_folder.ts";
import { VOCABULARY } from "../support/state_dicts.ts";
import { testEach } from "../support/test_each.ts";
import { usedBytes } from "../support/used_bytes.ts";

const FORMS = new URL("../golden/forms/", import.meta.url);
const MUTANTS: Record<string, number> = { wasm: 3000, webgpu: 300 };

type Draft = Map<string, TypedTensor>;

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
async function originals(): Promise<Draft[]> {
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
interface Mutant {
  readonly bytes: Uint8Array;
  readonly nonlinearity?: "tanh" | "relu";
}

function* mutants(drafts: readonly Draft[], count: number): Generator<Mutant, void, void> {
  const random = new Random(11);
  for (let i = 0; i < count; i++) {
    const draft = new Map(drafts[random.integer(drafts.length)]!);
    for (let changes = 1 + random.integer(2); changes > 0 && draft.size > 0; changes--) {
      CHANGES[random.integer(CHANGES.length)]!(draft, [...draft.keys()][random.integer(draft.size)]!, random);
    }
    const metadata = draft.size > 0 ? METADATA[random.integer(METADATA.length)]!(draft, random) : undefined;
    const nonlinearity = ([undefined, undefined, "tanh", "relu"] as const)[random.integer(4)];
    yield { bytes: encodeAs(Object.fromEntries(draft), metadata), ...(nonlinearity ? { nonlinearity } : {}) };
  }
}

async function logitsOf(model: RNNModel): Promise<Float32Array> {
  const { device } = model;
  const ids = new Uint32Array([1, 12, 0]);
  using logits = device.scope(() => model.forward(Tensor.from(device, ids, [1, 3]))[0]); // nothing to be collected later
  return await logits.data();
}

/** Three characters of each of two rows, drawn. */
async function drawn(model: RNNModel): Promise<string[]> {
  const texts = ["", ""];
  const options = { prefixes: ["a", "bc"], length: 3, temperature: 0.9, seed: 5 };
  for await (const { row, text } of generate(model, VOCABULARY, options)) texts[row]! += text;
  return texts;
}

/** Generates three characters, greedily and drawn, and holds the model against what it is saved as, and starts as. */
async function use(device: Device, model: RNNModel, path: string): Promise<void> {
  const text = await predict(model, VOCABULARY, "ab", 3);
  assertMatch(text, /^ab[a-m]{3}$/);
  const loaded = await decodeModel(await encodeModel(model, VOCABULARY), device);
  using again = loaded.model;
  assertEquals([loaded.supposed, loaded.leftAside], [{}, []]);
  assertEquals(await again.stateDict(), await model.stateDict());
  assertEquals(await logitsOf(again), await logitsOf(model));
  assertEquals(await predict(again, VOCABULARY, "ab", 3), text);
  const texts = await drawn(model);
  for (const text of texts) assertMatch(text, /^[a-m]{3}$/);
  assertEquals(await drawn(again), texts);
  await save(path, again, VOCABULARY, { epoch: 1, step: 2 });
  const third = await load(path, device);
  using kept = third.model;
  assertEquals([third.formatVersion, third.origin.step, third.vocabulary.toJSON()], [
    3,
    2,
    VOCABULARY.toJSON(),
  ]);
  assertEquals(await kept.stateDict(), await model.stateDict());
}

testEach(
  "a mutant of a state dict is refused in one sentence, or is a model that can be used",
  async (device) => {
    await using folder = await temporaryFolder();
    const drafts = await originals();
    let accepted = 0;
    const refused = new Map<string, number>();
    for (const { bytes, ...options } of mutants(drafts, MUTANTS[device.name]!)) {
      const before = usedBytes(device);
      let model: RNNModel;
      try {
        model = (await decodeModel(bytes, device, { ...options, vocabulary: VOCABULARY })).model;
      } catch (error) {
        const { name, message } = error as Error;
        assert(/^(TypeError|SyntaxError|RangeError)$/.test(name), (error as Error).stack);
        assertMatch(message, /^Cannot (load|read) /);
        assert(!/undefined|\[object|Infinity rows|\.$/.test(message) && message.length < 600, message);
        assertEquals(usedBytes(device), before, "a refusal takes no memory");
        const kind = message.replace(/"[^"]*"|\d+/g, "…").slice(0, 60);
        refused.set(kind, (refused.get(kind) ?? 0) + 1);
        continue;
      }
      await use(device, model, `${folder.path}/model.safetensors`);
      model[Symbol.dispose]();
      accepted++;
    }
    const all = MUTANTS[device.name]!;
    assert(accepted > all / 8 && accepted < all * 3 / 4, `${accepted} of ${all} are accepted`);
    assert(refused.size > 12, `reasons: ${[...refused.keys()].join("\n")}`);
  },
);
