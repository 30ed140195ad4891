/**
 * Numbers in the bytes of an HDF5 file, little-endian. What lies outside of the file is an error.
 *
 * @module
 */

/**
 * Makes the error of a file that is not as HDF5 has it.
 *
 * @param complaint What is wrong with it.
 * @returns The error, to be thrown.
 */
export function damaged(complaint: string): SyntaxError {
  return new SyntaxError(`Cannot read the HDF5 file as ${complaint}: it is damaged`);
}

/**
 * Makes the error of a file of a form that nothing here reads.
 *
 * @param complaint What it has.
 * @returns The error, to be thrown.
 */
export function unknownForm(complaint: string): SyntaxError {
  return new SyntaxError(
    `Cannot read the HDF5 file as ${complaint}: what h5py writes for Keras, in chunks or packed by gzip too, is read alone`,
  );
}

/** The address of what is nowhere. */
const NOWHERE = 0xffff_ffff_ffff_ffffn;

/** The bytes of a file, or a part of them. */
export class Hdf5Bytes {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  /**
   * Takes the bytes of a file or a part.
   *
   * @param bytes The bytes.
   */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** How many there are. */
  get length(): number {
    return this.#bytes.length;
  }

  /** A number of 8 bits. */
  u8(at: number): number {
    this.#check(at, 1);
    return this.#view.getUint8(at);
  }

  /** A number of 16 bits. */
  u16(at: number): number {
    this.#check(at, 2);
    return this.#view.getUint16(at, true);
  }

  /** A number of 32 bits. */
  u32(at: number): number {
    this.#check(at, 4);
    return this.#view.getUint32(at, true);
  }

  /** A number of some bytes. */
  number(at: number, width: number): number {
    const number = this.raw(at, width).reduceRight((high, byte) => 256 * high + byte, 0);
    if (!Number.isSafeInteger(number)) throw damaged(`it states the size ${number}`);
    return number;
  }

  /** A length or count of 64 bits. */
  size(at: number): number {
    this.#check(at, 8);
    const size = this.#view.getBigUint64(at, true);
    if (size > BigInt(Number.MAX_SAFE_INTEGER)) throw damaged(`it states the size ${size}`);
    return Number(size);
  }

  /** An address; undefined of what is nowhere. */
  address(at: number): number | undefined {
    this.#check(at, 8);
    return this.#view.getBigUint64(at, true) === NOWHERE ? undefined : this.size(at);
  }

  /** A part of them. */
  part(at: number, length: number): Hdf5Bytes {
    return new Hdf5Bytes(this.raw(at, length));
  }

  /** A part as it is. */
  raw(at: number, length: number): Uint8Array {
    this.#check(at, length);
    return this.#bytes.subarray(at, at + length);
  }

  /** A text that ends with a zero, or with the part. */
  text(at: number, most: number): string {
    const bytes = this.raw(at, most);
    const end = bytes.indexOf(0);
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(end < 0 ? bytes : bytes.subarray(0, end));
    } catch {
      throw damaged("a text in it is not UTF-8");
    }
  }

  /** Checks that a structure begins where it shall. */
  expect(at: number, signature: string): void {
    const begins = [...signature].every((letter, i) => this.#bytes[at + i] === letter.charCodeAt(0));
    if (!begins) throw damaged(`${signature.replace(/\W/g, "")} is not where it should be`);
  }

  #check(at: number, length: number): void {
    if (!(at >= 0 && at + length <= this.#bytes.length)) throw damaged("something lies outside of it");
  }
}
