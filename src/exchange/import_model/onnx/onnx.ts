/**
 * ONNX: a graph of operations, of which a chain from ids or numbers through recurrent nodes is read as layers.
 *
 * @module
 */
import { listed } from "../../../model/config.ts";
import { quote } from "../../../messages/quote.ts";
import { parseObject } from "../members.ts";
import { type ImportFile, type PlainModel, VOCABULARY_KEY } from "../plain.ts";
import { unfit } from "../unfit.ts";
import { axesOf, roleOf } from "./axes.ts";
import { chainOf } from "./chain.ts";
import { isOnnx } from "./is_onnx.ts";
import { type OnnxGraph, readGraph } from "./graph.ts";
import { Layers } from "./layers.ts";
import { Source } from "./source.ts";
import { isFloat, TYPES } from "./tensor.ts";

/** The first opset whose recurrent nodes are those of today. */
const FIRST_OPSET = 7;

/**
 * Reads a model.
 *
 * @param files The .onnx file, and those of its weights, in any order.
 * @returns The model.
 * @throws {SyntaxError} If a file is damaged.
 * @throws {TypeError} If a file is missing, or the model is none of refrain's.
 */
export function readOnnx(files: readonly ImportFile[]): PlainModel {
  const file = files.find(({ bytes }) => isOnnx(bytes))!;
  return chainModel(readGraph(file.bytes), files.filter((other) => other !== file));
}

/**
 * Makes a plain model of a graph.
 *
 * @param graph The graph.
 * @param files Files of its weights.
 * @returns The model.
 * @throws {SyntaxError} If a file is damaged.
 * @throws {TypeError} If a file is missing, or the model is none of refrain's.
 */
export function chainModel(graph: OnnxGraph, files: readonly ImportFile[]): PlainModel {
  const { opset } = graph;
  if (!(opset >= FIRST_OPSET)) {
    throw unfit(`it is of opset ${opset}: export it with ${FIRST_OPSET} or a later one`);
  }
  const source = new Source(graph, files);
  const { links, input } = chainOf(source);
  const isIds = input.type === TYPES.int64 || input.type === TYPES.int32;
  // Of a step, whose time a node adds.
  const isStep = input.shape.length === (isIds ? 1 : 2) && graph.nodes.some(({ op }) => op === "Unsqueeze");
  const rank = (isIds ? 2 : 3) - Number(isStep);
  if (!isIds && !isFloat(input.type)) {
    throw unfit(`its input ${quote(input.name)} is neither of ids nor of floating-point numbers`);
  }
  if (input.shape.length !== rank) {
    throw unfit(`its input ${quote(input.name)} must have ${rank} axes: it has ${input.shape.length}`);
  }
  const chain = new Layers(source, axesOf(input, isStep), { isIds, isStep });
  source.axes.set(input.name, chain.axes);
  for (const link of links) {
    chain.take(link);
    source.axes.set(link.to, chain.axes);
  }
  const { layers, time } = chain;
  const states = [...new Set(chain.states)];
  if (layers.length === 0) throw unfit("it has no layers");
  return {
    framework: "onnx",
    version: `opset ${opset}`,
    layers,
    batchFirst: time !== "first",
    notes: [
      ...isStep ? ["it reads a step there: here it reads sequences"] : shapeNote(chain),
      ...states.length > 0 ? [`its inputs ${listed(states)} are states, which layers keep here`] : [],
      ...graph.outputs.length > 1
        ? [`of its outputs only the first is read, ${quote(graph.outputs[0])}`]
        : [],
      ...typeNotes(graph),
    ],
    ...vocabularyOf(graph),
  };
}

/** What is said of numbers that are no float32 there. */
function typeNotes({ tensors, inputs, nodes }: OnnxGraph): string[] {
  const found = new Set([
    ...[...tensors.values(), ...inputs].map(({ type }) => type),
    ...nodes.filter(({ op }) => op === "Cast").map(({ attributes }) => attributes.get("to")?.integers[0]),
  ]);
  const others = (["float16", "bfloat16", "float64"] as const).filter((name) => found.has(TYPES[name]));
  return others.length > 0
    ? [`its numbers of ${others.join(" and ")} are float32 here, as all that is computed`]
    : [];
}

/** The tokens, of a file that has them. */
function vocabularyOf({ metadata }: OnnxGraph): Pick<PlainModel, "vocabulary"> {
  const text = metadata?.get(VOCABULARY_KEY);
  return text === undefined ? {} : { vocabulary: parseObject(text, "its vocabulary") };
}

/** What the shape of the outputs is there, if it is another. */
function shapeNote({ axes, layers, time }: Layers): string[] {
  const ends = layers.some((layer) => layer.kind === "recurrent" && layer.outputs === "last");
  const roles = axes.map(roleOf).join();
  const expected = ends ? `${time === "first" ? "second" : "first"},numbers` : "first,second,numbers";
  return roles === expected ? [] : ["the axes of its outputs lie in another order or shape there"];
}
