/** What must hold of a model that was taken: it generates, is saved, and loads again as the same. @module */
import { assertEquals } from "@std/assert";
import { type Device, generate, type RNNModel, type Vocabulary } from "../../mod.ts";
import { decodeModel, encodeModel, type LoadedModel } from "../../src/exchange/model_file.ts";

/** Generates three tokens, saves and loads; frees the model. */
export async function useModel(device: Device, { model, vocabulary }: LoadedModel): Promise<void> {
  let again: RNNModel | undefined;
  try {
    const text = await threeMore(model, vocabulary);
    const loaded = await decodeModel(await encodeModel(model, vocabulary), device);
    again = loaded.model;
    assertEquals([loaded.supposed, loaded.leftAside], [{}, []]);
    assertEquals(loaded.vocabulary.toJSON(), vocabulary.toJSON());
    assertEquals(await again.stateDict(), await model.stateDict());
    assertEquals(await threeMore(again, loaded.vocabulary), text);
  } finally {
    again?.[Symbol.dispose]();
    model[Symbol.dispose]();
  }
}

/** Goes on from the first token that can be written. */
async function threeMore(model: RNNModel, vocabulary: Vocabulary): Promise<number[]> {
  const ids = Array.from({ length: vocabulary.size }, (_, id) => id);
  const prefix = ids.map((id) => vocabulary.decode([id])).find((text) =>
    text !== "" && vocabulary.covers(text)
  );
  if (prefix === undefined) return [];
  const drawn: number[] = [];
  for await (const { id } of generate(model, vocabulary, { prefix, length: 3 })) drawn.push(id);
  assertEquals(drawn.length, 3);
  return drawn;
}
