/**
 * A row's text as two files, what is trained on and what is held out. Texts lie in a folder that the caller names; none is
 * part of the project.
 *
 * @module
 */
import { fail } from "../flags.ts";
import type { Row, Split } from "./row.ts";

/** The files of a row, by names that are the same on every machine. */
export interface Cut {
  /** What `--corpus` of `train` takes. */
  corpus: string;
  /** What is held out; undefined where it is a part of the corpus, or nothing. */
  heldOut: string | undefined;
}

/** The text after its preparation. */
export function prepare(text: string, prepared: "letters" | "crlf"): string {
  if (prepared === "crlf") return text.replaceAll(/\r?\n/g, "\r\n");
  const lines = text.split("\n").map((line) => line.trim().replaceAll(/[^A-Za-z]+/g, " ").toLowerCase());
  return lines.join("");
}

/** What of a text's bytes is trained on, and what is held out of them as a text of its own. */
export function cut(text: Uint8Array, split: Split): [training: Uint8Array, heldOut: Uint8Array | undefined] {
  if (split.kind !== "first") return [text, undefined];
  const { train, heldOut } = split;
  if (text.length < train + heldOut) {
    fail(`Cannot split a text of ${text.length} bytes: ${train} are trained on, and ${heldOut} held out`);
  }
  return [text.subarray(0, train), text.subarray(text.length - heldOut)];
}

async function read(data: string, file: string, from = "shared texts"): Promise<Uint8Array> {
  try {
    return await Deno.readFile(`${data}/${file}`);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    fail(`Cannot run a row without its text: ${data}/${file} is not there; it is part of ${from}`);
  }
}

/**
 * Writes a row's files into a folder.
 *
 * @param row The row.
 * @param data The folder of the texts.
 * @param folder Where to write.
 * @returns The names of the files.
 */
export async function writeTexts(row: Row, data: string, folder: string): Promise<Cut> {
  const { text: { file, from, prepared }, split } = row;
  const bytes = await read(data, file, from);
  const text = prepared === undefined
    ? bytes
    : new TextEncoder().encode(prepare(new TextDecoder().decode(bytes), prepared));
  const [training, rest] = cut(text, split);
  const heldOut = split.kind === "files" ? await read(data, split.heldOut, from) : rest;
  const whole = heldOut === undefined;
  const names = { corpus: whole ? file : `train-${file}`, heldOut: `held-out-${file}` };
  await Deno.writeFile(`${folder}/${names.corpus}`, training);
  if (whole) return { corpus: names.corpus, heldOut: undefined };
  await Deno.writeFile(`${folder}/${names.heldOut}`, heldOut);
  return names;
}
