/** dropout on every device. @module */
import { assert, assertEquals } from "@std/assert";
import { dropout } from "../../src/verify/reference/dropout.ts";
import { dropoutCase } from "../../src/verify/cases/cases.ts";
import { checkKernel } from "../../src/verify/cases/check_kernel.ts";
import { testEach } from "../support/test_each.ts";

testEach("dropout() matches the reference, its mask in every element", async (device) => {
  for (const count of [1, 2, 3, 5, 63, 64, 65, 1023, 1024, 1025, 4096, 4097, 9219]) {
    for (const [probability, accumulate] of [[0.5, 0], [0.3, 1], [0.1, 0], [0.9, 1]] as const) {
      const given = dropoutCase({ count, probability, accumulate });
      const { y } = await checkKernel(device, dropout, given);
      const expected = given.buffers.y.slice();
      dropout({ ...given.buffers, y: expected }, { ...given.params, probability: Math.fround(probability) });
      const before = accumulate ? given.buffers.y : new Float64Array(count);
      const mask = (values: Float64Array): boolean[] => Array.from(values, (value, i) => value === before[i]);
      assertEquals(mask(y!), mask(expected));
    }
  }
});

testEach("dropout() with p = 0 copies and with p = 1 gives zeros", async (device) => {
  for (const probability of [0, 1]) {
    const given = dropoutCase({ probability });
    const { y } = await checkKernel(device, dropout, given);
    assertEquals(y!.map(Math.abs), probability ? new Float64Array(1027) : given.buffers.x);
    await checkKernel(device, dropout, dropoutCase({ probability, accumulate: 1 }));
  }
});

testEach("dropout() keeps 1 - p of all elements, others for another seed or stream", async (device) => {
  const kept = async (
    options: { stream?: number; seed?: number; probability: number },
  ): Promise<boolean[]> => {
    const given = dropoutCase({
      count: 20000,
      probability: options.probability,
      stream: options.stream ?? 0,
    });
    given.buffers.seed[0] = options.seed ?? 0;
    const { y } = await checkKernel(device, dropout, given);
    return Array.from(y!, (value) => value !== 0);
  };
  const count = (mask: boolean[]): number => mask.filter(Boolean).length;
  for (const probability of [0.2, 0.5]) {
    const mask = await kept({ probability });
    const deviation = Math.sqrt(20000 * probability * (1 - probability));
    assert(Math.abs(count(mask) - 20000 * (1 - probability)) < 4 * deviation);
    for (const other of [{ stream: 1 }, { seed: 1 }]) {
      const otherMask = await kept({ probability, ...other });
      const both = count(mask.map((value, i) => value && otherMask[i]!));
      assert(Math.abs(both / 20000 - (1 - probability) ** 2) < 0.02, "the masks are not independent");
    }
  }
});

testEach("dropout() gives the parts of a batch the masks of the whole batch", async (device) => {
  const T = 3;
  for (const [columns, parts] of [[1, 3], [7, 2], [64, 4], [1023, 5]] as const) {
    const whole = dropoutCase({ count: T * parts * columns });
    const { y: expected } = await checkKernel(device, dropout, whole);
    for (let part = 0; part < parts; part++) {
      const rows = (all: Float64Array): number[] =>
        Array.from(
          { length: T },
          (_, t) => [...all.subarray((t * parts + part) * columns).subarray(0, columns)],
        )
          .flat();
      const given = dropoutCase({ count: T * columns, columns, part, parts });
      given.buffers.x.set(rows(whole.buffers.x));
      const { y } = await checkKernel(device, dropout, given);
      assertEquals([...y!], rows(expected!), `part ${part} of ${parts}`);
    }
  }
});
