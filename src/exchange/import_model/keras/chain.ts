/**
 * A model of Keras as its configuration has it: layers one behind the other, of which nothing else is known yet.
 *
 * @module
 */
import { quote } from "../../../messages/quote.ts";
import { itemsOf, type Members, membersOf, textIn } from "../members.ts";
import { unfit } from "../unfit.ts";
import { placed } from "./places.ts";

/** A layer. */
export interface KerasLayer {
  /** Its class. */
  readonly className: string;
  /** What the file calls it. */
  readonly name: string;
  /** Its options. */
  readonly config: Members;
  /** The names of the models that it is within, the outermost first; none of a layer of the model itself. */
  readonly models: readonly string[];
  /** Where `.keras` has its arrays. */
  readonly place: string;
}

/** Which version of Keras an activation's meaning and an option's default are of. */
export interface Dialect {
  /** 2 or 3; TensorFlow.js is of 2. */
  readonly major: 2 | 3;
}

/** Classes of models that are one chain, in Keras 3 and 2, old and new. */
const MODELS: readonly string[] = ["Sequential", "Functional", "Model"];

/** Where a model is within others. */
type Outside = Pick<KerasLayer, "models" | "place">;

/**
 * Reads the configuration of a model.
 *
 * @param model The parsed JSON: class_name and config.
 * @param outside Where it is within others.
 * @returns Its layers, the input's first, those of a model within it in its place.
 * @throws {SyntaxError} If it is none of Keras's.
 * @throws {TypeError} If the layers are no chain, or a class is the user's own.
 */
export function chainOf(model: Members, outside: Outside = { models: [], place: "" }): KerasLayer[] {
  refuseCustom(model);
  const className = textIn(model, "class_name", "the model");
  if (!MODELS.includes(className)) {
    throw unfit(
      `${
        quote(className)
      } is a class of its own, of which the file has no layers: save a Sequential or Functional model`,
    );
  }
  // Keras before 2.2.3 wrote a Sequential's layers without its name.
  const { config } = model;
  const isList = Array.isArray(config);
  const options = isList ? { layers: config } : membersOf(config, "the model's config");
  const listed = itemsOf(options["layers"], "the list of layers");
  const nodes = listed.map((value) => membersOf(value, "a layer"));
  const layers = placed(nodes.map((node) => ({ ...layerOf(node), models: outside.models })), outside.place);
  if (layers.length === 0) throw unfit("it has no layers");
  const twin = layers.find(({ name }, index) => layers.findIndex((layer) => layer.name === name) < index);
  if (twin) throw unfit(`two of its layers are called ${quote(twin.name)}`);
  const chain = className === "Sequential" ? layers : inOrder(layers, nodes);
  if (className !== "Sequential") checkOutput(options["output_layers"], chain.at(-1)!.name);
  return chain.flatMap((layer) => {
    const { className: inner, config, name, models, place } = layer;
    if (!MODELS.includes(inner)) return [layer];
    return chainOf({ class_name: inner, config }, { models: [...models, name], place });
  });
}

function layerOf(node: Members): Pick<KerasLayer, "className" | "name" | "config"> {
  refuseCustom(node);
  const config = membersOf(node["config"], "a layer's config");
  return {
    className: textIn(node, "class_name", "a layer"),
    name: textIn(config, "name", "a layer"),
    config,
  };
}

/**
 * Refuses a class that is not Keras's: the file says of which package it is.
 *
 * @param node What may be an object that Keras serialized.
 * @throws {TypeError} If it is the user's own.
 */
export function refuseCustom({ registered_name: registered, class_name: className, module }: Members): void {
  const own = typeof registered === "string" && registered.includes(">") ||
    typeof module === "string" && !/^(tf_)?keras(\.|$)/.test(module);
  if (own) throw unfit(`${quote(String(className))} is a class of the user's own, which no file describes`);
}

/** The layers of a graph that is a chain, the input's first. */
function inOrder(layers: readonly KerasLayer[], nodes: readonly Members[]): KerasLayer[] {
  const next = new Map<string | undefined, KerasLayer>();
  layers.forEach((layer, index) => {
    const before = sourcesOf(nodes[index]!, layer.name);
    if (before.length > 1) {
      throw unfit(`${quote(layer.name)} reads several layers: a model must be one chain`);
    }
    const [source] = before;
    const twin = next.get(source);
    if (twin) {
      throw unfit(
        `${quote(twin.name)} and ${quote(layer.name)} both read ${
          source === undefined ? "the input" : quote(source)
        }: a model must be one chain`,
      );
    }
    next.set(source, layer);
  });
  const chain: KerasLayer[] = [];
  for (let layer = next.get(undefined); layer && chain.length < layers.length; layer = next.get(layer.name)) {
    chain.push(layer);
  }
  if (chain.length < layers.length) throw unfit("its layers are not one chain from an input on");
  return chain;
}

/** Refuses a graph that gives something else than what its last layer does: several outputs, an earlier one, or a state. */
function checkOutput(outputs: unknown, last: string): void {
  if (outputs === undefined) return;
  const found = tensorsIn(outputs, "its output is");
  if (found.length !== 1) throw unfit(`it has ${found.length} outputs: a model must be one chain`);
  if (found[0] !== last) {
    throw unfit(`its output is that of ${quote(found[0]!)}, where the last layer is ${quote(last)}`);
  }
}

/** The layers that a layer reads, by the calls of it in the file: Keras 3 has tensors in it, Keras 2 lists of lists. */
function sourcesOf(node: Members, name: string): string[] {
  const calls = itemsOf(node["inbound_nodes"] ?? [], `the inputs of ${quote(name)}`);
  if (calls.length > 1) {
    throw unfit(`${quote(name)} is used ${calls.length} times: a model must be one chain`);
  }
  const found = tensorsIn(calls, `${quote(name)} reads`);
  if (found.length === 1 && calls.some(hasMore)) {
    throw unfit(`${quote(name)} is called with more than what it reads: a model must be one chain`);
  }
  return found;
}

/** The layers whose outputs stand somewhere in a value. */
function tensorsIn(value: unknown, reader: string): string[] {
  const found: string[] = [];
  const note = (source: unknown, tensor: unknown): void => {
    if (tensor !== 0) {
      const what = `a state of ${quote(String(source))}, or a second output`;
      throw unfit(`${reader} ${what}: both stay within a layer here`);
    }
    found.push(String(source));
  };
  const search = (value: unknown): void => {
    if (Array.isArray(value)) {
      const [source, call, tensor] = value;
      if (typeof source === "string" && typeof call === "number") note(source, tensor);
      else value.forEach(search);
    } else if (typeof value === "object" && value !== null) {
      const { keras_history: history, ...others } = value as Members;
      if (Array.isArray(history)) note(history[0], history[2]);
      else Object.values(others).forEach(search);
    }
  };
  search(value);
  return found;
}

/** Whether a call of a layer gives it more than a tensor, as the states that it begins with: numbers, of which the file is full. */
function hasMore(call: unknown): boolean {
  const { args = [], kwargs }: Members = Array.isArray(call)
    ? { kwargs: Object.assign({}, ...call.map((tensor) => Array.isArray(tensor) ? tensor[3] : undefined)) }
    : call as Members;
  const { training: _, ...others } = Object(kwargs) as Members;
  const more = [...Array.isArray(args) ? args.slice(1) : [], ...Object.values(others)];
  return more.some((value) => value !== null && value !== undefined);
}
