/**
 * Imports a model once, in a process of its own, as the command does, and prints what that took as JSON in its last line:
 * bench/import.ts and a test ask for it.
 *
 *     deno run -A bench/import_once.ts FILE VOCABULARY OUT
 *
 * @module
 */
import { main } from "../src/cli/main.ts";
import { peakBytes } from "./peak_bytes.ts";

/** What importing a model took. */
export interface Importing {
  /** Without the start of the process. */
  readonly seconds: number;
  /** The most memory of the process, in bytes; undefined where the system does not tell. */
  readonly peak: number | undefined;
}

if (import.meta.main) {
  const [file = "", vocabulary = "", out = ""] = Deno.args;
  const start = performance.now();
  const code = await main(["import", file, "--vocabulary", vocabulary, "--out", out, "--quiet"]);
  const seconds = (performance.now() - start) / 1000;
  if (code !== 0) Deno.exit(code);
  const importing: Importing = { seconds, peak: peakBytes() };
  console.log(JSON.stringify(importing));
}
