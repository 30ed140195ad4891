/**
 * Others have their turn while any public function works, a signal ends it, and then nothing of it is left.
 *
 * @module
 */
import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { type Device, predict } from "../../mod.ts";
import { testEach } from "../support/test_each.ts";
import { usedBytesUnread } from "../support/used_bytes.ts";
import { ENDLESS, give, type Given, READS, SHORT, type Work } from "../support/works.ts";

/** Milliseconds for which a work goes on that does not end by itself. */
const WORK = 400;
/** Milliseconds that others may wait: 50 and the longest step, on a machine that does much else. */
const MOST = 250;
/** Of these a step takes long: a kernel of many units, in float64. */
const LONG: Record<string, number> = { "verify, kernels": 1000 };
/** How often a time is taken: the least counts, as other programs may have the processor. */
const TRIES = 5;

const folder = await Deno.makeTempDir();
Deno.test.afterAll(() => Deno.remove(folder, { recursive: true }));

/** What the tests of each device share. */
const given = new Map<Device, Promise<Given>>();

function givenOn(device: Device): Promise<Given> {
  if (!given.has(device)) given.set(device, give(device, folder));
  return given.get(device)!;
}

/** Names of the functions of `deno doc` that are async, or return a promise or an async generator. */
function* asyncIn(node: unknown, names: readonly string[] = []): Generator<string, void, void> {
  if (typeof node !== "object" || node === null) return;
  if (Array.isArray(node)) {
    for (const child of node) yield* asyncIn(child, names);
    return;
  }
  const { name, returnType, params: _, ...rest } = node as Record<string, unknown>;
  const path = typeof name === "string" ? [...names, name] : names;
  if (/^\{[^[{]*"(Promise|AsyncGenerator)[<"]/.test(JSON.stringify(returnType) ?? "")) yield path.join(".");
  yield* asyncIn(Object.values(rest), path);
}

Deno.test("every public function that returns a promise is among those that are tried", async () => {
  const entries = ["mod.ts", "src/exchange.ts"].map((path) => new URL(`../../${path}`, import.meta.url).href);
  const args = ["doc", "--json", ...entries];
  const { stdout } = await new Deno.Command(Deno.execPath(), { args, env: { NO_COLOR: "1" } }).output();
  const { nodes } = JSON.parse(new TextDecoder().decode(stdout));
  const tried = new Set([ENDLESS, SHORT, READS].flatMap(Object.keys).map((name) => name.split(/[ ,]/)[0]!));
  for (const internal of ["profile", "verify"]) tried.delete(internal);
  assertEquals([...new Set(asyncIn(nodes))].sort(), [...tried].sort());
});

/** How long timers waited at most. */
async function longestWait(work: () => Promise<unknown>): Promise<number> {
  let longest = 0;
  let last = performance.now();
  const look = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  };
  const timer = setInterval(look, 1);
  try {
    await work();
  } finally {
    look();
    clearInterval(timer);
  }
  return longest;
}

/** The least of some tries: what is above it, other programs took. */
async function least(most: number, measure: () => Promise<number>): Promise<number> {
  let best = Infinity;
  for (let i = 0; i < TRIES && best >= most; i++) best = Math.min(best, await measure());
  return best;
}

/** A work again and again, for as long as a machine may need for one that hears no signal. */
function again(work: Work): Work {
  return async (given, signal) => {
    const end = performance.now() + 20 * WORK;
    while (performance.now() < end) await work(given, signal);
  };
}

/** Begins a work, aborts it after some time, 0 being at once, and returns how long it took to end. */
async function abortAfter(given: Given, work: Work, milliseconds: number): Promise<number> {
  const reason = new Error("enough");
  const controller = new AbortController();
  let aborted = 0;
  const abort = (): void => {
    aborted = performance.now();
    controller.abort(reason);
  };
  const timer = milliseconds > 0 ? setTimeout(abort, milliseconds) : undefined;
  const working = work(given, controller.signal);
  if (milliseconds === 0) abort();
  const thrown = await assertRejects(() => working);
  clearTimeout(timer);
  assertStrictEquals(thrown, reason);
  return performance.now() - aborted;
}

for (const [name, once] of [...Object.entries(ENDLESS), ...Object.entries(SHORT)]) {
  const endless = Object.hasOwn(ENDLESS, name);
  const work = endless ? again(once) : once;
  const most = LONG[name] ?? MOST;

  testEach(`others have their turn, and a signal ends it: ${name}`, async (device) => {
    const given = await givenOn(device);
    await abortAfter(given, work, endless ? WORK : 0); // compilers, and memory of threads, which stays
    const before = usedBytesUnread(device);
    const wait = await least(
      most,
      () =>
        longestWait(() =>
          endless ? abortAfter(given, work, WORK) : work(given, new AbortController().signal)
        ),
    );
    assert(wait < most, `timers waited ${wait} ms`);
    const end = await least(most, () => abortAfter(given, work, endless ? 30 : 0));
    assert(end < most, `it ended ${end} ms after the abort`);
    assertEquals(usedBytesUnread(device), before, "bytes of the device");
    await predict(given.model, given.vocabulary, "a", 20); // the model is free
  });

  testEach(`a signal that is aborted already lets nothing begin: ${name}`, async (device) => {
    const given = await givenOn(device);
    const reason = new Error("enough");
    const before = usedBytesUnread(device);
    const thrown = await assertRejects(() => work(given, AbortSignal.abort(reason)));
    assertStrictEquals(thrown, reason);
    assertEquals(usedBytesUnread(device), before, "bytes of the device");
  });
}

for (const [name, work] of Object.entries(READS)) {
  testEach(`others have their turn: ${name}`, async (device) => {
    const given = await givenOn(device);
    const wait = await least(MOST, () => {
      const end = performance.now() + WORK;
      return longestWait(() => work(given, () => performance.now() < end));
    });
    assert(wait < MOST, `timers waited ${wait} ms`);
  });
}
