/**
 * What a message of Protocol Buffers is, by its first fields: ONNX and TensorFlow write such, without a signature.
 *
 * @module
 */
import { IMPORT_ADVICE, NAMES_ADVICE } from "./advice.ts";

/** A field of a message. */
interface Field {
  /** Its number. */
  readonly number: number;
  /** Its value where it is a whole number. */
  readonly value?: number;
  /** Its bytes where it has a length, as many as are there. */
  readonly bytes?: Uint8Array;
}

/** Fields of ONNX's ModelProto, all of them but the version with a length or a whole number. */
const ONNX_FIELDS: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8, 14, 20, 25, 26];

/**
 * Tells what a message is.
 *
 * @param bytes The file.
 * @returns Its kind and what to do; undefined where it is no message of a known kind.
 */
export function kindOfProtobuf(bytes: Uint8Array): string | undefined {
  const fields = firstFields(bytes);
  const [first, second] = fields ?? [];
  if (!fields || !first) return undefined;
  const { value = 0 } = first;
  if (
    first.number === 1 && value >= 3 && value < 100 &&
    fields.every(({ number }) => ONNX_FIELDS.includes(number))
  ) {
    return second?.bytes ? `a model of ONNX: ${IMPORT_ADVICE}` : undefined;
  }
  if (first.number === 1 && value === 1 && second?.number === 2 && second.bytes) {
    return `a SavedModel of TensorFlow: ${NAMES_ADVICE}`;
  }
  return first.number === 1 && first.bytes && isNode(first.bytes)
    ? `a graph of TensorFlow: ${NAMES_ADVICE}`
    : undefined;
}

/** Whether a message is a node of TensorFlow: a name and an operation. */
function isNode(bytes: Uint8Array): boolean {
  const [name, operation] = firstFields(bytes) ?? [];
  const text = (field: Field | undefined): string => new TextDecoder().decode(field?.bytes);
  return name?.number === 1 && operation?.number === 2 &&
    /^[A-Za-z0-9.][\w./\\-]*$/.test(text(name)) && /^[A-Z]\w+$/.test(text(operation));
}

/** The first fields of a message; undefined where it is none. */
function firstFields(bytes: Uint8Array): Field[] | undefined {
  const fields: Field[] = [];
  let at = 0;
  const integer = (): number => {
    let value = 0;
    for (let factor = 1; at < bytes.length; factor *= 128) {
      const byte = bytes[at++]!;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
    return NaN;
  };
  while (at < bytes.length && fields.length < 8) {
    const tag = integer();
    const number = Math.floor(tag / 8);
    if (tag % 8 === 0) fields.push({ number, value: integer() });
    else if (tag % 8 === 2) {
      const length = integer();
      if (!(at + length <= bytes.length)) return undefined;
      fields.push({ number, bytes: bytes.subarray(at, at + length) });
      at += length;
    } else return undefined;
    if (number === 0 || Number.isNaN(fields.at(-1)!.value)) return undefined;
  }
  return fields;
}
