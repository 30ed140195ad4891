/** Stop strings: where a text ends, what comes back of it, and what is held back until that is decided. @module */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { type Device, generate, type Generated, RNN, RNNModel, Vocabulary } from "../../mod.ts";
import { Stops } from "../../src/generate/stops.ts";
import { Random } from "../../src/random.ts";
import { testEach } from "../support/test_each.ts";
import { parrot } from "./parrot.ts";

/** A model that says the vocabulary's tokens in their order, again and again. */
function counting(device: Device, vocabulary: Vocabulary): Promise<RNNModel> {
  return parrot(device, Uint32Array.from(vocabulary.tokens.keys()), vocabulary.size);
}

async function itemsOf(
  model: RNNModel,
  vocabulary: Vocabulary,
  options: { prefix: string; length: number; stop: string | readonly string[] },
): Promise<Generated[]> {
  return await Array.fromAsync(generate(model, vocabulary, { ...options, temperature: 0 }));
}

testEach(
  "a text ends before the stop that is complete first, of equals before the longest",
  async (device) => {
    const vocabulary = Vocabulary.fromText("abcdefgh");
    using model = await counting(device, vocabulary);
    const cases: [stop: string | string[], text: string, ids: number, end: "stop" | "length"][] = [
      ["b", "", 1, "stop"],
      ["de", "bc", 4, "stop"],
      [["gh", "ef", "efg"], "bcd", 5, "stop"],
      [["f", "def", "ef"], "bc", 5, "stop"],
      [["cdefx", "defg"], "bc", 6, "stop"],
      [["hab"], "bcdefg", 9, "stop"],
      [["cdx", "hb", "cdefghab"], "b", 9, "stop"],
      [["ab", "bcdefghac"], "bcdefgh", 9, "stop"], // the prefix's a counts for neither
      [["x", "ghabcdefgha"], "bcdefghabcde", 12, "length"], // held back and no stop
      [[], "bcdefghabcde", 12, "length"],
    ];
    for (const [stop, text, ids, end] of cases) {
      const items = await itemsOf(model, vocabulary, { prefix: "a", length: 12, stop });
      const what = JSON.stringify(stop);
      assertEquals(items.map((item) => item.text).join(""), text, what);
      assertEquals(items.map(({ id }) => id), Array.from({ length: ids }, (_, i) => (i + 1) % 8), what);
      assertEquals(items.map((item) => item.end), [...Array(ids - 1).fill(undefined), end], what);
    }
  },
);

testEach("what may become a stop waits, and comes where it is none", async (device) => {
  const vocabulary = Vocabulary.fromText("abcdefgh");
  using model = await counting(device, vocabulary);
  const options = { prefix: "a", length: 8 };
  const pieces = async (stop: string[]): Promise<string[]> =>
    (await itemsOf(model, vocabulary, { ...options, stop })).map(({ text }) => text);
  assertEquals(await pieces(["cdx"]), ["b", "", "", "cde", "f", "g", "h", "a"]);
  assertEquals(await pieces(["cdex", "efx"]), ["b", "", "", "", "cd", "efg", "h", "a"]);
  assertEquals(await pieces(["hab"]), ["b", "c", "d", "e", "f", "g", "", "ha"]);
});

testEach("a stop may lie within words and bytes", async (device) => {
  const words = Vocabulary.fromTokens(["one", "two.", "three"], { kind: "word" });
  using model = await counting(device, words);
  const text = async (stop: string | string[]): Promise<string> =>
    (await itemsOf(model, words, { prefix: "one", length: 3, stop })).map(({ text }) => text).join("");
  assertEquals(await text("."), " two");
  assertEquals(await text(". th"), " two");
  assertEquals(await text(["ree", "wo"]), " t");
  assertEquals(await text("two. three on"), " ");
  const bytes = Vocabulary.fromText("分", { kind: "byte" });
  using speaker = await parrot(device, bytes.encode("aé分"), 256);
  for (const [stop, expected] of [["分", "é"], ["é", ""], ["分a", "é"], ["x", "é分a"], ["\ufffd", "é分a"]]) {
    const items = await itemsOf(speaker, bytes, { prefix: "a", length: 6, stop: stop! });
    assertEquals(items.map(({ text }) => text).join(""), expected);
  }
  const [item] = (await itemsOf(speaker, bytes, { prefix: "a", length: 4, stop: "\ufffd" })).slice(-1);
  assertEquals([item!.text, item!.end], ["", "stop"]); // two bytes of 分
});

testEach("a row that has stopped says no more, the others go on", async (device) => {
  const vocabulary = Vocabulary.fromText("abcdefgh");
  using model = await counting(device, vocabulary);
  const options = { prefixes: ["a", "e"], length: 6, temperature: 0, stop: "gh" };
  const items = await Array.fromAsync(generate(model, vocabulary, options));
  assertEquals(items.map(({ row }) => row), [0, 1, 0, 1, 0, 1, 0, 0, 0]);
  const text = (row: number): string =>
    items.filter((item) => item.row === row).map(({ text }) => text).join("");
  assertEquals([text(0), text(1)], ["bcdefg", "f"]);
});

Deno.test("Stops finds what a search of the whole text finds, in whatever pieces it comes", () => {
  const random = new Random(5);
  const letters = (most: number): string =>
    Array.from({ length: random.integer(most) + 1 }, () => "ab"[random.integer(2)]).join("");
  let found = 0;
  for (let round = 0; round < 3000; round++) {
    const stops = Array.from({ length: random.integer(3) + 1 }, () => letters(5));
    const whole = letters(20);
    const filter = new Stops(stops);
    let text = "";
    for (let from = 0; from < whole.length && !filter.found;) {
      const to = from + random.integer(4);
      text += filter.push(whole.slice(from, to));
      assert(whole.startsWith(text), "what is out stays");
      from = to;
    }
    text += filter.end();
    let expected = whole;
    for (let end = 1; end <= whole.length && expected === whole; end++) {
      const ending = stops.filter((stop) => whole.slice(0, end).endsWith(stop));
      const longest = Math.max(...ending.map(({ length }) => length));
      if (ending.length > 0) expected = whole.slice(0, end - longest);
    }
    assertEquals(text, expected, JSON.stringify({ stops, whole }));
    assertEquals(filter.found, expected !== whole);
    found += Number(filter.found);
  }
  assert(found > 500 && found < 2900, `${found}`);
});

testEach("generate() refuses a stop that is no text, or an empty one", async (device) => {
  const vocabulary = Vocabulary.fromText("ab");
  using model = new RNNModel(new RNN(device, { inputSize: 2, hiddenSize: 2, seed: 0 }), 2);
  const sentence = "Cannot generate as each stop must be a text of one character or more: current value is ";
  for (
    const [stop, Kind, shown] of [
      [[5], TypeError, "5"],
      [5, TypeError, "5"],
      [["a", ["b"]], TypeError, '["b"]'],
      ["", RangeError, '""'],
      [["a", ""], RangeError, '""'],
      ["\ud83d", RangeError, '"\\ud83d"'],
    ] as const
  ) {
    const options = { prefix: "a", stop: stop as unknown as string };
    const error = await assertRejects(() => Array.fromAsync(generate(model, vocabulary, options)), Kind);
    assertEquals(error.message, sentence + shown);
  }
});
