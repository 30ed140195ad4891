/** The only way to standard output and error, and that nothing goes past it. @module */
import { assertEquals, assertMatch } from "@std/assert";
import { filesIn, readText, withoutComments } from "../support/source_files.ts";
import { Output, takeWarnings } from "../../src/cli/output.ts";
import { visible } from "../../src/messages/visible.ts";
import { Random } from "../../src/random.ts";
import { Vocabulary } from "../../mod.ts";

/** An output that takes a few bytes at a time, and what it was given. */
function recorded(isTerminal: boolean): { output: Output; bytes: number[] } {
  const bytes: number[] = [];
  const writeSync = (given: Uint8Array): number => {
    bytes.push(...given.subarray(0, 7));
    return Math.min(7, given.length);
  };
  const stream = {
    isTerminal: () => isTerminal,
    writeSync,
    write: (given: Uint8Array) => Promise.resolve(writeSync(given)),
  };
  return { output: new Output(() => stream), bytes };
}

function textOf({ bytes }: { bytes: number[] }): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(Uint8Array.from(bytes));
}

/** What a terminal must not get: controls, and what turns the direction of writing. */
const CONTROLS = [
  ...Array.from({ length: 32 }, (_, code) => code),
  ...Array.from({ length: 33 }, (_, i) => 0x7f + i),
  ...Array.from("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e", (character) => character.charCodeAt(0)),
  ...Array.from("\u2066\u2067\u2068\u2069\u2028\u2029", (character) => character.charCodeAt(0)),
];

Deno.test("each control character has a sign, and every other character stays", () => {
  const signs = CONTROLS.map((code) => visible(String.fromCharCode(code)));
  assertEquals(new Set(signs).size, CONTROLS.length);
  assertEquals([signs[0x1b], signs[0], signs[32], signs[33]], ["␛", "␀", "␡", "\\u{80}"]);
  const controls = new Set(CONTROLS);
  for (let code = 0; code < 0x110000; code += code < 0x11000 ? 1 : 257) {
    const character = String.fromCodePoint(code);
    assertEquals(visible(character) === character, !controls.has(code), code.toString(16));
  }
  const legible = "火车开了 👩‍👩‍👧 ❤️ שלום नमस्ते\u00a0é\u200b";
  assertEquals(visible(legible), legible);
  assertEquals(visible("a\nb\r\n\tc", "\n"), "a\nb␍\n␉c");
});

Deno.test("a terminal gets no control character, wherever a text is cut, and a pipe gets every byte", async () => {
  const random = new Random(5);
  const signs = [
    ...CONTROLS.map((code) => String.fromCharCode(code)),
    ..."a分👩é\u200d",
    "\x1b[31m",
    "\x1b]0;t\x07",
  ];
  const text = Array.from({ length: 5000 }, () => signs[random.integer(signs.length)]).join("");
  for (const isTerminal of [true, false]) {
    const [whole, parts, raw, cut] = [0, 1, 2, 3].map(() => recorded(isTerminal));
    await whole!.output.text(text);
    for (let at = 0, end = 0; at < text.length; at = end) {
      end = at + 1 + random.integer(3);
      if (/[\ud800-\udbff]/.test(text[end - 1] ?? "")) end++;
      await parts!.output.text(text.slice(at, end));
    }
    const bytes = new TextEncoder().encode(text);
    await raw!.output.bytes(bytes);
    for (const byte of bytes) await cut!.output.bytes(Uint8Array.of(byte));
    const expected = isTerminal ? visible(text, "\n") : text;
    assertEquals([whole!, parts!, raw!, cut!].map(textOf), Array(4).fill(expected));
  }
});

Deno.test("bytes that are no text reach a pipe as they are, and a terminal as U+FFFD", async () => {
  const odd = [0xef, 0xbb, 0xbf, 0x9b, 0x33, 0xff, 0x1b, 0x5b, 0xe5, 0x88];
  for (const [isTerminal, expected] of [[true, "\ufeff\ufffd3\ufffd␛[\ufffd"], [false, undefined]] as const) {
    const found = recorded(isTerminal);
    await found.output.bytes(Uint8Array.from(odd));
    await found.output.endBytes();
    if (expected === undefined) assertEquals(found.bytes, odd);
    else assertEquals(textOf(found), expected);
  }
  const lone = recorded(true);
  await lone.output.text("a\ud83d");
  lone.output.lines("\udc00b");
  assertEquals(textOf(lone), "a\ufffd\ufffdb\n");
});

