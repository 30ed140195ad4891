/** Numbers on their way to a device: refused in one sentence, or there as they were given. @module */
import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  clipGradNorm,
  type Device,
  Dropout,
  generate,
  openDevice,
  RNN,
  RNNModel,
  Schedule,
  Tape,
  Tensor,
  Vocabulary,
} from "../mod.ts";
import { type CommandName, flagsOf } from "../src/cli/flags.ts";
import { COMMANDS } from "../src/cli/help.ts";
import { camelCase, parseFlags } from "../src/cli/parse_flags.ts";
import { UsageError } from "../src/cli/usage_error.ts";
import { MANNER } from "../src/kernels/numbers.ts";
import { checkSizes } from "../src/tensors/arguments.ts";
import { Random } from "../src/random.ts";
import { type NumberRange, RANGES, wordsOf } from "../src/ranges.ts";
import { testEach } from "./support/test_each.ts";

/** The ends of what u32, float32 and float64 hold, and 500 numbers of any size and sign. */
function* drawnNumbers(): Generator<number, void, void> {
  const ends = [
    2 ** 31,
    2 ** 32,
    2 ** 53,
    2 ** -126,
    2 ** -149,
    2 ** -150,
    2 ** 128,
    1e-46,
    3.5e38,
    1e308,
    5e-324,
  ];
  for (const end of [...ends, 1, 0.5, 4294967297, 3.4028234663852886e38]) {
    yield* [end, end - 1, end + 1, end * (1 - 2 ** -53), end * (1 + 2 ** -52), -end];
  }
  yield* [0, -0, NaN, Infinity, -Infinity];
  const random = new Random(11);
  for (let i = 0; i < 500; i++) {
    const number = (random.uniform() + 0.5) * 2 ** (random.integer(2100) - 1075) * (i % 5 === 0 ? -1 : 1);
    yield i % 2 === 0 ? number : Math.round((random.uniform() + 0.5) * 2 ** random.integer(70));
  }
}

/** Whether a device's word is the number, as near as float32 comes to it. */
function isThere(value: number, { kind, to = 0 }: NumberRange): boolean {
  if (kind === "integer" && to > 2 ** 32) {
    return (value % 2 ** 32 >>> 0) + Math.floor(value / 2 ** 32) * 2 ** 32 === value;
  }
  if (kind === "integer") return value >>> 0 === value;
  const word = Math.fround(value);
  return word === value ||
    (word !== 0 && Math.abs(word - value) <= Math.max(Math.abs(value) * 2 ** -24, 2 ** -150));
}

Deno.test("a flag's number is refused with its range, or one that a device holds", () => {
  let taken = 0;
  let refused = 0;
  for (const command of Object.keys(COMMANDS) as CommandName[]) {
    for (const [, name, flag] of flagsOf(command)) {
      if (flag.kind !== "integer" && flag.kind !== "number") continue;
      for (const value of drawnNumbers()) {
        try {
          const settings = parseFlags(command, [`--${name}=${value}`]) as Record<string, unknown>;
          assertEquals(settings[camelCase(name)], value);
          assert(isThere(value, flag as NumberRange), `--${name} takes ${value}`);
          taken++;
        } catch (error) {
          if (!(error instanceof UsageError)) throw error;
          const message = `Cannot use "--${name}" as it must be ${
            wordsOf(flag as NumberRange)
          }: current value is "${value}"`;
          assertEquals(error.message, message);
          refused++;
        }
      }
    }
  }
  assert(taken > 1000 && refused > 1000, `${taken} are taken, ${refused} refused`);
});

/** A device that tells of the words and parameters that it is given. */
function watched(device: Device, words: Uint32Array[], params: Record<string, number>[]): Device {
  return new Proxy(device, {
    get: (_, name) => {
      const value = Reflect.get(device, name, device);
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => {
        if (name === "write") words.push(new Uint32Array((args[1] as Uint32Array).slice().buffer));
        if (name === "run") params.push(args[2] as Record<string, number>);
        return value.apply(device, args);
      };
    },
  });
}

