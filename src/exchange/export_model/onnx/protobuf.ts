/**
 * Messages of Protocol Buffers as they are written: fields one after the other. Bytes are kept as they were given until all
 * of a message is put together, so that weights are copied once.
 *
 * @module
 */
import { joinBytes } from "../../../join_bytes.ts";

/** How a field lies on the wire. */
const WIRE = { integer: 0, bytes: 2, float: 5 } as const;

/** A message that grows. */
export class Message {
  readonly #parts: Uint8Array[] = [];
  #length = 0;

  /** A whole number from 0. */
  integer(field: number, value: number): this {
    this.#tag(field, WIRE.integer);
    return this.#add(varint(value));
  }

  /** A number of 32 bits. */
  float(field: number, value: number): this {
    this.#tag(field, WIRE.float);
    return this.#add(new Uint8Array(Float32Array.of(value).buffer));
  }

  /** Bytes, which must stay as they are until toBytes(). */
  bytes(field: number, bytes: Uint8Array): this {
    this.#tag(field, WIRE.bytes);
    return this.#add(varint(bytes.length)).#add(bytes);
  }

  /** A text. */
  text(field: number, text: string): this {
    return this.bytes(field, new TextEncoder().encode(text));
  }

  /** A message within, which grows no more. */
  message(field: number, inner: Message): this {
    this.#tag(field, WIRE.bytes);
    this.#add(varint(inner.#length));
    for (const part of inner.#parts) this.#add(part);
    return this;
  }

  /** How many bytes it has. */
  get length(): number {
    return this.#length;
  }

  /** All of it. */
  toBytes(): Uint8Array<ArrayBuffer> {
    return joinBytes(this.#parts);
  }

  #tag(field: number, type: number): void {
    this.#add(varint(8 * field + type));
  }

  #add(bytes: Uint8Array): this {
    this.#parts.push(bytes);
    this.#length += bytes.length;
    return this;
  }
}

/** A whole number of seven bits a byte, the lowest first. */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push(rest % 128 + 128);
  return Uint8Array.of(...bytes, rest);
}
