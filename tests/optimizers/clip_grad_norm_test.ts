/** clipGradNorm() over parameters of several modules, and over a part of one, against float64. @module */
import { assertAlmostEquals, assertEquals, assertNotEquals } from "@std/assert";
import {
  Adam,
  clipGradNorm,
  Dense,
  type Device,
  GRU,
  health,
  type Module,
  type Parameter,
  SGD,
} from "../../mod.ts";
import { CHUNK } from "../../src/kernels.ts";
import { resetHealth } from "../../src/optimizers/clip_grad_norm.ts";
import { uniformArray } from "../../src/verify/cases/arrays.ts";
import { assertClose } from "../../src/verify/cases/assert_close.ts";
import { testEach } from "../support/test_each.ts";
import { OPTIMIZERS } from "../../src/verify/cases/tolerances.ts";

/** Three modules, the second with more than two chunks of parameters, with gradients from [-1, 1). */
function modules(device: Device): [first: Dense, second: GRU, third: Dense] {
  const all: [Dense, GRU, Dense] = [
    new Dense(device, { inputSize: 7, outputSize: 3, seed: 1 }),
    new GRU(device, { inputSize: 67, hiddenSize: 31, seed: 1 }),
    new Dense(device, { inputSize: 5, outputSize: 13, seed: 1 }),
  ];
  all.forEach((module, which) => writeGradients(module, 10 * which));
  return all;
}

function writeGradients(module: Module, seed: number): void {
  module.parameters().forEach(({ device, gradient, size }, index) =>
    device.write(gradient, uniformArray(size, seed + index))
  );
}

/** The gradients of parameters, in float64. */
function gradientsOf(parameters: readonly Parameter[]): Promise<Float64Array[]> {
  return Promise.all(
    parameters.map(async ({ device, gradient, size }) =>
      Float64Array.from(new Float32Array(await device.read(gradient)).subarray(0, size))
    ),
  );
}

/** torch.nn.utils.clip_grad_norm_, with gradients in an order of their own beside the list that names some of them. */
function clip(gradients: readonly Float64Array[], list: readonly number[], maxNorm: number): number {
  const norm = Math.sqrt(list.reduce((sum, i) => sum + gradients[i]!.reduce((s, x) => s + x * x, 0), 0));
  const factor = Math.min(1, maxNorm / (norm + 1e-6));
  for (const i of list) {
    gradients[i]!.forEach((x, k) => {
      gradients[i]![k] = x * factor;
    });
  }
  return norm;
}

/** Indices into the parameters of all three modules: 0 and 1 of the first, 2 to 5 of the second, 6 and 7 of the third. */
const LISTS: readonly (readonly [name: string, list: readonly number[], steps: readonly number[]])[] = [
  ["all of two modules", [0, 1, 2, 3, 4, 5], [1, 1, 0]],
  ["all of three modules, in another order", [7, 3, 0, 6, 2, 1, 5, 4], [1, 1, 1]],
  ["one parameter", [3], [0, 1, 0]],
  ["the two ends of a module", [2, 5], [0, 1, 0]],
  ["parts of three modules", [1, 3, 5, 6], [1, 1, 1]],
  ["one that comes twice, which is then scaled twice", [0, 0, 1], [1, 0, 0]],
  ["a module, and a part of it again", [6, 7, 7, 4], [0, 1, 1]],
];

for (const [name, list, steps] of LISTS) {
  testEach(`clipGradNorm() scales what it lists and nothing else: ${name}`, async (device) => {
    for (const maxNorm of [0.5, 1e6, undefined]) {
      const all = modules(device);
      const parameters = all.flatMap((module) => module.parameters());
      assertEquals(parameters.length, 8);
      const expected = await gradientsOf(parameters);
      const norm = clip(expected, list, maxNorm ?? Infinity);
      const given = list.map((i) => parameters[i]!);
      clipGradNorm(given, maxNorm);
      (await gradientsOf(parameters)).forEach((found, i) => {
        const what = `the gradient of parameter ${i} clipped to ${maxNorm}`;
        assertClose(found, expected[i]!, { shape: [found.length], tolerance: OPTIMIZERS, what });
      });
      const found = await health(given);
      assertAlmostEquals(found.norm, norm, 1e-6 * norm);
      assertEquals([found.steps, found.brokenAt], [1, undefined]);
      const each = await Promise.all(all.map(async (module) => (await health(module.parameters())).steps));
      assertEquals(each, steps);
      for (const module of all) module[Symbol.dispose]();
    }
  });
}

testEach("a range of many chunks beside a short one is scaled to its end", async (device) => {
  using long = new Dense(device, { inputSize: CHUNK, outputSize: 67, seed: 1 });
  using short = new Dense(device, { inputSize: 2, outputSize: 2, seed: 1 });
  for (const modules of [[long, short], [short, long]]) {
    modules.forEach(writeGradients);
    const parameters = modules.flatMap((module) => module.parameters());
    const expected = await gradientsOf(parameters);
    clip(expected, [...parameters.keys()], 1);
    clipGradNorm(parameters, 1);
    (await gradientsOf(parameters)).forEach((found, i) =>
      assertClose(found, expected[i]!, {
        shape: [found.length],
        tolerance: OPTIMIZERS,
        what: `gradient ${i}`,
      })
    );
  }
});

testEach("a recorded clip of several modules is the same in each run", async (device) => {
  const all = modules(device);
  const parameters = all.flatMap((module) => module.parameters()).slice(1, -1);
  const once = async (clipped: () => void): Promise<Float64Array[]> => {
    all.forEach((module, which) => writeGradients(module, 10 * which));
    clipped();
    return await gradientsOf(parameters);
  };
  const expected = await once(() => clipGradNorm(parameters, 0.5));
  using program = device.record(() => clipGradNorm(parameters, 0.5));
  for (let run = 0; run < 3; run++) assertEquals(await once(() => program.run()), expected);
  for (const module of all) module[Symbol.dispose]();
});

for (const bad of [NaN, Infinity]) {
  for (const which of [0, 1]) {
    testEach(
      `a gradient that is ${bad} in module ${which} stops every module of the list`,
      async (device) => {
        const [first, second, third] = modules(device);
        const list = [first, second];
        const parameters = list.flatMap((module) => module.parameters());
        using adam = new Adam(parameters);
        using sgd = new SGD(third.parameters());
        device.write(list[which]!.parameters()[1]!.gradient, Float32Array.of(1, bad));
        const weights = async () => await Promise.all([...list, third].map((module) => module.stateDict()));
        const before = await weights();
        clipGradNorm(parameters, 1);
        for (const optimizer of [adam, sgd]) optimizer.step();
        const after = await weights();
        assertEquals(after.slice(0, 2), before.slice(0, 2));
        assertNotEquals(after[2], before[2]); // not of the list
        for (const given of [parameters, ...list.map((module) => module.parameters())]) {
          assertEquals((await health(given)).brokenAt, 1);
        }
        assertEquals((await health([...third.parameters(), ...parameters])).brokenAt, 1);
        resetHealth(parameters);
        assertEquals(await health(parameters), {
          norm: 0,
          steps: 0,
          brokenAt: undefined,
          brokenBy: undefined,
        });
        for (const module of [...list, third]) module[Symbol.dispose]();
      },
    );
  }
}

testEach("an empty list has a norm of 0 and nothing to scale", async () => {
  clipGradNorm([], 1);
  resetHealth([]);
  assertEquals(await health([]), { norm: 0, steps: 0, brokenAt: undefined, brokenBy: undefined });
});
