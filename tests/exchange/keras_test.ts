/** Configurations of Keras: chains of layers, and what is refused with its reason. @module */
import { assert, assertEquals, assertThrows } from "@std/assert";
import type { NamedArray } from "../../src/exchange/import_model/arrays.ts";
import { languageModelOf } from "../../src/exchange/import_model/language_model.ts";
import type { KerasLayer } from "../../src/exchange/import_model/keras/chain.ts";
import { modelOf } from "../../src/exchange/import_model/keras/model.ts";
import { parseObject } from "../../src/exchange/import_model/members.ts";
import type { PlainModel } from "../../src/exchange/import_model/plain.ts";
import { checkSizes } from "../../src/exchange/import_model/sizes.ts";

const GATES: Readonly<Record<string, number>> = { SimpleRNN: 1, GRU: 3, LSTM: 4 };

function array(...shape: number[]): NamedArray {
  return { name: "array", shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) };
}

/** Arrays that fit a layer that reads 4 numbers. */
function fitting({ className, config }: KerasLayer): NamedArray[] {
  const { units = 3, use_bias: bias = true } = config as { units?: number; use_bias?: boolean };
  const gates = GATES[className];
  if (gates !== undefined) {
    const vector = className === "GRU" && config["reset_after"] ? [2, gates * units] : [gates * units];
    return [array(4, gates * units), array(units, gates * units), ...bias ? [array(...vector)] : []];
  }
  if (className === "Dense") return [array(4, units), array(units)];
  return className === "Embedding" ? [array(8, 4)] : [];
}

type Node = [className: string, config: object, others?: object];

function read(nodes: readonly Node[], weights = fitting, model: object = {}): PlainModel {
  const layers = nodes.map(([className, config, others], i) => ({
    class_name: className,
    config: { name: `layer_${i}`, ...config },
    ...others,
  }));
  const config = { class_name: "Sequential", config: { layers }, ...model };
  const plain = modelOf({ framework: "keras", version: "3.15.1", config, weights: () => weights });
  checkSizes(plain.layers);
  return plain;
}

const UNITS = { units: 4, return_sequences: true };
const LSTM: Node = ["LSTM", { ...UNITS, activation: "tanh", recurrent_activation: "sigmoid" }];
const GRU = { units: 4, activation: "tanh", recurrent_activation: "sigmoid", reset_after: true };
const with_ = ([name, config]: Node, more: object): Node => [name, { ...config, ...more }];

/** A node of a graph, which reads others: Keras 3's form, and Keras 2's. */
const reads3 = (...sources: string[]): object => ({
  inbound_nodes: [{
    args: sources.map((source) => ({ config: { keras_history: [source, 0, 0] } })),
    kwargs: {},
  }],
});
const reads2 = (...sources: string[]): object => ({
  inbound_nodes: [sources.map((source) => [source, 0, 0, {}])],
});
const GRAPH = { class_name: "Functional" };

Deno.test("graphs that are chains are read in their order, of Keras 3 and 2", () => {
  for (const reads of [reads3, reads2]) {
    const { layers } = read(
      [
        ["Dense", { units: 4, activation: "relu" }, reads("layer_2")],
        ["InputLayer", {}],
        [...LSTM, reads("layer_1")] as unknown as Node,
      ],
      fitting,
      { ...GRAPH },
    );
    assertEquals(layers.map(({ kind }) => kind), ["recurrent", "dense", "activation"]);
  }
});

Deno.test("a model within a model is its layers, whose places Keras numbers within it", () => {
  const layer = ([className, config]: Node, name: string): object => ({
    class_name: className,
    config: { ...config, name },
  });
  const inner: Node = ["Sequential", { layers: [layer(LSTM, "a"), layer(LSTM, "b")] }];
  const deep: Node = ["Sequential", { layers: [layer(inner, "c"), layer(LSTM, "a")] }];
  const places: string[] = [];
  const { layers } = read([LSTM, inner, deep, LSTM], (one) => {
    places.push(`${[...one.models, one.name].join("/")} ${one.place.replaceAll("layers/", "")}`);
    return fitting(one);
  });
  assertEquals(layers.length, 7);
  assertEquals(places, [
    "layer_0 lstm",
    "layer_1/a sequential/lstm",
    "layer_1/b sequential/lstm_1",
    "layer_2/c/a sequential_1/sequential/lstm",
    "layer_2/c/b sequential_1/sequential/lstm_1",
    "layer_2/a sequential_1/lstm",
    "layer_3 lstm_1",
  ]);
});

