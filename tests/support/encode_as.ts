/**
 * Safetensors data of any types, as other programs write it; encodeSafetensors() writes F32 alone.
 *
 * @module
 */

/** A tensor of a file. */
export interface TypedTensor {
  /** The type of its numbers. */
  readonly dtype: string;
  /** Its dimensions. */
  readonly shape: readonly number[];
  /** Its numbers, row-major. */
  readonly data: ArrayLike<number>;
}

type Put = (view: DataView, at: number, value: number) => void;

/** Bytes of a number, and how it is written. */
const TYPES: Readonly<Record<string, readonly [size: number, put: Put]>> = {
  F64: [8, (view, at, value) => view.setFloat64(at, value, true)],
  F32: [4, (view, at, value) => view.setFloat32(at, value, true)],
  F16: [2, (view, at, value) => view.setFloat16(at, value, true)],
  BF16: [
    2,
    (view, at, value) => view.setUint16(at, new Uint32Array(Float32Array.of(value).buffer)[0]! >>> 16, true),
  ],
  I64: [
    8,
    (view, at, value) => view.setBigInt64(at, BigInt(Number.isFinite(value) ? Math.trunc(value) : 0), true),
  ],
  I32: [4, (view, at, value) => view.setInt32(at, value, true)],
  U8: [1, (view, at, value) => view.setUint8(at, value)],
  BOOL: [1, (view, at, value) => view.setUint8(at, value ? 1 : 0)],
};

/** The types that can be written. */
export const DTYPES: readonly string[] = Object.keys(TYPES);

/** Writes tensors in the order given, with free texts where there are some. */
export function encodeAs(
  tensors: Readonly<Record<string, TypedTensor>>,
  metadata?: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  let end = 0;
  const header: [string, unknown][] = Object.entries(tensors).map(([name, { dtype, shape, data }]) => {
    const begin = end;
    end += data.length * TYPES[dtype]![0];
    return [name, { dtype, shape, data_offsets: [begin, end] }];
  });
  if (metadata) header.unshift(["__metadata__", metadata]);
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const bytes = new Uint8Array(8 + json.length + end);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  let at = 8 + json.length;
  for (const { dtype, data } of Object.values(tensors)) {
    const [size, put] = TYPES[dtype]!;
    for (let i = 0; i < data.length; i++) {
      put(view, at, data[i]!);
      at += size;
    }
  }
  return bytes;
}
