/** What layers say to wrong arguments: the class and the whole sentence. @module */
import { assertEquals } from "@std/assert";
import {
  Dense,
  type Device,
  Dropout,
  GRU,
  LSTM,
  type RecurrentOptions,
  RNN,
  RNNModel,
  Tensor,
} from "../../mod.ts";
import { testEach } from "../support/test_each.ts";
import { assertComplains } from "./assert_complains.ts";

const B = 3;
const T = 5;
const I = 7;
const H = 11;
const SIZES = { inputSize: I, hiddenSize: H, seed: 0 };

const zeros = (device: Device, ...shape: number[]): Tensor =>
  Tensor.from(device, new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);
const ids = (device: Device, values: number[], ...shape: number[]): Tensor<"u32"> =>
  Tensor.from(device, new Uint32Array(values), shape);

const OPTIONS: [
  name: string,
  layer: typeof RNN | typeof GRU | typeof LSTM,
  options: Partial<RecurrentOptions>,
  errorClass: typeof TypeError | typeof RangeError,
  message: string,
][] = [
  ...[0, -1].map((value): (typeof OPTIONS)[number] => [
    `hiddenSize ${value}`,
    RNN,
    { hiddenSize: value },
    RangeError,
    `Cannot make an RNN as hiddenSize must be a positive integer: current value is ${value}`,
  ]),
  ...([[1.5, "1.5"], [NaN, "NaN"], ["4", '"4"'], [undefined, "undefined"], [[4], "[4]"]] as const).map((
    [value, text],
  ): (typeof OPTIONS)[number] => [
    `hiddenSize ${text}`,
    RNN,
    { hiddenSize: value as unknown as number },
    TypeError,
    `Cannot make an RNN as hiddenSize must be an integer: current value is ${text}`,
  ]),
  [
    "inputSize 0",
    GRU,
    { inputSize: 0 },
    RangeError,
    "Cannot make a GRU as inputSize must be a positive integer: current value is 0",
  ],
  [
    "numLayers 0",
    LSTM,
    { numLayers: 0 },
    RangeError,
    "Cannot make an LSTM as numLayers must be a positive integer: current value is 0",
  ],
  ...[-0.1, 1.1, NaN, true as unknown as number].map((dropout): (typeof OPTIONS)[number] => [
    `dropout ${dropout}`,
    GRU,
    { dropout, numLayers: 2 },
    RangeError,
    "Cannot make a GRU as dropout must be a float32 number in the range [0, 1], the probability of an element being zeroed: " +
    `current value is ${dropout}`,
  ]),
  [
    "nonlinearity sin",
    RNN,
    { nonlinearity: "sin" as "tanh" },
    TypeError,
    'Cannot make an RNN with unknown nonlinearity "sin": known are tanh, relu',
  ],
  [
    "nonlinearity relu of an LSTM",
    LSTM,
    { nonlinearity: "relu" },
    TypeError,
    "Cannot make an LSTM with nonlinearity relu: it is only supported for RNN",
  ],
  [
    "resetAfter false of an LSTM",
    LSTM,
    { resetAfter: false },
    TypeError,
    "Cannot make an LSTM with resetAfter false: it is only supported for GRU",
  ],
  [
    "resetAfter 0",
    GRU,
    { resetAfter: 0 as unknown as boolean },
    TypeError,
    "Cannot make a GRU as resetAfter must be true or false: current value is 0",
  ],
  [
    "layerNorm 1",
    GRU,
    { layerNorm: 1 as unknown as boolean },
    TypeError,
    "Cannot make a GRU as layerNorm must be true or false: current value is 1",
  ],
  [
    "layerNorm with the reset before the product",
    GRU,
    { layerNorm: true, resetAfter: false },
    TypeError,
    "Cannot make a GRU with layerNorm and resetAfter false: its product with the state is normalized as a whole",
  ],
  [
    "gateActivation hardSigmoid",
    GRU,
    { gateActivation: "hardSigmoid" as "sigmoid" },
    TypeError,
    'Cannot make a GRU with unknown gateActivation "hardSigmoid": known are sigmoid, hardSigmoid5, hardSigmoid6',
  ],
  [
    "gateActivation of an RNN",
    RNN,
    { gateActivation: "hardSigmoid5" },
    TypeError,
    "Cannot make an RNN with gateActivation hardSigmoid5: it is only supported for GRU and LSTM",
  ],
  [
    "initialization zeros",
    GRU,
    { initialization: "zeros" as "uniform" },
    TypeError,
    'Cannot make a GRU with unknown initialization "zeros": known are uniform, orthogonal',
  ],
  [
    "forgetBias of a GRU",
    GRU,
    { forgetBias: 1 },
    TypeError,
    "Cannot make a GRU with forgetBias 1: it is only supported for LSTM",
  ],
  [
    "forgetBias without a bias",
    LSTM,
    { forgetBias: 1, bias: false },
    TypeError,
    "Cannot make an LSTM with forgetBias 1: it has no bias",
  ],
  [
    "forgetBias NaN",
    LSTM,
    { forgetBias: NaN },
    RangeError,
    "Cannot make an LSTM as forgetBias must be a finite float32 number: current value is NaN",
  ],
  [
    "projSize -1",
    LSTM,
    { projSize: -1 },
    RangeError,
    "Cannot make an LSTM as projSize must be a positive integer, or zero to disable projections: current value is -1",
  ],
  [
    "projSize H",
    LSTM,
    { projSize: H },
    RangeError,
    "Cannot make an LSTM as projSize must be smaller than hiddenSize 11: current value is 11",
  ],
  [
    "projSize of an RNN",
    RNN,
    { projSize: 3 },
    TypeError,
    "Cannot make an RNN with projSize 3: it is only supported for LSTM",
  ],
  [
    "projSize of a GRU",
    GRU,
    { projSize: 3 },
    TypeError,
    "Cannot make a GRU with projSize 3: it is only supported for LSTM",
  ],
];

