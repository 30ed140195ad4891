/**
 * Activations of recurrent nodes of ONNX.
 *
 * @module
 */
import { quote } from "../../../messages/quote.ts";
import type { GateActivation, Kind } from "../../../layers/recurrent/cell.ts";
import { unfit } from "../unfit.ts";
import type { OnnxNode } from "./graph.ts";

/** What a direction has where nothing is said. */
const DEFAULTS: Readonly<Record<Kind, readonly string[]>> = {
  rnn: ["Tanh"],
  gru: ["Sigmoid", "Tanh"],
  lstm: ["Sigmoid", "Tanh", "Tanh"],
};

/** The slopes of a hard sigmoid, each with its name here. */
const SLOPES: readonly [slope: number, gates: GateActivation][] = [
  [1 / 5, "hardSigmoid5"],
  [1 / 6, "hardSigmoid6"],
];

/** What a layer has. */
interface Activations {
  readonly nonlinearity: "tanh" | "relu";
  readonly gateActivation: GateActivation;
}

/**
 * The activations of a node.
 *
 * @param node The node.
 * @param cell Its cell.
 * @param directions 1 or 2, which must have the same.
 * @returns What the layer has.
 * @throws {TypeError} If refrain has no such.
 */
export function activationsOf(node: OnnxNode, cell: Kind, directions: number): Activations {
  const { name, attributes } = node;
  const per = DEFAULTS[cell];
  const given = attributes.get("activations")?.texts ?? Array(directions).fill(per).flat() as string[];
  if (given.length !== per.length * directions) {
    throw unfit(`${quote(name)} must have ${per.length * directions} activations: it has ${given.length}`);
  }
  const names = given.map((activation) => activation.toLowerCase());
  // Only functions that have numbers take the next of them.
  let hard = 0;
  const gates = names.map((activation): GateActivation => {
    if (activation !== "hardsigmoid") return "sigmoid";
    const slope = attributes.get("activation_alpha")?.floats[hard] ?? 0.2;
    const middle = attributes.get("activation_beta")?.floats[hard] ?? 0.5;
    hard++;
    const [, known] = SLOPES.find(([one]) => Math.abs(one - slope) < 1e-7) ?? [];
    if (known && middle === 0.5) return known;
    throw unfit(
      `${quote(name)} has HardSigmoid of alpha ${short(slope)} and beta ${
        short(middle)
      }: gates have alpha 1/5 or 1/6 and beta 0.5 here`,
    );
  });
  names.forEach((activation, i) => {
    const isGate = cell !== "rnn" && i % per.length === 0;
    const taken = cell === "rnn" ? ["tanh", "relu"] : isGate ? ["sigmoid", "hardsigmoid"] : ["tanh"];
    if (taken.includes(activation)) return;
    const most = cell === "rnn" ? "Tanh or Relu" : isGate ? "Sigmoid or HardSigmoid" : "Tanh";
    throw unfit(`${quote(name)} has the activation ${quote(given[i])}: there is ${most} here`);
  });
  for (let i = per.length; i < names.length; i++) {
    if (names[i] !== names[i - per.length] || gates[i] !== gates[i - per.length]) {
      throw unfit(`${quote(name)} has directions that differ in their activations`);
    }
  }
  return { nonlinearity: names[0] === "relu" ? "relu" : "tanh", gateActivation: gates[0]! };
}

/** A number of float32 in as many digits as it has. */
function short(value: number): string {
  return String(Number(value.toPrecision(7)));
}
