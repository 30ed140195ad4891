/**
 * Whether a file is a model of ONNX: it has no signature.
 *
 * @module
 */
import { kindOfProtobuf } from "../../foreign/protobuf.ts";

/**
 * Tells whether a file is one.
 *
 * @param bytes The file.
 */
export function isOnnx(bytes: Uint8Array): boolean {
  return kindOfProtobuf(bytes)?.startsWith("a model of ONNX:") ?? false;
}
