/**
 * Where the text of a corpus comes from: files, folders, gzip and zip files, standard input.
 *
 * @module
 */
import { type Chunks, decodeChunks } from "../data/chunks.ts";
import { suggestEncoding } from "../data/suggest_encoding.ts";
import { isUtf32 } from "../data/utf32.ts";
import { listNames, pathKind } from "../files/paths.ts";
import { chunksOf, gather, inflate, limited, peek, type Peeked } from "../files/byte_chunks.ts";
import { knownFormat } from "../files/known_formats.ts";
import { readZip, type ZipEntry, type ZipSource } from "../files/zip.ts";
import { errorNaming } from "../messages/naming.ts";
import { firstOf } from "../messages/printable.ts";
import { quote } from "../messages/quote.ts";
import { readChunks, regularSize } from "./file_chunks.ts";

/** As many bytes of a file tell whether it is a text. */
const HEAD = 2 ** 16;

/** A text may have as many bytes, packed ones unpacked: an endless file and a bomb end here. */
const MOST_BYTES = 2 ** 31;

/** How many names a sentence lists. */
const MOST_NAMES = 5;

/** How the bytes of a corpus are read. */
export interface ReadingOptions {
  /** The encoding, any label of TextDecoder; undefined takes the bytes as they are. */
  readonly encoding: string | undefined;
  /** @default {2 ** 31} */
  readonly mostBytes?: number;
}

/** A corpus that is being read. */
export interface CorpusText {
  /** Its files, for people. */
  readonly name: string;
  /** The text, or bytes where no encoding is named. */
  readonly pieces: AsyncIterable<string | Uint8Array>;
  /** What was left out of folders and zip files so far, and why: "cover.jpg (a JPEG image)". */
  readonly leftOut: readonly string[];
}

/** Why a file is no text: the error of one that was named, and the reason why one of a folder is left out. */
class NoText extends SyntaxError {
  constructor(path: string, readonly reason: string, advice: string) {
    super(`Cannot use ${path} as it is ${reason}: ${advice}`);
  }
}

/**
 * Opens a corpus. Files follow each other in the order given, those of a folder in the order of their names. A line break
 * goes between two of them where the first does not end in one; bytes are joined as they are.
 *
 * @param paths Files, folders, "-" for standard input.
 * @param options How their bytes are read.
 * @returns The text as it is read.
 */
export function openCorpus(paths: readonly string[], options: ReadingOptions): CorpusText {
  const leftOut: string[] = [];
  const reader = new CorpusReader(options, leftOut);
  const name = firstOf(paths.map((path) => path === "-" ? "standard input" : path), MOST_NAMES);
  return { name, leftOut, pieces: reader.read(paths) };
}

class CorpusReader {
  readonly #encoding: string | undefined;
  readonly #mostBytes: number;
  /** How many bytes may follow. */
  #left: number;
  readonly #leftOut: string[];
  /** Whether a line break is missing before the next file. */
  #open = false;

  constructor({ encoding, mostBytes = MOST_BYTES }: ReadingOptions, leftOut: string[]) {
    this.#encoding = encoding;
    this.#mostBytes = mostBytes;
    this.#left = mostBytes;
    this.#leftOut = leftOut;
  }

  async *read(paths: readonly string[]): AsyncGenerator<string | Uint8Array, void, void> {
    for (const path of paths) {
      if (path === "-") yield* this.#file("standard input", Deno.stdin.readable);
      else if (await kindOf(path) === "folder") yield* this.#folder(path);
      else yield* this.#file(`"${path}"`, readChunks(path), path);
    }
  }

