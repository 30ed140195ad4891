/**
 * Files of int8 and float16 weights whose tensors are others: scales that are missing, of other lengths, zero or not finite,
 * numbers in place of bytes, bytes in place of numbers. Metadata are those of a sound file, and its proof is made anew.
 *
 * @module
 */
import { openDevice, quantize, RNNModel, Vocabulary } from "../../../mod.ts";
import { decodeModel, encodeModel } from "../../../src/exchange/model_file.ts";
import { BLANK, PROOF, seal } from "../../../src/files/proof.ts";
import {
  decodeSafetensors,
  encodeSafetensors,
  type SafetensorsContent,
  type WrittenTensor,
} from "../../../src/files/safetensors.ts";
import { makeLayer } from "../../../src/layers/make_layer.ts";
import type { Random } from "../../../src/random.ts";
import type { Door } from "../door.ts";
import { mutateBytes, oneIn, pick } from "../mutate.ts";
import { useModel } from "../use_model.ts";

type Tensors = Record<string, WrittenTensor>;

/** Numbers that a scale cannot be, or hardly. */
const SCALES = [0, -0, NaN, -1, Infinity, -Infinity, 1e-45, 2 ** -126, 1e30, 3.4e38, 1];

/** Puts another number somewhere. */
function otherNumber({ shape, data, ...rest }: WrittenTensor, value: number, random: Random): WrittenTensor {
  const changed = data.slice();
  if (changed.length > 0) changed[random.integer(changed.length)] = value;
  return { ...rest, shape, data: changed };
}

/** What may become of a tensor; undefined where it goes. */
const CHANGES: readonly ((tensor: WrittenTensor, random: Random) => WrittenTensor | undefined)[] = [
  () => undefined,
  (tensor, random) =>
    otherNumber(tensor, pick(tensor.data instanceof Int8Array ? [-128, 127, 0] : SCALES, random), random),
  (tensor, random) => ({ ...tensor, data: tensor.data.map(() => pick(SCALES, random)) }),
  ({ shape: [rows = 1, ...rest] }, random) => {
    const shape = [Math.max(0, rows + pick([-1, 1], random)), ...rest];
    return { shape, data: new Float32Array(shape.reduce((all, size) => all * size, 1)).fill(1) };
  },
  ({ shape, data }) => ({ shape: [...shape, 1], data }),
  ({ shape, data }) => ({ shape: [shape.reduce((all, size) => all * size, 1)], data }),
  ({ shape, data }) => ({ shape, data: Int8Array.from(data) }),
  ({ shape, data }) => ({ shape, data: Float32Array.from(data) }),
  ({ shape, data }) => ({ shape, data: Float32Array.from(data), half: true }),
];

async function drawFile(
  { tensors, int8, metadata }: SafetensorsContent,
  random: Random,
): Promise<Uint8Array> {
  const all: Tensors = { ...tensors, ...int8 };
  for (let changes = 1 + random.integer(2); changes > 0; changes--) {
    const names = Object.keys(all);
    const name = pick(names, random);
    const changed = pick(CHANGES, random)(all[name]!, random);
    if (changed) all[pick([name, name, name, `${name}.scale`, pick(names, random)], random)] = changed;
    else delete all[name];
  }
  const bytes = await seal(encodeSafetensors(all, { ...metadata, [PROOF]: BLANK }));
  return oneIn(12, random) ? mutateBytes(bytes, random) : bytes;
}

/** The door. */
export const quantized: Door<Uint8Array> = {
  name: "quantized",
  async open() {
    const device = await openDevice("wasm", { threads: 1, memoryBytes: 2 ** 26 });
    const vocabulary = Vocabulary.fromText("abcd分\n");
    const { size } = vocabulary;
    const contents: SafetensorsContent[] = [];
    for (
      const [kind, embeddingSize, options] of [
        ["rnn", 0, { nonlinearity: "relu" }],
        ["lstm", 5, { numLayers: 2 }],
        ["gru", 0, {}],
      ] as const
    ) {
      const layer = makeLayer(device, kind, {
        inputSize: embeddingSize || size,
        hiddenSize: 4,
        seed: 0,
        ...options,
      });
      using model = new RNNModel(layer, size, { embeddingSize });
      const file = await encodeModel(model, vocabulary);
      for (const to of ["int8", "f16"] as const) {
        contents.push(decodeSafetensors(await quantize(file, { to })));
      }
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
