/** Pickles and zips as torch.save() writes them, made by hand for what it never writes. @module */
import { zipFile } from "../files/zip_files.ts";

/** Operations as bytes: numbers are themselves, texts their characters. */
export type Operations = readonly (number | string | Operations)[];

/** The bytes of operations. */
export function bytesOf(operations: Operations): number[] {
  return operations.flatMap((one) =>
    typeof one === "number"
      ? [one]
      : typeof one === "string"
      ? [...new TextEncoder().encode(one)]
      : bytesOf(one)
  );
}

/** A pickle of protocol 2, or of another. */
export function pickle(operations: Operations, protocol = 2): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([0x80, protocol, ...bytesOf(operations), 0x2e]);
}

/** A whole number of 4 bytes. */
export function word(value: number): Operations {
  return [...new Uint8Array(Uint32Array.of(value).buffer)];
}

/** A text. */
export function text(value: string): Operations {
  return ["X", word(new TextEncoder().encode(value).length), value];
}

/** A whole number, or a tuple of such. */
export function integer(value: number | readonly number[]): Operations {
  return typeof value === "number" ? ["J", word(value)] : ["(", value.map(integer), "t"];
}

/** A dictionary. */
export function dictionary(members: Readonly<Record<string, Operations>>): Operations {
  return ["}(", Object.entries(members).map(([name, value]) => [text(name), value]), "u"];
}

/** A tensor: what a view of a storage has that is not plain. */
export interface View {
  readonly storage?: string;
  readonly length?: number;
  readonly type?: string;
  readonly offset?: number;
  readonly shape: readonly number[];
  readonly strides?: readonly number[];
}

/** A tensor as torch.save() has it, row-major. */
export function tensor(
  { storage = "0", length, type = "FloatStorage", offset = 0, ...view }: View,
): Operations {
  const { shape } = view;
  const strides = view.strides ?? shape.map((_, i) => shape.slice(i + 1).reduce((a, b) => a * b, 1));
  const count = length ?? shape.reduce((a, b) => a * b, 1);
  return [
    "ctorch._utils\n_rebuild_tensor_v2\n((",
    text("storage"),
    `ctorch\n${type}\n`,
    text(storage),
    text("cpu"),
    [integer(count), "tQ", integer(offset), integer(shape), integer(strides)],
    [0x89, "ccollections\nOrderedDict\n)RtR"],
  ];
}

/** A file of torch.save(): a pickle, storages of zeros by their lengths in bytes, and other entries. */
export async function torchFile(
  operations: Operations,
  storages: Readonly<Record<string, number>> = {},
  others: Readonly<Record<string, string>> = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const entries = [
    { name: "a/data.pkl", bytes: pickle(operations) },
    ...Object.entries(storages).map(([key, length]) => ({
      name: `a/data/${key}`,
      bytes: new Uint8Array(length),
    })),
    ...Object.entries(others).map(([name, value]) => ({
      name: `a/${name}`,
      bytes: new TextEncoder().encode(value),
    })),
  ];
  return await zipFile(entries.map((entry) => ({ ...entry, method: 0 })));
}
