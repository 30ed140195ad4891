/** Whole commands, in a folder with a text and a run: what their flags ask for is done, or refused in one line. @module */
import { assertEquals } from "@std/assert";
import { type CommandName, flagsOf } from "../../../src/cli/flags.ts";
import { main } from "../../../src/cli/main.ts";
import { UsageError } from "../../../src/cli/usage_error.ts";
import { visible } from "../../../src/messages/visible.ts";
import type { Random } from "../../../src/random.ts";
import { temporaryFolder } from "../../files/temporary_folder.ts";
import type { Door } from "../door.ts";
import { pick } from "../mutate.ts";
import { quietly } from "../quietly.ts";
import { drawFlag } from "./flags.ts";

/** The commands, each with what keeps a case short and within its folder. */
const FIXED: Readonly<Partial<Record<CommandName, readonly string[]>>> = {
  train: [
    "--corpus=a.txt",
    "--out=out",
    "--overwrite",
    "--stop-after=2",
    "--hidden-size=3",
    "--batch-size=2",
    "--num-steps=5",
    "--length=3",
    "--device=wasm",
    "--threads=1",
  ],
  generate: ["--model=run", "--length=3", "--count=2", "--device=wasm", "--threads=1"],
  evaluate: ["--model=run", "--corpus=a.txt", "--device=wasm", "--threads=1"],
  score: ["--model=run", "--text=abab", "--device=wasm", "--threads=1"],
  inspect: ["--model=run", "--text=a.txt", "--no-save", "--device=wasm", "--threads=1"],
};
/** Flags that stay as they are: they say how long a case takes, or what it writes over, or ask for people. */
const KEPT = [
  "interactive",
  "out",
  "overwrite",
  "stop-after",
  "length",
  "count",
  "device",
  "threads",
  "debug",
  "help",
  "trace",
  "json", // then an error is an object on standard output
  "distributed", // which begins MPI, and that can be done once
  "mpi-library",
  "turbo", // which starts another process
];
const COMMANDS = Object.keys(FIXED) as CommandName[];

function drawArgs(random: Random): string[] {
  const command = pick(COMMANDS, random);
  const drawn = Array.from({ length: 1 + random.integer(4) }, () => drawFlag(command, random)).filter(
    (words) => {
      const [name = "", value = words[1]] = words[0]!.slice(2).split("=");
      return !KEPT.includes(name) && value !== "-" && flagsOf(command).some(([, known]) => known === name);
    },
  );
  const names = drawn.map(([word]) => word!.split("=")[0]!);
  const rest = FIXED[command]!.filter((word) => !names.includes(word.split("=")[0]!));
  return [command, ...rest, ...drawn.flat()];
}

/** The door. */
export const commands: Door<string[]> = {
  name: "commands",
  async open() {
    const folder = await temporaryFolder();
    const before = Deno.cwd();
    Deno.chdir(folder.path);
    await Deno.writeTextFile("a.txt", "abcab dab\n".repeat(20));
    await Deno.writeTextFile("a", "abcab dab\n".repeat(20));
    const made = [
      ...FIXED.train!.filter((word) => word !== "--out=out" && word !== "--overwrite"),
      "--out=run",
    ];
    assertEquals(await main(["train", ...made]), 0);
    return {
      draw: drawArgs,
      async use(args) {
        const { value: code, said } = await quietly(() => main(args));
        const lines = said.split("\n");
        assertEquals(lines.pop(), "", said);
        const isError = (line: string): boolean => line.startsWith("error: ");
        // The error is the last line, and the only one of its kind.
        const found = [lines.filter(isError).length, isError(lines.at(-1) ?? "")];
        assertEquals(found, code === 0 ? [0, false] : [1, true], said);
        if (code === 0) return;
        const sentence = visible(lines.at(-1)!.slice("error: ".length)); // paths stand there as they are
        throw code === 2 ? new UsageError(sentence) : new RangeError(sentence);
      },
      async [Symbol.asyncDispose]() {
        Deno.chdir(before);
        await folder[Symbol.asyncDispose]();
      },
    };
  },
};
