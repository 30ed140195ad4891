/** How much memory importing a large file takes beside a small one: twice its size and 64 MiB. @module */
import { assert } from "@std/assert";
import type { Importing } from "../../bench/import_once.ts";
import { joinBytes } from "../../src/join_bytes.ts";
import { Random } from "../../src/random.ts";
import { temporaryFolder } from "../files/temporary_folder.ts";
import { bytesOf, integer, type Operations, text, word } from "./pickles.ts";

/** Tokens and units of an LSTM whose file has 60 MB in protocol 2, where half of all bytes take two. */
const [V, H] = [256, 1440];

/** An array of Paddle in protocol 2: its bytes are a text. */
function* array(shape: readonly number[], random: Random): Generator<Operations | Uint8Array> {
  yield ["cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n", integer([0])];
  yield ["c_codecs\nencode\n(", text("b"), text("latin1"), "tRtR(", integer(1), integer(shape)];
  yield ["cnumpy\ndtype\n(", text("f4"), 0x89, 0x88, "tR(", integer(3), text("<"), "NNN"];
  yield [integer(-1), integer(-1), integer(0), "tb", 0x89, "c_codecs\nencode\n("];
  const length = shape.reduce((a, b) => a * b, 1);
  const numbers = Float32Array.from({ length }, () => random.uniform() - 0.5);
  const latin1 = new TextDecoder("latin1").decode(numbers.buffer); // of Windows, which differs between 0x80 and 0x9f
  const utf8 = new TextEncoder().encode(latin1.replace(/[^\0-\x7f\xa0-\xff]/g, "\xa0"));
  yield ["X", word(utf8.length)];
  yield utf8;
  yield [text("latin1"), "tRtb"];
}

function* file(shapes: Readonly<Record<string, number[]>>): Generator<Operations | Uint8Array> {
  const random = new Random(0);
  yield [0x80, 2, "}("];
  for (const [name, shape] of Object.entries(shapes)) {
    yield text(name);
    yield* array(shape, random);
  }
  yield [text("StructuredToParameterName@@"), "}u."];
}

async function peakOf(hidden: number, folder: string): Promise<{ peak: number; size: number }> {
  const shapes = {
    "rnn.weight_ih_l0": [4 * hidden, V],
    "rnn.weight_hh_l0": [4 * hidden, hidden],
    "fc.weight": [hidden, V],
    "fc.bias": [V],
  };
  const parts = [...file(shapes)].map((part) =>
    part instanceof Uint8Array ? part : Uint8Array.from(bytesOf(part))
  );
  const bytes = joinBytes(parts);
  const path = `${folder}/model.pdparams`;
  await Deno.writeFile(path, bytes);
  const tokens = `${folder}/tokens.json`;
  await Deno.writeTextFile(tokens, JSON.stringify(Array.from({ length: V }, (_, i) => `t${i}`)));
  const once = new URL("../../bench/import_once.ts", import.meta.url).href;
  const args = ["run", "-A", "--no-check", once, path, tokens, `${folder}/run_${hidden}`];
  const { stdout } = await new Deno.Command(Deno.execPath(), { args, stderr: "inherit" }).output();
  const importing: Importing = JSON.parse(new TextDecoder().decode(stdout).trim().split("\n").at(-1)!);
  return { peak: importing.peak!, size: bytes.length };
}

Deno.test({
  name: "a pickle of 60 MB in protocol 2 is imported in twice its size and 64 MiB",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    await using folder = await temporaryFolder();
    const small = await peakOf(8, folder.path);
    const large = await peakOf(H, folder.path);
    assert(large.size > 55e6 && large.size < 65e6, `${large.size} bytes`);
    const grown = large.peak - small.peak;
    assert(grown <= 2 * large.size + 2 ** 26, `it grew by ${(grown / large.size).toFixed(2)} × the file`);
  },
});
