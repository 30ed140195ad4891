/** Files of other frameworks that tests keep, packed, and what their models answer. @module */
import type { Case } from "./compare.ts";

/** Where they lie. */
export const GOLDEN = new URL("../golden/imports/", import.meta.url);

/**
 * Keeps the golden cases.
 *
 * @param folder Where the files lie.
 * @param cases All cases of a framework.
 */
export async function makeGolden(folder: string, cases: readonly Case[]): Promise<void> {
  await Deno.mkdir(GOLDEN, { recursive: true });
  for (const one of cases.filter(({ golden }) => golden)) {
    for (const file of one.files.flat()) {
      const packed = new Blob([await Deno.readFile(`${folder}/${file}`)]).stream()
        .pipeThrough(new CompressionStream("gzip"));
      await Deno.writeFile(new URL(`${file}.gz`, GOLDEN), packed);
    }
    const [file] = one.files.flat();
    await Deno.writeTextFile(new URL(`${file!.replace(/\..*$/, "")}.json`, GOLDEN), JSON.stringify(one));
  }
}

/**
 * The golden cases.
 *
 * @returns Each with its files in each format.
 */
export async function goldenCases(): Promise<{ one: Case; forms: Record<string, Uint8Array>[] }[]> {
  const found = [];
  for (const { name } of Deno.readDirSync(GOLDEN)) {
    if (!name.endsWith(".json")) continue;
    const one: Case = JSON.parse(await Deno.readTextFile(new URL(name, GOLDEN)));
    const forms = one.files.map(async (files) =>
      Object.fromEntries(
        await Promise.all([files].flat().map(async (file) => [file, await unpacked(file)] as const)),
      )
    );
    found.push({ one, forms: await Promise.all(forms) });
  }
  return found;
}

/**
 * A golden file.
 *
 * @param file Its name.
 * @returns Its bytes.
 */
export async function unpacked(file: string): Promise<Uint8Array> {
  const bytes = await Deno.readFile(new URL(`${file}.gz`, GOLDEN));
  return await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).bytes();
}
