/** A training's state as a file: what comes back is what was, and nothing that changed is taken. @module */
import { assertEquals, assertRejects } from "@std/assert";
import { Adam, Corpus, openDevice, RMSprop, SGD, Training, type TrainingState } from "../../mod.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../../src/train/checkpoint.ts";
import { decodeSafetensors, encodeSafetensors } from "../../src/files/safetensors.ts";
import { BLANK, PROOF, seal, verdictOf } from "../../src/files/proof.ts";
import { KINDS } from "../../src/layers/recurrent/cell.ts";
import { assertNoneTaken } from "../support/flipped_bits.ts";
import { makeModel } from "../support/language_models.ts";
import { testEach } from "../support/test_each.ts";

const CORPUS = Corpus.fromText("fa la do re mi fa sol la ".repeat(4));

/** The state behind a few steps. */
async function stateOf(device: Parameters<typeof makeModel>[0], cell: "rnn" | "gru" | "lstm", which: number) {
  using model = makeModel(device, { cell, vocabularySize: CORPUS.vocabulary.size, numLayers: 2 });
  const parameters = model.parameters();
  using optimizer = which === 0
    ? new Adam(parameters)
    : which === 1
    ? new SGD(parameters)
    : new RMSprop(parameters, { momentum: 0.5 });
  let state!: TrainingState;
  using training: Training = new Training(model, CORPUS, {
    epochs: 1,
    batchSize: 3,
    numSteps: 5,
    optimizer,
    clipGradNorm: 1,
    schedule: { kind: "plateau", warmup: 2 },
    onStep: async ({ step }) => {
      if (step === 4) state = await training.state();
    },
  });
  for await (const _ of training.run());
  return state;
}

for (const [which, cell] of KINDS.entries()) {
  testEach(`a state comes back from a file as it was: ${cell}`, async (device) => {
    const checkpoint = { state: await stateOf(device, cell, which), run: { best: Infinity, corpus: "…" } };
    assertEquals(checkpoint.state.schedule?.plateau.best, Infinity);
    assertEquals(await decodeCheckpoint(await encodeCheckpoint(checkpoint)), checkpoint);
  });
}

Deno.test("of a checkpoint's bits none can be turned, and 10,000 of larger ones neither", async () => {
  using device = await openDevice("wasm", { threads: 1 });
  const corpus = "0123456789abcdef".repeat(4);
  const run = { lines: { log: 2, samples: 6 }, best: 1.5, corpus };
  for (const [which, cell] of KINDS.entries()) {
    const state = await stateOf(device, cell, which);
    const file = await encodeCheckpoint({ state, run, corpus });
    await assertNoneTaken(file, { read: decodeCheckpoint, count: 3400 });
  }
  const { epoch, step, steps, best, worse, setting, loss, health, optimizer } = await stateOf(
    device,
    "rnn",
    1,
  );
  const place = {
    epoch,
    step,
    steps,
    best,
    worse,
    setting,
    loss: { ...loss, rows: loss.rows.slice(0, 1) },
    health,
  };
  const weights = { a: { shape: [1], data: Float32Array.of(1) } };
  const state = { ...place, weights, carried: [], optimizer: { ...optimizer, moments: {} } };
  await assertNoneTaken(await encodeCheckpoint({ state, run, corpus }), { read: decodeCheckpoint });
});

Deno.test("other files are named for what they are", async () => {
  const checkpoint = (metadata: Record<string, string>): Uint8Array => encodeSafetensors({}, metadata);
  const refused: [Record<string, string>, string][] = [
    [{ format: "pt" }, "it is no checkpoint"],
    [{ "refrain.checkpoint": "1" }, "it lacks its SHA-256"],
    [{ "refrain.checkpoint": "2", [PROOF]: BLANK }, 'version "2", this refrain reads 1'],
    [{ "refrain.checkpoint": "1", [PROOF]: BLANK }, "its metadata is damaged"],
  ];
  for (const [metadata, sentence] of refused) {
    await assertRejects(() => decodeCheckpoint(checkpoint(metadata)), SyntaxError, sentence);
  }
});

Deno.test("what only looks like an infinite number stays what it is", async () => {
  using device = await openDevice("wasm", { threads: 1 });
  const run = { best: { infinite: 0 }, worst: { infinite: 2 }, none: { infinite: "1" } };
  const file = await encodeCheckpoint({ state: await stateOf(device, "rnn", 0), run });
  assertEquals((await decodeCheckpoint(file)).run, run);
});

Deno.test("a file that another program wrote again is found to have changed", async () => {
  const tensors = { a: { shape: [2], data: Float32Array.of(1, 2) } };
  const file = await seal(encodeSafetensors(tensors, { [PROOF]: BLANK, note: "x" }));
  assertEquals(await verdictOf(file), "whole");
  const { metadata } = decodeSafetensors(file);
  assertEquals(encodeSafetensors(tensors, metadata), file);
  tensors.a.data[0] = 3;
  await assertRejects(() => verdictOf(encodeSafetensors(tensors, metadata)), SyntaxError, "SHA-256");
  assertEquals(await verdictOf(encodeSafetensors(tensors, { [PROOF]: BLANK })), "unchecked");
});
