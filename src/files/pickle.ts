/**
 * Python's pickles, protocols 2 to 5, as far as plain values go: dictionaries, lists, tuples, texts, bytes, numbers, and
 * what a table of names makes. Whatever else a pickle names is refused, and never called. (Python 3.14, pickletools.py.)
 *
 * @module
 */
import { damaged, PickleBytes } from "./pickle/bytes.ts";
import { LongText } from "./pickle/long_text.ts";
import { PickleMachine, type PickleOptions } from "./pickle/machine.ts";

export { damaged } from "./pickle/bytes.ts";
export { LongText } from "./pickle/long_text.ts";
export { PickledObject, PickleGlobal, type PickleOptions } from "./pickle/machine.ts";

/** The most operations: a tensor takes about 40, and each may leave 200 bytes. */
const MOST_OPERATIONS = 200_000;

/** Bytes from which a text is a long one: names have fewer. */
const LONG = 2 ** 12;

/** The first operation, with the protocol behind it, and the last. */
const PROTOCOL = 0x80;
const STOP = 0x2e;

/** An operation. */
type Operation = (machine: PickleMachine) => void;

/** Numbers and texts. */
const VALUES: Readonly<Record<number, Operation>> = {
  0x4e: (m) => m.push(null),
  0x88: (m) => m.push(true),
  0x89: (m) => m.push(false),
  0x4a: (m) => m.push(m.bytes.i32()),
  0x4b: (m) => m.push(m.bytes.u8()),
  0x4d: (m) => m.push(m.bytes.u16()),
  0x8a: (m) => m.push(m.bytes.integer(m.bytes.u8())),
  0x8b: (m) => m.push(m.bytes.integer(m.bytes.u32())),
  0x47: (m) => m.push(m.bytes.f64()),
  0x54: (m) => m.push(m.bytes.text(m.bytes.u32())), // texts of Python 2
  0x55: (m) => m.push(m.bytes.text(m.bytes.u8())),
  0x58: (m) => m.push(anyText(m.bytes, m.bytes.u32())),
  0x8c: (m) => m.push(m.bytes.text(m.bytes.u8())),
  0x8d: (m) => m.push(anyText(m.bytes, m.bytes.u64())),
  0x42: (m) => m.push(m.bytes.take(m.bytes.u32())),
  0x43: (m) => m.push(m.bytes.take(m.bytes.u8())),
  0x8e: (m) => m.push(m.bytes.take(m.bytes.u64())),
  0x96: (m) => m.push(m.bytes.take(m.bytes.u64())),
};

/** A text, or a long one. */
function anyText(bytes: PickleBytes, length: number): string | LongText {
  return length < LONG ? bytes.text(length) : new LongText(bytes.take(length));
}

/** Containers; a tuple is a list here. */
const CONTAINERS: Readonly<Record<number, Operation>> = {
  0x28: (m) => m.mark(),
  0x30: (m) => void m.pop(),
  0x31: (m) => void m.items(),
  0x32: (m) => m.push(m.top()),
  0x5d: (m) => m.push([]),
  0x6c: (m) => m.push(m.items()),
  0x61: (m) => {
    const item = m.pop();
    m.list().push(item);
  },
  0x65: (m) => {
    const items = m.items();
    const list = m.list();
    for (const item of items) list.push(item);
  },
  0x29: (m) => m.push([]),
  0x74: (m) => m.push(m.items()),
  0x85: (m) => m.push([m.pop()]),
  0x86: (m) => m.push([m.pop(), m.pop()].reverse()),
  0x87: (m) => m.push([m.pop(), m.pop(), m.pop()].reverse()),
  0x7d: (m) => m.push(new Map()),
  0x64: (m) => {
    const items = m.items();
    m.push(new Map());
    m.put(items);
  },
  0x73: (m) => {
    const value = m.pop();
    m.put([m.pop(), value]);
  },
  0x75: (m) => m.put(m.items()),
};

/** Names, calls, the memo, and what lies beside the pickle. */
const OBJECTS: Readonly<Record<number, Operation>> = {
  0x63: (m) => m.push(m.find(m.bytes.line(), m.bytes.line())),
  0x93: (m) => {
    const name = m.pop();
    m.push(m.find(m.pop(), name));
  },
  0x52: (m) => m.call(),
  0x81: (m) => m.call(),
  0x62: (m) => m.build(),
  0x51: (m) => {
    const { persistent } = m.options;
    if (!persistent) throw damaged("it names what lies beside it");
    m.push(persistent(m.pop()));
  },
  0x68: (m) => m.push(m.recall(m.bytes.u8())),
  0x6a: (m) => m.push(m.recall(m.bytes.u32())),
  0x71: (m) => void m.memo.set(m.bytes.u8(), m.top()),
  0x72: (m) => void m.memo.set(m.bytes.u32(), m.top()),
  0x94: (m) => void m.memo.set(m.memo.size, m.top()),
  0x95: (m) => void m.bytes.u64(), // how long a frame is, which whoever reads a stream wants to know
};

const OPERATIONS: Readonly<Record<number, Operation>> = { ...VALUES, ...CONTAINERS, ...OBJECTS };

/**
 * Reads a pickle.
 *
 * @param pickle Its bytes; bytes in the result are a part of them.
 * @param options What names stand for.
 * @returns What it holds: dictionaries are Maps, lists and tuples arrays, texts of some thousand bytes LongTexts.
 * @throws {SyntaxError} If it is damaged, or has what only other objects need.
 * @throws {Error} If it names what is not known.
 *
 * @example Usage
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const refuse = (name: string) => new TypeError(`Cannot read ${name}`);
 * const options = { globals: new Map(), refuse };
 * assertEquals(readPickle(Uint8Array.of(0x80, 2, 0x4b, 7, 0x85, 0x2e), options), [7]);
 * const naming = new TextEncoder().encode("cos\nsystem\n.");
 * assertThrows(() => readPickle(Uint8Array.of(0x80, 2, ...naming), options), TypeError, "os.system");
 * ```
 */
export function readPickle(pickle: Uint8Array, options: PickleOptions): unknown {
  const bytes = new PickleBytes(pickle);
  const machine = new PickleMachine(bytes, options);
  if (bytes.u8() !== PROTOCOL) throw damaged("it does not begin with its protocol");
  const protocol = bytes.u8();
  if (protocol < 2 || protocol > 5) {
    throw new SyntaxError(`Cannot read the pickle as its protocol must be 2 to 5: it is ${protocol}`);
  }
  for (let count = 0; count < MOST_OPERATIONS; count++) {
    const code = bytes.u8();
    if (code === STOP) return machine.pop();
    const operation = OPERATIONS[code];
    if (!operation) throw damaged(`byte ${bytes.at - 1} is no operation of plain values, but ${code}`);
    operation(machine);
  }
  throw new SyntaxError(
    `Cannot read the pickle as it has more than ${MOST_OPERATIONS} operations: save the weights alone`,
  );
}
