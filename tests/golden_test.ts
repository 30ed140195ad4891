/** PyTorch's own numbers on every device: tests/golden/generate.py wrote them and says what they are. @module */
import { assert, assertEquals } from "@std/assert";
import {
  Adam,
  clipGradNorm,
  Corpus,
  crossEntropy,
  type Device,
  GRU,
  health,
  LSTM,
  type Recurrent,
  type RecurrentOptions,
  RNN,
  RNNModel,
  type State,
  type StateDict,
  Tape,
  Tensor,
  train,
  Vocabulary,
} from "../mod.ts";
import { assertClose } from "./support/assert_close.ts";
import { testEach } from "./support/test_each.ts";
import { GOLDEN, GOLDEN_TRAINING } from "./support/tolerances.ts";

/** A tensor of a golden file. */
interface Golden {
  shape: number[];
  data: number[];
}

/** A layer alone; the letters are those of generate.py. */
interface LayerCase {
  name: string;
  kind: keyof typeof LAYERS;
  options: RecurrentOptions;
  lengths: number[] | null;
  input: Golden;
  state: Golden[] | null;
  weights: Record<string, Golden>;
  output: Golden;
  finalState: Golden[];
  upstream: Golden;
  upstreamState: Golden[] | null;
  gradients: { input: Golden; weights: Record<string, Golden>; state: Golden[] | null };
}

/** Ten steps of a language model. */
interface TrainingCase {
  name: string;
  cell: keyof typeof LAYERS;
  numLayers: number;
  vocabularySize: number;
  hiddenSize: number;
  batchSize: number;
  numSteps: number;
  learningRate: number;
  clipGradNorm: number;
  weights: Record<string, Golden>;
  batches: { ids: number[]; targets: number[] }[];
  losses: number[];
  norms: number[];
  gradients: Record<string, Golden>;
  logits: Golden;
  finalWeights: Record<string, Golden>;
}

const LAYERS = { rnn: RNN, gru: GRU, lstm: LSTM };

function casesOf<Case>(file: string): Case[] {
  return JSON.parse(Deno.readTextFileSync(new URL(`./golden/${file}`, import.meta.url))).cases;
}

function dictOf(weights: Record<string, Golden>): StateDict {
  return Object.fromEntries(
    Object.entries(weights).map(([name, { shape, data }]) => [name, { shape, data: new Float32Array(data) }]),
  );
}

/** Holds that two sets of tensors have the same names in the same order, and close values. */
function assertDictsClose(
  actual: StateDict,
  expected: Record<string, Golden>,
  { tolerance, what }: { tolerance: number; what: string },
): void {
  assertEquals(Object.keys(actual), Object.keys(expected));
  for (const [name, { shape, data }] of Object.entries(expected)) {
    assertEquals(actual[name]!.shape, shape, name);
    assertClose(actual[name]!.data, data, { shape, tolerance, what: `${what} of ${name}` });
  }
}

async function assertTensorClose(actual: Tensor, { shape, data }: Golden, what: string): Promise<void> {
  assertEquals(actual.shape, shape, what);
  assertClose(await actual.data(), data, { shape, tolerance: GOLDEN, what });
}

for (const given of casesOf<LayerCase>("layers.json")) {
  testEach(`PyTorch's outputs and gradients: ${given.name}`, async (device) => {
    const { kind, options, lengths, input, gradients } = given;
    using layer = new LAYERS[kind](device, { ...options, seed: 0 }) as Recurrent;
    layer.loadStateDict(dictOf(given.weights));
    const tensor = ({ shape, data }: Golden): Tensor => Tensor.from(device, data, shape);
    const x = tensor(input), state = given.state?.map(tensor);
    using tape = new Tape(device);
    const initial = state && (kind === "lstm" ? state : state[0]) as State | undefined;
    const [output, final] = layer.forward(x, initial, tape, lengths ? { lengths } : {});
    const finals = [final].flat() as Tensor[];
    await assertTensorClose(output, given.output, "output");
    assertEquals(finals.length, given.finalState.length);
    for (const [i, golden] of given.finalState.entries()) {
      await assertTensorClose(finals[i]!, golden, `final state ${i}`);
    }

    const upstream = [given.upstream, ...given.upstreamState ?? []].map(tensor);
    tape.backward([output, ...finals].slice(0, upstream.length), upstream);
    const close = { tolerance: GOLDEN, what: "gradient" };
    assertDictsClose(await layer.gradients(), gradients.weights, close);
    const inputs = [x, ...state ?? []], expected = [gradients.input, ...gradients.state ?? []];
    for (const [i, { shape, data }] of expected.entries()) {
      const actual = await tape.gradient(inputs[i]!);
      assertClose(actual, data, { shape, tolerance: GOLDEN, what: i ? `gradient of state ${i - 1}` : "dx" });
    }
  });
}

