/**
 * What runs are tried at while the disk fails or the process is killed, and how it is to end.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { temporaryFolder } from "../files/temporary_folder.ts";
import { ALL_REASONS, type Fault, type Operation } from "./faulty_disk.ts";
import { command, filesOf } from "./trial.ts";

/** A command that works in a run's folder. */
export interface Scenario {
  readonly name: string;
  /** Makes what is in the folder before. */
  readonly prepare: (out: string) => Promise<void>;
  /** The command. */
  readonly args: (out: string) => string[];
  /** What its user does after it failed: the same again, or going on. */
  readonly again: (out: string) => Promise<string[]>;
  /** The files in the end; without any the folder is gone. */
  readonly expected: Record<string, string>;
  /** The operations of the command where nothing fails. */
  readonly operations: readonly Operation[];
}

const nothing = (): Promise<void> => Promise.resolve();

/** Scenarios in a folder of their own. */
export class Scenarios implements AsyncDisposable {
  readonly #folder: { path: string } & AsyncDisposable;
  #number = 0;

  private constructor(folder: { path: string } & AsyncDisposable) {
    this.#folder = folder;
  }

  /** Makes the folder, and a text to train on. */
  static async open(): Promise<Scenarios> {
    const scenarios = new Scenarios(await temporaryFolder());
    await Deno.writeTextFile(scenarios.#song, "我们只是暂时分开\n不是从此不再唱同一首歌\n".repeat(6));
    return scenarios;
  }

  get #song(): string {
    return `${this.#folder.path}/song.txt`;
  }

  /** A path that nothing has been at. */
  fresh(): string {
    return `${this.#folder.path}/run${++this.#number}`;
  }

  /** Two reports, and so two saves: the second is the first that has one before it. */
  #training(out: string, ...more: string[]): string[] {
    return [
      "train",
      "--preset",
      "tutorial",
      "--corpus",
      this.#song,
      "--batch-size",
      "3",
      "--num-steps",
      "7",
      "--hidden-size",
      "11",
    ]
      .concat(["--device", "wasm", "--threads", "1", "--log-every", "1", "--length", "4", "--seed", "3"])
      .concat(["--epochs", "2", "--out", out, ...more]);
  }

  /** A new run; with a validation and a carried state, or without. */
  async begun(...more: string[]): Promise<Scenario> {
    const args = (out: string): string[] => this.#training(out, ...more);
    const again = async (out: string): Promise<string[]> =>
      await isThere(`${out}/config.json`) ? ["train", "--resume", out] : args(out);
    return await this.#tried({ name: `new ${more.join(" ")}`.trim(), prepare: nothing, args, again });
  }

  /** A run that goes on from where a process was killed within its second save. */
  async resumed(): Promise<Scenario> {
    const { operations } = await this.begun();
    const between = operations.findLastIndex(({ what }) => what.startsWith("rename /checkpoint"));
    const killed = this.fresh();
    await die(this.#training(killed), { root: killed, at: between + 1, halfway: false });
    const args = (out: string): string[] => ["train", "--resume", out];
    const prepare = (out: string): Promise<void> => copyFolder(killed, out);
    const again = (out: string): Promise<string[]> => Promise.resolve(args(out));
    return await this.#tried({ name: "resumed", prepare, args, again });
  }

  /** A run in place of another. */
  async overwriting(): Promise<Scenario> {
    const other = this.fresh();
    await command(this.#training(other, "--cell", "gru"), { root: other });
    const args = (out: string): string[] => this.#training(out, "--overwrite");
    const prepare = (out: string): Promise<void> => copyFolder(other, out);
    const again = (out: string): Promise<string[]> => Promise.resolve(args(out));
    const scenario = await this.#tried({ name: "in place of another", prepare, args, again });
    const begun = scenario.operations.findIndex(({ what }) => what.startsWith("writeTextFile /log"));
    return { ...scenario, operations: scenario.operations.slice(0, begun) }; // behind them it is a new run
  }

  /** A run that is removed. */
  async removed(): Promise<Scenario> {
    const other = this.fresh();
    await command(this.#training(other), { root: other });
    const args = (out: string): string[] => ["runs", "--remove", out, "--yes"];
    const prepare = (out: string): Promise<void> => copyFolder(other, out);
    const again = (out: string): Promise<string[]> => Promise.resolve(args(out));
    return await this.#tried({ name: "removed", prepare, args, again });
  }

  /** Runs it once, untouched. */
  async #tried(scenario: Omit<Scenario, "expected" | "operations">): Promise<Scenario> {
    const out = this.fresh();
    await scenario.prepare(out);
    const { code, errors, operations } = await command(scenario.args(out), { root: out });
    const unexpected = errors.filter((line) => !line.startsWith("resume: "));
    assertEquals([code, unexpected], [0, []], scenario.name);
    return { ...scenario, operations, expected: await isThere(out) ? await filesOf(out) : {} };
  }

  /** Removes all. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#folder[Symbol.asyncDispose]();
  }
}

/**
 * Every fault of a kind: in turn with all that a system says, and halfway too where something is written.
 *
 * @param kind What becomes of the operations behind.
 * @param operations Those of the command where nothing fails.
 */
export function* faultsOf(
  kind: Fault["kind"],
  operations: readonly Operation[],
): Generator<[fault: Fault, when: string]> {
  for (const [index, { what, writes }] of operations.entries()) {
    for (const halfway of writes ? [false, true] : [false]) {
      const reason = ALL_REASONS[(index + (kind === "on" ? 1 : 0)) % ALL_REASONS.length]!;
      const how = kind === "kill" ? "killed" : reason;
      const when = `${how} at operation ${index + 1}, ${what}${halfway ? ", halfway" : ""}`;
      yield [{ kind, at: index + 1, halfway, reason }, kind === "on" ? `${when}, and all behind it` : when];
    }
  }
}

/**
 * Runs a command in a process that is killed at one of its file operations.
 *
 * @param args Its arguments.
 * @param fault Which operation, of the paths that begin with `root`.
 */
export async function die(
  args: readonly string[],
  fault: { root: string; at: number; halfway: boolean },
): Promise<void> {
  const preload = decodeURIComponent(new URL("die_at.ts", import.meta.url).pathname);
  const program = decodeURIComponent(new URL("../../mod.ts", import.meta.url).pathname);
  const { signal, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--preload", preload, program, ...args],
    env: { NO_COLOR: "1", REFRAIN_FAULT: JSON.stringify(fault) },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  const said = (): string => new TextDecoder().decode(new Uint8Array([...stdout, ...stderr]));
  assertEquals(signal, "SIGKILL", `at ${fault.at}: ${said()}`);
}

/** Whether anything lies at a path. */
export async function isThere(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

async function copyFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to);
  for await (const { name } of Deno.readDir(from)) {
    const target = name === "config.json"
      ? await renamedConfig(from, to)
      : await Deno.readFile(`${from}/${name}`);
    await Deno.writeFile(`${to}/${name}`, target);
  }
}

/** A run's config.json names its folder. */
async function renamedConfig(from: string, to: string): Promise<Uint8Array> {
  const text = await Deno.readTextFile(`${from}/config.json`);
  return new TextEncoder().encode(text.replace(JSON.stringify(from), JSON.stringify(to)));
}
