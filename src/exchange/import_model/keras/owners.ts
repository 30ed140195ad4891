/**
 * Whose the arrays of a model within the model are, which `.h5` has in one list: their paths tell it. In front of a layer's name
 * stand those of its models, or of some, or of a model in which it stood when it was built; Keras 2 has none.
 *
 * @module
 */
import { quote } from "../../../messages/quote.ts";
import { unfit } from "../unfit.ts";
import type { KerasLayer } from "./chain.ts";

/** A layer, and how well a path fits it. */
interface Fit {
  readonly layer: KerasLayer;
  /** Names of the layer's models in the path, then how deep its own name is. */
  readonly score: number;
}

/**
 * Shares arrays out.
 *
 * @param paths The arrays' paths, in their order.
 * @param layers The layers of one model, and of those within it.
 * @returns The paths of each layer that has any, in their order.
 * @throws {TypeError} If a path tells no layer, or several.
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
        return models === undefined ? [] : [{ layer, score: models * names.length + at }];
      })
    );
    const most = fits.reduce((score, fit) => Math.max(score, fit.score), 0);
    const [first, ...others] = fits.filter(({ score }) => score === most);
    if (!first || others.length > 0) {
      throw unfit(`its file does not tell of which layer ${quote(path)} is: save the model as .keras`);
    }
    const own = owned.get(first.layer);
    if (own) own.push(path);
    else owned.set(first.layer, [path]);
  }
  return owned;
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