function modelOf(device: Device, given: TrainingCase): RNNModel {
  const { vocabularySize, hiddenSize, numLayers } = given;
  const options = { inputSize: vocabularySize, hiddenSize, numLayers, seed: 0 };
  const model = new RNNModel(new LAYERS[given.cell](device, options) as Recurrent, vocabularySize);
  model.loadStateDict(dictOf(given.weights));
  return model;
}

const TRAINING = casesOf<TrainingCase>("training.json");
const closeLosses = (actual: number[], expected: number[], what: string): void => {
  assertClose(actual, expected, { shape: [expected.length], tolerance: GOLDEN_TRAINING, what });
};

for (const given of TRAINING) {
  testEach(`PyTorch's ten Adam steps, one by one: ${given.name}`, async (device) => {
    const { batchSize, numSteps, learningRate } = given;
    using model = modelOf(device, given);
    using adam = new Adam(device, model.parameters(), { learningRate });
    const losses: number[] = [], norms: number[] = [];
    let state: State | undefined;
    for (const [step, { ids, targets }] of given.batches.entries()) {
      const shape = [batchSize, numSteps];
      const x = Tensor.from(device, new Uint32Array(ids), shape);
      const y = Tensor.from(device, new Uint32Array(targets), shape);
      using tape = new Tape(device);
      const [logits, final] = model.forward(x, state, tape);
      const loss = crossEntropy(logits, y, tape);
      adam.zeroGrad();
      tape.backward(loss);
      if (step === 0) {
        await assertTensorClose(logits, given.logits, "logits");
        const close = { tolerance: GOLDEN, what: "gradient" };
        assertDictsClose(await model.gradients(), given.gradients, close);
      }
      clipGradNorm(device, model.parameters(), given.clipGradNorm);
      adam.step();
      losses.push((await loss.data())[0]!);
      norms.push((await health(device, model.parameters())).norm);
      state = final;
    }
    closeLosses(losses, given.losses, "losses");
    closeLosses(norms, given.norms, "norms");
    const close = { tolerance: GOLDEN_TRAINING, what: "final weights" };
    assertDictsClose(await model.stateDict(), given.finalWeights, close);
  });

  testEach(`PyTorch's ten Adam steps, recorded by train(): ${given.name}`, async (device) => {
    const { batchSize, numSteps, batches } = given;
    const vocabulary = Vocabulary.fromTokens([..."abcdefghijklm"]);
    // An epoch's report is a mean: as many epochs of one, two, … batches give every partial mean of the ten losses.
    const means: number[] = [], norms: number[] = [];
    for (let steps = 1; steps <= batches.length; steps++) {
      using model = modelOf(device, given);
      const rows = Array.from({ length: batchSize }, (_, b) => {
        const row = batches.slice(0, steps).flatMap(({ ids }) => ids.slice(b * numSteps, (b + 1) * numSteps));
        return vocabulary.decode([...row, batches[steps - 1]!.targets[(b + 1) * numSteps - 1]!]);
      });
      const corpus = Corpus.fromText(rows.join(""), { vocabulary });
      for await (const report of train(model, corpus, { ...given, epochs: 1 })) {
        assertEquals(report.steps, steps);
        means.push(report.loss);
        norms.push(report.gradNorm);
      }
      if (steps < batches.length) continue;
      const close = { tolerance: GOLDEN_TRAINING, what: "final weights" };
      assertDictsClose(await model.stateDict(), given.finalWeights, close);
    }
    let sum = 0;
    closeLosses(means, given.losses.map((loss, i) => (sum += loss) / (i + 1)), "means of losses");
    closeLosses(norms, given.norms, "norms");
  });
}

Deno.test("the golden files hold what they promise", () => {
  assertEquals(
    TRAINING.map(({ cell, numLayers }) => `${cell} ${numLayers}`).sort().join(),
    [
      ...["gru 1", "gru 1", "gru 2", "lstm 1", "lstm 1", "lstm 2", "rnn 1", "rnn 1", "rnn 2"],
    ].join(),
  );
  assert(
    TRAINING.every(({ losses, norms, batches }) =>
      losses.length === 10 && norms.length === 10 && batches.length === 10
    ),
  );
});
