/** Optimizers over 50 steps against PyTorch's algorithms written out in float64, clipping, and the latch. @module */
import { assertAlmostEquals, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import {
  Adam,
  type AdamOptions,
  AdamW,
  clipGradNorm,
  Dense,
  type Device,
  health,
  type Optimizer,
  type Parameter,
  RMSprop,
  SGD,
} from "../../mod.ts";
import { uniformArray } from "../../src/verify/cases/arrays.ts";
import { assertClose } from "../../src/verify/cases/assert_close.ts";
import { testEach } from "../support/test_each.ts";
import { OPTIMIZERS } from "../../src/verify/cases/tolerances.ts";

const I = 67;
const O = 31;
const STEPS = 50;

/** The gradients of a step, large and tiny ones among them. */
function gradientAt(step: number, which: number, length: number): Float32Array {
  const scales = uniformArray(length, 900 + which, -4, 0);
  return uniformArray(length, 100 * which + step).map((value, i) => value * 10 ** scales[i]!);
}

function writeGradients(device: Device, dense: Dense, step: number): void {
  dense.parameters().forEach(({ gradient, size }, which) =>
    device.write(gradient, gradientAt(step, which, size))
  );
}

/** One parameter's update: changes w and its own memory. */
type Update = (w: Float64Array, g: Float64Array, step: number) => void;

interface AdamSettings {
  learningRate: number;
  betas: [number, number];
  epsilon: number;
  weightDecay: number;
}

/** torch.optim.Adam */
function adamUpdate({ learningRate, betas: [beta1, beta2], epsilon, weightDecay }: AdamSettings): Update {
  const m: number[] = [];
  const v: number[] = [];
  return (w, g, step) =>
    w.forEach((value, i) => {
      const gradient = g[i]! + weightDecay * value;
      m[i] = beta1 * (m[i] ?? 0) + (1 - beta1) * gradient;
      v[i] = beta2 * (v[i] ?? 0) + (1 - beta2) * gradient * gradient;
      const mean = m[i]! / (1 - beta1 ** step);
      const variance = v[i]! / (1 - beta2 ** step);
      w[i] = value - learningRate * mean / (Math.sqrt(variance) + epsilon);
    });
}

/** torch.optim.SGD */
function sgdUpdate(
  { learningRate, momentum, nesterov, weightDecay }: {
    learningRate: number;
    momentum: number;
    nesterov: boolean;
    weightDecay: number;
  },
): Update {
  let buffer: number[] | undefined;
  return (w, g) => {
    const gradients = Array.from(g, (gradient, i) => gradient + weightDecay * w[i]!);
    // Zeros before the first step: PyTorch then takes the gradient itself, which is the same.
    buffer = gradients.map((gradient, i) => momentum * (buffer?.[i] ?? 0) + gradient);
    const steps = nesterov ? gradients.map((gradient, i) => gradient + momentum * buffer![i]!) : buffer;
    steps.forEach((step, i) => {
      w[i]! -= learningRate * (momentum === 0 ? gradients[i]! : step);
    });
  };
}

/** Runs both for 50 steps and holds them together at each tenth. */
async function compare(
  device: Device,
  make: (dense: Dense) => Optimizer,
  { update, learningRate = (): undefined => undefined }: {
    update: (learningRate: number | undefined) => Update;
    learningRate?: (step: number) => number | undefined;
  },
): Promise<void> {
  using dense = new Dense(device, { inputSize: I, outputSize: O, seed: 1 });
  using optimizer = make(dense);
  const expected = Object.values(await dense.stateDict()).map(({ data }) => Float64Array.from(data));
  const updates = expected.map(() => update(undefined));
  for (let step = 1; step <= STEPS; step++) {
    const rate = learningRate(step);
    if (rate !== undefined) optimizer.learningRate = rate;
    writeGradients(device, dense, step);
    optimizer.step();
    expected.forEach((w, which) =>
      updates[which]!(w, Float64Array.from(gradientAt(step, which, w.length)), step)
    );
    if (step % 10 !== 0) continue;
    Object.entries(await dense.stateDict()).forEach(([name, { shape, data }], which) => {
      const what = `${name} after ${step} steps`;
      assertClose(data, expected[which]!, { shape, tolerance: OPTIMIZERS, what });
    });
  }
  assertEquals(optimizer.steps, STEPS);
}

const ADAM: Partial<AdamSettings>[] = [
  {},
  { learningRate: 1e-2, weightDecay: 0.1 },
  { learningRate: 1e-2, betas: [0.5, 0.9], epsilon: 1e-3 },
  { betas: [0, 0] },
];
for (const options of ADAM) {
  testEach(`Adam is PyTorch's over 50 steps: ${JSON.stringify(options)}`, async (device) => {
    const settings: AdamSettings = {
      learningRate: 1e-3,
      betas: [0.9, 0.999],
      epsilon: 1e-8,
      weightDecay: 0,
      ...options,
    };
    const make = (dense: Dense): Optimizer => new Adam(dense.parameters(), options);
    await compare(device, make, { update: () => adamUpdate(settings) });
  });
}

const SGDS = [
  {},
  { learningRate: 0.1, weightDecay: 0.1 },
  { learningRate: 1e-2, momentum: 0.9 },
  { learningRate: 1e-2, momentum: 0.9, nesterov: true, weightDecay: 0.1 },
];
for (const options of SGDS) {
  testEach(`SGD is PyTorch's over 50 steps: ${JSON.stringify(options)}`, async (device) => {
    const settings = { learningRate: 1e-2, momentum: 0, nesterov: false, weightDecay: 0, ...options };
    const make = (dense: Dense): Optimizer => new SGD(dense.parameters(), options);
    await compare(device, make, { update: () => sgdUpdate(settings) });
  });
}

testEach("a learning rate that changes counts from the next step", async (device) => {
  const rateAt = (step: number): number => 0.1 / step;
  const make = (dense: Dense): Optimizer => new SGD(dense.parameters());
  const update = (): Update => (w, g, step) =>
    w.forEach((_, i) => {
      w[i]! -= rateAt(step) * g[i]!;
    });
  await compare(device, make, { update, learningRate: rateAt });
});

testEach("an optimizer updates the parameters that it was given, and no others", async (device) => {
  using dense = new Dense(device, { inputSize: I, outputSize: O, seed: 1 });
  using sgd = new SGD(dense.parameters().slice(1), { learningRate: 1 });
  const before = await dense.stateDict();
  writeGradients(device, dense, 1);
  sgd.step();
  const after = await dense.stateDict();
  assertEquals(after["weight"], before["weight"]);
  assertNotEquals(after["bias"], before["bias"]);
});

testEach("clipGradNorm() scales to the norm over all parameters, and only what is above", async (device) => {
  using dense = new Dense(device, { inputSize: I, outputSize: O, seed: 1 });
  for (const [maxNorm, step] of [[0.25, 1], [1e6, 2], [undefined, 3], [0, 4]] as const) {
    writeGradients(device, dense, step);
    const before = Object.values(await dense.gradients()).flatMap(({ data }) => [...data]);
    const norm = Math.sqrt(before.reduce((sum, value) => sum + value * value, 0));
    clipGradNorm(dense.parameters(), maxNorm);
    const after = Object.values(await dense.gradients()).flatMap(({ data }) => [...data]);
    const scale = Math.min(1, (maxNorm ?? Infinity) / norm);
    const expected = before.map((value) => value * scale);
    const shape = [before.length];
    assertClose(after, expected, { shape, tolerance: OPTIMIZERS, what: `clipped to ${maxNorm}` });
    const found = await health(dense.parameters());
    assertAlmostEquals(found.norm, norm, 1e-5 * norm);
    assertEquals([found.steps, found.brokenAt], [step, undefined]);
  }
});

for (const [name, make] of [["Adam", Adam], ["SGD", SGD]] as const) {
  for (const bad of [NaN, Infinity]) {
    testEach(
      `a gradient that is ${bad} stops all updates, and health() says the step: ${name}`,
      async (device) => {
        using dense = new Dense(device, { inputSize: I, outputSize: O, seed: 1 });
        using optimizer = new make(dense.parameters(), { learningRate: 0.1 });
        let norm = 0;
        for (let step = 1; step <= 5; step++) {
          writeGradients(device, dense, step);
          if (step === 3) {
            device.write(dense.parameters()[1]!.gradient, new Float32Array([0, 0, 0, 0, 0, bad]));
            norm = (await health(dense.parameters())).norm;
          }
          const before = await dense.stateDict();
          clipGradNorm(dense.parameters(), 1);
          optimizer.step();
          const after = await dense.stateDict();
          if (step < 3) assertNotEquals(after, before);
          else assertEquals(after, before);
          const { brokenAt } = await health(dense.parameters());
          assertEquals(brokenAt, step < 3 ? undefined : 3);
        }
        assertEquals((await health(dense.parameters())).norm, norm);
      },
    );
  }
}

testEach("an optimizer of two layers steps as one of each would", async (device) => {
  for (
    const [optimizer, options] of [[Adam, {}], [AdamW, {}], [SGD, { momentum: 0.9 }], [RMSprop, {
      momentum: 0.9,
    }]] as const
  ) {
    const step = async (together: boolean): Promise<Float32Array[]> => {
      using first = new Dense(device, { inputSize: 2, outputSize: 3, seed: 1 });
      using second = new Dense(device, { inputSize: 67, outputSize: 5, seed: 2 });
      const layers = [first, second];
      const own = layers.map((layer) => layer.parameters());
      const optimizers = (together ? [own.flat()] : own).map((all) => new optimizer(all, options));
      for (let count = 0; count < 3; count++) {
        own.flat().forEach(({ gradient, size }, i) =>
          device.write(gradient, uniformArray(size, 10 * count + i))
        );
        for (const each of optimizers) each.step();
      }
      for (const each of optimizers) each[Symbol.dispose]();
      const dicts = await Promise.all(layers.map((layer) => layer.stateDict()));
      return dicts.flatMap((dict) => Object.values(dict).map(({ data }) => data));
    };
    assertEquals(await step(true), await step(false), optimizer.name);
  }
});

/** All of them. */
const ALL = [Adam, AdamW, SGD, RMSprop];

/** What of each optimizer must not be negative, beside the learning rate. */
const RATES = [
  [Adam, "epsilon", "weightDecay"],
  [AdamW, "epsilon", "weightDecay"],
  [SGD, "momentum", "weightDecay"],
  [RMSprop, "epsilon", "momentum", "weightDecay"],
] as const;

testEach("optimizers and clipping refuse settings out of range", (device) => {
  using first = new Dense(device, { inputSize: 2, outputSize: 3, seed: 1 });
  const parameters = first.parameters();
  const refusals: [body: () => unknown, errorClass: typeof TypeError | typeof RangeError, message: string][] =
    [
      ...[-1, NaN, Infinity].map((rate) =>
        [
          () => new Adam(parameters, { learningRate: rate }),
          RangeError,
          `Cannot use Adam as learningRate must be a float32 number, at least 0: current value is ${rate}`,
        ] as (typeof refusals)[number]
      ),
      [
        () => new Adam(parameters, { betas: [0.9, 1] }),
        RangeError,
        "Cannot use Adam as each of betas must be a float32 number in [0, 1): current value is 1",
      ],
      ...RATES.flatMap(([optimizer, ...names]) =>
        names.flatMap((name) =>
          [-1, NaN, Infinity].map((rate): (typeof refusals)[number] => [
            () => new optimizer(parameters, { [name]: rate }),
            RangeError,
            `Cannot use ${optimizer.name} as ${name} must be a float32 number, at least 0: current value is ${rate}`,
          ])
        )
      ),
      [
        () => new SGD(parameters, { nesterov: true }),
        TypeError,
        "Cannot use SGD with nesterov: it needs a momentum",
      ],
      [
        () => clipGradNorm(parameters, -1),
        RangeError,
        "Cannot clip gradients as maxNorm must be a float32 number, at least 0: current value is -1",
      ],
      ...ALL.flatMap((optimizer): typeof refusals => [
        [() => new optimizer([]), TypeError, `Cannot make ${optimizer.name} of an empty list of parameters`],
        [
          () => new optimizer([...parameters, parameters[1]!]),
          TypeError,
          `Cannot make ${optimizer.name} of a list that has a parameter twice`,
        ],
        ...[device, parameters[0], [first], undefined].map((given): (typeof refusals)[number] => [
          () => new optimizer(given as unknown as Parameter[], parameters as unknown as AdamOptions),
          TypeError,
          `Cannot use parameters that are not an array of Parameter: the call is written new ${optimizer.name}(parameters, options)`,
        ]),
      ]),
      [
        () => clipGradNorm(device as unknown as Parameter[], parameters as unknown as number),
        TypeError,
        "Cannot use parameters that are not an array of Parameter: the call is written clipGradNorm(parameters, maxNorm)",
      ],
    ];
  for (const [body, errorClass, message] of refusals) {
    const error = assertThrows(body, errorClass);
    assertEquals(error.message, message);
  }
});

testEach("AdamW decays by 1e-2 where its option is absent or undefined", (device) => {
  using dense = new Dense(device, { inputSize: 2, outputSize: 1, seed: 0 });
  const shown = (options?: AdamOptions): string => `${new AdamW(dense.parameters(), options)}`;
  assertEquals(shown({ weightDecay: undefined }), shown());
  assertEquals(shown({ weightDecay: 1e-2 }), shown());
  assertNotEquals(shown({ weightDecay: 0 }), shown());
});
