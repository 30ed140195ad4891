/**
 * What a zip archive is, by the names in it: PyTorch, NumPy and Keras write such.
 *
 * @module
 */
import { IMPORT_ADVICE, PROGRAM_ADVICE } from "./advice.ts";
import { quote } from "../../messages/quote.ts";

/** The most names that are looked at. */
const MOST_NAMES = 10_000;

/**
 * Tells what a zip archive is.
 *
 * @param bytes The file.
 * @returns Its kind and what to do.
 */
export function kindOfZip(bytes: Uint8Array): string {
  const names = namesIn(bytes);
  const has = (pattern: RegExp): boolean => names.some((name) => pattern.test(name));
  if (has(/(^|\/)constants\.pkl$/)) return `a TorchScript program of PyTorch: ${PROGRAM_ADVICE}`;
  if (has(/(^|\/)data\.pkl$/)) return `a zip of PyTorch's torch.save(): ${IMPORT_ADVICE}`;
  if (has(/(^|\/)archive_format$/)) return `an exported program of PyTorch: ${PROGRAM_ADVICE}`;
  if (has(/^model\.weights\.h5$/)) return `a model of Keras (.keras): ${IMPORT_ADVICE}`;
  if (names.length > 0 && names.every((name) => name.endsWith(".npy"))) {
    return `an archive of NumPy arrays (.npz): ${IMPORT_ADVICE}`;
  }
  const inner = names.find((name) => name.endsWith(".safetensors"));
  if (inner !== undefined) return `a zip archive: unpack it, and name ${quote(inner.slice(-80))}`;
  return isCutOff(bytes)
    ? "a zip archive that is cut off: save or fetch it again"
    : "a zip archive: unpack it, and name the model file in it";
}

/** Whether the end is missing, where its directory is. */
function isCutOff({ buffer, byteOffset, byteLength }: Uint8Array): boolean {
  return endOfDirectory(new DataView(buffer, byteOffset, byteLength)) === undefined;
}

/**
 * The names in a zip archive.
 *
 * @param bytes The file.
 * @returns The names of its directory, or of its first member where that is cut off.
 */
export function namesIn(bytes: Uint8Array): string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = (at: number, length: number): string =>
    new TextDecoder().decode(bytes.subarray(at, at + length));
  const end = endOfDirectory(view);
  const names: string[] = [];
  let at = end === undefined ? bytes.length : view.getUint32(end + 16, true);
  while (at + 46 <= bytes.length && view.getUint32(at, true) === 0x02014b50 && names.length < MOST_NAMES) {
    const length = view.getUint16(at + 28, true);
    names.push(text(at + 46, length));
    at += 46 + length + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  if (names.length === 0 && bytes.length >= 30) names.push(text(30, view.getUint16(26, true)));
  return names;
}

/** Where the record begins that tells the directory's place: it is the last, but for a comment. */
function endOfDirectory(view: DataView): number | undefined {
  for (let at = view.byteLength - 22; at >= 0 && at >= view.byteLength - 22 - 0xffff; at--) {
    if (view.getUint32(at, true) === 0x06054b50) return at;
  }
  return undefined;
}
