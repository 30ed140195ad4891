/**
 * What `deno publish` sends is what works: the package is published to a stand-in for JSR, and used from there with an
 * empty cache, as a library and as a program.
 *
 * @module
 */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { KERNELS } from "../src/kernels.ts";
import { copyTree, deno, run } from "./support/clone.ts";
import { Registry, untar } from "./support/jsr.ts";

const NAME = "@refrain/refrain";
const ROOT = new URL("../", import.meta.url);

/** The part of what `deno info --json` writes that is used here. */
interface Graph {
  modules: { specifier: string; dependencies?: { specifier: string }[] }[];
}

/** The same of a module that imports a package from npm. */
interface NpmGraph extends Graph {
  npmPackages: Record<string, { localPath: string }>;
}

/** The code of the real @std/cli/parse-args, as npm's copy has it: the cache holds it already. */
async function parseArgsCode(): Promise<string> {
  const info = await deno(["info", "--json", "tests/support/std_cli.ts"], {
    cwd: decodeURIComponent(ROOT.pathname),
  });
  const { modules, npmPackages } = JSON.parse(info) as NpmGraph;
  const { specifier } = modules.find((module) => module.specifier.startsWith("npm:"))!;
  const path = specifier.replace(/^npm:\/[^/]+/, "");
  const [{ localPath }] = Object.values(npmPackages) as [{ localPath: string }];
  return await Deno.readTextFile(localPath + path);
}

const PROGRAM = `
import { Corpus, openDevice, predict, RNN, RNNModel, train } from "jsr:${NAME}";
import { KERNELS, Tensor } from "jsr:${NAME}/kernels";
const device = await openDevice("wasm", { threads: 2 });
const corpus = Corpus.fromText("分开 不分开 ".repeat(8));
const layer = new RNN(device, { inputSize: corpus.vocabulary.size, hiddenSize: 8, seed: 0 });
const model = new RNNModel(layer, corpus.vocabulary.size);
const perplexities = [];
for await (const report of train(model, corpus, { epochs: 2, batchSize: 2, numSteps: 5 })) {
  perplexities.push(report.perplexity);
}
const text = await predict(model, corpus.vocabulary, "分开", 3);
const kernels = Object.keys(KERNELS), shown = String(Tensor.from(device, [1, 2], [2]));
device[Symbol.dispose]();
const { description } = device.info, { length } = [...text];
console.log(JSON.stringify({ device: description, perplexities, length, kernels, shown }));
`;

