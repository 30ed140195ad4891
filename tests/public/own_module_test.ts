/** A module of one's own, made of what the two entries export: values, gradients, training, recording. @module */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { Dense, type Device, SGD, Tape, Tensor } from "../../mod.ts";
import {
  addGradients,
  checkTensor,
  matmul,
  Module,
  type TapeBuilder,
  uniformValues,
} from "../../src/kernels_entry.ts";
import { uniformArray } from "../../src/verify/cases/arrays.ts";
import { assertSlopes, slopesOf } from "../layers/slopes.ts";
import { testEach } from "../support/test_each.ts";

const N = 5;
const I = 7;
const R = 2;
const O = 3;

/** y = x down^T up^T: a dense layer of rank R. */
class LowRank extends Module {
  constructor(device: Device) {
    super(device);
    this.create(uniformValues({ down: [R, I], up: [O, R] }, 1, { seed: 1 }));
  }

  forward(x: Tensor, tape?: TapeBuilder): Tensor {
    const { device } = this;
    const rows = x.size / I;
    const down = this.parameter("down");
    const up = this.parameter("up");
    checkTensor("an input", x, { dtype: "f32", device });
    const h = device.alloc(rows * R);
    const y = new Tensor(device, device.alloc(rows * O), [rows, O]);
    tape?.keep(h);
    matmul(device, { a: x.block, b: down.value, c: h }, { M: rows, N: R, K: I, transposeB: 1 });
    matmul(device, { a: h, b: up.value, c: y.block }, { M: rows, N: O, K: R, transposeB: 1 });
    tape?.push(() => {
      const dy = tape.upstream(y);
      if (!dy) return;
      const dh = tape.keep(device.alloc(rows * R));
      const { block, accumulate } = tape.accumulator(x);
      addGradients(device, { dy, x: h, weight: up, bias: undefined }, { M: O, N: R, K: rows });
      matmul(device, { a: dy, b: up.value, c: dh }, { M: rows, N: R, K: O });
      addGradients(device, { dy: dh, x: x.block, weight: down, bias: undefined }, { M: R, N: I, K: rows });
      matmul(device, { a: dh, b: down.value, c: block }, { M: rows, N: I, K: R, accumulate });
    });
    return y;
  }
}

/** It and a dense layer on it, as one model. */
class Model extends Module {
  readonly first: LowRank;
  readonly second: Dense;

  constructor(device: Device) {
    super(device);
    this.first = new LowRank(device);
    this.second = new Dense(device, { inputSize: O, outputSize: 1, seed: 0 });
    this.join({ first: this.first, second: this.second });
  }

  forward(x: Tensor, tape?: Tape): Tensor {
    const h = this.first.forward(x, tape);
    tape?.keep(h);
    return this.second.forward(h, tape);
  }
}

const VALUES = uniformArray(N * I, 3);
const UPSTREAM = uniformArray(N * O, 4);

testEach("a module of one's own has the gradients of its equations", async (device) => {
  using layer = new LowRank(device);
  using tape = new Tape(device);
  const x = Tensor.from(device, VALUES, [N, I]);
  tape.backward(layer.forward(x, tape), Tensor.from(device, UPSTREAM, [N, O]));
  assertThrows(
    () => layer.forward(7 as unknown as Tensor),
    TypeError,
    "Cannot use an input that is not a Tensor",
  );
  const { down, up } = await layer.stateDict();
  const gradients = await layer.gradients();
  const slopes = slopesOf(({ x, down, up }) => {
    let loss = 0;
    for (let n = 0; n < N; n++) {
      for (let o = 0; o < O; o++) {
        for (let r = 0; r < R; r++) {
          let h = 0;
          for (let i = 0; i < I; i++) h += x![n * I + i]! * down![r * I + i]!;
          loss += UPSTREAM[n * O + o]! * up![o * R + r]! * h;
        }
      }
    }
    return loss;
  }, { x: VALUES, down: down!.data, up: up!.data });
  const found = { down: gradients["down"]!.data, up: gradients["up"]!.data };
  assertSlopes({ x: await tape.gradient(x), ...found }, slopes);
});

testEach("it is joined to a model, recorded, trained, and shown", async (device) => {
  using model = new Model(device);
  assertEquals(
    String(model),
    `Model(LowRank(down (2, 7), up (3, 2)), Dense(3, 1)), 24 parameters on ${device.name}`,
  );
  assertEquals(model.parameterNames(), ["first.down", "first.up", "second.weight", "second.bias"]);
  using sgd = new SGD(model.parameters(), { learningRate: 0.01 });
  const x = Tensor.from(device, VALUES, [N, I]);
  const outputs: Tensor[] = [];
  using program = device.record(() => {
    const tape = new Tape(device);
    const y = model.forward(x, tape);
    outputs.push(y);
    sgd.zeroGrad();
    tape.backward(y, y); // the gradient of half the sum of squares
    sgd.update();
  });
  const losses: number[] = [];
  for (let step = 0; step < 20; step++) {
    sgd.advance();
    program.run();
    losses.push((await outputs[0]!.data()).reduce((sum, value) => sum + value * value, 0));
  }
  assert(losses.every((loss, step) => step === 0 || loss < losses[step - 1]!), `it learns: ${losses}`);
});
