/** `generate --interactive`: at a real terminal, and lines from a pipe. @module */
import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { Session } from "../../src/cli/interactive/session.ts";
import { Vocabulary } from "../../mod.ts";
import { temporaryFolder } from "../files/temporary_folder.ts";
import { command, refrain, type Result } from "./spawn.ts";
import { type AtTerminal, atTerminal, hasPython, type TerminalStep } from "./terminal.ts";

const folder = await temporaryFolder();
const cwd = folder.path;
Deno.test.afterAll(async () => await folder[Symbol.asyncDispose]());
await Deno.writeTextFile(`${cwd}/song.txt`, "分开 不分开 fa la do re mi ".repeat(20));

let trained: Promise<void> | undefined;
function train(): Promise<void> {
  trained ??= (async () => {
    const sizes =
      "--preset tutorial --corpus song.txt --batch-size 2 --num-steps 10 --hidden-size 8 --length 3";
    for (
      const [out, more] of [["run", "--unknown error"], ["words", "--tokenizer word"]]
    ) {
      const flags =
        `train ${sizes} --device wasm --threads 1 --epochs 2 --log-every 2 --prefix fa --out ${out} ${more}`;
      assertEquals((await refrain(flags.split(" "), { cwd })).code, 0);
    }
  })();
  return trained;
}

const FLAGS = "generate --model run --device wasm --threads 1 --interactive --seed 1";

async function typed(steps: readonly TerminalStep[], flags = "--length 5"): Promise<AtTerminal> {
  await train();
  return await atTerminal([...FLAGS.split(" "), ...flags.split(" ")], steps, { cwd, env: { NO_COLOR: "1" } });
}

/** Types lines, each once the one before is done. */
function lines(...texts: readonly string[]): TerminalStep[] {
  return texts.flatMap((text) => [{ until: "> " }, { type: `${text}\n` }]);
}

const END: TerminalStep[] = [{ until: "> " }, { type: "\x04" }];

/** What was written behind each line that was typed, without the prompts. */
function answers({ output }: AtTerminal): string[] {
  return output.split("> ").slice(1).map((part) => part.slice(part.indexOf("\n") + 1));
}

async function generated(prefix: string, flags: string): Promise<string> {
  const words = `generate --model run --device wasm --threads 1 --seed 1 ${flags}`.split(" ");
  const { stdout, stderr } = await refrain([...words, `--prefix=${prefix}`], { cwd });
  assertEquals(stderr, "");
  return stdout;
}

Deno.test({
  name: "a beginning is continued as generate does it, and what is typed next goes on from there",
  ignore: !hasPython,
  fn: async () => {
    const ended = await typed([...lines("分开", " 不", ""), ...END]);
    assertEquals([ended.code, ended.signal], [0, 0], ended.output);
    assertMatch(
      ended.output,
      /^Type a beginning; Enter alone goes on, :help lists the orders, Ctrl-D ends\n> /,
    );
    const [first, second, third, last] = answers(ended);
    assertEquals(first, await generated("分开", "--length 5"));
    const text = first!.slice(0, -1) + second!.slice(0, -1);
    assertMatch(second!, /^ 不[^]{5}\n$/);
    assertMatch(third!, /^[^]{5}\n$/);
    assertEquals(last, "");
    // What is drawn next is drawn from all of the text: without chance it is what generate draws.
    const sure = await typed([...lines(":temperature 0", text, ""), ...END], "--length 9");
    const [, one, two] = answers(sure);
    assertEquals(one!.slice(0, -1) + two, await generated(text, "--temperature 0 --length 18"));
  },
});

