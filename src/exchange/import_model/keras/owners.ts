/**
 * Whose the arrays of a model within the model are, which `.h5` has in one list: their paths tell it. In front of a layer's name
 * stand those of its models, or of some, or of a model in which it stood when it was built; Keras 2 has none. Their order, the
 * layers' with what is frozen last, must be that of the paths.
 *
 * @module
 */
import { quote } from "../../../messages/quote.ts";
import { unfit } from "../unfit.ts";
import type { KerasLayer } from "./chain.ts";

/** A layer, and how well a path fits it. */
interface Fit {
  readonly layer: KerasLayer;
  /** Names of the layer's models in the path, then how deep its own name is, then whether they are all of its models. */
  readonly score: number;
}

/**
 * Shares arrays out.
 *
 * @param paths The arrays' paths, in their order.
 * @param layers The layers of one model, and of those within it.
 * @returns The paths of each layer that has any, in their order.
 * @throws {TypeError} If a path tells no layer, or several, or another one than the order of the arrays.
 */
export function sharedOut(
  paths: readonly string[],
  layers: readonly KerasLayer[],
): Map<KerasLayer, string[]> {
  const byName = Map.groupBy(layers, ({ name }) => name);
  const owned = new Map<KerasLayer, string[]>();
  for (const path of paths) {
    const names = path.split("/").slice(0, -1);
    const fits = names.flatMap((name, at) =>
      (byName.get(name) ?? []).flatMap((layer): Fit[] => {
        const models = modelsIn(names.slice(0, at), layer.models);
        const whole = models === layer.models.length ? 0.5 : 0;
        return models === undefined ? [] : [{ layer, score: models * names.length + at + whole }];
      })
    );
    const most = fits.reduce((score, fit) => Math.max(score, fit.score), 0);
    const [first, ...others] = fits.filter(({ score }) => score === most);
    if (!first || others.length > 0) throw untold(path);
    const own = owned.get(first.layer);
    if (own) own.push(path);
    else owned.set(first.layer, [path]);
  }
  const inOrder = layers.filter((layer) => owned.has(layer));
  const isFrozen = ({ config }: KerasLayer): boolean => config["trainable"] === false;
  const expected = [...inOrder.filter((layer) => !isFrozen(layer)), ...inOrder.filter(isFrozen)];
  [...owned].forEach(([layer, [path]], index) => {
    if (layer !== expected[index]) throw untold(path!);
  });
  return owned;
}

/**
 * Puts the arrays of a Bidirectional layer in the order of its directions: Keras has those of a frozen one last.
 *
 * @param paths The arrays' paths.
 * @param layer The layer.
 * @returns The paths, forwards first.
 */
export function forwardFirst(paths: readonly string[], { className }: KerasLayer): readonly string[] {
  if (className !== "Bidirectional") return paths;
  const isBackward = (path: string): boolean =>
    path.split("/").findLast((name) => /^(for|back)ward_/.test(name))?.startsWith("back") ?? false;
  return [...paths.filter((path) => !isBackward(path)), ...paths.filter(isBackward)];
}

function untold(path: string): TypeError {
  return unfit(`its file does not tell of which layer ${quote(path)} is: save the model as .keras`);
}

/** How many of the names are those of models, from the first such on; undefined where others stand between, or another order. */
function modelsIn(names: readonly string[], models: readonly string[]): number | undefined {
  const first = names.findIndex((name) => models.includes(name));
  if (first < 0) return 0;
  let at = 0;
  for (const name of names.slice(first)) {
    at = models.indexOf(name, at) + 1;
    if (at === 0) return undefined;
  }
  return names.length - first;
}
