/**
 * What `deno publish` sends is what works: the package is published to a stand-in for JSR, and used from there with an
 * empty cache, as a library and as a program.
 *
 * @module
 */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Registry } from "./support/jsr.ts";
import { entriesOf, filesIn } from "./support/source_files.ts";

const NAME = "@refrain/refrain";
const ROOT = new URL("../", import.meta.url);
const DENO = Deno.execPath();

/** The part of what `deno info --json` writes that is used here. */
interface Graph {
  modules: { specifier: string; dependencies?: { specifier: string }[] }[];
}

/** A run of Deno, which must succeed; returns what it wrote to standard output. */
async function deno(
  args: string[],
  { env, cwd }: { env: Record<string, string>; cwd: string },
): Promise<string> {
  const all = { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1", ...env };
  const command = new Deno.Command(DENO, { args, cwd, env: all, stdout: "piped", stderr: "piped" });
  const { success, stdout, stderr } = await command.output();
  const texts = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  if (!success) throw new Error(`deno ${args.join(" ")} failed:\n${texts.join("\n")}`);
  return texts[0]!;
}

/** Copies the tree, but for hidden entries and what deno.json excludes. */
async function copyTree(target: string): Promise<void> {
  const { exclude } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  const left = [...exclude, "node_modules/"];
  const entries = entriesOf("").filter((name) => !name.startsWith(".") && !left.includes(name));
  for (const path of entries.flatMap((name) => name.endsWith("/") ? filesIn(name) : [name])) {
    await Deno.mkdir(`${target}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.copyFile(new URL(path, ROOT), `${target}/${path}`);
  }
}

/** The code of the real @std/cli/parse-args, as npm's copy has it: the cache holds it already. */
async function parseArgsCode(): Promise<string> {
  const importing = await Deno.readTextFile(new URL("tests/support/std_cli.ts", ROOT));
  const [, name, version, path] = /"npm:([^@"]+)@([^/"]+)\/([^"]+)"/.exec(importing)!;
  const { npmCache } = JSON.parse(await deno(["info", "--json"], { env: {}, cwd: "." }));
  const registry = (Deno.env.get("NPM_CONFIG_REGISTRY") ?? "https://registry.npmjs.org").replace(
    /^https?:\/\/|\/$/g,
    "",
  );
  return await Deno.readTextFile(`${npmCache}/${registry}/${name}/${version}/${path}`);
}

const PROGRAM = `
import { Corpus, openDevice, predict, RNN, RNNModel, train } from "jsr:${NAME}";
const device = await openDevice("wasm", { threads: 2 });
const corpus = Corpus.fromText("分开 不分开 ".repeat(8));
const layer = new RNN(device, { inputSize: corpus.vocabulary.size, hiddenSize: 8, seed: 0 });
const model = new RNNModel(layer, corpus.vocabulary.size);
const perplexities = [];
for await (const report of train(model, corpus, { epochs: 2, batchSize: 2, numSteps: 5 })) {
  perplexities.push(report.perplexity);
}
const text = await predict(model, corpus.vocabulary, "分开", 3);
device[Symbol.dispose]();
console.log(JSON.stringify({ device: device.info.description, perplexities, length: [...text].length }));
`;

Deno.test({
  name: "the published package works from JSR, as a library and as a program",
  timeout: 120_000,
}, async (t) => {
  await using registry = new Registry();
  const folder = await Deno.makeTempDir({ prefix: "refrain-publish-" });
  const tree = `${folder}/tree`, elsewhere = `${folder}/elsewhere`;
  // Whoever uses the package has nothing in the cache and no other registry: all comes from the stand-in.
  const env = {
    JSR_URL: registry.url,
    DENO_DIR: `${folder}/cache`,
    NPM_CONFIG_REGISTRY: `${registry.url}npm/`,
  };
  try {
    await copyTree(tree);
    await Deno.mkdir(elsewhere);
    const code = await parseArgsCode();
    registry.add("@std/cli", {
      version: "1.0.32",
      exports: { ".": "./mod.js", "./parse-args": "./parse_args.js" },
    }, { "/mod.js": `export * from "./parse_args.js";\n`, "/parse_args.js": code });

    await t.step("deno publish sends it", async () => {
      // deno task ok checks the types; --no-provenance as CI services would sign what goes to JSR itself.
      const flags = ["--allow-dirty", "--no-check", "--no-provenance", "--token", "none"];
      await deno(["publish", ...flags], { env: { JSR_URL: registry.url }, cwd: tree });
      assertEquals(registry.packages.has(NAME), true);
    });
    await t.step("it asks for the real @std/cli, and for nothing else from outside", async () => {
      const graph: Graph = JSON.parse(await deno(["info", "--json", `jsr:${NAME}`], { env, cwd: elsewhere }));
      const own = `${registry.url}${NAME}/`;
      const outside = graph.modules.filter(({ specifier }) => specifier.startsWith(own))
        .flatMap(({ specifier: from, dependencies = [] }) =>
          dependencies.filter(({ specifier }) => !/^\.\.?\//.test(specifier))
            .map(({ specifier }) => ({ from: from.slice(own.length).replace(/^[^/]*/, ""), specifier }))
        );
      assertEquals(outside.length > 0, true, "no module asks for @std/cli");
      for (const { from, specifier } of outside) {
        assertMatch(specifier, /^jsr:\/?@std\/cli@\^?1[^/]*(\/[\w-]+)?$/, from);
        assertMatch(from, /^\/src\/cli\//, specifier);
        assertStringIncludes(registry.text(NAME, from)!, JSON.stringify(specifier));
      }
      assertEquals(graph.modules.filter(({ specifier }) => /tools\/std|npm:/.test(specifier)), []);
    });
    await t.step("it trains as a library", async () => {
      await Deno.writeTextFile(`${elsewhere}/program.ts`, PROGRAM);
      const output = await deno(["run", "program.ts"], { env, cwd: elsewhere }); // no permission at all
      const { device, perplexities, length } = JSON.parse(output);
      assertMatch(device, /2 threads/);
      assertEquals([perplexities.length, perplexities.every(Number.isFinite), length], [2, true, 5]);
    });
    await t.step("it runs as a program", async () => {
      const output = await deno(["run", "-A", `jsr:${NAME}`, "--help"], { env, cwd: elsewhere });
      for (const command of ["train", "generate"]) assertMatch(output, new RegExp(`\\b${command}\\b`));
    });
    await t.step(
      "it verifies itself, with the references and golden numbers that travel with it",
      async () => {
        const args = ["run", "-A", `jsr:${NAME}`, "verify", "--device", "wasm", "--threads", "1"];
        assertMatch(await deno(args, { env, cwd: elsewhere }), /\nEverything is within its tolerance/);
      },
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
