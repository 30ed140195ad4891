/** The headers of safetensors files, and any bytes in their place. @module */
import { assertEquals } from "@std/assert";
import { decodeSafetensors, encodeSafetensors } from "../../../src/files/safetensors.ts";
import { DTYPES, encodeAs } from "../../support/encode_as.ts";
import type { Door } from "../door.ts";
import { drawBytes, mutateBytes, mutateJson, mutateText, oneIn, pick } from "../mutate.ts";

/** A file of every type of number, as an original. */
const FILE = encodeAs(Object.fromEntries(
  DTYPES.map((dtype, i) => [`rnn.weight_l${i}`, { dtype, shape: [2, i], data: Array(2 * i).fill(i) }]),
));

/** A file with another header before the same data. */
function withHeader(text: string): Uint8Array<ArrayBuffer> {
  const length = 8 + Number(new DataView(FILE.buffer).getBigUint64(0, true));
  const json = new TextEncoder().encode(text);
  const bytes = new Uint8Array(8 + json.length + FILE.length - length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  bytes.set(FILE.subarray(length), 8 + json.length);
  return bytes;
}

/** The door. */
export const headers: Door<Uint8Array> = {
  name: "headers",
  open() {
    const length = Number(new DataView(FILE.buffer).getBigUint64(0, true));
    const header = JSON.parse(new TextDecoder().decode(FILE.subarray(8, 8 + length)));
    header["__metadata__"] = { format: "pt", "分": "开" };
    return Promise.resolve({
      draw(random) {
        const made = [
          () => mutateBytes(FILE, random),
          () => withHeader(JSON.stringify(mutateJson(header, random))),
          () => withHeader(JSON.stringify(mutateJson(header, random))),
          () => withHeader(mutateText(JSON.stringify(header), random)),
        ];
        return oneIn(12, random) ? drawBytes(random, random.integer(99)) : pick(made, random)();
      },
      use(bytes) {
        const { tensors, metadata } = decodeSafetensors(bytes);
        return Promise.resolve(() => {
          const again = decodeSafetensors(encodeSafetensors(tensors, metadata));
          assertEquals([{ ...again.tensors }, { ...again.metadata }], [{ ...tensors }, { ...metadata }]);
        });
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    });
  },
};
