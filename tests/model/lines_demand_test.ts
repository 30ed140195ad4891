/** What a training on lines demands, by shapes, is what a device has handed out at the peak. @module */
import { assertEquals } from "@std/assert";
import { Adam, Corpus, openDevice, RNNModel } from "../../mod.ts";
import { LineBatches } from "../../src/data/line_batches.ts";
import { makeLayer } from "../../src/layers/make_layer.ts";
import { configOf } from "../../src/model/config.ts";
import {
  evaluationDemand,
  linesDemand,
  modelMaking,
  modelStorage,
  modelWords,
  optimizerDemand,
} from "../../src/model/demand.ts";
import { type Demand, together } from "../../src/tensors/demand.ts";
import { mostBytes } from "../../src/tensors/room.ts";
import { byLine } from "../../src/train/reading.ts";
import { runSizes } from "../../src/train/text_pass.ts";
import { Training } from "../../src/train/training.ts";
import { DEVICE_NAMES } from "../support/test_each.ts";

const LINES = Array.from(
  { length: 40 },
  (_, n) => "abcdefghij".repeat(4).slice(n % 7, n % 7 + 1 + n * n % 31),
);

/** As in demand_test.ts; on WebAssembly there are lists of commands for each length. */
const LARGEST: Record<string, number> = { wasm: 1e-3, webgpu: 0 };

for (const name of DEVICE_NAMES) {
  for (const accumulateSteps of [1, 3]) {
    for (const cell of ["gru", "lstm"] as const) {
      Deno.test(`lines take what their shapes say: ${cell}, steps of ${accumulateSteps} [${name}]`, async () => {
        using device = await openDevice(name, { threads: 2 });
        const corpus = Corpus.fromText(LINES.join("\n"), { newlines: "lines" });
        const V = corpus.vocabulary.size;
        const layer = makeLayer(device, cell, { inputSize: V, hiddenSize: 24, numLayers: 2, dropout: 0.1 });
        using model = new RNNModel(layer, V, { dropout: 0.2 });
        using optimizer = new Adam(model.parameters(), { learningRate: 1e-3 });
        const options = { batchSize: 4, accumulateSteps };
        using training = new Training(model, corpus, {
          ...options,
          epochs: 1,
          optimizer,
          validation: corpus,
        });
        for await (const _ of training.run());
        const { batchSize, lengths } = new LineBatches(corpus, { ...options, seed: 0 });
        assertEquals(lengths.length, 8);
        const config = configOf(model);
        const demands: Demand[] = [
          modelMaking(config),
          together(
            modelStorage(config),
            optimizerDemand(modelWords(config), { optimizer: "adam", momentum: 0 }),
            linesDemand(config, { batchSize, lengths, accumulateSteps }),
            evaluationDemand(config, runSizes(device, config, byLine(corpus))),
          ),
        ];
        const formula = mostBytes(device, demands);
        const { peak } = device.memory;
        assertEquals(Math.abs(formula - peak) / peak <= LARGEST[name]!, true, `${formula} bytes for ${peak}`);
      });
    }
  }
}
