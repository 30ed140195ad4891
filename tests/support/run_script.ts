/**
 * A script that uses the library in a process of its own, for what ends, hangs or breaks a process.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { kill } from "../cli/spawn.ts";

/** How a process ended, and what it said. */
export interface Outcome {
  code: number;
  output: string;
  error: string;
}

/**
 * Runs a script and waits for its end.
 *
 * @param body The script, behind an import of GRU, openDevice and Tensor.
 * @param patience Milliseconds after which the process counts as one that hangs.
 * @returns How it ended.
 * @throws {AssertionError} If it did not end by itself.
 */
export async function runScript(body: string, patience: number): Promise<Outcome> {
  const mod = new URL("../../mod.ts", import.meta.url).href;
  const script = `import { GRU, openDevice, Tensor } from ${JSON.stringify(mod)};\n${body}`;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-check", script],
    cwd: new URL("../../", import.meta.url),
    env: { NO_COLOR: "1" },
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const timer = setTimeout(() => kill(child), patience);
  const { code, signal, stdout, stderr } = await child.output();
  clearTimeout(timer);
  const [output, error] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assertEquals(signal, null, error || "the process did not end");
  return { code, output: output!, error: error! };
}