Deno.test("a line ends where it was meant to end, and a pipe has it as it is", () => {
  const names = ["a\nerror: b", "c\r\x1b[Kd"];
  for (
    const [isTerminal, expected] of [[true, "a␊error: b\nc␍␛[Kd\n"], [
      false,
      `${names.join("\n")}\n`,
    ]] as const
  ) {
    const found = recorded(isTerminal);
    found.output.lines(...names);
    assertEquals(textOf(found), expected);
    assertEquals(found.output.shown("\x07"), isTerminal ? "␇" : "\x07");
  }
});

Deno.test("a line that is written over has signs too, is cut by columns, and is for terminals alone", () => {
  const terminal = recorded(true);
  terminal.output.overwrite("a\x1b[2J\nb");
  terminal.output.overwrite("");
  terminal.output.overwrite("分".repeat(10_000));
  const [first, second, third] = textOf(terminal).split("\x1b[K");
  assertEquals([first, second], ["\ra␛[2J␊b", "\r"]);
  assertMatch(third!, /^\r分{20,}$/);
  const pipe = recorded(false);
  pipe.output.overwrite("a");
  assertEquals(pipe.bytes, []);
});

Deno.test("a console shows an object without what a terminal would obey", () => {
  const vocabulary = Vocabulary.fromText("\x1b\u202e\x9b分");
  assertEquals(Deno.inspect(vocabulary), visible(`${vocabulary}`));
  assertEquals(visible(Deno.inspect(vocabulary)), Deno.inspect(vocabulary));
});

Deno.test("warnings of the library go the same way while a command runs", () => {
  const { warn } = console;
  {
    using _ = takeWarnings();
    assertEquals(console.warn === warn, false);
  }
  assertEquals(console.warn, warn);
});

/** Ways to standard output and error. */
const WRITES =
  /\bconsole\b|\b(Deno|process)\s*(\?\.|\.|\[")\s*(stdout|stderr)\b|\bstd(out|err)\b[^{}]*\}\s*=\s*(Deno|process)\b|\b(confirm|prompt|alert)\(/;

Deno.test("src/cli/output.ts alone writes to standard output and error; the library warns at most", () => {
  const ways = [
    'console.log("a")',
    "globalThis.console.error(a)",
    "Deno.stdout.write(a)",
    'Deno["stderr"]',
    "const { stderr } = Deno;",
    "process.stdout.write(a)",
    "confirm(question)",
    "alert(a)",
  ];
  assertEquals(ways.filter((way) => !WRITES.test(way)), []);
  const others = ["stdout.lines(a)", "Deno.stdin.isTerminal()", "ask(question)"];
  assertEquals(others.filter((way) => WRITES.test(way)), []);
  const sources = ["mod.ts", ...filesIn("src/").filter((path) => path.endsWith(".ts"))];
  const textOf = (path: string): string => withoutComments(readText(path)!);
  // The library may warn: takeWarnings() takes it.
  const rest = (path: string): string =>
    path.startsWith("src/cli/") ? textOf(path) : textOf(path).replaceAll("console.warn(", "");
  assertEquals(sources.filter((path) => WRITES.test(rest(path))), ["src/cli/output.ts"]);
  assertEquals(rest("src/device/open_device.ts") === textOf("src/device/open_device.ts"), false);
});

/** What writes to either stream itself: the ways of results.ts, and texts as they come. */
const WRITERS = [
  "completions.ts",
  "generate.ts",
  "generate_lines.ts",
  "interactive.ts",
  "interactive/interrupts.ts",
  "line_writer.ts",
  "main.ts",
  "output.ts",
  "results.ts",
  "trace.ts",
  "train/say.ts",
].map((name) => `src/cli/${name}`);

Deno.test("all else is a result or a note of src/cli/results.ts, so that --json and --quiet hold", () => {
  const writes = /\bstd(out|err)\.(lines|text|bytes)\(/;
  const files = filesIn("src/cli/").filter((path) => path.endsWith(".ts"));
  assertEquals(files.filter((path) => writes.test(withoutComments(readText(path)!))).sort(), WRITERS);
});
