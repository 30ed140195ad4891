/**
 * The final states of recurrent nodes, picked one by one as PyTorch's h_n has them: a layer's own, or both directions' side by
 * side.
 *
 * @module
 */
import { type OnnxNode, RECURRENT } from "./graph.ts";
import type { Source } from "./source.ts";

/** A direction's final state. */
interface State {
  /** The tensor of its node's. */
  readonly tensor: string;
  readonly direction: number;
  /** How many the node has. */
  readonly directions: number;
}

/**
 * The final states that a node gives.
 *
 * @param node The node.
 * @param source The graph.
 * @returns The tensor of all directions of one recurrent node, where that is what it gives.
 */
export function statesOf(node: OnnxNode, source: Source): string | undefined {
  const { op, inputs, outputs, attributes } = node;
  const axis = attributes.get("axis")?.integers[0];
  const names = op === "Gather" ? outputs : op === "Concat" && (axis === -1 || axis === 1) ? inputs : [];
  const states = names.map((name) => stateOf(name, source));
  const [first] = states;
  if (!first || states.length !== first.directions) return undefined;
  const isWhole = states.every((state, i) => state?.tensor === first.tensor && state.direction === i);
  return isWhole ? first.tensor : undefined;
}

/** One state, picked of those of one node or of several that are joined. */
function stateOf(name: string, source: Source): State | undefined {
  const node = source.makerOf(name);
  const [all = "", index = ""] = node?.inputs ?? [];
  if (node?.op !== "Gather" || (node.attributes.get("axis")?.integers[0] ?? 0) !== 0) return undefined;
  if (source.tensorOf(index)?.shape.length !== 0) return undefined;
  const joined = source.makerOf(all);
  const isJoined = joined?.op === "Concat" && joined.attributes.get("axis")?.integers[0] === 0;
  const states = (isJoined ? joined.inputs : [all]).flatMap((tensor) => directionsOf(tensor, source));
  return states.at(source.integers(index)?.[0] ?? NaN);
}

/** The states of a tensor, undefined where it is no tensor of states by direction. */
function directionsOf(tensor: string, source: Source): (State | undefined)[] {
  const node = source.makerOf(tensor);
  const { attributes, op = "", outputs } = node ?? {};
  const isStates = RECURRENT.includes(op) && outputs?.[1] === tensor &&
    (attributes?.get("layout")?.integers[0] ?? 0) === 0;
  if (!isStates) return [undefined];
  const directions = attributes?.get("direction")?.texts[0] === "bidirectional" ? 2 : 1;
  return Array.from({ length: directions }, (_, direction) => ({ tensor, direction, directions }));
}