Deno.test("a graph that gives another output than its last layer's is refused, a model within the model too", () => {
  const output = (...tensors: unknown[]): object => ({ output_layers: tensors });
  const nodes: [string, string, unknown?][] = [["InputLayer", "x"], ["LSTM", "y", "x"], ["LSTM", "z", "y"]];
  const graph = (given: object): object => ({
    layers: nodes.map(([name, key, source]) => ({
      class_name: name,
      config: { ...LSTM[1], name: key },
      inbound_nodes: source === undefined ? [] : [[[source, 0, 0, {}]]],
    })),
    ...given,
  });
  for (
    const [given, sentence] of [
      [output(["y", 0, 0], ["z", 0, 0]), "it has 2 outputs"],
      [output("y", 0, 0), 'its output is that of "y", where the last layer is "z"'],
      [output("z", 0, 1), 'its output is a state of "z", or a second output'],
      [{ output_layers: { h: ["z", 0, 2] } }, 'its output is a state of "z", or a second output'],
    ] as [object, string][]
  ) {
    const whole = { class_name: "Functional", config: graph(given) };
    assertThrows(() => read([], fitting, whole), TypeError, sentence);
    assertThrows(() => read([["Functional", graph(given)], LSTM]), TypeError, sentence);
  }
  for (const given of [output(["z", 0, 0]), output("z", 0, 0), { output_layers: { out: ["z", 0, 0] } }, {}]) {
    assertEquals(read([["Functional", graph(given)], LSTM]).layers.length, 3);
  }
});

Deno.test("a layer that begins with numbers of the file is refused", () => {
  const called = (...nodes: object[]): () => PlainModel => () =>
    read([["InputLayer", {}], [...LSTM, { inbound_nodes: nodes }] as unknown as Node], fitting, GRAPH);
  const x = { config: { keras_history: ["layer_0", 0, 0] } };
  const ones = { class_name: "__numpy__", config: { value: [1, 1] } };
  for (
    const node of [
      { args: [x], kwargs: { initial_state: [ones, ones] } },
      { args: [x, [ones, ones]], kwargs: {} },
      [["layer_0", 0, 0, { initial_state: [[1, 1]] }]],
    ]
  ) assertThrows(called(node), TypeError, '"layer_1" is called with more than what it reads');
  for (
    const node of [
      { args: [x], kwargs: { training: false, mask: null } },
      { args: [x, null] },
      [["layer_0", 0, 0, { training: false }]],
    ]
  ) assertEquals(called(node)().layers.length, 1);
});

Deno.test("what refrain does not have is refused by name, with the reason", () => {
  const refused: [nodes: Node[], sentence: string, weights?: () => NamedArray[], model?: object][] = [
    [[with_(LSTM, { activation: "selu" })], '"layer_0" has the activation "selu"'],
    [[with_(LSTM, { recurrent_activation: "tanh" })], 'gates have "sigmoid" or "hard_sigmoid" here'],
    [[with_(LSTM, { go_backwards: true })], "go_backwards"],
    [[with_(LSTM, { units: 0 })], '"units" of "layer_0" is no size'],
    [[with_(LSTM, { use_bias: 1 })], '"use_bias" of "layer_0" is neither true nor false'],
    [[["CuDNNLSTM", { units: 4 }]], "CuDNN alone"],
    [[["Masking", {}]], "repeats the last output in Keras"],
    [[["Embedding", { input_dim: 8, output_dim: 4, mask_zero: true }]], "mask_zero"],
    [[["Lambda", {}]], "it is code of Python's"],
    [[["Mine", {}, { registered_name: "Custom>Mine" }]], '"Mine" is a class of the user\'s own'],
    [[["LSTM", LSTM[1], { module: "mine.layers" }]], '"LSTM" is a class of the user\'s own'],
    [[["Dense", { units: 4, activation: { class_name: "LeakyReLU", config: {} } }]], "options of its own"],
    [[["ReLU", { max_value: 6 }]], '"relu" with options'],
    [[["Bidirectional", { layer: { class_name: "LSTM", config: LSTM[1] }, merge_mode: "ave" }]], '"ave"'],
    [
      [["Bidirectional", {
        layer: { class_name: "LSTM", config: LSTM[1] },
        backward_layer: { class_name: "GRU", config: GRU },
      }]],
      'directions that differ in "class_name"',
    ],
    [[["Bidirectional", { layer: { class_name: "Dense", config: {} } }]], 'Bidirectional of "Dense"'],
    [[["TimeDistributed", { layer: { class_name: "LSTM", config: {} } }]], 'TimeDistributed of "LSTM"'],
    [
      [with_(LSTM, { activation: { value: ["4wEA"] } })],
      "is code of Python's, which a file cannot be trusted with",
    ],
    [[LSTM, ["Reshape", { target_shape: [-1, 1] }]], '"layer_1" is "Reshape"'],
    [[LSTM], "must have 3 arrays a direction: it has 0", () => []],
    [
      [LSTM],
      '"array" must be of shape (4, 16): current shape is (3, 16)',
      () => [array(4, 16), array(3, 16), array(16)],
    ],
    [[with_(LSTM, { return_sequences: false }), LSTM], "reads sequences"],
    [[LSTM, ["Dense", { units: 3 }], LSTM], '"layer_2" reads 4 numbers: the layer before gives 3'],
    [[LSTM, ["Embedding", { input_dim: 8, output_dim: 4 }]], "must be the first"],
    [[with_(LSTM, { time_major: true }), with_(LSTM, { time_major: false })], "time_major"],
    [[LSTM, ["Dense", { name: "layer_0", units: 4 }]], 'two of its layers are called "layer_0"'],
    [[], "no layers"],
    [[["Sequential", { layers: [] }]], "no layers"],
    [[LSTM], '"Mine" is a class of its own', undefined, { class_name: "Mine" }],
    [[["InputLayer", {}], ["InputLayer", {}]], "both read the input", undefined, GRAPH],
    [
      [["InputLayer", {}], ["Add", {}, reads3("layer_0", "layer_0")]],
      '"layer_1" reads several layers',
      undefined,
      GRAPH,
    ],
    [[["Dense", {}, reads2("layer_0")]], "not one chain from an input on", undefined, GRAPH],
    [
      [["InputLayer", {}], ["LSTM", {}, { inbound_nodes: [[["layer_0", 0, 1, {}]]] }]],
      "reads a state",
      undefined,
      GRAPH,
    ],
  ];
  for (const [nodes, sentence, weights, model] of refused) {
    const error = assertThrows(() => read(nodes, weights, model)) as Error;
    assert(error.message.startsWith("Cannot import the model as "), error.message);
    assert(error.message.includes(sentence), `${error.message}\n${sentence}`);
  }
});

