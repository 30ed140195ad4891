/**
 * RNN, GRU and LSTM against PyTorch: outputs and final states of every option, and the gradients of every parameter, of
 * the input and of the initial state.
 *
 * @module
 */
import { assertSame, type Difference } from "./cases/assert_close.ts";
import type { Device } from "../device/device.ts";
import { makeLayer } from "../layers/make_layer.ts";
import { type State, stateOf, tensorsOf } from "../layers/recurrent/arguments.ts";
import { KINDS } from "../layers/recurrent/cell.ts";
import { Tape } from "../tensors/tape.ts";
import { Tensor } from "../tensors/tensor.ts";
import type { Check } from "./check.ts";
import { dictFromGolden, dictOf, fromGolden, type Golden, type LayerCase } from "./golden.ts";

/** Differences of a layer, each with what it is one of. */
export type Measured = AsyncGenerator<
  readonly [part: "outputs" | "gradients", difference: Difference],
  void,
  void
>;

/**
 * Runs one golden case forwards and backwards.
 *
 * @param device The device.
 * @param given The case.
 * @returns The differences, each with its part.
 * @throws {Mismatch} If shapes or names differ.
 */
export async function* compareLayer(device: Device, given: LayerCase): Measured {
  const { kind, options, lengths, input, gradients } = given;
  const tensor = ({ shape, data }: Golden): Tensor => Tensor.from(device, data, shape);
  const x = tensor(input);
  const state = given.state?.map(tensor) ?? [];
  const upstream = [given.upstream, ...given.upstreamState ?? []].map(tensor);
  using layer = makeLayer(device, kind, { ...options, seed: 0 });
  using tape = new Tape(device);
  layer.loadStateDict(dictOf(given.weights));
  const [output, final] = layer.forward(x, stateOf<State>(state), tape, lengths ? { lengths } : {});
  const outputs = [output, ...tensorsOf(final)];
  const expected = [given.output, ...given.finalState];
  assertSame([outputs.length], [expected.length], `${given.name}: how many outputs and states`);
  for (const [i, tensor] of outputs.entries()) {
    const actual = { shape: tensor.shape, data: await tensor.data() };
    const what = `${given.name}: ${i ? `final state ${i - 1}` : "output"}`;
    yield ["outputs", fromGolden(actual, expected[i]!, { what })];
  }

  tape.backward(outputs.slice(0, upstream.length), upstream);
  for (
    const difference of dictFromGolden(await layer.gradients(), gradients.weights, {
      what: `${given.name}: gradient`,
    })
  ) yield ["gradients", difference];
  for (const [i, golden] of [gradients.input, ...gradients.state ?? []].entries()) {
    const tensor = [x, ...state][i]!;
    const what = `${given.name}: gradient of ${i ? `state ${i - 1}` : "the input"}`;
    const actual = { shape: tensor.shape, data: await tape.gradient(tensor) };
    yield ["gradients", fromGolden(actual, golden, { what })];
  }
  for (const { block } of [x, ...state, ...upstream]) block[Symbol.dispose]();
}

/**
 * The check of a layer.
 *
 * @param name Its name.
 * @param cases Its golden cases.
 * @param compare What runs one of them.
 */
export function layerCheck<Case>(
  name: string,
  cases: readonly Case[],
  compare: (device: Device, given: Case) => Measured,
): Check {
  const count = cases.length;
  const many = count === 1 ? "" : "s";
  const rows = { outputs: `${name}, ${count} case${many}: outputs`, gradients: `${name}: gradients` };
  return {
    group: "Layers against PyTorch",
    rows: Object.values(rows),
    async *run(device) {
      for (const given of cases) {
        for await (const [part, difference] of compare(device, given)) yield [rows[part], difference];
      }
    },
  };
}

/**
 * A check a layer.
 *
 * @param cases The golden cases.
 */
export function layerChecks(cases: readonly LayerCase[]): Check[] {
  return KINDS.map((kind) =>
    layerCheck(kind.toUpperCase(), cases.filter((given) => given.kind === kind), compareLayer)
  );
}
