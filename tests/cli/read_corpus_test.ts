/** What commands make of the files of a corpus, and how much memory that takes. @module */
import { assert, assertEquals } from "@std/assert";
import type { Reading } from "../../bench/read_once.ts";
import { readCorpus } from "../../src/cli/texts.ts";
import { Vocabulary } from "../../src/data/vocabulary.ts";
import { temporaryFolder } from "../files/temporary_folder.ts";

const SETTINGS = { encoding: "utf-8", maxChars: undefined, newlines: undefined, unknown: undefined };

Deno.test("a corpus of bytes is taken as it stands, unless it is in another encoding than UTF-8", async () => {
  await using folder = await temporaryFolder();
  const corpus = [`${folder.path}/any.bin`];
  await Deno.writeFile(corpus[0]!, Uint8Array.of(0xef, 0xbb, 0xbf, 0xff, 0x0d, 0x0a, 0x00));
  const read = async (
    settings: object,
    vocabulary?: Vocabulary,
  ): Promise<number[]> => [
    ...(await readCorpus({ ...SETTINGS, corpus, ...settings }, vocabulary)).corpus.ids,
  ];
  const bytes = [0xef, 0xbb, 0xbf, 0xff, 0x0d, 0x0a, 0x00];
  assertEquals(await read({ tokenizer: "byte" }), bytes);
  assertEquals(await read({}, Vocabulary.fromText("a", { kind: "byte" })), bytes);
  await Deno.writeFile(corpus[0]!, Uint8Array.of(0xb7, 0xd6));
  assertEquals(await read({ tokenizer: "byte", encoding: "gb18030" }), [0xe5, 0x88, 0x86]);
});

/** Little enough for a test, and more than the 100 MB that Deno itself has. */
const MEGABYTES = 40;

for (const kind of ["character", "byte", "word"] as const) {
  Deno.test({
    name: `${MEGABYTES} MB are read as ${kind}s in 3 times their size`,
    ignore: Deno.build.os !== "linux",
    fn: async () => {
      await using folder = await temporaryFolder();
      const path = `${folder.path}/large.txt`;
      const part = "To be, or not to be.\n".repeat(50_000);
      for (let i = 0; i < MEGABYTES; i++) await Deno.writeTextFile(path, part, { append: true });
      const { size } = await Deno.stat(path);
      const once = new URL("../../bench/read_once.ts", import.meta.url).href;
      const args = ["run", "-A", "--no-check", once, path, kind];
      const { stdout } = await new Deno.Command(Deno.execPath(), { args, stderr: "inherit" }).output();
      const reading: Reading = JSON.parse(new TextDecoder().decode(stdout));
      assert(size >= 1e6 * MEGABYTES);
      assert(reading.size > 0 && reading.peak! <= 3 * size + 100 * 2 ** 20, JSON.stringify(reading));
    },
  });
}
