/** Where the text of a corpus comes from, and what is said where it is none. @module */
import { assertEquals, assertRejects } from "@std/assert";
import { openCorpus } from "../../src/cli/corpus_files.ts";
import { concat, pack, zipFile } from "../files/zip_files.ts";
import { temporaryFolder } from "../files/temporary_folder.ts";

const UTF8 = new TextEncoder();

/** A folder of files by their names. */
async function folderOf(files: Record<string, string | Uint8Array>) {
  const folder = await temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    const path = `${folder.path}/${name}`;
    await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    await Deno.writeFile(path, typeof content === "string" ? UTF8.encode(content) : content);
  }
  return { ...folder, of: (...names: string[]) => names.map((name) => `${folder.path}/${name}`) };
}

/** The text of paths, and what was left out. */
async function read(
  paths: string[],
  mostBytes?: number,
  encoding = "utf-8",
): Promise<[string, readonly string[]]> {
  const { pieces, leftOut } = openCorpus(paths, { encoding, ...(mostBytes ? { mostBytes } : {}) });
  return [(await Array.fromAsync(pieces)).join(""), leftOut];
}

Deno.test("a corpus of several files has them in the order given, each from a line of its own", async () => {
  await using files = await folderOf({ a: "first", b: "second\n", c: "third\r", d: "\ufefffourth" });
  assertEquals(await read(files.of("b", "a", "d", "c", "a")), ["second\nfirst\nfourth\nthird\rfirst", []]);
  assertEquals(openCorpus(["b", "-", "a"], { encoding: "utf-8" }).name, "b, standard input, a");
  const { pieces } = openCorpus(files.of("a", "d"), { encoding: undefined });
  assertEquals(concat(...await Array.fromAsync(pieces) as Uint8Array[]), UTF8.encode("first\ufefffourth"));
});

Deno.test("a folder gives its texts by name, and tells what it leaves out", async () => {
  await using files = await folderOf({
    "poems/b.txt": "second\n",
    "poems/a": "first",
    "poems/10.txt": "tenth",
    "poems/.hidden": "no",
    "poems/old/c.txt": "no",
    "poems/empty.txt": "",
    "poems/cover.jpg": Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 1),
    "poems/model.bin": Uint8Array.of(0x61, 0, 0, 0, 1, 2, 3, 4),
    "poems/more.zip": await zipFile([{ name: "d.txt", bytes: UTF8.encode("fourth") }]),
    "poems/song.gz": await pack(UTF8.encode("fifth"), "gzip"),
  });
  await Deno.symlink("nowhere", `${files.path}/poems/link`);
  for (const path of ["poems", "poems/"]) {
    const [text, leftOut] = await read(files.of(path));
    assertEquals(text, "tenth\nfirst\nsecond\nfourth\nfifth");
    assertEquals(leftOut, [
      ".hidden (hidden)",
      "cover.jpg (a JPEG image)",
      "empty.txt (empty)",
      "link (a broken link)",
      "model.bin (no text)",
      "old (a folder)",
    ]);
  }
});

Deno.test("gzip and zip files are known by their bytes, whatever their names", async () => {
  const poem = UTF8.encode("分开 不分开\n".repeat(20_000));
  await using files = await folderOf({
    "plain.gz": "no gzip",
    "packed.txt": await pack(poem, "gzip"),
    "zipped": await zipFile([
      { name: "__MACOSX/._poem.txt", bytes: UTF8.encode("no") },
      { name: "texts/", bytes: new Uint8Array(0) },
      { name: "texts/.DS_Store", bytes: UTF8.encode("no") },
      { name: "texts/poem.txt", bytes: poem },
    ]),
  });
  const text = new TextDecoder().decode(poem);
  assertEquals(await read(files.of("packed.txt")), [text, []]);
  assertEquals(await read(files.of("zipped")), [text, []]);
  assertEquals(await read(files.of("plain.gz")), ["no gzip", []]);
});

