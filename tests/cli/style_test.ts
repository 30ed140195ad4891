/** Colour: on terminals that know it, never elsewhere, and nothing is lost without. @module */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Output } from "../../src/cli/output.ts";
import { styled } from "../../src/cli/style.ts";
import { temporaryFolder } from "../files/temporary_folder.ts";
import { atTerminal, hasPython } from "./terminal.ts";

/** What an output writes. */
function recorded(isTerminal: boolean, colour: boolean): { output: Output; text: () => string } {
  let text = "";
  const writeSync = (bytes: Uint8Array): number => {
    text += new TextDecoder().decode(bytes);
    return bytes.length;
  };
  const write = (bytes: Uint8Array): Promise<number> => Promise.resolve(writeSync(bytes));
  const stream = { isTerminal: () => isTerminal, writeSync, write };
  return { output: new Output(() => stream, () => colour), text: () => text };
}

Deno.test("styles are written to terminals alone that want them, and texts in them obey nothing", () => {
  const line = [styled("bold", "epoch 1"), ", ", styled("dim", ""), styled("red", "\x1b[2J")];
  for (
    const [terminal, colour, expected] of [
      [true, true, "\x1b[1mepoch 1\x1b[0m, \x1b[31m␛[2J\x1b[0m\n"],
      [true, false, "epoch 1, ␛[2J\n"],
      [false, true, "epoch 1, \x1b[2J\n"],
      [false, false, "epoch 1, \x1b[2J\n"],
    ] as const
  ) {
    const { output, text } = recorded(terminal, colour);
    output.lines(line);
    assertEquals(text(), expected);
  }
});

Deno.test("a line that is written over is cut by what is seen of it", () => {
  const { output, text } = recorded(true, true);
  output.overwrite([styled("bold", "分".repeat(30)), styled("cyan", "x".repeat(1000))]);
  const columns = output.columns - 1;
  assertEquals(text(), `\r\x1b[1m${"分".repeat(30)}\x1b[0m\x1b[36m${"x".repeat(columns - 60)}\x1b[0m\x1b[K`);
});

Deno.test({
  name: "train and errors have colour at a terminal, and none with NO_COLOR or at a dumb one",
  ignore: !hasPython,
  fn: async () => {
    await using folder = await temporaryFolder();
    const cwd = folder.path;
    await Deno.writeTextFile(`${cwd}/song.txt`, "fa la do re mi ".repeat(20));
    const flags = "train --preset tutorial --corpus song.txt --batch-size 2 --num-steps 10 --hidden-size 8 " +
      "--device wasm --threads 1 --length 3 --prefix fa --epochs 2 --log-every 1 --out";
    const run = async (out: string, env: Record<string, string>): Promise<string> => {
      const { output, code } = await atTerminal([...flags.split(" "), out], [], { cwd, env });
      assertEquals(code, 0, output);
      return output;
    };
    const colour = "\x1b[1mepoch 1\x1b[0m, perplexity";
    assert((await run("a", { TERM: "xterm" })).includes(colour));
    const plain = await run("b", { TERM: "xterm", NO_COLOR: "1" });
    assertStringIncludes(plain, "epoch 1, perplexity");
    assertEquals(plain.includes("\x1b[1m"), false);
    const dumb = await run("c", { TERM: "dumb" });
    assertEquals([dumb.includes("\x1b"), dumb.includes("epoch 1, perplexity")], [false, true]);
    const error = await atTerminal(["generate", "--model", "none"], [], { cwd, env: { TERM: "xterm" } });
    assertStringIncludes(error.output, '\x1b[31merror:\x1b[0m Cannot find a model at "none"');
    await Deno.writeTextFile(`${cwd}/broken.safetensors`, "no model");
    for (const command of ["verify broken.safetensors", "report a none --out page.html"]) {
      const { output, code } = await atTerminal(command.split(" "), [], { cwd, env: { TERM: "xterm" } });
      assertEquals(code, 1);
      assertStringIncludes(output, "\x1b[31merror:\x1b[0m ", command);
    }
    for (const file of ["a/log.jsonl", "a/samples.txt", "a/config.json"]) {
      assertEquals((await Deno.readTextFile(`${cwd}/${file}`)).includes("\x1b"), false, file);
    }
  },
});
