/** What tensors, losses and tapes say to wrong arguments: the class and the whole sentence. @module */
import { crossEntropy, Dense, type Device, oneHot, Tape, Tensor } from "../../mod.ts";
import { assertComplains } from "../layers/assert_complains.ts";
import { testEach } from "../support/test_each.ts";

const zeros = (device: Device, ...shape: number[]): Tensor =>
  Tensor.from(device, new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);
const ids = (device: Device, values: number[], ...shape: number[]): Tensor<"u32"> =>
  Tensor.from(device, new Uint32Array(values), shape);

testEach("tensors refuse data that do not fit", (device) => {
  assertComplains(
    () => Tensor.from(device, [1, 2, 3], [2, 2]),
    TypeError,
    "Cannot make a tensor of shape (2, 2) from 3 numbers: it has 4 elements",
  );
  assertComplains(
    () => Tensor.from(device, [], [0, 2]),
    RangeError,
    "Cannot make a tensor of shape (0, 2): every size must be a positive integer",
  );
  assertComplains(
    () => zeros(device, 2).write(new Float32Array(3)),
    TypeError,
    "Cannot write 3 numbers to a tensor of shape (2,)",
  );
  assertComplains(
    () => oneHot(ids(device, [0, 3], 1, 2), 3),
    RangeError,
    "Cannot use ids as the id at index 1 must be below 3: current value is 3",
  );
});

testEach("losses and tapes refuse shapes that do not fit", (device) => {
  const logits = zeros(device, 6, 4);
  const y = ids(device, [0, 1, 2, 3, 0, 1], 2, 3);
  for (
    const [a, b] of [[zeros(device, 5, 4), y], [logits, ids(device, [0, 1, 2, 3, 0, 1], 1, 2, 3)]] as const
  ) {
    assertComplains(
      () => crossEntropy(a, b),
      TypeError,
      `Cannot compare logits of shape (${a.shape.join(", ")}) with targets of shape ${
        b === y ? "(2, 3)" : "(1, 2, 3)"
      }: they must be (…, V) and (…), or (T*B, V) and (B, T)`,
    );
  }
  assertComplains(
    () => crossEntropy(logits, ids(device, [0, 1, 2, 3, 4, 1], 2, 3)),
    RangeError,
    "Cannot use ids as the id at index 4 must be below 4: current value is 4",
  );
  using tape = new Tape(device);
  const x = new Dense(device, { inputSize: 4, outputSize: 2 }).forward(logits, tape);
  assertComplains(
    () => tape.backward(x),
    TypeError,
    "Cannot go backwards from a tensor of shape (6, 2) without a gradient: only one element may go without",
  );
  assertComplains(
    () => tape.backward(x, zeros(device, 2, 6)),
    TypeError,
    "Cannot take a gradient of shape (2, 6) backwards: the tensor's shape is (6, 2)",
  );
});

testEach("a value that is long or has no text makes a short sentence", (device) => {
  const dense = (inputSize: unknown): unknown =>
    new Dense(device, { inputSize: inputSize as number, outputSize: 1 });
  const sentence = "Cannot make a Dense as inputSize must be an integer: current value is ";
  assertComplains(() => dense(new Float32Array(100)), TypeError, `${sentence}${"0,".repeat(40)}…`);
  assertComplains(() => dense(Object.create(null)), TypeError, `${sentence}{}`);
});
