/** Mutants of bare state dicts: refused in one sentence, or a model that generates, is saved and loads again. @module */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { type Device, generate, load, predict, type RNNModel, save, Tensor } from "../../mod.ts";
import { decodeModel, encodeModel } from "../../src/exchange/model_file.ts";
import { Random } from "../../src/random.ts";
import { temporaryFolder } from "../files/temporary_folder.ts";
import { VOCABULARY } from "../support/state_dicts.ts";
import { testEach } from "../support/test_each.ts";
import { usedBytes } from "../support/used_bytes.ts";
import { drawMutant, originals } from "./state_dict_mutants.ts";

const MUTANTS: Record<string, number> = { wasm: 3000, webgpu: 300 };

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
    const random = new Random(11);
    for (let left = MUTANTS[device.name]!; left > 0; left--) {
      const { bytes, ...options } = drawMutant(drafts, random);
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
