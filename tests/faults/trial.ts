/**
 * Runs of the command line on a disk that fails, within this process, and what they leave behind.
 *
 * @module
 */
import { main } from "../../src/cli/main.ts";
import { type Fault, FaultyDisk, type Operation } from "./faulty_disk.ts";

/** What a command left behind. */
export interface Outcome {
  /** Its exit code. */
  code: number;
  /** What it said on standard error, by line. */
  errors: string[];
  /** The file operations that it asked for. */
  operations: readonly Operation[];
}

/** A text that stays on standard error until a signal comes. */
const WAITS = /it is tried again in \d+ seconds, until a signal comes$/;

/**
 * Runs a command in this process.
 *
 * @param args Its arguments.
 * @param disk Which paths are counted, and what fails there. A command that waits for a signal is sent SIGTERM.
 */
export async function command(
  args: readonly string[],
  { root, fault }: { root: string; fault?: Fault },
): Promise<Outcome> {
  const errors: string[] = [];
  using signals = new Terminator();
  using _silence = listening((line) => {
    errors.push(line);
    if (WAITS.test(line)) signals.terminate();
  });
  using disk = new FaultyDisk(root, fault);
  return { code: await main([...args]), errors, operations: disk.operations };
}

/** Hears what is said on standard error, by line, and keeps both outputs silent. */
function listening(hear: (line: string) => void): Disposable {
  const outputs = [Deno.stdout, Deno.stderr];
  const originals = outputs.map(({ write, writeSync }) => ({ write, writeSync }));
  for (const output of outputs) {
    const writeSync = (bytes: Uint8Array): number => {
      const lines = output === Deno.stderr ? new TextDecoder().decode(bytes).split("\n").filter(Boolean) : [];
      for (const line of lines) hear(line);
      return bytes.length;
    };
    const write = (bytes: Uint8Array): Promise<number> => Promise.resolve(writeSync(bytes));
    Object.assign(output, { write, writeSync });
  }
  return {
    [Symbol.dispose]: () => outputs.forEach((output, index) => Object.assign(output, originals[index])),
  };
}

/** Sends SIGTERM to the command alone, and not to the tests. */
class Terminator implements Disposable {
  readonly #originals = {
    addSignalListener: Deno.addSignalListener,
    removeSignalListener: Deno.removeSignalListener,
  };
  #listener: () => void = () => {};

  constructor() {
    const { addSignalListener, removeSignalListener } = this.#originals;
    Object.assign(Deno, {
      addSignalListener: (name: Deno.Signal, listener: () => void) => {
        if (name === "SIGTERM") this.#listener = listener;
        else addSignalListener(name, listener);
      },
      removeSignalListener: (name: Deno.Signal, listener: () => void) => {
        if (name !== "SIGTERM") removeSignalListener(name, listener);
      },
    });
  }

  terminate(): void {
    this.#listener();
  }

  [Symbol.dispose](): void {
    Object.assign(Deno, this.#originals);
  }
}

/** What differs from run to run: times, where it is kept, and what a clock decides. */
const VARYING = [
  /"tokensPerSecond":[^,]+,"seconds":[^,]+,/g,
  /\n {2}"out": .*/g,
  /"device": "WebAssembly.*"/g, // turbo is found by a clock
  /"command": ".*"/g,
];

/**
 * All files of a run but its page, without what differs from run to run.
 *
 * @param run Its folder.
 */
export async function filesOf(run: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for await (const { name } of Deno.readDir(run)) {
    if (name === "report.html") continue;
    const bytes = await Deno.readFile(`${run}/${name}`);
    files[name] = name.endsWith(".safetensors")
      ? bytes.toBase64()
      : VARYING.reduce((text, pattern) => text.replace(pattern, ""), new TextDecoder().decode(bytes));
  }
  return files;
}

/**
 * What is other in a run's folder, by file; empty where all is the same.
 *
 * @param run Its folder.
 * @param expected The files of the untouched one.
 */
export async function differences(run: string, expected: Record<string, string>): Promise<string[]> {
  const files = await filesOf(run);
  const names = [...new Set([...Object.keys(files), ...Object.keys(expected)])].sort();
  return names.filter((name) => files[name] !== expected[name]).map((name) =>
    files[name] === undefined ? `${name} is missing` : `${name} is ${name in expected ? "another" : "left"}`
  );
}
