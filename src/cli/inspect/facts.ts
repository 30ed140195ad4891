/**
 * What was found in a model as plain data: `--json`, and the file inspect.json, which `report` shows.
 *
 * @module
 */
import type { InspectedUnit, Inspection, UnitMatch } from "../../inspect.ts";
import { scaled } from "../../inspect/shades.ts";

/** Decimals of a shade. */
const DIGITS = 3;

/**
 * Makes plain data.
 *
 * @param found What was found.
 * @param of The text's name, and how many layers the model has.
 * @returns An object that JSON takes as it is.
 */
export function factsOf(
  { units, features, tokens, measured }: Inspection,
  { text, layers }: { text: string; layers: number },
): object {
  return {
    version: 1,
    text,
    characters: tokens,
    layers,
    measured,
    units: units.map(unitFacts),
    features: features.map(({ name, best, ...feature }) => ({
      feature: name,
      ...feature,
      ...(best ? { best: matchFacts(best) } : {}),
    })),
  };
}

function matchFacts({ layer, unit, state, correlation, plain }: UnitMatch): object {
  return { layer, unit, value: state, correlation, plain };
}

function unitFacts({ excerpt: { position, tokens, activations }, feature, ...unit }: InspectedUnit): object {
  const { mean, deviation } = unit;
  const shades = scaled(activations, unit).map((shade) => Number(shade.toFixed(DIGITS)));
  const pieces = [{ position, tokens, activations: shades }];
  return { ...matchFacts({ ...unit, feature }), feature, mean, deviation, pieces };
}
