/**
 * Whether ranks are of one training: found out before the first step, as nobody could tell afterwards.
 *
 * @module
 */
import { errorNaming } from "../messages/naming.ts";
import { gather, type Ranks } from "./ranks.ts";

/** Facts of a rank by the names of options; of what no option says, by words that name it. */
export type Facts = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * Checks that all ranks have the same facts.
 *
 * @param ranks The ranks, all of which call it.
 * @param facts Those of this one. A name with a space is of no option: its values tell nobody anything.
 * @throws {RangeError} If one differs, on all ranks.
 *
 * @example Usage
 * ```ts
 * import { assertRejects } from "@std/assert";
 *
 * const ranks = { rank: 0, size: 1, sum: () => {} };
 * await assertAlike(ranks, { batchSize: 8, "the text": "c0ffee" });
 * ```
 */
export async function assertAlike(ranks: Ranks, facts: Facts): Promise<void> {
  const all = await gatherFacts(ranks, facts);
  const first = all[0]!;
  const names = new Set(all.flatMap((one) => Object.keys(one)));
  for (const name of names) {
    const other = all.findIndex((one) => one[name] !== first[name]);
    if (other === -1) continue;
    throw errorNaming(RangeError, (option) => {
      const told = (one: Facts): string => {
        const value = one[name];
        if (value === undefined) return `no ${option(name)}`;
        return typeof value === "boolean" ? `${option(name)} ${value}` : option(name, value);
      };
      const difference = name.includes(" ")
        ? `rank ${other} has not ${name} of rank 0`
        : `rank 0 has ${told(first)}, and rank ${other} ${told(all[other]!)}`;
      return `Cannot train on ranks that differ: ${difference}`;
    });
  }
}

/**
 * The facts of all ranks, which need not be as long.
 *
 * @param ranks The ranks, all of which call it.
 * @param facts Those of this one.
 * @returns Those of each, in the order of ranks.
 */
export async function gatherFacts(ranks: Ranks, facts: Facts): Promise<Facts[]> {
  const bytes = new TextEncoder().encode(JSON.stringify(facts));
  const lengths = (await gather(Uint32Array.of(bytes.length), ranks)).map(([length]) => length!);
  const words = new Uint32Array(Math.max(...lengths));
  words.set(bytes);
  const texts = await gather(words, ranks);
  return texts.map((text, rank) =>
    JSON.parse(new TextDecoder().decode(Uint8Array.from(text.subarray(0, lengths[rank]))))
  );
}

/**
 * Numbers in few characters, the same for the same numbers.
 *
 * @param arrays The numbers.
 * @returns SHA-256 of all of them.
 */
export async function digestOf(...arrays: readonly ArrayBufferView[]): Promise<string> {
  const digests: string[] = [];
  for (const { buffer, byteOffset, byteLength } of arrays) {
    const bytes = new Uint8Array(buffer, byteOffset, byteLength).slice(); // shared memory is not digested
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    digests.push(Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join(""));
  }
  return digests.join(" ");
}
