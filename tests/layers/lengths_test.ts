/** Lengths as a tensor: the same as numbers, and read anew at each run of a recorded program. @module */
import { assertEquals, assertThrows } from "@std/assert";
import {
  type Device,
  lastStep,
  maxPool,
  meanPool,
  type Recurrent,
  type State,
  Tape,
  Tensor,
} from "../../mod.ts";
import { makeLayer } from "../../src/layers/make_layer.ts";
import { KINDS } from "../../src/layers/recurrent/cell.ts";
import { tensorsOf } from "../../src/layers/recurrent/arguments.ts";
import { Random } from "../../src/random.ts";
import { testEach } from "../support/test_each.ts";

const [T, B, I, H] = [5, 3, 7, 11] as const;
const LENGTHS = [5, 2, 3];

function floats(count: number, seed: number): Float32Array {
  const random = new Random(seed);
  return Float32Array.from({ length: count }, () => random.uniform() - 0.5);
}

/** Outputs, states and gradients of a pass. */
async function passOf(
  device: Device,
  layer: Recurrent<State>,
  lengths: readonly number[] | Tensor<"u32">,
): Promise<unknown> {
  using tape = new Tape(device);
  const x = Tensor.from(device, floats(T * B * I, 1), [T, B, I]);
  const [y, state] = layer.forward(x, undefined, tape, { lengths });
  for (const parameter of layer.parameters()) device.clear(parameter.gradient);
  tape.backward(y, Tensor.from(device, floats(y.size, 2), y.shape));
  const read = (tensors: readonly Tensor[]): Promise<unknown> =>
    Promise.all(tensors.map((each) => each.data()));
  return [await read([y, ...tensorsOf(state)]), await tape.gradient(x), await layer.gradients()];
}

for (const kind of KINDS) {
  for (const options of [{}, { numLayers: 2, bidirectional: true }]) {
    testEach(
      `a tensor of lengths is what numbers are: ${kind} ${JSON.stringify(options)}`,
      async (device) => {
        using layer = makeLayer(device, kind, { inputSize: I, hiddenSize: H, seed: 3, ...options });
        const given = Tensor.from(device, Uint8Array.from(LENGTHS), [B]);
        assertEquals(await passOf(device, layer, given), await passOf(device, layer, LENGTHS));
      },
    );
  }
}

testEach("a recorded program reads lengths anew, in layers and pools", async (device) => {
  using layer = makeLayer(device, "gru", { inputSize: I, hiddenSize: H, seed: 3, bidirectional: true });
  const x = Tensor.from(device, floats(T * B * I, 1), [T, B, I]);
  const lengths = Tensor.from(device, Uint8Array.from(LENGTHS), [B]);
  const all = (lengths: readonly number[] | Tensor<"u32">): Tensor[] => {
    const [y, state] = layer.forward(x, undefined, undefined, { lengths });
    return [
      y,
      state as Tensor,
      ...[meanPool, maxPool, lastStep].map((pool) => pool(y, undefined, { lengths })),
    ];
  };
  let recorded: Tensor[] = [];
  using program = device.record(() => {
    recorded = all(lengths);
  });
  const read = (tensors: readonly Tensor[]): Promise<unknown> =>
    Promise.all(tensors.map((each) => each.data()));
  for (const now of [LENGTHS, [1, 4, 5], [2, 2, 1]]) {
    lengths.write(Uint8Array.from(now));
    program.run();
    assertEquals(await read(recorded), await read(all(now)), `${now}`);
  }
  const sentence = "there must be 3 of them, each from 1 to 5";
  for (const bad of [[1, 6, 2], [0, 1, 1]]) {
    assertThrows(() => lengths.write(Uint8Array.from(bad)), RangeError, sentence);
  }
});

testEach("lengths that are none of a batch are refused", (device) => {
  using layer = makeLayer(device, "rnn", { inputSize: I, hiddenSize: H, seed: 3 });
  const x = Tensor.from(device, floats(T * B * I, 1), [T, B, I]);
  const forward = (lengths: Tensor<"u32">) => () => layer.forward(x, undefined, undefined, { lengths });
  const sentence = "there must be 3 of them, each from 1 to 5";
  assertThrows(forward(Tensor.from(device, Uint8Array.of(1, 2), [2])), RangeError, sentence);
  assertThrows(forward(Tensor.from(device, Uint8Array.of(1, 2, 6), [3])), RangeError, sentence);
  const numbers = Tensor.from(device, [1, 2, 3], [3]) as unknown as Tensor<"u32">;
  assertThrows(forward(numbers), TypeError, "Cannot use lengths");
});
