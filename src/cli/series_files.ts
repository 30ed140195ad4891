/**
 * Series as commands read them: CSV files in any encoding, packed ones too.
 *
 * @module
 */
import { parseSeries, type Series, type SeriesOptions } from "../data/series.ts";
import { openCorpus } from "./corpus_files.ts";

/**
 * Reads a series.
 *
 * @param path The file, or "-" for standard input.
 * @param options Its encoding, its columns and its times.
 * @returns The series.
 * @throws {RangeError} If the file cannot be read, or a column is not there, or times do not rise.
 * @throws {SyntaxError} If it is no table of numbers.
 */
export async function readSeries(
  path: string,
  { encoding, ...options }: SeriesOptions & { encoding: string },
): Promise<Series> {
  let csv = "";
  for await (const piece of openCorpus([path], { encoding }).pieces) csv += piece as string;
  return parseSeries(csv, options);
}

/**
 * What a series is told by: of another one a run does not go on.
 *
 * @param series The series.
 * @returns SHA-256 of its columns and numbers, in hexadecimal.
 */
export async function hashOfSeries({ columns, values }: Series): Promise<string> {
  const names = new TextEncoder().encode(JSON.stringify(columns));
  const bytes = new Uint8Array(names.length + values.byteLength);
  bytes.set(names);
  bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), names.length);
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
