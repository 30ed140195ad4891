/**
 * Reads a corpus once, in a process of its own, as `train` does, and prints what that took as JSON: bench/read.ts and a
 * test ask for it.
 *
 *     deno run -A bench/read_once.ts FILE [character|byte|word]
 *
 * @module
 */
import { readCorpus } from "../src/cli/texts.ts";
import type { TokenKind } from "../src/data/tokens.ts";
import { peakBytes } from "./peak_bytes.ts";

/** What reading a corpus took. */
export interface Reading {
  /** How many tokens there are. */
  size: number;
  /** How many distinct ones. */
  vocabularySize: number;
  /** Without the start of the process. */
  seconds: number;
  /** The most memory of the process, in bytes; undefined where the system does not tell. */
  peak: number | undefined;
}

if (import.meta.main) {
  const [path = "", kind = "character"] = Deno.args;
  const start = performance.now();
  const { corpus } = await readCorpus({
    corpus: [path],
    encoding: "utf-8",
    maxChars: undefined,
    newlines: undefined,
    tokenizer: kind as TokenKind,
    unknown: undefined,
  });
  const reading: Reading = {
    size: corpus.size,
    vocabularySize: corpus.vocabulary.size,
    seconds: (performance.now() - start) / 1000,
    peak: peakBytes(),
  };
  console.log(JSON.stringify(reading));
}
