/**
 * A model as ONNX: of sequences or of one step, with the states beside.
 *
 * @module
 */
import { VERSION } from "../../../version.ts";
import { type PlainRecurrent, VOCABULARY_KEY } from "../../import_model/plain.ts";
import { TYPES } from "../../import_model/onnx/tensor.ts";
import { sizesOf } from "../../import_model/sizes.ts";
import type { Outgoing } from "../outgoing.ts";
import { unfit } from "../unfit.ts";
import { GraphWriter } from "./graph.ts";
import { writeLayer } from "./layers.ts";
import { Message } from "./protobuf.ts";
import { States } from "./states.ts";

/** The form: whole sequences, or one step. */
export type OnnxForm = "sequence" | "step";

/** The opset, and the version of the format that came with it; the function gelu is of a later one. */
const OPSET = { opset: 14, version: 7 };
const OPSET_OF_GELU = { opset: 20, version: 9 };

/** The most bytes that a message may have. */
const MOST_BYTES = 2 ** 31 - 1;

/**
 * Writes a model. Others may have their turn meanwhile.
 *
 * @param model The model.
 * @param form Whether it reads sequences or one step.
 * @returns The file's bytes.
 * @throws {TypeError} If it has no such form.
 * @throws {RangeError} If the file would have 2 GiB or more.
 */
export function* encodeOnnx(
  model: Outgoing,
  form: OnnxForm,
): Generator<void, Uint8Array<ArrayBuffer>, void> {
  const { layers, vocabulary } = model;
  const hasGelu = layers.some((layer) => layer.kind === "activation" && layer.function.startsWith("gelu"));
  const { opset, version } = hasGelu ? OPSET_OF_GELU : OPSET;
  const file = new Message().integer(1, version).text(2, "refrain").text(3, VERSION)
    .message(7, yield* form === "step" ? stepGraph(model) : sequenceGraph(model))
    .message(8, new Message().text(1, "").integer(2, opset));
  if (vocabulary) {
    file.message(14, new Message().text(1, VOCABULARY_KEY).text(2, JSON.stringify(vocabulary)));
  }
  if (file.length > MOST_BYTES) {
    throw new RangeError(
      `Cannot export the model as a file of ONNX has at most ${MOST_BYTES} bytes: it would have ${file.length}`,
    );
  }
  return file.toBytes();
}

/** (B, T, ·) or (T, B, ·) to the same; to (B, ·) where the last step alone is given. */
function* sequenceGraph(model: Outgoing): Generator<void, Message, void> {
  const { layers, batchFirst } = model;
  const graph = new GraphWriter();
  const { name, type, numbers, given } = endsOf(model);
  const axes = batchFirst ? ["B", "T"] : ["T", "B"];
  const input = graph.input(name, type, [...axes, ...numbers]);
  const turn = (x: string, output: string, rank: number): string =>
    graph.node("Transpose", [x], {
      outputs: [output],
      attributes: { perm: [1, 0, ...rank === 3 ? [2] : []] },
    });
  const states = new States(graph, model);
  let x = batchFirst ? turn(input, "time_first", 2 + numbers.length) : input;
  for (const layer of layers) {
    x = writeLayer(graph, layer, x, states);
    yield;
  }
  states.end();
  const ends = recurrentIn(model).some(({ outputs }) => outputs === "last");
  if (batchFirst && !ends) turn(x, given.name, 3);
  else graph.node("Identity", [x], { outputs: [given.name] });
  graph.output(given.name, [...ends ? ["B"] : axes, given.size]);
  states.output();
  return graph.message();
}

/** (B, ·) of one step to (B, ·). */
function* stepGraph(model: Outgoing): Generator<void, Message, void> {
  if (!model.hasStates) {
    throw unfit("steps as it keeps no state from one to the next: an RNNModel or a layer does");
  }
  if (recurrentIn(model).some(({ bidirectional }) => bidirectional)) {
    throw unfit("steps as its second direction begins at the end of a sequence");
  }
  const graph = new GraphWriter();
  const { name, type, numbers, given } = endsOf(model);
  const input = graph.input(name, type, ["B", ...numbers]);
  const states = new States(graph, model);
  const axis = graph.integers("time", 0);
  let x = graph.node("Unsqueeze", [input, axis], { outputs: ["one_step"] });
  for (const layer of model.layers) {
    x = writeLayer(graph, layer, x, states);
    yield;
  }
  states.end();
  graph.node("Squeeze", [x, axis], { outputs: [given.name] });
  graph.output(given.name, ["B", given.size]);
  states.output();
  return graph.message();
}

/** What the model reads and gives. */
function endsOf({ layers }: Outgoing): {
  name: string;
  type: number;
  /** The sizes of an input's last axis: none of ids. */
  numbers: number[];
  given: { name: string; size: number };
} {
  const [first] = layers;
  const sizes = layers.map(sizesOf).filter((one) => one !== undefined);
  const { reads } = sizes[0]!;
  const { gives: size } = sizes.at(-1)!;
  return first!.kind === "embedding" || first!.kind === "one_hot"
    ? { name: "ids", type: TYPES.int64, numbers: [], given: { name: "logits", size } }
    : { name: "x", type: TYPES.float32, numbers: [reads], given: { name: "y", size } };
}

/**
 * The recurrent layers of a model.
 *
 * @param model The model.
 */
export function recurrentIn({ layers }: Pick<Outgoing, "layers">): PlainRecurrent[] {
  return layers.filter((layer) => layer.kind === "recurrent");
}
