/**
 * What a model file says of itself: configuration, vocabulary, origin, versions, free texts. Checksum and SHA-256 are made
 * anew, so that what stands behind them is tried.
 *
 * @module
 */
import { GRU, LSTM, openDevice, quantize, RNN, RNNModel, Vocabulary } from "../../../mod.ts";
import { decodeModel, encodeModel } from "../../../src/exchange/model_file.ts";
import { writeMetadata } from "../../../src/exchange/metadata.ts";
import { seal } from "../../../src/files/proof.ts";
import {
  decodeSafetensors,
  encodeSafetensors,
  type SafetensorsContent,
} from "../../../src/files/safetensors.ts";
import type { Random } from "../../../src/random.ts";
import type { Door } from "../door.ts";
import { mutateBytes, mutateJson, mutateText, oneIn, pick } from "../mutate.ts";
import { useModel } from "../use_model.ts";

/** Other texts that a file may have under refrain's keys. */
function withOthers(metadata: Record<string, string>, random: Random): Record<string, string> {
  const key = pick([...Object.keys(metadata), "refrain.epoch", "refrain.x", "x", "__proto__", ""], random);
  const value = mutateText(metadata[key] ?? "12", random).toWellFormed();
  return { ...metadata, [key]: value };
}

async function drawFile(
  { tensors: floats, int8, metadata }: SafetensorsContent,
  random: Random,
): Promise<Uint8Array> {
  const tensors = { ...floats, ...int8 };
  const config = JSON.parse(metadata["refrain.config"]!);
  const vocabulary = JSON.parse(metadata["refrain.vocabulary"]!);
  const changed = writeMetadata(
    (oneIn(3, random) ? config : mutateJson(config, random)) as object,
    (oneIn(2, random) ? vocabulary : mutateJson(vocabulary, random)) as object,
    {},
  );
  const sealed = await seal(
    encodeSafetensors(tensors, oneIn(3, random) ? withOthers(changed, random) : changed),
  )
    .catch(() => undefined); // its own field was changed
  const bytes = sealed ?? encodeSafetensors(tensors, changed);
  return oneIn(12, random) ? mutateBytes(bytes, random) : bytes;
}

/** The door. */
export const metadata: Door<Uint8Array> = {
  name: "metadata",
  async open() {
    const device = await openDevice("wasm", { threads: 1, memoryBytes: 2 ** 26 });
    const words = Vocabulary.fromText("the end, the other end", { kind: "word" });
    const letters = Vocabulary.fromText("abcd分\n");
    const models: [RNNModel, Vocabulary][] = [
      [
        new RNNModel(new RNN(device, { inputSize: letters.size, hiddenSize: 3, seed: 0 }), letters.size),
        letters,
      ],
      [
        new RNNModel(
          new LSTM(device, { inputSize: 3, hiddenSize: 5, projSize: 3, numLayers: 2, seed: 0 }),
          words.size,
          {
            embeddingSize: 3,
            tieWeights: true,
          },
        ),
        words,
      ],
      [new RNNModel(new GRU(device, { inputSize: words.size, hiddenSize: 2, seed: 0 }), words.size), words],
    ];
    const contents: SafetensorsContent[] = [];
    for (const [model, vocabulary] of models) {
      const file = await encodeModel(model, vocabulary);
      contents.push(decodeSafetensors(file), decodeSafetensors(await quantize(file)));
      model[Symbol.dispose]();
    }
    return {
      draw: (random) => drawFile(pick(contents, random), random),
      async use(bytes) {
        const loaded = await decodeModel(bytes, device);
        return () => useModel(device, loaded);
      },
      held: () => device.memory.used,
      [Symbol.asyncDispose]: () => Promise.resolve(device[Symbol.dispose]()),
    };
  },
};
