/**
 * Where the arrays of layers lie in a `.keras` file's model.weights.h5.
 *
 * @module
 */

/** Where a layer's arrays lie below it, by its class; elsewhere in "vars". */
const BELOW: Readonly<Record<string, readonly string[]>> = {
  SimpleRNN: ["cell/vars"],
  GRU: ["cell/vars"],
  LSTM: ["cell/vars"],
  Bidirectional: ["forward_layer/cell/vars", "backward_layer/cell/vars"],
  TimeDistributed: ["layer/vars"],
};

/**
 * The places of layers: those of one class are numbered in their order, as Keras names them.
 *
 * @param layers The layers of a model, all of them.
 * @returns The groups of each layer's arrays, as many arrays in each.
 */
export function placesOf<L extends { readonly className: string }>(layers: readonly L[]): Map<L, string[]> {
  const counts = new Map<string, number>();
  return new Map(layers.map((layer) => {
    const { className } = layer;
    const kind = snakeCase(className);
    const count = counts.get(kind) ?? 0;
    counts.set(kind, count + 1);
    const place = `layers/${kind}${count === 0 ? "" : `_${count}`}`;
    return [layer, (BELOW[className] ?? ["vars"]).map((below) => `${place}/${below}`)];
  }));
}

/** A class's name as Keras has it in paths. */
function snakeCase(name: string): string {
  return name.replace(/\W+/g, "").replace(/(.)([A-Z][a-z]+)/g, "$1_$2").replace(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase();
}
