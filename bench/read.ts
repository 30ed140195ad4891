/**
 * How fast a large text is read, and in how much memory: as characters, bytes and words, by the command line's own way,
 * beside Python with a dictionary, in processes that alternate.
 *
 *     deno run -A bench/read.ts [--text FILE] [--megabytes 300] [--kind character,byte,word] [--rounds 3]
 *
 * The text, that of FILE or the built-in lyrics, is repeated until the file has its size. REFRAIN_PYTHON names another
 * Python than python3; without one the times stand alone.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { LYRICS } from "../src/data/lyrics.ts";
import { formatNumber, formatSeconds, median, table } from "./harness.ts";
import type { Reading } from "./read_once.ts";
import { temporaryFolder } from "./temporary_folder.ts";

/** The same tokens to ids in Python; its words are what stands between whitespace, so it has less to do for them. */
const PYTHON = `
import json, resource, sys, time
from array import array
path, kind = sys.argv[1:]
start = time.perf_counter()
text = open(path, "rb").read() if kind == "byte" else open(path, encoding="utf-8").read()
if kind == "word":
    text = text.split()
ids = {token: id for id, token in enumerate(sorted(set(text)))}
encoded = array("I", map(ids.__getitem__, text))
seconds = time.perf_counter() - start
peak = 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({"size": len(encoded), "vocabularySize": len(ids), "seconds": seconds, "peak": peak}))
`;

/** Runs a program that prints a reading; undefined where there is no such program. */
async function read(program: string, args: readonly string[]): Promise<Reading | undefined> {
  try {
    const { success, stdout } = await new Deno.Command(program, { args: [...args], stderr: "inherit" })
      .output();
    if (!success) throw new Error(`Cannot time ${program}: it failed`);
    return JSON.parse(new TextDecoder().decode(stdout));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Writes a text until the file has as many bytes, and forces it to the disk. */
async function writeRepeated(path: string, text: string, bytes: number): Promise<number> {
  const part = new TextEncoder().encode(text);
  using file = await Deno.open(path, { write: true, createNew: true });
  let size = 0;
  for (; size < bytes; size += part.length) {
    for (let at = 0; at < part.length;) at += await file.write(part.subarray(at));
  }
  await file.sync();
  return size;
}

async function measure(path: string, kind: string, rounds: number): Promise<[Reading[], Reading[]]> {
  const once = new URL("read_once.ts", import.meta.url).href;
  const python = Deno.env.get("REFRAIN_PYTHON") || "python3";
  const own: Reading[] = [];
  const other: Reading[] = [];
  for (let round = 0; round < rounds; round++) {
    own.push((await read(Deno.execPath(), ["run", "-A", "--no-check", once, path, kind]))!);
    const reading = await read(python, ["-c", PYTHON, path, kind]);
    if (reading) other.push(reading);
  }
  return [own, other];
}

/** The cells of one sort of token. */
function rowOf(kind: string, size: number, [own, other]: [Reading[], Reading[]]): string[] {
  const seconds = (readings: Reading[]): number => median(readings.map(({ seconds }) => seconds));
  const peaks = (readings: Reading[]): string => {
    const most = Math.max(...readings.map(({ peak }) => peak ?? NaN));
    return Number.isNaN(most) || most < 0 ? "–" : formatNumber(most / size);
  };
  const ratios = own.flatMap((reading, round) =>
    other[round] ? [reading.seconds / other[round].seconds] : []
  );
  const shown = other.length === 0
    ? ["–", "–"]
    : [formatSeconds(seconds(other)), formatNumber(median(ratios))];
  return [
    `${kind}s`,
    own[0]!.size.toLocaleString("en"),
    formatSeconds(seconds(own)),
    ...shown,
    peaks(own),
    peaks(other),
  ];
}

if (import.meta.main) {
  const flags = parseArgs(Deno.args, {
    string: ["text", "megabytes", "kind", "rounds"],
    default: { text: "", megabytes: "300", kind: "character,byte,word", rounds: "3" },
  });
  const source = String(flags.text);
  const text = source ? await Deno.readTextFile(source) : LYRICS;
  using temporary = temporaryFolder();
  const folder = temporary.path;
  const path = `${folder}/text.txt`;
  const size = await writeRepeated(path, text, 1e6 * Number(flags.megabytes));
  const rows: string[][] = [];
  for (const kind of String(flags.kind).split(",")) {
    rows.push(rowOf(kind, size, await measure(path, kind, Number(flags.rounds))));
  }
  const head = ["read as", "tokens", "refrain", "Python", "refrain / Python", "peak / file", "Python's"];
  console.log(`${source || "The built-in lyrics"}, repeated: ${formatNumber(size / 1e6)} MB\n`);
  console.log(table(head, rows));
}
