/**
 * Nodes that move, join, part or leave out axes, and compute nothing.
 *
 * @module
 */
import { quote } from "../../../messages/quote.ts";
import { unfit } from "../unfit.ts";
import { type Axis, placeOf, reshaped, roleOf, shapeOf } from "./axes.ts";
import type { OnnxNode } from "./graph.ts";
import type { Source } from "./source.ts";

/** What a node made of axes. */
export interface Moved {
  readonly axes: readonly Axis[];
  /** The node's name where it leaves all steps but the last out. */
  readonly endsAt?: string;
}

/**
 * The axes behind a node.
 *
 * @param node The node.
 * @param axes The axes of what it reads.
 * @param source The graph.
 * @param time Which axis of the input is time, if that is known.
 * @returns The axes; undefined where the node is none such.
 * @throws {TypeError} If it does with axes what no layer here does.
 */
export function moved(
  node: OnnxNode,
  axes: readonly Axis[],
  source: Source,
  time: "first" | "second" | undefined,
): Moved | undefined {
  const { name, op, inputs, attributes } = node;
  const rank = axes.length;
  const attribute = (key: string): readonly number[] | undefined => attributes.get(key)?.integers;
  /** Numbers that older operations have as an attribute, and newer ones read. */
  const numbers = (input: number, key: string): readonly number[] | undefined => {
    const read = inputs[input] ?? "";
    if (read === "") return attribute(key);
    const found = source.integers(read);
    if (found) return found;
    throw unfit(`${quote(name)} (${op}) reads ${quote(read)}, which is computed: it must be known`);
  };
  const wrong = (why: string): TypeError => unfit(`${quote(name)} (${op}) is not read: ${why}`);
  const places = (list: readonly number[], of = rank): number[] =>
    list.map((axis) => {
      const place = placeOf(axis, of);
      if (place !== undefined) return place;
      throw wrong(`axis ${axis} is none of ${of}`);
    });
  /** Without an axis, one element of which is taken. */
  const selected = (place: number, index: number, keeps: boolean): Moved => {
    const axis = axes[place]!;
    const left = keeps ? axes.with(place, []) : axes.toSpliced(place, 1);
    const size = shapeOf([axis])[0]!;
    if (roleOf(axis) === "one" && (index === 0 || index === -1)) return { axes: left };
    if (time !== undefined && roleOf(axis) === time) {
      if (index === -1 || index === size - 1) return { axes: left, endsAt: name };
      throw wrong(`it takes step ${index} of ${size}, and not the last`);
    }
    throw wrong(
      roleOf(axis) === "directions"
        ? "it takes one of two directions"
        : `it takes one of ${size} parts of an axis that is not time`,
    );
  };
  switch (op) {
    case "Identity":
    case "Dropout":
      return { axes };
    case "Transpose": {
      const perm = places(attribute("perm") ?? axes.map((_, i) => rank - 1 - i));
      if (new Set(perm).size !== rank || perm.length !== rank) throw wrong("its perm is no order of axes");
      return { axes: perm.map((place) => axes[place]!) };
    }
    case "Reshape": {
      const target = numbers(1, "shape");
      if (!target) throw wrong("it has no shape");
      const result = reshaped(axes, target);
      if (typeof result === "string") throw wrong(result);
      return { axes: result };
    }
    case "Squeeze": {
      const sizes = shapeOf(axes);
      const given = numbers(1, "axes");
      const list = given ? places(given) : axes.flatMap((_, i) => sizes[i] === 1 ? [i] : []);
      const [place, ...others] = list.filter((place) => roleOf(axes[place]!) !== "one");
      if (list.some((place) => sizes[place] !== 1)) {
        throw wrong("it leaves out an axis of more than one element");
      }
      if (others.length > 0) throw wrong("it leaves out several axes of one element");
      const result = place === undefined ? { axes } : selected(place, 0, true);
      return { ...result, axes: result.axes.filter((_, i) => !list.includes(i)) };
    }
    case "Unsqueeze": {
      const given = numbers(1, "axes") ?? [];
      const list = places(given, rank + given.length).sort((a, b) => a - b);
      const result = [...axes];
      for (const place of list) result.splice(place, 0, []);
      return { axes: result };
    }
    case "Gather": {
      const [place] = places(attribute("axis") ?? [0]);
      const index = numbers(1, "indices") ?? [];
      if (index.length !== 1) throw wrong(`it takes ${index.length} parts of an axis`);
      const rankOfIndex = source.tensorOf(inputs[1]!)?.shape.length ?? 0;
      return selected(place!, index[0]!, rankOfIndex === 1);
    }
    case "Slice": {
      const [starts, ends] = [numbers(1, "starts"), numbers(2, "ends")];
      const [place, ...others] = places(numbers(3, "axes") ?? starts?.map((_, i) => i) ?? []);
      const [start = NaN, end = NaN, step = 1] = [starts?.[0], ends?.[0], numbers(4, "steps")?.[0]];
      if (place === undefined || others.length > 0 || step !== 1) {
        throw wrong("it cuts several axes, or in steps");
      }
      const size = shapeOf([axes[place]!])[0]!;
      if (start === 0 && end >= size) return { axes };
      if (end >= size && (start === -1 || start === size - 1)) return selected(place, -1, true);
      throw wrong(`it takes elements ${start} to ${end} of ${size}`);
    }
  }
  return undefined;
}
