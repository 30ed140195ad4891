/** Which configurations are trained. @module */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { type Axis, draw, grid, gridSize } from "../../src/sweep/configurations.ts";

const AXES: Axis[] = [
  { name: "cell", space: ["rnn", "lstm"] },
  { name: "hidden-size", space: ["8", "16", "32"] },
];
const RATE: Axis = { name: "learning-rate", space: { from: 1e-4, to: 1e-2, log: true, whole: false } };

Deno.test("a grid has each configuration once", () => {
  assertEquals(gridSize(AXES), 6);
  const all = grid(AXES);
  assertEquals(all.slice(0, 4), [
    { cell: "rnn", "hidden-size": "8" },
    { cell: "rnn", "hidden-size": "16" },
    { cell: "rnn", "hidden-size": "32" },
    { cell: "lstm", "hidden-size": "8" },
  ]);
  assertEquals(new Set(all.map((one) => JSON.stringify(one))).size, 6);
  assertEquals([grid([]), gridSize([]), gridSize([RATE])], [[{}], 1, Infinity]);
});

Deno.test("a draw depends on its seed alone, and not on the order of flags or on how many are drawn", () => {
  const drawn = draw([...AXES, RATE], 20, 7);
  assertEquals(drawn.length, 20);
  assertEquals(draw([...AXES, RATE], 5, 7), drawn.slice(0, 5));
  const key = (one: object): string => JSON.stringify(Object.entries(one).toSorted());
  assertEquals(draw([RATE, ...AXES.toReversed()], 20, 7).map(key), drawn.map(key));
  assert(key(draw([...AXES, RATE], 1, 8)[0]!) !== key(drawn[0]!));
  const rates = drawn.map((one) => Number(one["learning-rate"]));
  assert(rates.filter((rate) => rate < 1e-3).length > 5 && rates.filter((rate) => rate > 1e-3).length > 5);
});

Deno.test("no configuration is drawn twice, and more than there are is refused", () => {
  const key = (one: object): string => JSON.stringify(one);
  assertEquals(draw(AXES, 6, 0).map(key).toSorted(), grid(AXES).map(key).toSorted());
  assertEquals(
    assertThrows(() => draw(AXES, 7, 0), RangeError).message,
    "Cannot draw 7 different configurations: there are 6",
  );
  const few: Axis[] = [{ name: "epochs", space: { from: 1, to: 2, log: false, whole: true } }];
  assertEquals(
    assertThrows(() => draw(few, 3, 0), RangeError).message,
    "Cannot draw 3 different configurations: there are 2",
  );
});
