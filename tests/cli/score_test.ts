/** `score` as people start it: its table, its JSON, and what it refuses. @module */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { temporaryFolder } from "../files/temporary_folder.ts";
import { Vocabulary } from "../../mod.ts";
import { Passage } from "../../src/cli/score/surprise.ts";
import { atTerminal, hasPython } from "./terminal.ts";
import { command, refrain, type Result } from "./spawn.ts";

/** With characters that a terminal would obey, and one that turns the direction of writing. */
const TEXT = "ab\tb\u001ba\u009bab\u202eba\n".repeat(30);

const folder = await temporaryFolder();
Deno.test.afterAll(async () => await folder[Symbol.asyncDispose]());
let trained: Promise<void> | undefined;

function train(): Promise<void> {
  trained ??= (async () => {
    await Deno.writeTextFile(`${folder.path}/text.txt`, TEXT);
    const flags =
      "--hidden-size 5 --epochs 1 --batch-size 2 --num-steps 5 --device wasm --threads 1 --out run";
    const { code, stderr } = await refrain([
      "train",
      "--preset",
      "tutorial",
      "--corpus",
      "text.txt",
      ...flags.split(" "),
    ], {
      cwd: folder.path,
    });
    assertEquals([code, stderr], [0, ""]);
  })();
  return trained;
}

async function score(...args: string[]): Promise<Result> {
  await train();
  return await refrain(["score", "--model", "run", ...args], { cwd: folder.path });
}

Deno.test("score prints a table of tokens, and the sum", async () => {
  const { code, stdout, stderr } = await score("--text", "ab\u001b\n");
  assertEquals([code, stderr], [0, ""]);
  const number = "(-?\\d+\\.\\d{6})";
  const line = (position: number, token: string): string =>
    ` +${position} +${number} +[1-7] +${number}  "${token}"\\n`;
  const expected = new RegExp(
    `^position +ln p +rank +entropy  token\n +1 +- +- +-  "a"\n${line(2, "b")}${line(3, "\\\\u001b")}${
      line(4, "\\\\n")
    }\nsum of ln p ${number}: one stream from a zero state, 3 of 4 characters predicted, as nothing stands before ` +
      "the first\n$",
  );
  assertMatch(stdout, expected);
  const numbers = expected.exec(stdout)!.slice(1).map(Number);
  assert(Math.abs(numbers[0]! + numbers[2]! + numbers[4]! - numbers[6]!) < 3e-6);
});

Deno.test("score prints JSON, an object a line, whose sum is that of evaluate", async () => {
  const { code, stdout, stderr } = await score("--corpus", "text.txt", "--json");
  assertEquals([code, stderr], [0, ""]);
  const hidden = stdout.match(/[\p{C}\p{Zl}\p{Zp}]/gu)!;
  assertEquals(new Set(hidden), new Set(["\n"]));
  const lines = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
  assertEquals(lines.map(({ token }) => token).join(""), TEXT);
  assertEquals(lines.map(({ position }) => position), lines.map((_, index) => index + 1));
  const keys = ["position", "id", "token", "logProbability", "rank", "entropy", "sum"];
  for (const line of lines) assertEquals(Object.keys(line), keys);
  const { logProbability, rank, entropy, sum } = lines[0];
  assertEquals([logProbability, rank, entropy, sum], [null, null, null, 0]);
  assert(lines[1].logProbability !== Math.fround(lines[1].logProbability), "digits were lost");

  const evaluated = await refrain(["evaluate", "--model", "run", "--corpus", "text.txt"], {
    cwd: folder.path,
  });
  const loss = Number(/^loss +(\S+)\n/.exec(evaluated.stdout)![1]);
  assert(Math.abs(lines.at(-1).sum / (lines.length - 1) + loss) < 1e-6);
});

Deno.test("score says what became of line breaks", async () => {
  const { code, stderr } = await score("--text", "a\r\nb\na");
  assertEquals([code, stderr], [0, "text: 2 line breaks kept, 1 of them made LF of CR LF or CR\n"]);
});

