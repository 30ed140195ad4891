/**
 * The n-grams of a text, counted and measured on what was held out of it: what `evaluate --baseline` prints, with the time
 * and the memory that it takes.
 *
 *     deno run -A bench/ngram.ts --text FILE [--order N] [--fraction 0.1] [--rows 1] [--crlf]
 *
 * `--crlf` makes CR LF of each line break, as the text of published figures may have it.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { Corpus, NGram } from "../mod.ts";

if (import.meta.main) {
  const { text, order, fraction, rows, crlf } = parseArgs(Deno.args, {
    string: ["text", "order", "fraction", "rows"],
    boolean: ["crlf"],
    default: { fraction: "0.1", rows: "1" },
  });
  if (!text) throw new Error("--text names a file");
  const given = await Deno.readTextFile(String(text));
  // Bytes keep CR, which characters make LF of.
  const corpus = crlf
    ? Corpus.fromText(given.replace(/\r?\n/g, "\r\n"), { kind: "byte" })
    : Corpus.fromText(given);
  const [training, heldOut] = corpus.split(Number(fraction), { rows: Number(rows) });
  const start = performance.now();
  const ngram = await NGram.fromCorpus(training, !order ? {} : { order: Number(order) });
  const seconds = (performance.now() - start) / 1000;
  const { loss, measured } = await ngram.evaluate(heldOut);
  const peak = Number(/VmHWM:\s*(\d+) kB/.exec(Deno.readTextFileSync("/proc/self/status"))?.[1]) / 1024;
  console.log(`${ngram}\n${loss.toFixed(4)} nats, ${measured}`);
  console.log(`${seconds.toFixed(1)} s, at most ${peak.toFixed(0)} MiB of the process`);
}