Deno.test({
  name: "orders change how texts are drawn, take back and draw again, and tell what is wrong",
  ignore: !hasPython,
  fn: async () => {
    const orders = [
      ":length 7",
      ":temperature",
      ":temperature 3",
      ":top-k 4",
      ":seed 2",
      "分开",
      ":again",
      ":back",
      " ",
      ":back",
    ];
    const wrong = [
      ":back",
      ":again",
      ":temprature 1",
      ":length x",
      ":back 2",
      ":",
      "漢",
      ":zzzzzz",
      ":help",
      ":quit",
    ];
    const ended = await typed(lines(...orders, ...wrong));
    assertEquals([ended.code, ended.signal], [0, 0], ended.output);
    const told = answers(ended);
    assertEquals(told.slice(0, 5), [
      "length 7\n",
      "temperature 1\n",
      "temperature 3\n",
      "top-k 4\n",
      "seed 2\n",
    ]);
    const [text, again, back, more, all] = told.slice(5);
    assertMatch(text!, /^分开[^]{7}\n$/);
    assertMatch(again!, /^分开[^]{7}\n$/);
    assertNotEquals(text, again);
    assertEquals(back, "The text ends with 分开\n");
    assertMatch(more!, /^ [^]{7}\n$/);
    assertEquals(all, "The text ends with 分开 \n");
    assertEquals(told.slice(10, 18), [
      "The text ends with nothing: type a beginning\n",
      "Cannot take back a continuation as there is none\n",
      'Unknown order ":temprature": did you mean ":temperature"?\n',
      'Cannot use ":length" as it must be a whole number from 0 to 4294967295: current value is "x"\n',
      'Cannot use ":back" with a value: write :back alone\n',
      'Unknown order ":": :help lists the orders\n',
      told[16]!,
      'Unknown order ":zzzzzz": :help lists the orders\n',
    ]);
    assertMatch(
      told[16]!,
      /^Cannot go on from prefix "漢" with its character "漢" .* as the vocabulary does not have it/,
    );
    assertMatch(told[18]!, /^ {2}TEXT {12}a beginning, .*\n[^]*:length N {7}now 7\n[^]*:quit/);
  },
});

Deno.test({
  name:
    "Ctrl-C stops a continuation, which stays as far as it came; at the prompt, or again, it ends with 130",
  ignore: !hasPython,
  fn: async () => {
    const long = "--length 100000000";
    const stopped = await typed([
      ...lines("分开"),
      ...Array<TerminalStep>(20).fill({ until: "a" }), // of the continuation
      { type: "\x03" },
      { until: "> " },
      { type: ":length 3\n" },
      { until: "> " },
      { type: "fa\n" },
      { until: "> " },
      { type: "\x03" },
    ], long);
    assertEquals([stopped.code, stopped.signal], [130, 0], stopped.output.slice(-300));
    const [first, second, third] = answers(stopped);
    assert(first!.length > 20);
    assertEquals(second, "length 3\n");
    assertMatch(third!, /^fa[^]{3}\n$/);
  },
});

Deno.test({
  name: "a stop string ends a continuation and is no part of the text",
  ignore: !hasPython,
  fn: async () => {
    const ended = await typed(
      [...lines("fa la do", ":back", "分开 不"), ...END],
      "--length 400 --stop mi --temperature 0.5",
    );
    const [first] = answers(ended);
    assertEquals([ended.code, first!.includes("mi")], [0, false]);
  },
});

Deno.test({
  name: "words are gone on with where they end",
  ignore: !hasPython,
  fn: async () => {
    await train();
    const flags = "generate --model words --device wasm --threads 1 --temperature 0";
    const steps = [...lines("fa la", ""), ...END];
    const ended = await atTerminal([...flags.split(" "), "--interactive", "--length", "4"], steps, {
      cwd,
      env: { NO_COLOR: "1" },
    });
    const [one, two] = answers(ended);
    const whole = await refrain([...flags.split(" "), "--length", "8", "--prefix", "fa la"], { cwd });
    assertEquals([ended.code, one!.slice(0, -1) + two], [0, whole.stdout]);
  },
});

