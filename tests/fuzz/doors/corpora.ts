/** Texts in files: their bytes and encodings, gzip and zip, and the vocabularies that are made of them. @module */
import { assertEquals } from "@std/assert";
import { Corpus, type Newlines, type TokenKind, type UnknownPolicy } from "../../../mod.ts";
import { openCorpus } from "../../../src/cli/corpus_files.ts";
import type { Random } from "../../../src/random.ts";
import { temporaryFolder } from "../../files/temporary_folder.ts";
import { pack, zipFile } from "../../files/zip_files.ts";
import type { Door } from "../door.ts";
import { drawBytes, drawText, mutateBytes, mutateText, oneIn, pick } from "../mutate.ts";

/** A file and how it is read. */
interface Input {
  readonly bytes: Uint8Array;
  readonly encoding: string | undefined;
  readonly options: {
    kind?: TokenKind;
    newlines?: Newlines;
    unknown?: UnknownPolicy;
    maxChars?: number;
    minCount?: number;
    maxVocabulary?: number;
  };
}

const TEXT = "我们 只是暂时分开\r\nthe quick brown fox, don't!\n👩‍👩‍👧 é e\u0301 \ufeff<unk>\u2028end\r";
const ENCODINGS = [
  ..."utf-8 utf-8 utf-8 UTF8 utf-16le utf-16be gb18030 big5 shift_jis euc-kr euc-jp windows-1252".split(" "),
  ..."iso-2022-jp x-user-defined replacement klingon utf-32 utf-7".split(" "),
  "",
  "\x1b[31m",
];

async function seeds(): Promise<Uint8Array<ArrayBuffer>[]> {
  const utf8 = new TextEncoder().encode(TEXT);
  const wide = (little: boolean): Uint8Array<ArrayBuffer> => {
    const view = new DataView(new ArrayBuffer(2 * TEXT.length + 2));
    [...`\ufeff${TEXT}`].join("").split("").forEach((unit, i) =>
      view.setUint16(2 * i, unit.charCodeAt(0), little)
    );
    return new Uint8Array(view.buffer);
  };
  const gzip = Uint8Array.from(await pack(utf8, "gzip"));
  const member = { name: "a.txt", bytes: utf8 };
  return [
    utf8,
    utf8,
    wide(true),
    wide(false),
    Uint8Array.of(0xce, 0xd2, 0xc3, 0xc7, 0x0a, 0xd6, 0xbb, 0xca, 0xc7), // 我们\n只是 in GB 18030
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13),
    gzip,
    Uint8Array.from(await pack(gzip, "gzip")),
    await zipFile([member]),
    await zipFile([{ ...member, method: 0 }]),
    await zipFile([member], true),
    await zipFile([member, { ...member, name: "b/c\x1b[31m\n\u202e.txt" }]),
    await zipFile([{ ...member, size: 2 ** 31, crc: 1 }]),
    new Uint8Array(0),
  ];
}

function drawOptions(random: Random): Input["options"] {
  return {
    ...(oneIn(2, random) ? {} : { kind: pick(["character", "byte", "word"] as const, random) }),
    ...(oneIn(2, random) ? {} : { newlines: pick(["keep", "space"] as const, random) }),
    ...(oneIn(2, random) ? {} : { unknown: pick(["error", "skip", "replace"] as const, random) }),
    ...(oneIn(4, random) ? { maxChars: 1 + random.integer(40) } : {}),
    ...(oneIn(4, random) ? { minCount: 1 + random.integer(3) } : {}),
    ...(oneIn(4, random) ? { maxVocabulary: 1 + random.integer(9) } : {}),
  };
}

/** What was read is read from its own text as the same ids. */
function holds(corpus: Corpus): void {
  const { vocabulary, ids } = corpus;
  const text = vocabulary.decode(ids);
  if (corpus.counts.unknown > 0 || !vocabulary.covers(text) || text.includes("\ufffd")) return;
  assertEquals([...vocabulary.encode(text)], [...ids]);
}

/** The door. */
export const corpora: Door<Input> = {
  name: "corpora",
  async open() {
    const all = await seeds();
    const folder = await temporaryFolder();
    const path = `${folder.path}/text`;
    return {
      draw(random) {
        const texts = [() => mutateText(TEXT, random), () => drawText(random, 60)];
        const made = [
          () => mutateBytes(pick(all, random), random),
          () => mutateBytes(pick(all, random), random),
          () => new TextEncoder().encode(pick(texts, random)()),
          () => drawBytes(random, random.integer(200)),
        ];
        const encoding = oneIn(3, random) ? undefined : pick(ENCODINGS, random);
        return { bytes: pick(made, random)(), encoding, options: drawOptions(random) };
      },
      async use({ bytes, encoding, options }) {
        await Deno.writeFile(path, bytes);
        const { pieces } = openCorpus([path], { encoding, mostBytes: 2 ** 20 });
        const corpus = await Corpus.fromStream(pieces, options);
        return () => holds(corpus);
      },
      [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
    };
  },
};