Deno.test("what cannot be read is named, with what to do", async () => {
  const note = UTF8.encode("a note of some length, to be packed");
  const packed = await pack(note, "gzip");
  await using files = await folderOf({
    "empty.txt": "",
    "bad.txt": Uint8Array.of(0x61, 0xff),
    "two.gz": concat(packed, packed),
    "cut.gz": packed.slice(0, -9),
    "damaged.gz": packed.with(14, 0x55),
    "empty.gz": await pack(new Uint8Array(0), "gzip"),
    "two.zip": await zipFile([{ name: "a", bytes: note }, { name: "b", bytes: note }]),
    "evil.zip": await zipFile([{ name: "\x1b[31m\u202e", bytes: note }, { name: "b", bytes: note }]),
    "none.zip": await zipFile([]),
    "cut.zip": (await zipFile([{ name: "a", bytes: note }])).slice(0, -30),
    "secret.zip": await zipFile([{ name: "a", bytes: note, flags: 1 }]),
    "image.zip": await zipFile([{ name: "a.png", bytes: UTF8.encode("\x89PNG\r\n") }]),
    "paper.pdf": "%PDF-1.7 and so on",
    "model.bin": Uint8Array.of(0x61, 0, 0, 0, 1, 2, 3, 4),
    "utf32.txt": Uint8Array.from([...UTF8.encode("a poem of winter")].flatMap((byte) => [byte, 0, 0, 0])),
    "utf16.txt": Uint8Array.from([...UTF8.encode("a poem of winter")].flatMap((byte) => [byte, 0])),
    "nothing/.hidden": "a",
    "nothing/sub/a": "a",
    "bare/.keep": "",
  });
  await Deno.mkdir(`${files.path}/void`);
  const cases: Record<string, string> = {
    "quite another/file": "no such file or folder",
    "empty.txt": "as it is empty: name a file with a text",
    "bad.txt": 'bad.txt" as UTF-8: invalid byte 0xff at offset 1',
    "two.gz": "as its gzip data is damaged, or goes on behind its end: unpack it with gunzip first",
    "cut.gz": "as its gzip data is damaged",
    "damaged.gz": "as its gzip data is damaged",
    "empty.gz": "as it is empty",
    "two.zip": 'as it is a zip file of 2 files, "a", "b": unpack it and name its folder',
    "evil.zip": 'as it is a zip file of 2 files, "\\u001b[31m\\u202e", "b": unpack it and name its folder',
    "none.zip": "as it is a zip file without a text",
    "cut.zip": "as its directory is missing: the zip file is damaged",
    "secret.zip": 'as its entry "a" is encrypted: unpack it with its password first',
    "paper.pdf": "as it is a PDF file: take its text out of it, and name that",
    "model.bin": "as it is no text: byte 0x00 at offset 1; train --tokenizer byte takes any bytes",
    "utf32.txt": "as it is UTF-32, which no decoder reads: convert it to UTF-8",
    "utf16.txt": 'as UTF-8: it is utf-16le: try encoding "utf-16le"',
    "nothing": "as it has no text: it has .hidden (hidden), sub (a folder)",
    "void": "as it has no text: it is empty",
  };
  for (const [name, sentence] of Object.entries(cases)) {
    const [path] = files.of(name);
    const error = await assertRejects(() => read([path!]), Error, sentence);
    assertEquals(error instanceof SyntaxError || error instanceof RangeError, true);
    assertEquals(error.message.startsWith("Cannot "), true, error.message);
    assertEquals(error.message.includes(`"${path}`), true, error.message);
  }
});

Deno.test("a path that leads nowhere is told with where it begins", async () => {
  await assertRejects(
    () => read(["none.txt"]),
    RangeError,
    `Cannot read "none.txt": no such file or folder in ${Deno.cwd()}`,
  );
});

Deno.test("a file that may not be read is told with what to do", async () => {
  await using files = await folderOf({ "a.txt": "mine" });
  const { open } = Deno;
  try {
    Deno.open = () =>
      Promise.reject(new Deno.errors.PermissionDenied("Permission denied (os error 13): open 'a.txt'"));
    await assertRejects(
      () => read(files.of("a.txt")),
      RangeError,
      'a.txt": permission denied, make it readable as chmod +r does',
    );
  } finally {
    Deno.open = open;
  }
});

Deno.test("a text, a pipe, an endless file and a bomb end at the same limit", async () => {
  const zeros = new Uint8Array(2 ** 20);
  await using files = await folderOf({
    "long.txt": "a".repeat(101),
    "half.txt": "a".repeat(60),
    "bomb.gz": await pack(zeros, "gzip"),
    "bomb.zip": await zipFile([{ name: "zeros", bytes: zeros }]),
  });
  const limit = 100;
  const refused = (paths: string[], encoding?: string) =>
    assertRejects(
      async () => {
        for await (const _ of openCorpus(paths, { encoding, mostBytes: limit }).pieces) { /* goes on */ }
      },
      RangeError,
      "as it has more than 100 bytes: maxChars 1000000 takes its beginning",
    );
  await refused(files.of("long.txt"), "utf-8");
  await refused(files.of("half.txt", "half.txt"), "utf-8");
  for (const name of ["bomb.gz", "bomb.zip"]) await refused(files.of(name));
  await refused(["/dev/zero"]);
  assertEquals((await read(files.of("half.txt"), limit))[0].length, 60);
});

Deno.test(
  "large files that are packed, or no text, are closed as well",
  { sanitizeResources: true },
  async () => {
    const noise = Uint8Array.from({ length: 2 ** 20 }, (_, i) => (i * i) >> 3 & 0xff);
    const text = "a".repeat(2 ** 20);
    await using files = await folderOf({
      "texts/a.zip": await zipFile([{ name: "a", bytes: UTF8.encode(text), method: 0 }]),
      "texts/b.bin": noise,
      "texts/c.zip": await zipFile([{ name: "a", bytes: noise, method: 0 }, {
        name: "b",
        bytes: noise,
        method: 0,
      }]),
      "damaged.zip": (await zipFile([{ name: "a", bytes: noise, method: 0 }])).slice(0, -9),
    });
    const [found, leftOut] = await read(files.of("texts"));
    assertEquals([found.length, leftOut.length], [text.length, 2]);
    await assertRejects(() => read(files.of("damaged.zip")), SyntaxError);
  },
);

Deno.test(
  "no more is read than is asked for, and files are closed",
  { sanitizeResources: true },
  async () => {
    await using files = await folderOf({
      "a": "a".repeat(2 ** 20),
      "b.gz": await pack(new Uint8Array(2 ** 22).fill(97), "gzip"),
    });
    for (const paths of [["/dev/zero"], files.of("a"), files.of("b.gz"), files.of("a", "none")]) {
      let size = 0;
      for await (const piece of openCorpus(paths, { encoding: undefined }).pieces) {
        size += piece.length;
        break;
      }
      assertEquals(size > 0 && size <= 2 ** 24, true, `${size}`);
    }
  },
);