async function piped(text: string | Uint8Array<ArrayBuffer>, flags = "--length 5"): Promise<Result> {
  await train();
  const child = command([...FLAGS.split(" "), ...flags.split(" ")], { cwd, stdin: "piped" }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(typeof text === "string" ? new TextEncoder().encode(text) : text);
  await writer.close();
  const { code, stdout, stderr } = await child.output();
  return { code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
}

Deno.test("without a terminal each line is a beginning, and one that cannot be gone on with is told", async () => {
  const { code, stdout, stderr } = await piped("分开\n漢\n\r\n:quit\nfa la\r\n不");
  assertMatch(stdout, /^分开[^]{5}\n\nfa la[^]{5}\n\n不[^]{5}\n$/);
  assertEquals(stdout.slice(0, 8), await generated("分开", "--length 5"));
  assertEquals(stderr.split("\n").map((line) => line.slice(0, 27)), [
    'Cannot go on from prefix "漢',
    'Cannot go on from prefix ":',
    "",
  ]);
  assertEquals(code, 1);
  const none = await piped("");
  assertEquals([none.code, none.stdout, none.stderr], [0, "", ""]);
  const fa = [...new TextEncoder().encode("fa\n")];
  const wrong = await piped(Uint8Array.of(...fa, 0x66, 0xff, 10, ...fa, 0xe5));
  assertMatch(wrong.stdout, /^fa[^]{5}\n\nfa[^]{5}\n$/);
  const fault = "Cannot read a line of standard input as UTF-8: invalid byte";
  assertEquals(
    [wrong.code, wrong.stderr],
    [1, `${fault} 0xff at offset 1: give it as UTF-8\n${fault} 0xe5 at offset 0: give it as UTF-8\n`],
  );
});

Deno.test("what does not go together with typing is refused in a sentence", async () => {
  await train();
  const typing = "beginnings are typed, one after the other";
  const rows: [string, string][] = [
    ["--prefix fa", `Cannot use "--prefix fa" with "--interactive": ${typing}`],
    ["--prefix-file a.txt", `Cannot use "--prefix-file a.txt" with "--interactive": ${typing}`],
    ["--count 2", 'Cannot use "--count 2" with "--interactive": a text is gone on with once'],
    ["--raw", 'Cannot use "--raw" with "--interactive": it writes bytes that need not be a text'],
  ];
  for (const [flags, sentence] of rows) {
    const { code, stdout, stderr } = await refrain([...FLAGS.split(" "), ...flags.split(" ")], { cwd });
    assertEquals([code, stdout, stderr], [2, "", `error: ${sentence}\n`]);
  }
});

Deno.test("bytes are gone on with where they end, within a character too", () => {
  const session = new Session(Vocabulary.fromText("分", { kind: "byte" }));
  const [first, second, third] = new TextEncoder().encode("开") as Iterable<number>;
  const typed = [...new TextEncoder().encode("分")];
  session.type("分");
  session.begin();
  session.add(first!, { shown: false });
  assertEquals([...session.ids], [...typed, first]);
  session.begin();
  session.add(second!, { shown: false });
  session.add(third!, { shown: true });
  assertEquals([[...session.ids], session.tail], [[...typed, first, second, third], "分开"]);
  session.back();
  session.type("a");
  assertEquals([...session.ids], [...typed, first, 97]);
});

Deno.test("a text of many turns is taken back turn by turn, to the last id", () => {
  const session = new Session(Vocabulary.fromText("abc"));
  session.type("ab");
  session.begin();
  for (const id of [2, 2]) session.add(id, { shown: true });
  session.type("c");
  session.begin();
  session.add(0, { shown: true });
  session.add(1, { shown: false });
  session.leaveOut();
  assertEquals([session.tail, session.typed], ["abccca", ""]);
  assertEquals([session.back(), session.tail, session.typed], [true, "abccc", "c"]);
  assertEquals([session.back(), session.tail, session.typed], [true, "ab", "ab"]);
  assertEquals([session.back(), session.tail], [true, ""]);
  assertEquals([session.back(), session.tail], [false, ""]);
  session.type("a".repeat(500_000));
  assertEquals([session.ids.length, session.tail], [500_000, `…${"a".repeat(60)}`]);
});
