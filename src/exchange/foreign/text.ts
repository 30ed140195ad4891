/**
 * What a text is that stands where a model should.
 *
 * @module
 */
import { IMPORT_ADVICE, NAMES_ADVICE } from "./advice.ts";

/** As much of a file as is looked at. */
const BEGINNING = 65_536;

/** What a text tells of itself, anywhere in its beginning; the first that fits counts. */
const TEXTS: readonly [pattern: RegExp, kind: string, advice: string][] = [
  [
    /^version https?:\/\/(git-lfs|hawser)\S*\s/,
    "a pointer of git-lfs to the file itself",
    "fetch that with git lfs pull",
  ],
  [
    /^\s*(<!--.*?-->\s*)*<(!doctype html|html|head|body)\b/is,
    "a page of HTML, perhaps of a login",
    "fetch the file itself",
  ],
  [/^\s*<\?xml\b|^\s*<Error>/, "XML, perhaps a server's error", "fetch the file itself"],
  [/^\s*model_checkpoint_path:/, "the list of a TensorFlow checkpoint", NAMES_ADVICE],
  [
    /^\s*\{.*"weight_map"\s*:/s,
    "the index of a model in several files",
    "join them in Python, and save all in one with safetensors",
  ],
  [/^\s*\{.*"(modelTopology|weightsManifest)"\s*:/s, "a model of TensorFlow.js", IMPORT_ADVICE],
  [
    /^\s*\{\s*"type"\s*:\s*"(RNN|GRU|LSTM)(TimeStep)?"\s*,\s*"options"\s*:/,
    "a network of brain.js, whose LSTM has no cell state",
    "train one of refrain",
  ],
  [/^\s*\{.*"tokens"\s*:/s, "JSON, perhaps a vocabulary", "name the model's weights beside it"],
  [/^\s*[{[]/, "JSON", "name a safetensors file, which weights are kept in"],
];

/**
 * Tells what a text is.
 *
 * @param bytes The file.
 * @returns Its kind and what to do; undefined where it is none.
 */
export function kindOfText(bytes: Uint8Array): string | undefined {
  const text = decode(bytes.subarray(0, BEGINNING));
  if (text === undefined) return undefined;
  for (const [pattern, kind, advice] of TEXTS) if (pattern.test(text)) return `${kind}: ${advice}`;
  return "a text: name a safetensors file";
}

/** The text of bytes in UTF-8, the last character of which may be cut off, or in UTF-16 with its mark. */
function decode(bytes: Uint8Array): string | undefined {
  const [first, second] = bytes;
  const utf16 = first === 0xff && second === 0xfe
    ? "utf-16le"
    : first === 0xfe && second === 0xff
    ? "utf-16be"
    : "";
  try {
    const text = new TextDecoder(utf16 || "utf-8", { fatal: true }).decode(bytes, { stream: true });
    // deno-lint-ignore no-control-regex -- these are what tells
    return /[\0-\x08\x0e-\x1a\x1c-\x1f\x7f]/.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}
