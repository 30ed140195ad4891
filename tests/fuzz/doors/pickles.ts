/** Files of torch.save() and paddle.save(): damaged, or sound but for their pickle, with foreign names and deep nesting. @module */
import { openDevice } from "../../../mod.ts";
import { importModel } from "../../../src/exchange.ts";
import { readZip } from "../../../src/files/zip.ts";
import { chunksOf, gather } from "../../../src/files/byte_chunks.ts";
import type { Random } from "../../../src/random.ts";
import { zipFile } from "../../files/zip_files.ts";
import { unpacked } from "../../frameworks/golden.ts";
import type { Door } from "../door.ts";
import { mutateBytes, oneIn, pick } from "../mutate.ts";

/** Files as they come: tests/frameworks/pytorch_models.py, paddle_models.py. */
const PADDLE = ["lstm_language", "gru_two_language", "rnn_checkpoint_language"];
const NAMES = [
  "rnn_language",
  "gru_language",
  "lstm_language",
  "lstm_strided_language",
  "gru_checkpoint_language",
];

/** Operations that are put into a pickle: names of harmless functions, calls, nesting, the memo, lengths. */
const PIECES: readonly string[] = [
  "cbuiltins\nlen\n",
  "cos\ngetcwd\n)R",
  "c__main__\nModel\n)\x81",
  "ctorch._utils\n_rebuild_tensor_v2\n",
  "ccollections\nOrderedDict\n)R",
  "(".repeat(2000),
  "]".repeat(2000),
  "(".repeat(500) + "t".repeat(500),
  "](" + "]".repeat(99) + "l",
  "h\0",
  "q\0",
  "h\x01h\x01a",
  "]q\xffh\xffa",
  "}q\xffh\xffh\xffs",
  "0",
  "N",
  "R",
  "b",
  "Q",
  "X\xff\xff\xff\x7f",
  "\x8b\xff\xff\xff\xff",
  "\x8d\xff\xff\xff\xff\xff\xff\xff\xff",
  "J\xff\xff\xff\xff",
  "cnumpy\ndtype\n",
  "c_codecs\nencode\n",
  "\x8c\x02os\x8c\x06getcwd\x93)R",
  "J\xff\xff\xff\x7f",
];

/** Puts a piece somewhere into a pickle, or in place of as many bytes. */
function withPiece(pickle: Uint8Array, random: Random): Uint8Array {
  const piece = Uint8Array.from(pick(PIECES, random), (character) => character.charCodeAt(0));
  const at = 2 + random.integer(pickle.length - 2);
  const end = oneIn(2, random) ? at : at + piece.length;
  return Uint8Array.from([...pickle.subarray(0, at), ...piece, ...pickle.subarray(end)]);
}

/** The files in a zip. */
async function contentsOf(bytes: Uint8Array): Promise<{ name: string; bytes: Uint8Array; method: 0 }[]> {
  const slice = (from: number, to: number) => chunksOf(bytes.subarray(from, to));
  const entries = await readZip({ title: "it", size: bytes.length, slice });
  return await Promise.all(
    entries.map(async ({ name, chunks }) => ({ name, bytes: await gather(chunks()), method: 0 as const })),
  );
}

/** The door. */
export const pickles: Door<Uint8Array> = {
  name: "pickles",
  async open() {
    const device = await openDevice("wasm", { threads: 1, memoryBytes: 2 ** 26 });
    const files = await Promise.all(NAMES.map((name) => unpacked(`pytorch_${name}.pt`)));
    const contents = await Promise.all(files.map(contentsOf));
    const paddle = await Promise.all(PADDLE.map((name) => unpacked(`paddle_${name}.pdparams`)));
    return {
      async draw(random): Promise<Uint8Array> {
        if (oneIn(3, random)) {
          return (oneIn(2, random) ? withPiece : mutateBytes)(pick(paddle, random), random);
        }
        if (oneIn(10, random)) return mutateBytes(pick(files, random), random);
        const entries = [...pick(contents, random)];
        const index = oneIn(12, random)
          ? random.integer(entries.length)
          : entries.findIndex(({ name }) => name.endsWith("data.pkl"));
        const entry = entries[index]!;
        const change = oneIn(2, random) && entry.bytes.length > 2 ? withPiece : mutateBytes;
        entries[index] = { ...entry, bytes: change(entry.bytes, random) };
        return await zipFile(entries);
      },
      async use(bytes) {
        const { model } = await importModel({ model: bytes }, device, { nonlinearity: "tanh" });
        return () => model[Symbol.dispose]();
      },
      held: () => device.memory.used,
      [Symbol.asyncDispose]: () => Promise.resolve(device[Symbol.dispose]()),
    };
  },
};
