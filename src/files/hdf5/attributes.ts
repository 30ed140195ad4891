/**
 * Attributes of objects of an HDF5 file that are texts.
 *
 * @module
 */
import { damaged, type Hdf5Bytes, unknownForm } from "./bytes.ts";
import { countOf, readShape, readType } from "./types.ts";

/** Texts of an attribute. */
export interface TextAttribute {
  /** Its name. */
  readonly name: string;
  /** Whether it is one text rather than a list. */
  readonly single: boolean;
  /** The texts; none of an attribute of something else. */
  readonly texts: readonly string[];
}

/**
 * Reads an attribute message.
 *
 * @param file The file.
 * @param message The message.
 * @returns The attribute.
 */
export function readAttribute(file: Hdf5Bytes, message: Hdf5Bytes): TextAttribute {
  const version = message.u8(0);
  if (version < 1 || version > 3) throw unknownForm(`it has an attribute of version ${version}`);
  const padded = (size: number): number => version === 1 ? 8 * Math.ceil(size / 8) : size;
  const [nameSize, typeSize, spaceSize] = [2, 4, 6].map((at) => message.u16(at)) as [number, number, number];
  if (version > 1 && message.u8(1) !== 0) throw unknownForm("its attributes share types");
  const nameAt = version === 3 ? 9 : 8;
  const typeAt = nameAt + padded(nameSize);
  const spaceAt = typeAt + padded(typeSize);
  const dataAt = spaceAt + padded(spaceSize);
  const name = message.text(nameAt, nameSize);
  const { kind, size } = readType(message.part(typeAt, typeSize));
  const shape = readShape(message.part(spaceAt, spaceSize));
  const single = shape?.length === 0;
  if (kind !== "text" && kind !== "texts") return { name, single, texts: [] };
  const count = countOf(shape);
  if (!(dataAt + count * size <= message.length)) throw damaged(`its attribute has ${count} texts`);
  const texts = Array.from({ length: count }, (_, index) => {
    const at = dataAt + index * size;
    return kind === "text" ? message.text(at, size) : textInHeap(file, message.part(at, size));
  });
  return { name, single, texts };
}

/** A text that stands in the file's global heap: length, the collection's address, index. */
function textInHeap(file: Hdf5Bytes, place: Hdf5Bytes): string {
  const length = place.u32(0);
  const collection = place.address(4);
  if (length === 0 || collection === undefined) return "";
  file.expect(collection, "GCOL");
  const end = collection + file.size(collection + 8);
  const wanted = place.u32(12);
  for (let at = collection + 16; at + 16 <= end;) {
    const index = file.u16(at);
    const size = file.size(at + 8);
    if (index === 0) break;
    if (index === wanted) {
      if (length > size) throw damaged("a text is longer than its place");
      return file.text(at + 16, length);
    }
    at += 16 + 8 * Math.ceil(size / 8);
  }
  throw damaged("a text is missing");
}
