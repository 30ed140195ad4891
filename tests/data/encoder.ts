/** The way from text to bytes in the encodings of TextDecoder, by tables of what their bytes decode to. @module */

const TABLES = new Map<string, Map<string, number[]>>();

/** Every character of one byte and of two, and the bytes that decode to it. */
function tableOf(encoding: string): Map<string, number[]> {
  const table = new Map<string, number[]>();
  const decoder = new TextDecoder(encoding, { fatal: true });
  const add = (...bytes: number[]): void => {
    try {
      const text = decoder.decode(Uint8Array.from(bytes));
      if ([...text].length === 1 && !table.has(text)) table.set(text, bytes);
    } catch {
      // these bytes are no character
    }
  };
  for (let byte = 0; byte < 256; byte++) add(byte);
  if (!["gb18030", "big5", "euc-jp", "euc-kr", "shift_jis"].includes(encoding)) return table;
  for (let lead = 0x81; lead < 0xff; lead++) {
    for (let trail = 0x40; trail < 0xff; trail++) add(lead, trail);
  }
  return table;
}

function fromTable(text: string, encoding: string): number[] {
  if (!TABLES.has(encoding)) TABLES.set(encoding, tableOf(encoding));
  return [...text].flatMap((character) => {
    const bytes = TABLES.get(encoding)!.get(character);
    if (bytes === undefined) throw new RangeError(`${encoding} has no "${character}"`);
    return bytes;
  });
}

/** Runs of Japanese between escape sequences; the rest is ASCII. */
function iso2022jp(text: string): number[] {
  return (text.match(/\p{ASCII}+|\P{ASCII}+/gu) ?? []).flatMap((run) => {
    if (run < "\x80") return fromTable(run, "windows-1252");
    return [0x1b, 0x24, 0x42, ...fromTable(run, "euc-jp").map((byte) => byte & 0x7f), 0x1b, 0x28, 0x42];
  });
}

/** Vietnamese has letters with hats of their own there, and its tones behind the letters. */
function windows1258(text: string): number[] {
  return [...text].flatMap((character) => {
    const parts = character.normalize("NFD");
    const tones = parts.replace(/[^\u0300\u0301\u0303\u0309\u0323]/g, "");
    const letter = parts.replace(/[\u0300\u0301\u0303\u0309\u0323]/g, "").normalize("NFC");
    return fromTable(letter + tones, "windows-1258");
  });
}

/** The bytes of a text. */
export function encode(text: string, encoding: string): Uint8Array<ArrayBuffer> {
  if (encoding === "utf-16le" || encoding === "utf-16be") {
    const view = new DataView(new ArrayBuffer(2 * text.length));
    for (let i = 0; i < text.length; i++) view.setUint16(2 * i, text.charCodeAt(i), encoding === "utf-16le");
    return new Uint8Array(view.buffer);
  }
  if (encoding === "iso-2022-jp") return Uint8Array.from(iso2022jp(text));
  return Uint8Array.from(encoding === "windows-1258" ? windows1258(text) : fromTable(text, encoding));
}
