import { assert, assertEquals, assertMatch } from "@std/assert";
import { LiveLine } from "../../src/cli/live_line.ts";
import { Output } from "../../src/cli/output.ts";
import { shellWord } from "../../src/messages/shell_word.ts";
import { temporaryFolder } from "../files/temporary_folder.ts";

const PROGRAM = decodeURIComponent(new URL("../../mod.ts", import.meta.url).pathname);

/** An output, and what a live line writes to it. */
function recorded(isTerminal: boolean): { output: Output; written: string[] } {
  const written: string[] = [];
  const writeSync = (bytes: Uint8Array): number => {
    written.push(new TextDecoder().decode(bytes));
    return bytes.length;
  };
  const stream = {
    isTerminal: () => isTerminal,
    writeSync,
    write: (bytes: Uint8Array) => Promise.resolve(writeSync(bytes)),
  };
  return { output: new Output(() => stream), written };
}

Deno.test("a live line is written over, ten times a second at most, and goes when it must", () => {
  const terminal = recorded(true);
  const seen: string[] = [];
  let clock = 0;
  {
    using live = new LiveLine(terminal.output, () => clock);
    live.clear(); // nothing is there yet
    for (const text of ["one", "two", "three"]) {
      live.show(() => (seen.push(text), text));
      clock += 49;
    }
    clock = 101;
    live.show(() => "x".repeat(1000));
    live.clear();
    live.clear();
  }
  assertEquals(seen, ["one"]);
  const [first, second, ...rest] = terminal.written;
  assertEquals([first, rest], ["\rone\x1b[K", ["\r\x1b[K"]]);
  assert(second!.length < 1000, "cut where the terminal ends");
});

Deno.test("a live line leaves pipes and files alone", () => {
  const pipe = recorded(false);
  using live = new LiveLine(pipe.output);
  live.show(() => {
    throw new Error("nobody asks");
  });
  live.clear();
  assertEquals(pipe.written, []);
});

const hasScript = await new Deno.Command("script", { args: ["--version"], stdout: "null", stderr: "null" })
  .output().then(({ success }) => success && Deno.build.os === "linux").catch(() => false);

Deno.test({
  name: "train shows where it is on a terminal",
  ignore: !hasScript,
  fn: async () => {
    await using folder = await temporaryFolder();
    await Deno.writeTextFile(`${folder.path}/song.txt`, "我们只是暂时分开\n".repeat(300));
    const train =
      `train --preset tutorial --corpus song.txt --hidden-size 64 --epochs 30 --log-every 15 --device wasm --threads 1`;
    const { code, stdout } = await new Deno.Command("script", {
      args: ["-qec", `${Deno.execPath()} run -A ${shellWord(PROGRAM)} ${train}`, "/dev/null"],
      cwd: folder.path,
      env: { NO_COLOR: "1" },
      stdin: "null",
      stderr: "piped",
    }).output();
    const text = new TextDecoder().decode(stdout).replaceAll("\x1b[K", "<erased>");
    assertEquals(code, 0, text);
    assertMatch(text, /\repoch \d+\/30, step \d\/2, loss \d\.\d{3}, perplexity [\d.]+[^\r]*<erased>/);
    assertMatch(text, /\r<erased>epoch 15, perplexity /); // it went before the report
    assertMatch(text, /\nThe run is kept in /);
  },
});
