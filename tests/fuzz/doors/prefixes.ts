/** Files whose text is gone on from. @module */
import { assertEquals } from "@std/assert";
import { Corpus, type Vocabulary } from "../../../mod.ts";
import { generatePrefixes, givenPrefixes } from "../../../src/cli/prefixes.ts";
import { temporaryFolder } from "../../files/temporary_folder.ts";
import type { Door } from "../door.ts";
import { drawBytes, drawText, mutateBytes, mutateText, pick } from "../mutate.ts";

interface Input {
  readonly bytes: Uint8Array;
  readonly vocabulary: Vocabulary;
}

const TEXT = "we 分开 two.\r\n\tdon't \x1b[31m👩‍👩‍👧 ";

/** The door. */
export const prefixes: Door<Input> = {
  name: "prefixes",
  async open() {
    const folder = await temporaryFolder();
    const path = `${folder.path}/prefix.txt`;
    const vocabularies = (["character", "byte", "word"] as const).flatMap((kind) =>
      (["error", "skip", "replace"] as const).map((unknown) =>
        Corpus.fromText(TEXT.repeat(2), { kind, ...(kind === "byte" ? {} : { unknown }) }).vocabulary
      )
    );
    return {
      draw(random) {
        const made = [
          () => mutateBytes(new TextEncoder().encode(TEXT), random),
          () => new TextEncoder().encode(mutateText(TEXT, random)),
          () => new TextEncoder().encode(drawText(random, 30)),
          () => drawBytes(random, random.integer(20)),
        ];
        return { bytes: pick(made, random)(), vocabulary: pick(vocabularies, random) };
      },
      async use({ bytes, vocabulary }) {
        await Deno.writeFile(path, bytes);
        const given = await givenPrefixes({ prefix: [], prefixFile: [path] });
        const model = `${folder.path}/model.safetensors`;
        const texts = await generatePrefixes(given, vocabulary, model);
        return () => assertEquals(texts, [new TextDecoder().decode(bytes)]);
      },
      [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
    };
  },
};
