/** Zip files: what is read, and what is refused in one sentence. @module */
import { assertEquals, assertRejects } from "@std/assert";
import { chunksOf, gather } from "../../src/files/byte_chunks.ts";
import { readZip, type ZipEntry } from "../../src/files/zip.ts";
import { concat, type Member, zipFile } from "./zip_files.ts";

const POEM = new TextEncoder().encode("分开 不分开\n".repeat(500));
const NOTE = new TextEncoder().encode("a note");

function open(bytes: Uint8Array): Promise<ZipEntry[]> {
  return readZip({
    title: '"a.zip"',
    size: bytes.length,
    slice: (from, to) => chunksOf(bytes.slice(from, to)),
  });
}

async function unpack(member: Partial<Member>): Promise<Uint8Array> {
  const [entry] = await open(await zipFile([{ name: "poem.txt", bytes: POEM, ...member }]));
  return await gather(entry!.chunks());
}

Deno.test("readZip() lists files and gives their bytes, stored and deflated, with 32 and 64 bits", async () => {
  for (const wide of [false, true]) {
    const entries = await open(
      await zipFile([
        { name: "texts/", bytes: new Uint8Array(0), method: 0 },
        { name: "texts/诗.txt", bytes: POEM },
        { name: "note", bytes: NOTE, method: 0 },
      ], wide),
    );
    assertEquals(entries.map(({ name, size }) => [name, size]), [["texts/诗.txt", POEM.length], ["note", 6]]);
    assertEquals(await gather(entries[0]!.chunks()), POEM);
    assertEquals(await gather(entries[1]!.chunks()), NOTE);
  }
});

Deno.test("readZip() finds the directory before a comment, and an empty one", async () => {
  const bytes = await zipFile([{ name: "note", bytes: NOTE }]);
  const comment = new TextEncoder().encode("PK\x05\x06 is what ends a zip file, they say");
  bytes[bytes.length - 2] = comment.length;
  assertEquals((await open(concat(bytes, comment))).length, 1);
  assertEquals(await open(await zipFile([])), []);
});

Deno.test("readZip() reads what Python's zipfile wrote", async () => {
  const bytes = Uint8Array.fromBase64(
    "UEsDBBQAAAgIAAAAIVhHpvzIJwAAAHwAAAAHAAAA6K+XLnR4dHvauvlp6+aXs/te7ljwfk/P0zkrnm3a/GRn97Mtmx" +
      "43NHE9paU0AFBLAQIUAxQAAAgIAAAAIVhHpvzIJwAAAHwAAAAHAAAAAAAAAAAAAACAAQAAAADor5cudHh0UEsFBgAA" +
      "AAABAAEANQAAAEwAAAAAAA==",
  );
  const [entry] = await open(bytes);
  assertEquals(entry!.name, "诗.txt");
  assertEquals(new TextDecoder().decode(await gather(entry!.chunks())), "关关雎鸠，在河之洲。\n".repeat(4));
});

Deno.test("readZip() holds sizes and checksums", async () => {
  assertEquals(await unpack({}), POEM);
  const complaint = 'Cannot read "a.zip" as its entry "poem.txt" does not unpack to what its directory says';
  for (const wrong of [{ crc: 1 }, { size: POEM.length - 1 }, { size: POEM.length + 1 }, { size: 0 }]) {
    await assertRejects(() => unpack(wrong), SyntaxError, complaint);
    await assertRejects(() => unpack({ ...wrong, method: 0 }), SyntaxError, complaint);
  }
});

Deno.test("readZip() refuses encrypted entries and other methods, with what to do", async () => {
  await assertRejects(
    () => unpack({ flags: 1 }),
    SyntaxError,
    "is encrypted: unpack it with its password first",
  );
  await assertRejects(
    () => unpack({ method: 12 }),
    SyntaxError,
    "is packed by method 12, neither stored nor",
  );
});

Deno.test("readZip() never fails but with a sentence, whichever byte is damaged or missing", async () => {
  for (const wide of [false, true]) {
    const bytes = await zipFile(
      [{ name: "poem", bytes: POEM.subarray(0, 60) }, { name: "b", bytes: NOTE }],
      wide,
    );
    const variants = [
      ...Array.from(bytes, (_, i) => bytes.subarray(0, i)),
      ...Array.from(bytes, (byte, i) => bytes.with(i, byte ^ 0xff)),
      ...Array.from(bytes, (byte, i) => bytes.with(i, byte ^ 1)),
    ];
    let refused = 0;
    for (const variant of variants) {
      try {
        for (const entry of await open(variant)) {
          const found = await gather(entry.chunks());
          const known = [POEM.subarray(0, 60), NOTE].some((one) =>
            one.length === found.length && one.every((byte, i) => byte === found[i])
          );
          assertEquals(known || found.length === 0, true, "damaged bytes came through");
        }
      } catch (error) {
        refused++;
        assertEquals(error instanceof SyntaxError, true, String(error));
        assertEquals((error as Error).message.startsWith('Cannot read "a.zip" as '), true, String(error));
      }
    }
    assertEquals(refused > variants.length / 2, true);
  }
});
