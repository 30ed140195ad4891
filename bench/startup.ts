/**
 * From the start of the process to what its user waits for: the help, and the first report of a training.
 *
 *     deno run -A bench/startup.ts [--rounds 5] [--json FILE]
 *     deno bench -A bench/startup.ts
 *
 * @module
 */
import { bench, type Benchmark, type Running } from "./harness.ts";

const PROGRAM = new URL("../mod.ts", import.meta.url);

/** Seconds until a line of standard output fits, of a process that must then end well. */
async function secondsUntil(args: string[], line: RegExp): Promise<number> {
  const start = performance.now();
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", PROGRAM.href, ...args],
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
  if (!success || seconds === undefined) throw new Error(`Cannot time ${args.join(" ")}: it wrote\n${text}`);
  return seconds;
}

function benchmarkOf(name: string, line: RegExp, args: (folder: string) => string[]): Benchmark {
  return {
    group: "start-up",
    name,
    amounts: {},
    async start(): Promise<Running> {
      const folder = await Deno.makeTempDir({ prefix: "refrain-bench-" });
      let count = 0;
      const round = (): Promise<number> => secondsUntil(args(`${folder}/${count++}`), line);
      await round(); // fills Deno's cache
      return { round, [Symbol.dispose]: (): void => Deno.removeSync(folder, { recursive: true }) };
    },
  };
}

const SHORT = ["--epochs", "1", "--log-every", "1", "--length", "1"];

await bench([
  benchmarkOf("--help", /\btrain\b/, () => ["--help"]),
  benchmarkOf("train, first report", /perplexity/, (folder) => ["train", ...SHORT, "--out", folder]),
], { title: "Start-up", main: import.meta.main, rounds: 5 });
