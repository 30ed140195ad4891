/** Vocabularies as JSON, in every form that is read. @module */
import { assertEquals } from "@std/assert";
import { Vocabulary } from "../../../mod.ts";
import type { Door } from "../door.ts";
import { drawText, mutateJson, oneIn, pick } from "../mutate.ts";

const WORDS = ["<unk>", "the", "end", "\n", "分开"];
const LETTERS = ["<pad>", "a", "b", "分", "\n", "é"];

const SEEDS: readonly unknown[] = [
  WORDS,
  LETTERS,
  { kind: "word", tokens: WORDS, unknown: "replace", newlines: "keep" },
  { kind: "character", tokens: LETTERS, unknown: "skip", newlines: "space" },
  { kind: "byte", newlines: "keep" },
  { tokens: LETTERS },
  Object.fromEntries(WORDS.map((word, id) => [word, id])),
  Object.fromEntries(LETTERS.map((letter, id) => [id, letter])),
  { itos: WORDS, stoi: Object.fromEntries(WORDS.map((word, id) => [word, id])) },
  { idx_to_token: LETTERS, kind: "character" },
  { word2id: { a: 0, b: 1 }, unknown: "error" },
];

/** The door. */
export const vocabularies: Door = {
  name: "vocabularies",
  open() {
    return Promise.resolve({
      draw(random) {
        if (!oneIn(6, random)) return mutateJson(pick(SEEDS, random), random);
        return Array.from({ length: random.integer(9) }, () => drawText(random, 3));
      },
      use(value) {
        const vocabulary = Vocabulary.fromJSON(value);
        return Promise.resolve(() => {
          const again = Vocabulary.fromJSON(JSON.parse(JSON.stringify(vocabulary)));
          assertEquals(again.toJSON(), vocabulary.toJSON());
          assertEquals(vocabulary.size > 0, true);
          const ids = Array.from({ length: Math.min(vocabulary.size, 300) }, (_, id) => id);
          for (const id of ids) {
            const text = vocabulary.decode([id]);
            assertEquals(vocabulary.decode([again.size - 1 - id]).isWellFormed(), true);
            if (vocabulary.kind === "character" && vocabulary.covers(text) && [...text].length === 1) {
              assertEquals([...vocabulary.encode(text)], [id]);
            }
          }
        });
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    });
  },
};
