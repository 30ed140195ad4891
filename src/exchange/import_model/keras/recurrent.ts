/**
 * Recurrent layers of Keras: gates z, r, n of a GRU become r, z, n; one bias stands for both of PyTorch's.
 *
 * @module
 */
import { quote } from "../../../messages/quote.ts";
import type { GateActivation, Kind } from "../../../layers/recurrent/cell.ts";
import type { HostTensor, StateDict } from "../../../tensors/module.ts";
import { checkShape, type NamedArray, reordered, transposed, zeros } from "../arrays.ts";
import { flagIn, sizeIn } from "../members.ts";
import type { PlainRecurrent } from "../plain.ts";
import { unfit } from "../unfit.ts";
import { activationName } from "./activations.ts";
import type { Dialect, KerasLayer } from "./chain.ts";

/** The layers by class: the cell, and which block of Keras's columns each of PyTorch's gates is. */
const CELLS: Readonly<Record<string, { cell: Kind; order: readonly number[] }>> = {
  SimpleRNN: { cell: "rnn", order: [0] },
  GRU: { cell: "gru", order: [1, 0, 2] },
  LSTM: { cell: "lstm", order: [0, 1, 2, 3] },
};

/**
 * Makes a plain layer.
 *
 * @param layer The layer; of Bidirectional the one within.
 * @param directions The arrays of one direction or two: kernel, recurrent_kernel, and perhaps bias.
 * @param dialect What the file means where it says nothing.
 * @returns The layer.
 * @throws {TypeError} If refrain has no such cell, or shapes do not fit.
 */
export function recurrentOf(
  layer: KerasLayer,
  directions: readonly (readonly NamedArray[])[],
  dialect: Dialect,
): PlainRecurrent {
  const { className, name, config } = layer;
  const what = quote(name);
  const { cell, order } = CELLS[className]!;
  const hiddenSize = sizeIn(config, "units", what);
  const bias = flagIn(config, "use_bias", what, true);
  if (flagIn(config, "go_backwards", what, false)) {
    throw unfit(
      `${what} has go_backwards, and gives its outputs in that order: only Bidirectional reads backwards`,
    );
  }
  // Keras before 2.2 had no such option.
  const resetAfter = cell !== "gru" || flagIn(config, "reset_after", what, false);
  const arrays: StateDict = Object.create(null);
  directions.forEach((given, index) => {
    const suffix = index === 0 ? "l0" : "l0_reverse";
    const parts = direction(given, { hiddenSize, bias, order, name, two: cell === "gru" && resetAfter });
    for (const [key, array] of Object.entries(parts)) arrays[`${key}_${suffix}`] = array;
  });
  return {
    kind: "recurrent",
    name,
    cell,
    nonlinearity: nonlinearityOf(layer, cell),
    resetAfter,
    gateActivation: gatesOf(layer, cell, dialect),
    hiddenSize,
    bias,
    bidirectional: directions.length === 2,
    outputs: flagIn(config, "return_sequences", what, false) ? "all" : "last",
    arrays,
  };
}

/** The arrays of one direction. */
function direction(
  given: readonly NamedArray[],
  { hiddenSize, bias, order, name, two }: {
    hiddenSize: number;
    bias: boolean;
    order: readonly number[];
    name: string;
    /** Whether there is a bias of its own for the product with the state. */
    two: boolean;
  },
): Record<string, HostTensor> {
  const count = bias ? 3 : 2;
  if (given.length !== count) {
    throw unfit(`${quote(name)} must have ${count} arrays a direction: it has ${given.length}`);
  }
  const [kernel, recurrent, vector] = given as [NamedArray, NamedArray, NamedArray | undefined];
  const rows = order.length * hiddenSize;
  checkShape(kernel, [kernel.shape[0] ?? 0, rows]);
  checkShape(recurrent, [hiddenSize, rows]);
  const weights = { weight_ih: transposed(kernel, order), weight_hh: transposed(recurrent, order) };
  if (!vector) return weights;
  checkShape(vector, two ? [2, rows] : [rows]);
  return {
    ...weights,
    bias_ih: reordered(vector.data.subarray(0, rows), order),
    bias_hh: two ? reordered(vector.data.subarray(rows), order) : zeros(rows),
  };
}

/** The activation, of which a SimpleRNN has a choice. */
function nonlinearityOf({ name, config }: KerasLayer, cell: Kind): "tanh" | "relu" {
  const activation = activationName(config["activation"], name);
  if (activation === "tanh" || cell === "rnn" && activation === "relu") return activation;
  const most = cell === "rnn" ? "tanh or relu" : "tanh";
  throw unfit(`${quote(name)} has the activation ${quote(activation)}: a layer of its kind has ${most} here`);
}

/** The activation of the gates: Keras 3 means another one by the name of Keras 2. */
function gatesOf({ name, config }: KerasLayer, cell: Kind, { major }: Dialect): GateActivation {
  if (cell === "rnn") return "sigmoid";
  const gates = activationName(config["recurrent_activation"], name);
  if (gates === "sigmoid") return gates;
  if (gates === "hard_sigmoid") return major === 2 ? "hardSigmoid5" : "hardSigmoid6";
  throw unfit(
    `${quote(name)} has the recurrent_activation ${
      quote(gates)
    }: gates have "sigmoid" or "hard_sigmoid" here`,
  );
}
