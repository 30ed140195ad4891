/**
 * A row's text as two files, what is trained on and what is held out. Texts lie in a folder that the caller names; none is
 * part of the project.
 *
 * @module
 */
import { fail } from "../flags.ts";
import type { Row, Split, Text } from "./row.ts";

/** The files of a row, by names that are the same on every machine. */
export interface Cut {
  /** What `--corpus` of `train` takes. */
  corpus: string;
  /** What is held out; undefined where it is a part of the corpus, or nothing. */
  heldOut: string | undefined;
}

/** The text after its preparation. */
export function prepare(text: string, prepared: Text["prepared"]): string {
  if (prepared === "crlf") return text.replaceAll(/\r?\n/g, "\r\n");
  if (prepared === undefined) return text;
  const lines = text.split("\n").map((line) => line.trim().replaceAll(/[^A-Za-z]+/g, " ").toLowerCase());
  return lines.join("");
}

/** What of a text is trained on, and what is held out of it as a text of its own. */
export function cut(text: string, split: Split): [training: string, heldOut: string | undefined] {
  if (split.kind !== "first") return [text, undefined];
  return [text.slice(0, split.train), text.slice(text.length - split.heldOut)];
}

async function read(data: string, file: string, from = "shared texts"): Promise<string> {
  try {
    return await Deno.readTextFile(`${data}/${file}`);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    fail(`Cannot run a row without its text: ${data}/${file} is not there; it is ${from}`);
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
  const { text, split } = row;
  const [training, rest] = cut(prepare(await read(data, text.file, text.from), text.prepared), split);
  const heldOut = split.kind === "files" ? await read(data, split.heldOut, text.from) : rest;
  const whole = heldOut === undefined;
  const names = { corpus: whole ? text.file : `train-${text.file}`, heldOut: `held-out-${text.file}` };
  await Deno.writeTextFile(`${folder}/${names.corpus}`, training);
  if (whole) return { corpus: names.corpus, heldOut: undefined };
  await Deno.writeTextFile(`${folder}/${names.heldOut}`, heldOut);
  return names;
}
