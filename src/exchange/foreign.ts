/**
 * What a file is that is no safetensors file: its kind by its first bytes, and what to do with it.
 *
 * @module
 */
import { kindOfProtobuf } from "./foreign/protobuf.ts";
import { ARRAYS_ADVICE, IMPORT_ADVICE, NAMES_ADVICE, PICKLE_ADVICE, TORCH_ADVICE } from "./foreign/advice.ts";
import { kindOfMessagePack } from "./foreign/message_pack.ts";
import { kindOfText } from "./foreign/text.ts";
import { kindOfZip } from "./foreign/zip.ts";

/** Signatures by where they begin; the first that fits counts. Of what is no model another file is to be named. */
const SIGNATURES: readonly [at: number, bytes: string, what: string, advice?: string][] = [
  [0, "\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.", "an old file of PyTorch's torch.save()", TORCH_ADVICE],
  [0, "\x93NUMPY", "a NumPy array (.npy)", ARRAYS_ADVICE],
  [0, "\x89HDF\r\n\x1a\n", "an HDF5 file, as Keras writes it", IMPORT_ADVICE],
  [0, "NRUB", "a burnpack of burn (.bpk)", "save it in Rust with burn-store's SafetensorsStore"],
  [0, "GGUF", "a GGUF file", NAMES_ADVICE],
  [0, "lmgg", "a GGML file", NAMES_ADVICE],
  [0, "tjgg", "a GGML file", NAMES_ADVICE],
  [4, "TFL3", "a model of TensorFlow Lite", NAMES_ADVICE],
  [0, "\x1f\x8b", "a gzip archive", "unpack it with gunzip"],
  [0, "BZh", "a bzip2 archive", "unpack it with bunzip2"],
  [0, "\xfd7zXZ\0", "an xz archive", "unpack it with unxz"],
  [0, "\x28\xb5\x2f\xfd", "a Zstandard archive", "unpack it with unzstd"],
  [0, "7z\xbc\xaf\x27\x1c", "a 7-Zip archive", "unpack it"],
  [0, "Rar!\x1a\x07", "a RAR archive", "unpack it"],
  [257, "ustar", "a tar archive", "unpack it with tar -xf"],
  [0, "SQLite format 3\0", "a SQLite database"],
  [0, "%PDF-", "a PDF document"],
  [0, "\x89PNG\r\n\x1a\n", "a picture (PNG)"],
  [0, "\xff\xd8\xff", "a picture (JPEG)"],
  [0, "GIF8", "a picture (GIF)"],
  [0, "\0asm", "a WebAssembly module"],
  [0, "\x7fELF", "a program"],
  [0, "MZ", "a program for Windows"],
];

/** The last 8 bytes of TensorFlow's checkpoint index. */
const TABLE = "\x57\xfb\x80\x8b\x24\x75\x47\xdb";

/**
 * Tells what a file is.
 *
 * @param bytes All of a file that is no safetensors file.
 * @returns Its kind and what to do, as a sentence goes on behind "its file is"; undefined where it may be a safetensors
 * file that is damaged.
 */
export function foreignKind(bytes: Uint8Array): string | undefined {
  if (bytes.length === 0) return "empty: save or fetch it again";
  if (hasHeader(bytes)) return undefined; // the bytes of whose length may be any signature
  const signature = SIGNATURES.find(([at, text]) => has(bytes, text, at));
  if (signature) return `${signature[2]}: ${signature[3] ?? "name a model file"}`;
  if (has(bytes, "PK\x03\x04", 0) || has(bytes, "PK\x05\x06", 0)) return kindOfZip(bytes);
  if (bytes[0] === 0x80 && bytes[1]! >= 2 && bytes[1]! <= 5) return kindOfPickle(bytes);
  if (has(bytes, TABLE, bytes.length - 8)) return `the index of a TensorFlow checkpoint: ${NAMES_ADVICE}`;
  const known = kindOfText(bytes) ?? kindOfProtobuf(bytes) ?? kindOfMessagePack(bytes);
  if (known !== undefined) return known;
  if (bytes[8] === 0x7b) return undefined; // a header begins here
  const first = [...bytes.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
  return `no safetensors file, and of no kind that is known, as it begins with the bytes ${first}: name a safetensors file`;
}

/** Whether a header of safetensors is there: its length, and as many bytes, an object of JSON. */
function hasHeader(bytes: Uint8Array): boolean {
  if (bytes.length < 10) return false;
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length > bytes.length - 8) return false;
  const header = bytes.subarray(8, 8 + length);
  return header[0] === 0x7b && header.findLast((byte) => byte !== 0x20) === 0x7d;
}

function has(bytes: Uint8Array, text: string, at: number): boolean {
  return at >= 0 && at + text.length <= bytes.length &&
    [...text].every((character, i) => bytes[at + i] === character.charCodeAt(0));
}

/** A pickle, at whose end Paddle has the parameters' own names. */
function kindOfPickle(bytes: Uint8Array): string {
  const end = new TextDecoder().decode(bytes.subarray(-65_536));
  return end.includes("StructuredToParameterName@@")
    ? `weights of Paddle (.pdparams): ${IMPORT_ADVICE}`
    : `a pickle of Python: ${PICKLE_ADVICE}`;
}
