/** `export --html`: where the page goes, what it takes the place of, and names that would break out of it. @module */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { encodeModel, GRU, openDevice, RNNModel, Vocabulary } from "../../mod.ts";
import { temporaryFolder } from "../files/temporary_folder.ts";
import { refrain, type Result } from "./spawn.ts";

const folder = await temporaryFolder();
const cwd = folder.path;
Deno.test.afterAll(async () => await folder[Symbol.asyncDispose]());

const HOSTILE = "<script>hit<!--";
const SIGNS = ["</script><script>hit=1</script>".slice(0, 1), "/", "!", "-", "s", "\u2028"];
const exported = (...args: string[]): Promise<Result> => refrain(["export", ...args], { cwd });

async function makeRun(path: string): Promise<Uint8Array> {
  using device = await openDevice("wasm", { threads: 1 });
  const size = SIGNS.length;
  const model = new RNNModel(new GRU(device, { inputSize: size, hiddenSize: 8, seed: 0 }), size);
  const bytes = await encodeModel(model, Vocabulary.fromTokens(SIGNS));
  await Deno.mkdir(`${cwd}/${path}`, { recursive: true });
  await Deno.writeFile(`${cwd}/${path}/model.safetensors`, bytes);
  return bytes;
}

Deno.test("export writes a page by the run's name, anew too, and nothing in it breaks out", async () => {
  const bytes = await makeRun(`runs/${HOSTILE}`);
  const file = `${HOSTILE}.html`;
  for (const round of [1, 2]) {
    const { code, stdout, stderr } = await exported(HOSTILE, "--html", "--json");
    assertEquals([code, stderr], [0, ""], `round ${round}`);
    const told = JSON.parse(stdout);
    assertEquals([told.page, told.modelBytes], [file, bytes.length]);
  }
  const page = await Deno.readTextFile(`${cwd}/${file}`);
  assert(page.length <= 1_600_000 + 4 / 3 * bytes.length, `it has ${page.length} bytes`);
  assertEquals(page.match(/<script\b/g)!.length, 6, "data, model, kernels, engine, two scripts");
  assertEquals(page.match(/<\/script>/g)!.length, 6);
  assertEquals(page.match(/<!--/g)!.length, 1, "the first comment");
  assertStringIncludes(page, bytes.toBase64());
});

Deno.test("export takes the place of no other file, and says what it cannot do", async () => {
  await makeRun("runs/poems");
  await Deno.writeTextFile(`${cwd}/mine.html`, "mine");
  for (
    const [args, code, sentence] of [
      [
        ["poems", "--html", "--out", "mine.html"],
        1,
        'Cannot write the page to "mine.html" as another file is there',
      ],
      [["poems", "--html", "--out", "runs"], 1, 'Cannot write the page to "runs" as a folder is there'],
      [["poems"], 2, 'Cannot export without "--html"'],
      [["nothing", "--html"], 1, "nothing"],
    ] as const
  ) {
    const result = await exported(...args);
    assertEquals([result.code, result.stdout], [code, ""]);
    assertStringIncludes(result.stderr, `error: `);
    assertStringIncludes(result.stderr, sentence);
  }
  assertEquals(await Deno.readTextFile(`${cwd}/mine.html`), "mine");
  const bad = await Deno.readFile(`${cwd}/runs/poems/model.safetensors`);
  bad[bad.length - 3]! ^= 1;
  await Deno.writeFile(`${cwd}/runs/poems/model.safetensors`, bad);
  assertEquals((await exported("poems", "--html")).code, 1, "damaged");
});
