/** Model files of other programs on the command line: what is supposed is said, and a flag tells it. @module */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { openDevice, RNN, RNNModel, save, Vocabulary } from "../../mod.ts";
import { decodeSafetensors, encodeSafetensors } from "../../src/files/safetensors.ts";
import { refrain } from "./spawn.ts";

const form = (name: string): string =>
  decodeURIComponent(new URL(`../golden/forms/${name}.safetensors`, import.meta.url).pathname);

const TANH = "model: tanh is supposed, as the file does not tell its activation: else --nonlinearity relu\n";

/** A folder with a vocabulary, a text and a model of refrain that has relu. */
async function withFiles(body: (cwd: string) => Promise<void>): Promise<void> {
  const cwd = await Deno.makeTempDir();
  const tokens = [..."abcdefghijklm"];
  try {
    await Deno.writeTextFile(`${cwd}/v.json`, JSON.stringify({ kind: "character", tokens }));
    await Deno.writeTextFile(`${cwd}/text.txt`, "abcdefghijklmabcdefghijklm".repeat(4));
    using device = await openDevice("wasm", { threads: 1 });
    using model = new RNNModel(
      new RNN(device, { inputSize: 13, hiddenSize: 4, nonlinearity: "relu", seed: 0 }),
      13,
    );
    await save(`${cwd}/relu.safetensors`, model, Vocabulary.fromTokens(tokens));
    await body(cwd);
  } finally {
    await Deno.remove(cwd, { recursive: true });
  }
}

Deno.test("a bare RNN: tanh is supposed and said, --nonlinearity tells it", async () => {
  await withFiles(async (cwd) => {
    const commands: Record<string, string[]> = {
      generate: ["--prefix", "abc", "--length", "20", "--temperature", "0", "--device", "wasm"],
      evaluate: ["--corpus", "text.txt", "--device", "wasm"],
      score: ["--corpus", "text.txt", "--device", "wasm"],
      info: [],
    };
    for (const [command, flags] of Object.entries(commands)) {
      const run = (...more: string[]) =>
        refrain([command, "--model", form("rnn_cell"), "--vocabulary", "v.json", ...flags, ...more], { cwd });
      const supposed = await run();
      assertEquals([supposed.code, supposed.stderr], [0, TANH], command);
      const tanh = await run("--nonlinearity", "tanh");
      assertEquals([tanh.code, tanh.stderr], [0, ""], command);
      const relu = await run("--nonlinearity", "relu");
      assertEquals([relu.code, relu.stderr], [0, ""], command);
      assertEquals(tanh.stdout === relu.stdout, false, command);
      if (command === "info") assertStringIncludes(relu.stdout, "RNN (relu), 1 layer of 11");
      else assertEquals(tanh.stdout, supposed.stdout);
    }
  });
});

Deno.test("an activation that contradicts the file is refused by every command", async () => {
  await withFiles(async (cwd) => {
    for (const command of ["generate", "evaluate", "score", "inspect", "info", "train"]) {
      const flag = command === "train" ? "--init-from" : "--model";
      const given = [command, flag, "relu.safetensors", "--nonlinearity", "tanh"];
      const { code, stderr } = await refrain(given, { cwd });
      assertEquals(code, 1);
      assertEquals(stderr, "error: Cannot load the model with --nonlinearity tanh: its file says relu\n");
    }
  });
});

Deno.test("what else is supposed of a file, and what is left aside, is said", async () => {
  await withFiles(async (cwd) => {
    const said = async (name: string): Promise<string> => {
      const { code, stderr } = await refrain(["info", "--model", form(name), "--vocabulary", "v.json"], {
        cwd,
      });
      assert(code === 0, stderr);
      return stderr;
    };
    assertEquals(
      await said("weight_dropped_beside"),
      'model: "rnns.0.", "rnns.1." are supposed to be the layers of one stack, in this order\n' +
        'model: left aside, as the model needs them not: "rnns.0.module.weight_hh_l0", "rnns.1.module.weight_hh_l0"\n',
    );
    assertEquals(
      await said("gru_without_bias_hh"),
      "model: bias_hh is supposed to be zero, as the file has one bias a layer\n",
    );
    assertStringIncludes(await said("counters"), '"num_batches_tracked"');
    assertEquals(
      await said("lstm_without_bias_ih"),
      "model: bias_ih is supposed to be zero, as the file has one bias a layer\n",
    );
  });
});

Deno.test("weights that another program changed are refused, and taken where that is meant", async () => {
  await withFiles(async (cwd) => {
    const { tensors, metadata } = decodeSafetensors(await Deno.readFile(`${cwd}/relu.safetensors`));
    tensors["dense.bias"]!.data[0] = 3;
    await Deno.writeFile(`${cwd}/changed.safetensors`, encodeSafetensors(tensors, metadata));
    const args = ["generate", "--model", "changed.safetensors", "--prefix", "a", "--length", "3"];
    const refused = await refrain(args, { cwd });
    assertEquals([refused.code, refused.stdout], [1, ""]);
    assertStringIncludes(
      refused.stderr,
      "it is damaged, or another program wrote it again, which --accept-changed-weights takes\n",
    );
    const taken = await refrain([...args, "--accept-changed-weights"], { cwd });
    assertEquals([taken.code, taken.stderr], [0, ""]);
    const alone = await refrain(["train", "--accept-changed-weights"], { cwd });
    assertEquals([alone.code, alone.stderr], [
      2,
      'error: Cannot use "--accept-changed-weights" without "--init-from" or "--resume"\n',
    ]);
  });
});