for (const [name, layer, options, errorClass, message] of OPTIONS) {
  testEach(`a layer refuses ${name}`, (device) => {
    assertComplains(() => new layer(device, { ...SIZES, ...options }), errorClass, message);
  });
}

testEach("dropout of one layer is warned of", (device) => {
  const warn = console.warn;
  const warnings: string[] = [];
  console.warn = (text: string): void => void warnings.push(text);
  try {
    new GRU(device, { ...SIZES, dropout: 0.5 });
    new GRU(device, { ...SIZES, dropout: 0.5, numLayers: 2 });
  } finally {
    console.warn = warn;
  }
  assertEquals(warnings, [
    "warning: dropout is added after all but the last recurrent layer, so it has no effect with dropout 0.5 and " +
    "numLayers 1",
  ]);
});

testEach("a layer refuses inputs of another shape", (device) => {
  const rnn = new RNN(device, SIZES);
  for (const shape of [[I], [1, T, B, I]]) {
    assertComplains(
      () => rnn.forward(zeros(device, ...shape)),
      TypeError,
      `Cannot use an input of ${shape.length} dimensions: it must have 2 or 3`,
    );
  }
  assertComplains(
    () => rnn.forward(zeros(device, T, B, I + 1)),
    TypeError,
    "Cannot use an input of shape (5, 3, 8) as its last size must be equal to inputSize: expected 7, got 8",
  );
  assertComplains(
    () => rnn.forward(zeros(device, T, 1)),
    TypeError,
    "Cannot use an input of shape (5, 1) as its last size must be equal to inputSize: expected 7, got 1; " +
      "ids must be a Uint8Array, Uint16Array or Uint32Array",
  );
  assertComplains(
    () => rnn.forward(ids(device, [1, 2, 3], 3)),
    TypeError,
    "Cannot use ids of shape (3,): it must be (B, T)",
  );
  assertComplains(
    () => rnn.forward(ids(device, [1, 6, 7, 2], 2, 2)),
    RangeError,
    "Cannot use ids as the id at index 2 must be below 7: current value is 7",
  );
});

