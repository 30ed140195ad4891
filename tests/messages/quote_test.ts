/** What somebody gave, or a file holds, as sentences quote it: short, in one line, and nothing that a terminal obeys. @module */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { Vocabulary } from "../../mod.ts";
import { parseFlags } from "../../src/cli/parse_flags.ts";
import { nearest } from "../../src/messages/options.ts";
import { quote } from "../../src/messages/quote.ts";
import { visible } from "../../src/messages/visible.ts";

/** A value that JSON cannot have. */
const CIRCLE: unknown[] = [];
CIRCLE.push({ CIRCLE });

Deno.test("a quotation is short and has no control characters, whatever it is of", () => {
  const evil = "a\x1b[31m\n\x7f\x9b\u202e\u2028b";
  const cases: [value: unknown, text: string][] = [
    [evil, '"a\\u001b[31m\\n\\u007f\\u009b\\u202e\\u2028b"'],
    ["\ud800", '"\\ud800"'],
    ["分👩‍👩‍👧", '"分👩‍👩‍👧"'],
    [NaN, "NaN"],
    [5n, "5"],
    [[4], "[4]"],
    [{ a: "\u202e" }, '{"a":"\\u202e"}'],
    [new Float32Array(2), "0,0"],
    [Symbol("\n"), "Symbol(\\u000a)"],
    [CIRCLE, "Array"],
    [new Map(), "Map"],
    [null, "null"],
    [undefined, "undefined"],
  ];
  for (const [value, text] of cases) assertEquals(quote(value), text);
  for (const long of ["\u202e".repeat(1e6), Array(1e6).fill("\n")]) assert(quote(long).length < 600);
});

Deno.test("no sentence of flags or vocabularies is as long as what was given, or has its control characters", () => {
  const long = "long\u202e".repeat(5000);
  const refused = [
    () => parseFlags("train", [`--epochs=${long}`]),
    () => parseFlags("train", [`--cell=${long}`]),
    () => parseFlags("train", [`--${long}`]),
    () => parseFlags("train", ["run", long]), // the first word is a run
    () => parseFlags("train", [`--debug=${long}`]),
    () => Vocabulary.fromJSON(long),
    () => Vocabulary.fromJSON({ a: 0, [long]: 0 }),
    () => Vocabulary.fromJSON({ kind: long, tokens: [] }),
    () => Vocabulary.fromText("a").id(long),
  ];
  for (const refuse of refused) {
    const { message } = assertThrows(refuse, Error);
    assert(message.length < 700 && visible(message) === message, message.slice(0, 1000));
  }
});

Deno.test("what was meant by a long word is not looked for", () => {
  const start = performance.now();
  assertEquals(nearest("x".repeat(2e7), ["hiddenSize", "inputSize"]), undefined);
  assert(performance.now() - start < 2000);
  assertEquals(nearest("hidden-sise", ["hidden-size", "hidden"]), "hidden-size");
});
