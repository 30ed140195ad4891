/** What a scope frees, what it leaves alone, and what it refuses. @module */
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  Adam,
  type Block,
  crossEntropy,
  Dense,
  type Device,
  DeviceError,
  GRU,
  openDevice,
  RNNModel,
  SGD,
  Tape,
  Tensor,
} from "../../mod.ts";
import { ShortMemory } from "../faults/short_memory.ts";
import { testEach } from "../support/test_each.ts";
import { usedBytes } from "../support/used_bytes.ts";

const numbers = (device: Device): Tensor => Tensor.from(device, [1, 2, 3], [3]);
const alive = ({ block }: Tensor): boolean => block.alive;

testEach("a scope looks through plain objects, arrays, maps, sets and cycles", (device) => {
  const lost: Tensor[] = [];
  const result = device.scope(() => {
    const make = (): Tensor => numbers(device);
    const cycle: { self?: unknown; y: Tensor } = { y: make() };
    cycle.self = cycle;
    lost.push(make());
    return {
      loss: make(),
      state: [make(), { c: make() }],
      bare: Object.assign(Object.create(null) as { x: Tensor }, { x: make() }),
      map: new Map([[make(), make()]]),
      set: new Set([make()]),
      view: make().block.view(0, 1),
      rest: [undefined, null, 1, "text", new Float32Array(2)],
      cycle,
    };
  });
  const [h, { c }] = result.state as [Tensor, { c: Tensor }];
  const kept = [result.loss, h, c, result.bare.x, ...result.set, ...[...result.map].flat(), result.cycle.y];
  assertEquals(kept.map(alive), kept.map(() => true));
  assertEquals([result.view.alive, ...lost.map(alive)], [true, false]);
  for (const tensor of kept) tensor[Symbol.dispose]();
});

testEach("a layer, a model, an optimizer, a parameter and a tape keep their memory", async (device) => {
  const [model, adam, sgd, weight] = device.scope(() => {
    const model = new RNNModel(new GRU(device, { inputSize: 4, hiddenSize: 3, seed: 0 }), 4);
    const dense = new Dense(device, { inputSize: 2, outputSize: 2, seed: 0 });
    const sgd = new SGD(new Dense(device, { inputSize: 2, outputSize: 2 }).parameters(), { momentum: 0.9 });
    return [model, new Adam(model.parameters()), sgd, dense.parameters()[0]!] as const;
  });
  const ids = Tensor.from(device, new Uint32Array([1, 2, 3, 0]), [1, 4]);
  const { tape, loss, logits } = device.scope(() => {
    const tape = new Tape(device);
    const [logits] = model.forward(ids, undefined, tape);
    const loss = crossEntropy(logits, ids, tape);
    tape.backward(loss);
    return { tape, loss, logits };
  });
  const before = (await loss.data())[0]!;
  const gradient = await tape.gradient(logits);
  assertEquals(gradient.some((value) => value !== 0), true);
  for (const optimizer of [adam, sgd]) optimizer.step();
  assertEquals(crossEntropy(model.forward(ids)[0], ids).block.alive, true);
  assertEquals((await device.read(weight.value)).byteLength, 16);
  assertEquals(Number.isFinite(before), true);
});

class Pair {
  readonly #tensors: Tensor[];
  constructor(device: Device) {
    this.#tensors = [numbers(device), numbers(device)];
  }
  blocks(): Block[] {
    return this.#tensors.map(({ block }) => block);
  }
}

testEach("a class of one's own says by blocks() what it holds", (device) => {
  const pair = device.scope(() => new Pair(device));
  assertEquals(pair.blocks().map(({ alive }) => alive), [true, true]);
});

testEach("a scope that is left by a promise is refused, and frees what it took", async (device) => {
  const before = usedBytes(device);
  const late = Promise.withResolvers<unknown>();
  const body = async (): Promise<void> => {
    const x = numbers(device);
    await Promise.resolve();
    await x.data().then(late.resolve, late.reject);
  };
  // @ts-expect-error: a promise is refused by type as well
  const open = (): unknown => device.scope(body);
  assertThrows(open, TypeError, "Cannot open a scope with a function that returns a promise");
  assertEquals(usedBytes(device), before);
  await assertRejects(() => late.promise, DeviceError, "its memory was freed");
  const thenable = { then: (done: (value: number) => void) => done(1) };
  assertThrows(() => device.scope(() => thenable), TypeError, "returns a promise");
});

testEach("a program that is recorded by a promise is refused, and so is a scope in it", (device) => {
  const before = usedBytes(device);
  const body = async (): Promise<void> => {
    numbers(device);
    await Promise.resolve();
  };
  // @ts-expect-error: a promise is refused by type as well
  const record = (): unknown => device.record(body);
  assertThrows(record, TypeError, "Cannot record a program with a function that returns a promise");
  // @ts-expect-error: as above
  const nested = (): unknown => device.record(() => void device.scope(body));
  assertThrows(nested, TypeError, "Cannot open a scope");
  assertEquals(usedBytes(device), before);
  device.record(() => void numbers(device))[Symbol.dispose](); // nothing is being recorded any more
});

Deno.test("a scope whose commands find no room frees all that it took [wasm]", async () => {
  using device = await openDevice("wasm", { threads: 1 });
  using block = device.alloc(64);
  const used = usedBytes(device);
  using memory = new ShortMemory({ at: 3, on: false }); // behind two tensors: the list of commands
  const body = (): void => {
    numbers(device);
    numbers(device);
    device.clear(block);
  };
  assertThrows(() => device.scope(body), DeviceError, "Cannot allocate ");
  assertEquals([memory.taken, usedBytes(device)], [3, used]);
});