Deno.test("layers that compute in other bits than 32 are told", () => {
  const notes = (dtype: unknown): readonly string[] => read([with_(LSTM, { dtype }), LSTM]).notes;
  const policy = (name: string): object => ({ class_name: "DTypePolicy", config: { name } });
  for (const plain of [undefined, null, "float32", policy("float32"), {}]) assertEquals(notes(plain), []);
  for (const name of ["float16", "mixed_bfloat16", "float64"]) {
    for (const dtype of [name, policy(name)]) {
      assertEquals(notes(dtype), [`its layers compute in ${name} there: here in float32`]);
    }
  }
});

Deno.test("a language model takes ids or one-hot rows to logits of as many tokens", () => {
  const embedding: Node = ["Embedding", { input_dim: 8, output_dim: 4 }];
  const dense: Node = ["Dense", { units: 8, activation: "softmax" }];
  const notes = (nodes: Node[], size?: number): readonly string[] | string => {
    const language = languageModelOf(read(nodes), size);
    return typeof language === "string" ? language : language.notes;
  };
  assertEquals(notes([embedding, LSTM, dense]), []);
  assertEquals(notes([embedding, with_(LSTM, { return_sequences: false }), dense], 8), [
    "it was made to read a whole window for each token: here its state goes on from token to token",
  ]);
  const oneHot: Node[] = [LSTM, ["Dense", { units: 4 }]];
  assertEquals(notes(oneHot, 4), ["its inputs are taken for one-hot rows of ids"]);
  for (
    const [nodes, reason, size] of [
      [[embedding, with_(LSTM, { return_sequences: false }), dense], "last step of a sequence alone"],
      [oneHot, "only a vocabulary of as many tokens tells"],
      [[embedding, LSTM], "does not end with a dense layer"],
      [[embedding, dense], "no recurrent layer"],
      [[embedding, LSTM, ["Dense", { units: 4 }], dense], "stands beside one recurrent stack"],
      [[embedding, LSTM, ["GRU", { ...GRU, return_sequences: true }], dense], "of different kinds"],
      [[embedding, LSTM, ["Dense", { units: 5 }]], "reads ids below 8, and gives 5 numbers"],
      [[embedding, with_(LSTM, { time_major: true }), dense], "time_major"],
    ] as [Node[], string, number?][]
  ) {
    const said = notes(nodes, size);
    assert(typeof said === "string" && said.includes(reason), `${said}\n${reason}`);
  }
});

Deno.test("JSON is nested as deep as a model needs, and no deeper", () => {
  const nested = (depth: number): string => `{"a":${"[".repeat(depth)}${"]".repeat(depth)}}`;
  assertEquals(Object.keys(parseObject(nested(199), "it")), ["a"]);
  assertThrows(() => parseObject(nested(100_000), "it"), SyntaxError, "nested deeper than 200 levels");
  assertThrows(() => parseObject("{", "it"), SyntaxError, "it is not JSON");
  assertThrows(() => parseObject("[]", "it"), SyntaxError, "it is no object");
});
