/**
 * JapaneseVowels, as PyPI's package aeon carries it: nine men each say "ae" many times, and an utterance is 7 to 29 steps of
 * 12 numbers, its LPC cepstrum coefficients. From Kudo, Toyama and Shimbo, "Multidimensional curve classification using
 * passing-through regions", Pattern Recognition Letters 20 (1999); UCI Machine Learning Repository, doi 10.24432/C5NS47.
 *
 * @module
 */

/** Has pip unpack the package, and prints both of its files in JSON. */
const FETCH = `
import json, pathlib, subprocess, sys, tempfile
with tempfile.TemporaryDirectory() as folder:
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", folder]
    if subprocess.run([*pip, "aeon==1.6.0"]).returncode: sys.exit(1)
    data = pathlib.Path(folder, "aeon/datasets/data/JapaneseVowels")
    print(json.dumps([data.joinpath(f"JapaneseVowels_{part}.ts").read_text() for part in ["TRAIN", "TEST"]]))
`;

/** Of each utterance its steps (T, 12), and which of the nine men says it, from 0. */
export interface Utterances {
  readonly x: readonly { readonly data: Float32Array<ArrayBuffer>; readonly shape: readonly number[] }[];
  readonly speaker: Uint8Array<ArrayBuffer>;
}

/** Fetches the package, and reads the 270 utterances to learn from and the 370 others; an error says why it cannot. */
export async function fetchJapaneseVowels(): Promise<{ train: Utterances; test: Utterances }> {
  try {
    const { success, stdout, stderr } = await new Deno.Command("python3", { args: ["-c", FETCH] }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr).trim());
    const [train, test]: [string, string] = JSON.parse(new TextDecoder().decode(stdout));
    return { train: utterances(train), test: utterances(test) };
  } catch (error) {
    throw new Error(`Cannot fetch JapaneseVowels with the pip of python3: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** Lines behind "@data": the series of 12 numbers, joined by ":", then the speaker, from 1. */
function utterances(text: string): Utterances {
  const lines = text.split("@data")[1]!.trim().split(/\r?\n/).map((line) => line.split(":"));
  const x = lines.map((line) => {
    const series = line.slice(0, -1).map((numbers) => numbers.split(",").map(Number));
    const shape = [series[0]!.length, series.length];
    const at = (i: number): number => series[i % series.length]![Math.floor(i / series.length)]!;
    return { data: Float32Array.from({ length: shape[0]! * shape[1]! }, (_, i) => at(i)), shape };
  });
  return { x, speaker: Uint8Array.from(lines, (line) => Number(line.at(-1)) - 1) };
}