testEach("generate() refuses a number with its range, or gives it to the device", async (real) => {
  const words: Uint32Array[] = [];
  const device = watched(real, words, []);
  const vocabulary = Vocabulary.fromText("分开 不");
  using model = new RNNModel(new RNN(device, { inputSize: 4, hiddenSize: 4, seed: 0 }), 4);
  const options = {
    temperature: RANGES.rate,
    topK: RANGES.amount,
    topP: RANGES.share,
    seed: RANGES.seed,
  };
  for (const [index, value] of [...drawnNumbers()].entries()) {
    if (index > 95 && index % 25 !== 0) continue;
    for (const [name, range] of Object.entries(options)) {
      words.length = 0;
      const given = { prefix: "分", length: 1, logProbabilities: true, [name]: value };
      try {
        for await (const { id, logProbability } of generate(model, vocabulary, given)) {
          assert(id < 4 && Number.isFinite(logProbability), `${name} ${value} gives ${id}`);
        }
      } catch (error) {
        const message = `Cannot generate as ${name} must be ${wordsOf(range)}: current value is ${value}`;
        assertEquals((error as Error).message, message);
        continue;
      }
      const settings = words.findLast(({ length }) => length === 2 * MANNER)!.subarray(MANNER);
      const floats = new Float32Array(settings.buffer, settings.byteOffset);
      const [temperature, topK, topP, low, high] = [
        floats[0]!,
        settings[1]!,
        floats[2]!,
        settings[3]!,
        settings[4]!,
      ];
      const there = { temperature, topK, topP, seed: high * 2 ** 32 + low }[name];
      assertEquals(there, range.kind === "number" ? Math.fround(value) + 0 : value + 0, name);
      assert(isThere(value, range), `${name} takes ${value}`);
    }
  }
});

testEach("a probability of dropout is refused, or given to the kernel", (real) => {
  const params: Record<string, number>[] = [];
  const device = watched(real, [], params);
  const x = Tensor.from(device, [1, 2], [2]);
  for (const value of drawnNumbers()) {
    let layer: Dropout;
    try {
      layer = new Dropout({ probability: value, seed: 0 });
    } catch (error) {
      assert((error as Error).message.includes("probability must be a float32 number in the range [0, 1]"));
      continue;
    }
    using tape = new Tape(device);
    layer.forward(x, tape);
    if (value === 0) continue;
    assertEquals(params.at(-1)!["probability"], value);
    assert(isThere(value, RANGES.probability), `${value} is taken`);
  }
});

testEach("run() refuses a parameter that its type does not hold", (device) => {
  using x = device.alloc(64);
  using y = device.alloc(64);
  for (const value of [NaN, Infinity, 3.5e38, 1e-46, -1e-46]) {
    const message = `parameter "scale" must be a finite float32: current value is ${value}`;
    const params = { rows: 1, columns: 1, ld: 1, offset: 0, scale: value, accumulate: 0 };
    assertThrows(() => device.run("sum_rows", { x, y }, params), RangeError, message);
  }
});

Deno.test("sizes of layers are u32", async () => {
  using device = await openDevice("wasm", { threads: 1 });
  for (const value of drawnNumbers()) {
    if (value >>> 0 === value && value > 0) checkSizes("an RNN", { hiddenSize: value });
    else {assertThrows(
        () => new RNN(device, { inputSize: 1, hiddenSize: value }),
        Error,
        "hiddenSize must be",
      );}
  }
});

Deno.test("the numbers of a schedule are those of its flags", () => {
  for (const gamma of [1e-46, 3.5e38]) {
    assertThrows(
      () => new Schedule(1, { kind: "exponential", gamma }),
      RangeError,
      "gamma must be a float32 number",
    );
  }
  for (const baseRate of [1e-46, 3.5e38]) {
    assertThrows(() => new Schedule(baseRate, { kind: "constant" }), RangeError, "baseRate must be");
  }
  assertThrows(() => new Schedule(1, { kind: "step", stepSize: 2 ** 32 }), RangeError, "stepSize must be");
  assertThrows(() => new Schedule(1, { kind: "constant", warmup: 2 ** 32 }), RangeError, "warmup must be");
});

testEach("clipGradNorm takes a norm that float32 holds, or none at all", (device) => {
  const parameters = new RNN(device, { inputSize: 1, hiddenSize: 1 }).parameters();
  for (const maxNorm of [-1, NaN, 1e-46, 3.5e38]) {
    assertThrows(
      () => clipGradNorm(parameters, maxNorm),
      RangeError,
      "Cannot clip gradients as maxNorm must be",
    );
  }
  for (const maxNorm of [0, Infinity]) clipGradNorm(parameters, maxNorm);
});
