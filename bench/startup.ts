/**
 * From the start of the process to what its user waits for: the help, the first report of a training, the first character
 * that a model generates; beside them what `deno run` of an empty file takes.
 *
 *     deno run -A bench/startup.ts [--rounds 5] [--json FILE]
 *     deno bench -A bench/startup.ts
 *
 * @module
 */
import { bench, type Benchmark, median, type Running } from "./harness.ts";
import { temporaryFolder } from "./temporary_folder.ts";

const PROGRAM = new URL("../mod.ts", import.meta.url);

/** Seconds until a text of standard output fits, of a process that must then end well. */
async function secondsUntil(args: string[], line: RegExp, program: string = PROGRAM.href): Promise<number> {
  const start = performance.now();
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", program, ...args],
    env: { NO_COLOR: "1" },
    stdout: "piped",
    stderr: "null",
  });
  const process = command.spawn();
  let text = "";
  let seconds: number | undefined;
  for await (const part of process.stdout.pipeThrough(new TextDecoderStream())) {
    text += part;
    if (line.test(text)) seconds ??= (performance.now() - start) / 1000;
  }
  const { success } = await process.status;
  if (line.test(text)) seconds ??= (performance.now() - start) / 1000; // an empty text fits at the end
  if (!success || seconds === undefined) throw new Error(`Cannot time ${args.join(" ")}: it wrote\n${text}`);
  return seconds;
}

function benchmarkOf(name: string, line: RegExp, args: (folder: string) => string[]): Benchmark {
  return {
    group: "start-up",
    name,
    amounts: {},
    async start(): Promise<Running> {
      const temporary = temporaryFolder();
      const folder = temporary.path;
      let count = 0;
      const round = (): Promise<number> => secondsUntil(args(`${folder}/${count++}`), line);
      await round(); // fills Deno's cache
      return { round, [Symbol.dispose]: temporary[Symbol.dispose] };
    },
  };
}

/** The times of what is compared, by name. */
const times: Record<string, number[]> = {};

/** A start whose times are kept, to be compared. */
function compared(name: string, line: RegExp, args: (folder: string) => Promise<string[]>): Benchmark {
  return {
    group: "first character",
    name,
    amounts: {},
    async start(): Promise<Running> {
      const temporary = temporaryFolder();
      const folder = temporary.path;
      await Deno.writeTextFile(`${folder}/empty.ts`, "");
      const words = await args(folder);
      const program = name === EMPTY ? `${folder}/empty.ts` : PROGRAM.href;
      const run = (): Promise<number> => secondsUntil(words, line, program);
      await run(); // fills Deno's cache
      times[name] = [];
      const round = async (): Promise<number> => {
        const seconds = await run();
        times[name]!.push(seconds);
        return seconds;
      };
      return { round, [Symbol.dispose]: temporary[Symbol.dispose] };
    },
  };
}

const EMPTY = "an empty file";
const FIRST = "generate, first character";

const SHORT = ["--epochs", "1", "--log-every", "1", "--length", "1"];

await bench([
  benchmarkOf("--help", /\btrain\b/, () => ["--help"]),
  benchmarkOf("train, first report", /perplexity/, (folder) => ["train", ...SHORT, "--out", folder]),
  compared(EMPTY, /^$/, () => Promise.resolve([])),
  compared("--version", /^refrain/, () => Promise.resolve(["--version"])),
  compared(FIRST, /^分开./, async (folder) => {
    await secondsUntil(["train", ...SHORT, "--out", `${folder}/run`], /perplexity/);
    return ["generate", "--model", `${folder}/run`, "--prefix", "分开", "--length", "50"];
  }),
], { title: "Start-up", main: import.meta.main, rounds: 5 });

if (import.meta.main) {
  for (const [name, most] of [[EMPTY, 10], ["--version", 3]] as const) {
    if (!times[FIRST] || !times[name]) continue; // --filter has left them out
    const ratio = median(times[FIRST]) / median(times[name]);
    console.log(`${FIRST}: ${ratio.toFixed(2)} times ${name}, ${most} at most`);
  }
}