Deno.test("score says what it cannot read", async () => {
  const cases: [args: string[], code: number, sentence: string][] = [
    [
      ["--text", "a", "--corpus", "text.txt"],
      2,
      'Cannot use "--text" with "--corpus text.txt": both are the text',
    ],
    [["--text", "ab", "--max-chars", "1"], 2, 'Cannot use "--max-chars 1" with "--text": it is scored whole'],
    [
      ["--text", "ab", "--encoding", "big5"],
      2,
      'Cannot use "--encoding big5" with "--text": it belongs to files',
    ],
    [["--text", "a"], 1, "Cannot score 1 character: at least 2 characters are needed"],
    [["--text", ""], 1, "as the text is empty"],
    [["--text", "abc"], 1, 'Cannot encode character "c" (U+0063) at position 3'],
    [["--batch-size", "1"], 2, 'Unknown flag "--batch-size" of score: it is one of train'],
  ];
  for (const [args, code, sentence] of cases) {
    const result = await score(...args);
    assertStringIncludes(result.stderr, sentence);
    assertEquals([result.code, result.stdout], [code, ""], sentence);
  }
  const skipped = await score("--text", "abc", "--unknown", "skip");
  assertMatch(skipped.stdout, / 1 of 2 characters predicted/);
});

Deno.test("score ends quietly where nobody reads on", async () => {
  await train();
  const { path: cwd } = folder;
  await Deno.writeTextFile(`${cwd}/long.txt`, TEXT.repeat(20));
  const child = command(["score", "--model", "run", "--corpus", "long.txt"], { cwd }).spawn();
  const reader = child.stdout.getReader();
  await reader.read();
  await reader.cancel();
  const { code } = await child.status;
  assertEquals([code, await new Response(child.stderr).text()], [0, ""]);
});

Deno.test({
  name:
    "at a terminal the less likely stands on a warmer ground, with a legend; without colour nothing is lost",
  ignore: !hasPython,
  fn: async () => {
    await score("--text", "a"); // there is a model
    const args = ["score", "--model", "run", "--device", "wasm", "--threads", "1", "--text", "ab\nba\n\na"];
    const run = async (env: Record<string, string>): Promise<string> => {
      const { output, code } = await atTerminal(args, [], { cwd: folder.path, env });
      assertEquals(code, 0, output);
      return output;
    };
    const coloured = await run({});
    const plain = await run({ NO_COLOR: "1" });
    const [legend, ...rest] = coloured.split("\n");
    assertEquals(stripped(legend!), "surprise in bits, -log2 p:  from 2   from 4   from 7   from 10 ");
    const text = "ab↵\nba↵\n↵\na\n";
    assertEquals(stripped(rest.join("\n")), `${plain}\n${text}`);
    const rows = rest.filter((line) => /^ +\d+ /.test(line));
    assertEquals(rows.length, 8);
    for (const line of rows) {
      const bits = -Number(stripped(line).split(/ +/)[2]) / Math.LN2;
      const ground = /48;5;(\d+)m/.exec(line)?.[1];
      assertEquals(
        ground,
        bits >= 10 ? "210" : bits >= 7 ? "215" : bits >= 4 ? "222" : bits >= 2 ? "230" : undefined,
      );
    }
    const json = await atTerminal([...args, "--json"], [], { cwd: folder.path });
    assertEquals(json.output.includes("\x1b"), false);
  },
});

/** A text without its colours. */
function stripped(text: string): string {
  const codes = new RegExp("\x1b\\[[\\d;]*m", "g");
  return text.replace(codes, "");
}

Deno.test("the ground of what has no text yet is that of its least likely part, and a text is as it was", () => {
  const vocabulary = Vocabulary.fromText("开", { kind: "byte" });
  const passage = new Passage(vocabulary);
  const ids = [...vocabulary.encode("a开\n")];
  for (const [position, id] of ids.entries()) {
    const logProbability = position === 0 ? undefined : position === 2 ? -9 : -0.1;
    passage.add({
      position,
      id,
      token: "",
      sum: 0,
      ...(logProbability === undefined ? {} : { logProbability }),
    });
  }
  assertEquals(passage.lines(), [["a", { style: "warm4", text: "开" }, "↵"]]);
});
