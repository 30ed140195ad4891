/** Small runs, and what they tell. @module */

/** A run of 5 epochs of 10 steps of 4 rows. */
const FLAGS = {
  "preset": "tutorial",
  "device": "wasm",
  "threads": "1",
  "length": "4",
  "corpus": "text.txt",
  "hidden-size": "7",
  "batch-size": "4",
  "num-steps": "5",
  "epochs": "5",
  "log-every": "1",
};

/** The flags of a run, with others, or with some as they are given. */
export function flags(changes: Readonly<Record<string, string>> = {}): string[] {
  const all = Object.entries({ ...FLAGS, ...changes }).flatMap(([name, value]) => [`--${name}`, value]);
  return ["--deterministic", ...all];
}

/** A text of 10 steps of them, whose rows differ. */
export const TEXT: string = "fa la do re mi fa sol la ti do ".repeat(8).slice(0, 4 * 51);

/** A folder with a text. */
export async function folder(): Promise<string> {
  const cwd = await Deno.makeTempDir({ prefix: "refrain-mpi-" });
  await Deno.writeTextFile(`${cwd}/text.txt`, TEXT);
  return cwd;
}

/** What the reports of a run tell of losses. */
export async function lossesOf(run: string): Promise<number[]> {
  const lines = (await Deno.readTextFile(`${run}/log.jsonl`)).trim().split("\n");
  return lines.flatMap((line) => {
    const { loss, validationLoss, gradNorm } = JSON.parse(line);
    return [loss, gradNorm, ...validationLoss === undefined ? [] : [validationLoss]];
  });
}
