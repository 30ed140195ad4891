/**
 * Cells and the embedding against PyTorch: two steps of RNNCell, GRUCell and LSTMCell, the vectors of ids that repeat, and
 * all gradients.
 *
 * @module
 */
import { assertSame } from "./cases/assert_close.ts";
import type { Device } from "../device/device.ts";
import { type CellOptions, GRUCell, LSTMCell, type RecurrentCell, RNNCell } from "../layers/cells.ts";
import { Embedding } from "../layers/embedding.ts";
import { type State, stateOf, tensorsOf } from "../layers/recurrent/arguments.ts";
import { type Kind, KINDS } from "../layers/recurrent/cell.ts";
import { Tape } from "../tensors/tape.ts";
import { Tensor } from "../tensors/tensor.ts";
import type { Check } from "./check.ts";
import {
  type CellCase,
  dictFromGolden,
  dictOf,
  type EmbeddingCase,
  fromGolden,
  type Golden,
} from "./golden.ts";
import { layerCheck, type Measured } from "./layers.ts";

const CELLS = { rnn: RNNCell, gru: GRUCell, lstm: LSTMCell };

/** A cell. */
export function makeCell(
  device: Device,
  kind: Kind,
  options: CellOptions,
): RecurrentCell<State> {
  return new CELLS[kind](device, options) as unknown as RecurrentCell<State>;
}

/**
 * Takes the two steps of a golden case, and goes back through both.
 *
 * @param device The device.
 * @param given The case.
 * @returns The differences, each with its part.
 * @throws {Mismatch} If shapes or names differ.
 */
export async function* compareCell(
  device: Device,
  { name, kind, options, inputs, state, weights, states, upstream, gradients }: CellCase,
): Measured {
  const tensor = ({ shape, data }: Golden): Tensor => Tensor.from(device, data, shape);
  using cell = makeCell(device, kind, { ...options, seed: 0 });
  using tape = new Tape(device);
  cell.loadStateDict(dictOf(weights));
  const x = inputs.map(tensor);
  const initial = state?.map(tensor);
  const dy = upstream.map(tensor);
  const first = cell.forward(x[0]!, initial && stateOf<State>(initial), tape);
  const second = cell.forward(x[1]!, first, tape);
  for (const [step, tensors] of [tensorsOf(first), tensorsOf(second)].entries()) {
    assertSame([tensors.length], [states[step]!.length], `${name}: how many states`);
    for (const [which, after] of tensors.entries()) {
      const actual = { shape: after.shape, data: await after.data() };
      const what = `${name}: state ${which} of step ${step}`;
      yield ["outputs", fromGolden(actual, states[step]![which]!, { what })];
    }
  }

  tape.backward([...tensorsOf(second), tensorsOf(first)[0]!], dy);
  const what = `${name}: gradient`;
  for (const difference of dictFromGolden(await cell.gradients(), gradients.weights, { what })) {
    yield ["gradients", difference];
  }
  const leaves = [...x, ...initial ?? []];
  for (const [i, golden] of [...gradients.inputs, ...gradients.state ?? []].entries()) {
    const actual = { shape: leaves[i]!.shape, data: await tape.gradient(leaves[i]!) };
    yield ["gradients", fromGolden(actual, golden, { what: `${what} of input or state ${i}` })];
  }
  for (const { block } of [...leaves, ...dy]) block[Symbol.dispose]();
}

/**
 * Looks the vectors of a golden case up, and goes back.
 *
 * @param device The device.
 * @param given The case.
 * @returns The differences, each with its part.
 * @throws {Mismatch} If shapes or names differ.
 */
export async function* compareEmbedding(
  device: Device,
  { name, ids, weight, output, upstream, gradient, vocabularySize, embeddingSize }: EmbeddingCase,
): Measured {
  using embedding = new Embedding(device, { vocabularySize, embeddingSize, seed: 0 });
  using tape = new Tape(device);
  embedding.loadStateDict(dictOf({ weight }));
  const x = Tensor.from(device, new Uint32Array(ids), output.shape.slice(0, -1));
  const dy = Tensor.from(device, upstream.data, upstream.shape);
  const y = embedding.forward(x, tape);
  yield [
    "outputs",
    fromGolden({ shape: y.shape, data: await y.data() }, output, { what: `${name}: vectors` }),
  ];
  tape.backward(y, dy);
  const options = { what: `${name}: gradient` };
  for (const difference of dictFromGolden(await embedding.gradients(), { weight: gradient }, options)) {
    yield ["gradients", difference];
  }
  for (const tensor of [x, dy]) tensor[Symbol.dispose]();
}

/**
 * A check a cell, and one of the embedding.
 *
 * @param cells The golden cases.
 * @param embeddings Those of the embedding.
 */
export function cellChecks(cells: readonly CellCase[], embeddings: readonly EmbeddingCase[]): Check[] {
  const own = (kind: string): CellCase[] => cells.filter((given) => given.kind === kind);
  return [
    ...KINDS.map((kind) => layerCheck(CELLS[kind].name, own(kind), compareCell)),
    layerCheck("Embedding", embeddings, compareEmbedding),
  ];
}
