/** The READMEs' lines of Python, where a Python has PyTorch and safetensors: a model goes there, and comes back. @module */
import { assertEquals } from "@std/assert";
import { Corpus, load, LSTM, openDevice, predict, RNNModel, save, Vocabulary } from "../../mod.ts";
import { temporaryFolder } from "../files/temporary_folder.ts";
import { lacksPython, python } from "../support/python.ts";
import { readText } from "../support/source_files.ts";

/** Shows that the weights are there, and names what the second block takes. */
const BETWEEN = `
print(sum(p.numel() for p in model.parameters()))
idx_to_char = tokens
`;

for (const page of ["README.md", "README.zh-CN.md"]) {
  const ignore = await lacksPython(["torch", "safetensors"], "the pages' Python does not run");
  Deno.test({ name: `${page}: its Python runs`, ignore }, async () => {
    const blocks = [...readText(page)!.matchAll(/```py\n([^]*?)```/g)].map(([, code]) => code!);
    assertEquals(blocks.length, 2);
    await using folder = await temporaryFolder();
    using device = await openDevice("wasm", { threads: 1 });
    const { vocabulary } = Corpus.fromText("分开 不分开 ");
    const layer = new LSTM(device, { inputSize: vocabulary.size, hiddenSize: 256, seed: 0 });
    using model = new RNNModel(layer, vocabulary.size);
    const count = /([\d,]+) parameters/.exec(String(model))![1]!.replaceAll(",", "");
    const path = `${folder.path}/model.safetensors`;
    await save(path, model, vocabulary);
    const code = `import os\nos.chdir(${JSON.stringify(folder.path)})\n${blocks.join(BETWEEN)}`;
    await Deno.writeTextFile(`${folder.path}/page.py`, code);
    assertEquals((await python(`${folder.path}/page.py`)).trim(), count);
    // Now the file is PyTorch's, and its vocabulary lies beside it.
    const json = JSON.parse(await Deno.readTextFile(`${folder.path}/vocabulary.json`));
    const again = await load(path, device, { vocabulary: Vocabulary.fromJSON(json) });
    const wanted = await predict(model, vocabulary, "分", 8);
    assertEquals(await predict(again.model, again.vocabulary, "分", 8), wanted);
  });
}

Deno.test("the READMEs of both languages have the same stand-in for Node's Worker", () => {
  const [english, chinese] = ["README.md", "README.zh-CN.md"].map((page) =>
    /```js\n[^]*?```/.exec(readText(page)!)![0]
  );
  assertEquals(chinese, english);
});
