/** A part of `deno task fuzz`: every door, some thousand cases of one seed. @module */
import { assert, assertEquals } from "@std/assert";
import { type Door, faultOf, linesOf, type Outcome, tryDoor } from "./door.ts";
import { DOORS } from "./doors.ts";
import { imports } from "./doors/imports.ts";

/** Cases of a door; fewer where each takes long, or another test tries the like. */
const CASES = 4000;
const FEWER: Readonly<Record<string, number>> = {
  runs: 1000,
  weights: 1000,
  quantized: 1000,
  commands: 300,
  journals: 300,
  ...Object.fromEntries(imports.map(({ name }) => [name, 1000])),
};

/** Tries a door, and tells what was tried. */
async function tried(door: Door): Promise<Outcome> {
  const outcome = await tryDoor(door, { seed: 1, cases: FEWER[door.name] ?? CASES });
  console.log(linesOf(outcome)[0]);
  assertEquals(outcome.faults, []);
  return outcome;
}

for (const door of DOORS) {
  Deno.test(`what comes through a door is used, or refused in one clear sentence: ${door.name}`, async () => {
    const { cases, accepted, refused } = await tried(door);
    if (door.name !== "foreign") assert(accepted > cases / 50, `${accepted} are accepted`);
    if (door.name === "journals") return; // what of one cannot be read is left out
    assert(accepted < cases * 3 / 4, `${accepted} are accepted`);
    assert(refused.size >= 5, `reasons: ${[...refused.keys()].join("\n")}`);
  });
}

Deno.test("what is no clear sentence is a fault", () => {
  const clear = [
    new RangeError('Cannot train with epochs 0: "undefined", "[object Object]" and "NaN" are quoted'),
    new SyntaxError('Cannot read the model: weights "a" are not all finite, element 7 is NaN'),
  ];
  const unclear: unknown[] = [
    "Cannot be a string",
    new Error("Cannot be of this class"),
    new TypeError("Cannot read properties of undefined (reading 'map')"),
    new TypeError("Cannot use it as it is not iterable"),
    new RangeError("Cannot train with epochs undefined"),
    new RangeError("Cannot use [object Object]"),
    new RangeError("Cannot end."),
    new RangeError("seldom begins so"),
    new RangeError(`Cannot use ${"x".repeat(1000)}`),
    new RangeError("Cannot use\ntwo lines"),
    new RangeError("Cannot use \u202e"),
    new RangeError("Cannot use \ud83d"),
  ];
  assertEquals(clear.map(faultOf), [undefined, undefined]);
  assertEquals(unclear.filter((error) => faultOf(error) === undefined), []);
});

Deno.test("a door that takes what it should not, keeps memory or takes long is told", async () => {
  const door = (use: (index: number) => Promise<(() => void) | void>, held?: () => number): Door => {
    let index = 0;
    const open = { draw: () => index++, use: (input: unknown) => use(input as number), held };
    return {
      name: "test",
      open: () => Promise.resolve({ ...open, [Symbol.asyncDispose]: () => Promise.resolve() }),
    };
  };
  let bytes = 0;
  const leaking = door(() => {
    bytes += 8;
    return Promise.reject(new RangeError("Cannot use it"));
  }, () => bytes);
  const wrong = door((index) =>
    Promise.resolve(() => {
      if (index === 1) throw new RangeError("Cannot be given back");
    })
  );
  for (
    const [one, told] of [
      [leaking, "test, case 0 of seed 0: 8 bytes are held, and 0 may be"],
      [wrong, "test, case 1 of seed 0: it was accepted, but: RangeError: Cannot be given back"],
    ] as const
  ) {
    const { faults: [fault] } = await tryDoor(one, { seed: 0, cases: 2 });
    assert(fault?.startsWith(told), fault);
  }
});
