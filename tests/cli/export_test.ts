/** `export`: where a page or a file goes, what it takes the place of, and names that would break out of a page. @module */
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
      [["poems"], 2, 'Cannot export without "--html" or "--to"'],
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

Deno.test("export writes a model for others by the run's name, which import takes back with its tokens", async () => {
  await makeRun("runs/song");
  for (const to of ["onnx", "keras", "safetensors"]) {
    const { code, stdout, stderr } = await exported("song", "--to", to);
    assertEquals([code, stderr], [0, ""]);
    assert(stdout.startsWith(`The model is in song.${to}, `), stdout);
    if (to === "safetensors") continue;
    const back = await refrain(["import", `song.${to}`, "--out", `runs/${to}`], { cwd });
    assertEquals([back.code, back.stdout.split(" is kept in ")[1]], [
      0,
      `runs/${to}: generate, evaluate and serve take it\n`,
    ]);
  }
  const draw = async (run: string): Promise<string> => {
    const args = ["generate", run, "--prefix", "s", "--length", "20", "--device", "wasm", "--threads", "1"];
    return (await refrain(args, { cwd })).stdout;
  };
  const text = await draw("song");
  assert(text.length > 20, text);
  assertEquals([await draw("onnx"), await draw("keras")], [text, text]);
});

Deno.test("a file that is there stays unless it may be replaced, and flags go together", async () => {
  await makeRun("runs/air");
  await Deno.writeTextFile(`${cwd}/air.onnx`, "mine");
  for (
    const [args, code, sentence] of [
      [
        ["--to", "onnx"],
        1,
        'Cannot write the model to "air.onnx" as a file is there: --overwrite takes its place',
      ],
      [["--to", "keras", "--out", "runs", "--overwrite"], 1, "as a folder is there"],
      [["--to", "tflite"], 2, "tflite"],
      [["--to", "onnx", "--html"], 2, 'Cannot use "--html" with "--to onnx"'],
      [["--to", "keras", "--form", "step"], 2, 'Cannot use "--form step" without "--to onnx"'],
      [["--html", "--overwrite"], 2, 'Cannot use "--overwrite" without "--to"'],
    ] as const
  ) {
    const result = await exported("air", ...args);
    assertEquals([result.code, result.stdout], [code, ""], args.join(" "));
    assertStringIncludes(result.stderr, sentence);
  }
  assertEquals(await Deno.readTextFile(`${cwd}/air.onnx`), "mine");
  const { code, stdout } = await exported("air", "--to", "onnx", "--form", "step", "--overwrite", "--json");
  const { bytes, ...told } = JSON.parse(stdout);
  assertEquals([code, told], [0, {
    file: "air.onnx",
    to: "onnx",
    form: "step",
    model: "runs/air/model.safetensors",
  }]);
  assertEquals((await Deno.stat(`${cwd}/air.onnx`)).size, bytes);
});
