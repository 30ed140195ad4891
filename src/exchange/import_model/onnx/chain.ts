/**
 * The nodes from a model's input to its output, found from the output on: each reads one tensor that is computed.
 *
 * @module
 */
import { quote } from "../../../messages/quote.ts";
import { damaged, unfit } from "../unfit.ts";
import { type OnnxInput, type OnnxNode, RECURRENT } from "./graph.ts";
import { statesOf } from "./last_states.ts";
import type { Source } from "./source.ts";

/** A node of the chain. */
export interface Link {
  readonly node: OnnxNode;
  /** The tensor of the node before, or the model's input. */
  readonly from: string;
  /** Its tensor that the next node reads. */
  readonly to: string;
  /** Whether it gives the final states of the recurrent node before, side by side. */
  readonly givesStates: boolean;
}

/** Operations of two computed tensors, or of one and weights on either side. */
const EITHER: readonly string[] = ["Add", "Mul", "Sub", "Div", "MatMul", "Gemm", "Gather"];

/**
 * Finds the chain.
 *
 * @param source The graph.
 * @returns Its nodes, the input's first, and the input.
 * @throws {SyntaxError} If a tensor is made by nothing.
 * @throws {TypeError} If the graph is no chain.
 */
export function chainOf(source: Source): { links: Link[]; input: OnnxInput } {
  const { graph } = source;
  if (!graph.nodes.some(({ op }) => RECURRENT.includes(op))) refuseUnrolled(source);
  const links: Link[] = [];
  let [name] = graph.outputs;
  if (name === undefined) throw damaged("its graph gives nothing");
  for (;;) {
    const input = graph.inputs.find((one) => one.name === name);
    if (input) return { links: links.reverse(), input };
    const node = source.makerOf(name);
    if (!node) throw damaged(`nothing makes ${quote(name)}`);
    if (links.length > graph.nodes.length) throw damaged(`${quote(name)} is made of itself`);
    const states = statesOf(node, source);
    const from = states ?? readBy(node, source);
    links.push({ node, from, to: name, givesStates: states !== undefined });
    name = from;
  }
}

/** The tensor that a node reads of others, beside weights, shapes and states. */
function readBy(node: OnnxNode, source: Source): string {
  const { op, inputs, name } = node;
  const [first = "", second = ""] = inputs;
  if (op === "Concat") {
    throw unfit(`${quote(name)} joins several tensors (Concat): a model must be one chain`);
  }
  if (!EITHER.includes(op)) return first;
  const weights = [first, second].map((input) => source.isWeight(input));
  if (weights[0] && weights[1]) throw unfit(`${quote(name)} reads weights alone`);
  if (weights[0]) return second;
  if (weights[1]) return first;
  throw unfit(`${quote(name)} reads two tensors that are computed (${op}): a model must be one chain`);
}

/** Refuses a layer whose steps PyTorch's exporter wrote one by one: the same weights are multiplied with again and again. */
function refuseUnrolled(source: Source): void {
  const seen = new Set<string>();
  for (const { op, inputs } of source.graph.nodes) {
    const weight = inputs[1] ?? "";
    if (op !== "MatMul" && op !== "Gemm" || !source.isWeight(weight)) continue;
    if (seen.has(weight)) {
      throw unfit(
        "it has no recurrent node but copies of one step, as PyTorch's exporter unrolls nn.RNN at its example's length: export it with dynamo=False, or save its state_dict()",
      );
    }
    seen.add(weight);
  }
}
