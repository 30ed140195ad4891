/** Bytes that are no text: they train as they are, and `generate --raw` writes them. @module */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { temporaryFolder } from "../files/temporary_folder.ts";
import { command, refrain } from "./spawn.ts";

/** A period of bytes: none of UTF-8, a zero, a line break, a part of a character and a whole one. */
const PERIOD = [0x61, 0xff, 0x00, 0x80, 0x0a, 0xe5, 0x88, 0xe5, 0x88, 0x86];

const folder = await temporaryFolder();
const cwd = folder.path;
await Deno.writeFile(
  `${cwd}/song.bin`,
  Uint8Array.from({ length: 1200 }, (_, i) => PERIOD[i % PERIOD.length]!),
);
await Deno.writeTextFile(`${cwd}/song.txt`, "我们只是暂时分开\n".repeat(20));
Deno.test.afterAll(async () => await folder[Symbol.asyncDispose]());

const SIZE = "--batch-size 2 --num-steps 20 --hidden-size 24 --learning-rate 0.02 --device wasm --threads 1"
  .split(" ");

async function train(args: string): Promise<void> {
  const { code, stderr } = await refrain(["train", "--preset=tutorial", ...args.split(" "), ...SIZE], {
    cwd,
  });
  assertEquals([code, stderr], [0, ""]);
}

Deno.test("bytes that are not UTF-8 train as they are, and come back as bytes and as text", async () => {
  await train("--corpus song.bin --tokenizer byte --prefix a --epochs 40 --log-every 40 --out bytes");
  const bytes = async (args: string): Promise<number[]> => {
    const generate = `generate --model bytes --temperature 0 --device wasm ${args}`.split(" ");
    const { code, stdout, stderr } = await command(generate, { cwd }).output();
    assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
    return [...stdout];
  };
  assertEquals(await bytes("--raw --prefix a --length 19"), [...PERIOD, ...PERIOD]);
  assertEquals(await bytes("--raw --prefix a --length 0"), [0x61]);
  assertEquals(await bytes("--raw --prefix a --length 19 --stop 分"), PERIOD.slice(0, 7));
  const text = new TextDecoder().decode(Uint8Array.from([...PERIOD, ...PERIOD, 0x0a]));
  assertMatch(text, /^a\ufffd\0\ufffd\n\ufffd分/);
  assertEquals(await bytes("--prefix a --length 19"), [...new TextEncoder().encode(text)]);

  const { code, stdout } = await refrain(
    ["evaluate", "--model", "bytes", "--corpus", "song.bin", "--device", "wasm"],
    { cwd },
  );
  assertEquals(code, 0);
  assertMatch(stdout, /perplexity +1\.0/);
});

Deno.test("--raw is refused where it would have no effect, and where nothing would part the texts", async () => {
  await train("--corpus song.txt --epochs 1 --log-every 1 --out text");
  await train("--corpus song.txt --tokenizer byte --epochs 1 --log-every 1 --out utf8");
  const refused = async (args: string, sentence: string): Promise<void> => {
    const { code, stdout, stderr } = await refrain(`generate --raw ${args}`.split(" "), { cwd });
    assertStringIncludes(stderr, sentence);
    assertEquals([code, stdout], [2, ""]);
  };
  await refused("--model text", 'Cannot use "--raw" with "--model text');
  await refused("--model text", "its tokens are characters, which are written as text");
  await refused(
    "--model utf8 --count 2",
    'Cannot use "--raw" with "2 texts": nothing would part their bytes',
  );
  await refused("--model utf8 --prefix 我 --prefix 分", 'with "2 texts"');
});
