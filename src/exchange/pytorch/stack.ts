/**
 * Recurrent layers that are modules of their own, as "rnns.0." and "rnns.1.", joined to the layers of one.
 *
 * @module
 */
import { listed } from "../../model/config.ts";
import type { Recurrent } from "./names.ts";
import { inferSizes, type Sizes } from "./sizes.ts";
import { unfit } from "./unfit.ts";

/** One recurrent part, and how it came about. */
export interface Stack {
  /** Its tensors by the names of a layer. */
  readonly recurrent: Recurrent;
  /** What they say of it. */
  readonly sizes: Sizes;
  /** The prefixes of the modules, from the first layer to the last, where there are several. */
  readonly prefixes: string[] | undefined;
}

/**
 * Makes one recurrent part of all.
 *
 * @param parts Recurrent layers by their prefixes.
 * @returns The part, its layers numbered from the first module on.
 * @throws {TypeError} If there is none, or their names or sizes do not tell that they are one stack.
 */
export function joinStack(parts: ReadonlyMap<string, Recurrent>): Stack {
  if (parts.size === 0) throw unfit("it must have one recurrent layer: found none");
  const prefixes = inOrder([...parts.keys()]);
  const sizes = prefixes.map((prefix) => inferSizes(parts.get(prefix)!, prefix));
  const first = sizes[0]!;
  if (sizes.length === 1) {
    return { recurrent: parts.get(prefixes[0]!)!, sizes: first, prefixes: undefined };
  }
  const other = sizes.findIndex((size) => describe(size) !== describe(first));
  if (other > 0) {
    throw unfit(
      `its recurrent layers must be of one kind and size: ${listed([prefixes[0]!])} is ${describe(first)}, ` +
        `${listed([prefixes[other]!])} is ${describe(sizes[other]!)}; train a stack of equal ones`,
    );
  }
  const recurrent: Recurrent = new Map();
  let below = 0;
  sizes.forEach(({ numLayers }, index) => {
    const prefix = prefixes[index]!;
    for (const [name, tensor] of parts.get(prefix)!) {
      const [, which, layer] = /^(.*)_l(\d+)$/.exec(name)!;
      if (Number(layer) >= numLayers) {
        throw new TypeError(
          `Cannot load a state dict: missing keys ${listed([`${prefix}weight_hh_l${layer}`])}`,
        );
      }
      recurrent.set(`${which}_l${below + Number(layer)}`, tensor);
    }
    below += numLayers;
  });
  return { recurrent, sizes: { ...first, numLayers: below }, prefixes };
}

/** Prefixes that differ in one number, by that number. */
function inOrder(prefixes: readonly string[]): string[] {
  if (prefixes.length === 1) return [...prefixes];
  const split = prefixes.map((prefix) => ({ prefix, parts: prefix.split(/(\d+)/) }));
  const { parts: first } = split[0]!;
  const differing = first.findIndex((part, i) => split.some(({ parts }) => parts[i] !== part));
  const alike = split.every(({ parts }) =>
    parts.length === first.length && parts.every((part, i) => i === differing || part === first[i])
  );
  const numbers = new Map(split.map(({ prefix, parts }) => [prefix, Number(parts[differing])]));
  // Texts between numbers stand at even places.
  if (!alike || differing % 2 === 0 || new Set(numbers.values()).size < prefixes.length) {
    throw unfit(
      `it must have one recurrent layer, or a stack that numbers tell, as "rnns.0." and "rnns.1.": ` +
        `found ${listed(prefixes)}`,
    );
  }
  return [...prefixes].sort((a, b) => numbers.get(a)! - numbers.get(b)!);
}

function describe({ kind, hiddenSize, projSize }: Sizes): string {
  return `${kind.toUpperCase()} of ${hiddenSize}${projSize ? ` projected to ${projSize}` : ""}`;
}
