/** How many threads programs take is decided while they run: the better way soon, at next to no cost. @module */
import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { Random } from "../../src/random.ts";
import { shapeKey, type ThreadChoice, ThreadChoices } from "../../src/device/wasm/thread_choices.ts";

/** Milliseconds of a run with all threads, or with one. */
interface Machine {
  readonly all: number;
  readonly one: number;
}

/** Runs a program `runs` times on a machine whose times waver by a tenth, and says how many runs took all threads. */
function use(choice: ThreadChoice, { all, one }: Machine, runs: number, random: Random): [number, number] {
  let [withAll, time] = [0, 0];
  for (let run = 0; run < runs; run++) {
    const threads = choice.next();
    assert(threads === 1 || threads === 4);
    if (threads === 4) withAll++;
    const took = (threads === 4 ? all : one) * (0.95 + 0.1 * random.uniform());
    choice.took(took);
    time += took;
  }
  return [withAll, time];
}

const CASES: Readonly<Record<string, Machine>> = {
  "a large program on cores of one's own": { all: 22, one: 42 },
  "a small program": { all: 0.3, one: 0.16 },
  "one character's steps beside a busy process": { all: 9.5, one: 3.5 },
  "a program that is a tenth faster with one thread": { all: 1.1, one: 1 },
  "a program that is a third slower with one thread": { all: 1, one: 1.33 },
};

for (const [which, machine] of Object.entries(CASES)) {
  Deno.test(`${which} loses two hundredths at most to what is not better`, () => {
    const choice = new ThreadChoices(4).of(shapeKey([1, 2, 3]));
    const random = new Random(1);
    use(choice, machine, 20, random); // at first nothing is known
    const [, time] = use(choice, machine, 20_000, random);
    const ideal = 20_000 * Math.min(machine.all, machine.one);
    assert(time < 1.02 * ideal, `${time / ideal} of the ideal time`);
  });
}

Deno.test("a program that begins with one thread tries all of them, and keeps what is better", () => {
  const first = (machine: Machine): [first: number, all: number] => {
    const choice = new ThreadChoices(4).of(shapeKey([]), 0, 1, true);
    const random = new Random(4);
    return [use(choice, machine, 3, random)[0], use(choice, machine, 200, random)[0]];
  };
  const [before, calm] = first({ all: 0.66, one: 0.95 });
  assertEquals(before, 0);
  assert(calm > 180);
  assert(first({ all: 5.6, one: 0.95 })[1] < 5, "beside a busy process one trial is enough");
});

Deno.test("a program follows a machine that becomes busy, and calm again", () => {
  const choice = new ThreadChoices(4).of(shapeKey([]));
  const random = new Random(2);
  const calm = { all: 2.2, one: 3.5 };
  const busy = { all: 9.5, one: 3.5 };
  use(choice, calm, 500, random);
  assert(use(choice, busy, 40, random)[0] < 20, "40 runs are enough to see that the machine is busy");
  assert(use(choice, busy, 2000, random)[0] < 40, "few runs take all threads there");
  use(choice, calm, 600, random); // two seconds
  assert(use(choice, calm, 500, random)[0] > 480, "all threads are back");
});

Deno.test("a single slow run does not send the other threads away", () => {
  const choice = new ThreadChoices(4).of(shapeKey([]));
  use(choice, { all: 1, one: 2 }, 100, new Random(3));
  choice.next();
  choice.took(50);
  assert(use(choice, { all: 1, one: 2 }, 100, new Random(4))[0] > 95);
});

Deno.test("a machine that was suspended during a trial still gets all threads back", () => {
  const busy = { all: 9.5, one: 3.5 };
  const calm = { all: 2.2, one: 3.5 };
  // The first run of a trial with all threads wakes them up, one more slow one ends it.
  for (let suspended = 1; suspended <= 2; suspended++) {
    const choice = new ThreadChoices(4).of(shapeKey([]));
    const random = new Random(5);
    use(choice, busy, 500, random);
    for (let tried = 0; tried < suspended;) {
      const threads = choice.next();
      if (threads === 4) tried++;
      choice.took(tried === suspended ? 3_600_000 : threads === 4 ? busy.all : busy.one);
    }
    use(choice, busy, 100, random); // the trial ends
    use(choice, calm, 12_000, random); // 42 seconds at most
    assert(use(choice, calm, 500, random)[0] > 480, `suspended in run ${suspended}`);
  }
});

Deno.test("programs of one shape share a choice, and one thread stays one", () => {
  const choices = new ThreadChoices(4);
  assertStrictEquals(choices.of(shapeKey([1, 2])), choices.of(shapeKey([1, 2])));
  assert(choices.of(shapeKey([1, 2])) !== choices.of(shapeKey([2, 1])));
  const long = choices.of(shapeKey([1, 2]), 0, 64);
  assertStrictEquals(choices.of(shapeKey([1, 2]), 0, 100), long);
  assert(choices.of(shapeKey([1, 2]), 0, 8) !== long, "short runs are another matter");
  assert(choices.of(shapeKey([1, 2]), 1, 64) !== long, "so is reading a prefix");
  const first = choices.of(shapeKey([0]));
  for (let shape = 1; shape < 300; shape++) choices.of(shapeKey([shape]));
  assert(choices.of(shapeKey([0])) !== first, "what is not used is forgotten");
  const alone = new ThreadChoices(1).of(shapeKey([]));
  for (let run = 0; run < 50; run++) {
    assertEquals(alone.next(), 1);
    alone.took(1 + run % 2);
  }
});
