/**
 * The models that the engine holds: the open one, and the one that is or was in training.
 *
 * @module
 */
import { decodeModel, type RNNModel, type Vocabulary } from "../../../mod.ts";
import type { DeviceWish, ModelFacts } from "../protocol.ts";
import { deviceFor } from "./devices.ts";

/** A model with its tokens. */
export interface Held {
  readonly model: RNNModel;
  readonly vocabulary: Vocabulary;
}

let opened: Held | undefined;
let trained: Held | undefined;

/** Gives the memory of a model back that nobody holds any more. */
function letGo(held: Held | undefined): void {
  if (held && held !== opened && held !== trained) held.model[Symbol.dispose]();
}

/** Opens a model's file in place of the one before. */
export async function open(bytes: ArrayBuffer, wish: DeviceWish): Promise<Held> {
  const { model, vocabulary } = await decodeModel(new Uint8Array(bytes), await deviceFor(wish));
  return exchange(() => {
    opened = { model, vocabulary };
    return opened;
  });
}

/** Takes note of the model that is in training. */
export function train(held: Held): Held {
  return exchange(() => {
    trained = held;
    return trained;
  });
}

/** Makes the trained model the open one. */
export function adopt(): Held {
  const held = newest();
  return exchange(() => {
    opened = held;
    return opened;
  });
}

/** The model that is or was in training last. */
export function newest(): Held {
  if (!trained) throw new Error("Cannot take the trained model as none was trained");
  return trained;
}

/** The open model. */
export function current(): Held {
  if (!opened) throw new Error("Cannot go on as no model is open");
  return opened;
}

function exchange(take: () => Held): Held {
  const before = [opened, trained];
  const held = take();
  before.forEach(letGo);
  return held;
}

/** What the page tells of a model. */
export function modelFacts({ model, vocabulary }: Held): ModelFacts {
  const { kind, options } = model.rnn;
  const lines = vocabulary.newlines === "lines";
  const known = vocabulary.tokens.find((token) => /^\p{L}+$/u.test(token)) ?? vocabulary.tokens[0]!;
  return {
    kind,
    hiddenSize: options.hiddenSize,
    numLayers: options.numLayers,
    parameters: model.parameterCount(),
    vocabularySize: vocabulary.size,
    tokens: vocabulary.kind,
    lines,
    first: lines ? "" : known,
  };
}
