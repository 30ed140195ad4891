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

/** What has a place. */
interface Placed {
  readonly className: string;
  readonly place: string;
}

/**
 * Gives layers their places: those of one class are numbered in their order, as Keras names them.
 *
 * @param layers The layers of a model, all of them in the file's order.
 * @param model The place of the model itself, where it is within another.
 * @returns The layers with their places.
 */
export function placed<L extends Omit<Placed, "place">>(layers: readonly L[], model: string): (L & Placed)[] {
  const counts = new Map<string, number>();
  return layers.map((layer) => {
    const kind = snakeCase(layer.className);
    const count = counts.get(kind) ?? 0;
    counts.set(kind, count + 1);
    const name = `layers/${kind}${count === 0 ? "" : `_${count}`}`;
    return { ...layer, place: model === "" ? name : `${model}/${name}` };
  });
}

/**
 * The groups of a layer's arrays.
 *
 * @param layer The layer.
 * @returns The groups, as many arrays in each.
 */
export function groupsOf({ className, place }: Placed): string[] {
  return (BELOW[className] ?? ["vars"]).map((below) => `${place}/${below}`);
}

/** A class's name as Keras has it in paths. */
function snakeCase(name: string): string {
  return name.replace(/\W+/g, "").replace(/(.)([A-Z][a-z]+)/g, "$1_$2").replace(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase();
}