Deno.test({
  name: "the published package works from JSR, as a library and as a program",
  timeout: 120_000,
}, async (t) => {
  await using registry = new Registry();
  const folder = await Deno.makeTempDir({ prefix: "refrain-publish-" });
  const tree = `${folder}/tree`;
  const elsewhere = `${folder}/elsewhere`;
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
      assertEquals(registry.sent, [NAME]);
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
      const { device, perplexities, length, kernels, shown } = JSON.parse(output);
      assertMatch(device, /2 threads/);
      assertEquals([perplexities.length, perplexities.every(Number.isFinite), length], [2, true, 5]);
      assertEquals([kernels, shown], [Object.keys(KERNELS), "Tensor (2,) f32 on wasm"]);
    });
    await t.step("it runs as a program", async () => {
      const output = await deno(["run", `jsr:${NAME}`, "--help"], { env, cwd: elsewhere });
      for (const command of ["train", "generate"]) assertMatch(output, new RegExp(`\\b${command}\\b`));
      const words = "train --out run --epochs 1 --hidden-size 8 --max-chars 200 --batch-size 2 --num-steps 5";
      const grants = ["--no-prompt", "--allow-read=run", "--allow-write=run"];
      const args = ["run", ...grants, `jsr:${NAME}`, ...words.split(" "), "--device", "wasm"];
      assertMatch(
        await deno(args, { env, cwd: elsewhere }),
        / run --allow-read=run \S+ generate --model run\n$/,
      );
      // Somebody's own deno.json and lock here are not those of the process that --turbo starts.
      await Deno.writeTextFile(`${elsewhere}/deno.json`, '{ "lock": { "path": "own.lock" }, "imports": {} }');
      const turbo = ["run", "--no-lock", ...grants, `--allow-run=${Deno.execPath()}`, `jsr:${NAME}`];
      const again = [...turbo, "train", "--resume", "run", "--epochs=2", "--turbo"];
      assertMatch(
        await deno(again, { env, cwd: elsewhere }),
        /^device .*, turbo\n[^]* --model run --turbo\n$/,
      );
      const info = await deno([...turbo, "info", "--turbo"], { env, cwd: elsewhere });
      assertMatch(info, /\nwasm +WebAssembly, /);
      const kept = Array.from(Deno.readDirSync(elsewhere), ({ name }) => name);
      assertEquals(kept.includes("own.lock"), false);
      await Deno.remove(`${elsewhere}/deno.json`);
    });
    await t.step("deno install -g makes a command of it", async () => {
      const root = `${folder}/installed`;
      const path = Deno.execPath().replace(/[^/\\]*$/, "");
      await deno(["install", "-g", "-A", "--root", root, `jsr:${NAME}`], { env, cwd: elsewhere });
      const place = { cwd: elsewhere, env: { ...env, PATH: `${path}:${Deno.env.get("PATH")}` } };
      assertMatch(await run([`${root}/bin/refrain`, "--version"], place), /^refrain \d/);
    });
    await t.step(
      "it verifies itself, with the references and golden numbers that travel with it",
      async () => {
        const args = ["run", "--no-prompt", `jsr:${NAME}`, "verify", "--device", "wasm", "--threads", "1"];
        assertMatch(await deno(args, { env, cwd: elsewhere }), /\nEverything is within its tolerance/);
      },
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("deno pack has nothing to warn of, and every type that it ships is whole", async () => {
  const folder = await Deno.makeTempDir({ prefix: "refrain-pack-" });
  try {
    await copyTree(folder);
    const pack = [Deno.execPath(), "pack", "--allow-dirty", "-o", "refrain.tgz"];
    const said = await run(pack, { cwd: folder, take: "stderr" });
    const known = [
      /^(Packing|Check) /,
      /^ +\d+ (modules|assets) collected$/,
      /^✓ /,
      // Deno 2.9 says this of all modules that no public type names, though nothing misses their types.
      /^Could not generate types for '\S+'\. Types will not be included for this module\.$/,
    ];
    assertEquals(said.trim().split("\n").filter((line) => !known.some((form) => form.test(line))), []);
    const files = await untar((await Deno.open(`${folder}/refrain.tgz`)).readable);
    const missing = [...files].filter(([path]) => path.endsWith(".d.ts")).flatMap(([path, bytes]) =>
      [...new TextDecoder().decode(bytes).matchAll(/(?:from |import\()"(\.[^"]+)\.js"/g)]
        .map(([, target]) => new URL(`${target}.d.ts`, `file://${path}`).pathname)
        .filter((target) => !files.has(target)).map((target) => `${path} names ${target}`)
    );
    assertEquals(missing, []);
    assertEquals(files.has("/package/mod.d.ts"), true);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("what the published pages link to is published", async () => {
  const textOf = (name: string): Promise<string> => Deno.readTextFile(new URL(name, ROOT));
  const { publish: { include } } = JSON.parse(await textOf("deno.json")) as {
    publish: { include: string[] };
  };
  const isSent = (target: string): boolean =>
    include.some((entry) => target === entry || (entry.endsWith("/") && target.startsWith(entry)));
  for (const page of include.filter((entry) => entry.startsWith("README"))) {
    const links = [...(await textOf(page)).matchAll(/\]\(([^)#:]+)(#[^)]*)?\)/g)].map(([, target]) =>
      target!
    );
    assertEquals(links.length > 8, true, page);
    assertEquals(links.filter((target) => !isSent(target)), [], page);
  }
});
