/** What bundlers make of an app: refrain's library alone, which computes the same. @module */
import { assertEquals } from "@std/assert";
import { LYRICS } from "../../src/data/lyrics.ts";
import { bundleApp, BUNDLERS, NPM_BUNDLERS } from "../support/bundles.ts";
import { makeApp, npx, unreachable } from "../support/npm.ts";
import { readText } from "../support/source_files.ts";
import { type Trained, trainWith } from "./app.ts";

/** A text of each part that apps do not need, and where it stands. */
const MARKERS: Readonly<Record<string, readonly [text: string, file: string]>> = {
  "the command line": ["Train a model on a text or a series", "src/cli/help.ts"],
  "verify": ["Kernels against float64", "src/verify/kernels.ts"],
  "golden numbers": ["rnn, 1 layer, gradients clipped to 0.01", "src/verify/golden/training.json"],
  "lyrics": [LYRICS.split("\n")[0]!, "src/data/lyrics.ts"],
  "reports": ["uPlot", "src/generated/uplot.ts"],
};

/** The texts of all files in a folder. */
async function textOf(folder: string): Promise<string> {
  let text = "";
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    text += isDirectory ? await textOf(path) : await Deno.readTextFile(path);
  }
  return text;
}

async function run(runtime: "node 24" | "bun", file: string, folder: string): Promise<Trained> {
  return JSON.parse(await npx(runtime, [file, "1"], folder));
}

const ignore = await unreachable("node 24", "bun", ...NPM_BUNDLERS);

Deno.test({
  name: "a bundled app has the library alone, and computes in Node and Bun what Deno computes",
  ignore,
  fn: async (t) => {
    const here = await trainWith(1);
    const folder = await bundleApp();
    try {
      for (const bundler of BUNDLERS) {
        await t.step(bundler, async () => {
          const text = await textOf(`${folder}/out/${bundler}`);
          for (const [part, [marker, source]] of Object.entries(MARKERS)) {
            assertEquals([readText(source)!.includes(marker), text.includes(marker)], [true, false], part);
          }
          for (const runtime of ["node 24", "bun"] as const) {
            const there = await run(runtime, `out/${bundler}/app.js`, folder);
            assertEquals({ ...there, description: here.description }, here, there.description);
          }
        });
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test({
  name: "the command line does not run where a bundle has it: esbuild without its define",
  ignore,
  fn: async () => {
    const here = await trainWith(1);
    const folder = await makeApp();
    try {
      // The packages of the command line are not of interest: who bundles the sources has them, or says where they are.
      await Deno.writeTextFile(`${folder}/none.js`, "export const parseArgs = undefined;\n");
      const sources = decodeURIComponent(new URL("../../mod.ts", import.meta.url).pathname);
      const aliases = [`--alias:@refrain/refrain=${sources}`, "--alias:@std/cli/parse-args=./none.js"];
      const flags = ["--bundle", "--format=esm", "--external:node:*", ...aliases];
      await npx("esbuild", ["main.ts", ...flags, "--outfile=app.js"], folder);
      const [marker] = MARKERS["the command line"]!;
      assertEquals((await Deno.readTextFile(`${folder}/app.js`)).includes(marker), true);
      const there = await run("node 24", "app.js", folder);
      assertEquals(there.losses, here.losses);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