testEach("a layer refuses states of another shape", (device) => {
  const rnn = new RNN(device, { ...SIZES, numLayers: 2 });
  const lstm = new LSTM(device, { ...SIZES, projSize: 4 });
  const both = new GRU(device, { ...SIZES, bidirectional: true });
  const x = zeros(device, T, B, I);
  const flat = zeros(device, T, I);
  const h = zeros(device, 1, B, 4);
  const c = zeros(device, 1, B, H);
  const complaints: [body: () => unknown, message: string][] = [
    [
      () => rnn.forward(x, zeros(device, 1, B, H)),
      "Cannot use hidden: expected size (2, 3, 11), got (1, 3, 11)",
    ],
    [
      () => both.forward(x, zeros(device, 2, B + 1, H)),
      "Cannot use hidden: expected size (2, 3, 11), got (2, 4, 11)",
    ],
    [
      () => rnn.forward(x, zeros(device, 2, H)),
      "Cannot use hidden of 2 dimensions: for batched 3-D input it should also be 3-D",
    ],
    [
      () => rnn.forward(flat, zeros(device, 2, 1, H)),
      "Cannot use hidden of 3 dimensions: for unbatched 2-D input it should also be 2-D",
    ],
    [
      () => rnn.forward(flat, zeros(device, 1, H)),
      "Cannot use hidden: expected size (2, 11), got (1, 11)",
    ],
    [
      () => lstm.forward(x, [c, c]),
      "Cannot use hidden[0]: expected size (1, 3, 4), got (1, 3, 11)",
    ],
    [() => lstm.forward(x, [h, h]), "Cannot use hidden[1]: expected size (1, 3, 11), got (1, 3, 4)"],
    [
      () => lstm.forward(x, h as unknown as [Tensor, Tensor]),
      "Cannot use a state of 1 tensors: an LSTM takes [h, c]",
    ],
    [
      () => rnn.forward(x, [h, c] as unknown as Tensor),
      "Cannot use a state of 2 tensors: one is taken",
    ],
  ];
  for (const [body, message] of complaints) assertComplains(body, TypeError, message);
});

testEach("what is no tensor, or no list of lengths, is refused by that name", (device) => {
  using rnn = new RNN(device, SIZES);
  for (const value of [undefined, null, 7]) {
    const message = `Cannot use an input that is not a Tensor: current value is ${value}`;
    const input = value as unknown as Tensor;
    assertComplains(() => rnn.forward(input), TypeError, message);
    assertComplains(() => rnn.step(input), TypeError, message);
    assertComplains(() => new Dropout().forward(input), TypeError, message);
  }
  for (const [lengths, text] of [[3, "3"], ["ab", '"ab"']]) {
    assertComplains(
      () =>
        rnn.forward(zeros(device, T, B, I), undefined, undefined, {
          lengths: lengths as unknown as number[],
        }),
      TypeError,
      `Cannot use lengths that are not an array of numbers: current value is ${text}`,
    );
  }
});

testEach("a layer refuses lengths that do not fit", (device) => {
  const rnn = new RNN(device, SIZES);
  const x = zeros(device, T, B, I);
  for (const lengths of [[1, 2], [1, 2, 3, 4], [0, 1, 2], [1, 2, 6], [1.5, 2, 3]]) {
    assertComplains(
      () => rnn.forward(x, undefined, undefined, { lengths }),
      RangeError,
      `Cannot use lengths [${lengths.join(", ")}]: there must be 3 of them, each from 1 to 5`,
    );
  }
});

testEach("a dense layer and a model refuse sizes that do not fit", (device) => {
  assertComplains(
    () => new Dense(device, { inputSize: 0, outputSize: 3 }),
    RangeError,
    "Cannot make a Dense as inputSize must be a positive integer: current value is 0",
  );
  assertComplains(
    () => new Dense(device, { inputSize: 2, outputSize: 2.5 }),
    TypeError,
    "Cannot make a Dense as outputSize must be an integer: current value is 2.5",
  );
  assertComplains(
    () => new Dense(device, { inputSize: 2, outputSize: 3 }).forward(zeros(device, 4, 3)),
    TypeError,
    "Cannot use an input of shape (4, 3) as its last size must be 2",
  );
  assertComplains(
    () => new RNNModel(new RNN(device, SIZES), 8),
    TypeError,
    "Cannot make an RNNModel as the layer's inputSize must be the vocabulary's size 8: current value is 7",
  );
  assertComplains(
    () => new RNNModel(new RNN(device, { ...SIZES, bidirectional: true }), I),
    TypeError,
    "Cannot make an RNNModel of a bidirectional layer: it would see the characters to come",
  );
});