  async *#folder(folder: string): AsyncGenerator<string | Uint8Array, void, void> {
    let empty = true;
    const before = this.#leftOut.length;
    for (const name of await listNames(folder)) {
      const path = `${folder.replace(/\/+$/, "")}/${name}`;
      try {
        const reason = await whyNot(path, name);
        if (reason !== undefined) throw new NoText(path, reason, "");
        yield* this.#file(`"${path}"`, readChunks(path), path);
        empty = false;
      } catch (error) {
        if (!(error instanceof NoText)) throw error;
        this.#leftOut.push(`${name} (${error.reason})`);
      }
    }
    if (!empty) return;
    const names = this.#leftOut.slice(before);
    throw new RangeError(
      `Cannot use folder "${folder}" as it has no text` +
        (names.length > 0 ? `: it has ${firstOf(names, MOST_NAMES)}` : ": it is empty"),
    );
  }

  /** One file: unpacked where it is packed, and decoded where it shall be. */
  async *#file(
    title: string,
    chunks: AsyncIterable<Uint8Array>,
    path?: string,
  ): AsyncGenerator<string | Uint8Array, void, void> {
    const packed = await peek(chunks, HEAD);
    try {
      const { head, all, close } = await this.#unpacked(title, packed, path);
      try {
        if (head.length === 0) throw new NoText(title, "empty", "name a file with a text");
        this.#assertText(title, head);
        const whole = this.#counted(limited(all, this.#left, () => tooLong(title, this.#mostBytes)));
        if (this.#encoding === undefined) yield* whole;
        else yield* this.#decoded(title, whole, this.#encoding);
      } finally {
        await close();
      }
    } finally {
      await packed.close();
    }
  }

  async #unpacked(title: string, packed: Peeked, path: string | undefined): Promise<Peeked> {
    switch (knownFormat(packed.head)) {
      case "a gzip file": {
        const complaint = (cause: unknown): Error =>
          new SyntaxError(
            `Cannot read ${title} as its gzip data is damaged, or goes on behind its end: unpack it with gunzip first`,
            { cause },
          );
        return await peek(inflate(packed.all, "gzip", complaint), HEAD);
      }
      case "a zip file": {
        const entry = await this.#entryOf(title, await this.#zipSource(title, packed, path));
        return await peek(entry.chunks(), HEAD);
      }
    }
    return packed;
  }

  /** A zip file is read from its end, so one that comes through a pipe is taken whole. */
  async #zipSource(title: string, { all }: Peeked, path: string | undefined): Promise<ZipSource> {
    const size = path === undefined ? undefined : await regularSize(path);
    if (path !== undefined && size !== undefined) {
      return { title, size, slice: (from, to) => readChunks(path, { from, to }) };
    }
    const bytes = await gather(limited(all, this.#mostBytes, () => tooLong(title, this.#mostBytes)));
    return { title, size: bytes.length, slice: (from, to) => chunksOf(bytes.subarray(from, to)) };
  }

  /** The one text of a zip file. */
  async #entryOf(title: string, file: ZipSource): Promise<ZipEntry> {
    const entries = (await readZip(file)).filter(({ size }) => size > 0);
    const visible = entries.filter(({ name }) => !/(^|\/)(\.|__MACOSX\/)/.test(name));
    if (visible.length === 1) return visible[0]!;
    if (visible.length === 0) throw new NoText(title, "a zip file without a text", "name a file with a text");
    const names = firstOf(visible.map(({ name }) => quote(name)), 3);
    throw new NoText(
      title,
      `a zip file of ${visible.length} files, ${names}`,
      "unpack it and name its folder",
    );
  }

  #assertText(title: string, head: Uint8Array): void {
    const encoding = this.#encoding;
    if (encoding === undefined) return;
    const format = knownFormat(head);
    if (format !== undefined) throw new NoText(title, format, "take its text out of it, and name that");
    const zero = head.indexOf(0);
    if (zero < 0 || /^\s*(utf-16|unicode|ucs-2|iso-10646)/i.test(encoding)) return;
    if (isUtf32(head)) {
      throw new SyntaxError(
        `Cannot read ${title} as it is UTF-32, which no decoder reads: convert it to UTF-8`,
      );
    }
    if (suggestEncoding(head) !== undefined) return; // UTF-16, which the decoder says
    throw new NoText(title, "no text", `byte 0x00 at offset ${zero}; train --tokenizer byte takes any bytes`);
  }

  async *#counted(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
    for await (const chunk of chunks) {
      this.#left -= chunk.length;
      yield chunk;
    }
  }

  async *#decoded(title: string, chunks: Chunks, encoding: string): AsyncGenerator<string, void, void> {
    if (this.#open) yield "\n";
    let last = "\n";
    for await (const piece of decodeChunks(chunks, { encoding, title })) {
      if (piece === "") continue;
      last = piece.at(-1)!;
      yield piece;
    }
    this.#open = last !== "\n" && last !== "\r";
  }
}

/** What lies at a path that was named. */
async function kindOf(path: string): Promise<"file" | "folder"> {
  const kind = await pathKind(path);
  if (kind !== "nothing") return kind;
  const place = /^([/\\]|\w:)/.test(path) ? "" : ` in ${Deno.cwd()}`;
  throw new RangeError(`Cannot read "${path}": no such file or folder${place}`);
}

/** Why an entry of a folder is no text, as far as its name and kind tell. */
async function whyNot(path: string, name: string): Promise<string | undefined> {
  if (name.startsWith(".")) return "hidden";
  const kind = await pathKind(path);
  if (kind === "folder") return "a folder";
  if (kind === "nothing") return "a broken link";
  return await regularSize(path) === undefined ? "no regular file" : undefined;
}

function tooLong(title: string, most: number): RangeError {
  const size = most >= 2 ** 30 ? `${most / 2 ** 30} GiB` : `${most} bytes`;
  return errorNaming(
    RangeError,
    (option) =>
      `Cannot read all of ${title} as it has more than ${size}: ${
        option("maxChars", 1_000_000)
      } takes its beginning`,
  );
}
