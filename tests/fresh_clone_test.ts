/**
 * A fresh clone, with nothing in Deno's cache and no network: every command runs, and `deno install -g` gives a working
 * one.
 *
 * @module
 */
import { assert, assertMatch } from "@std/assert";
import { copyTree, type Place, run, sizeOf } from "./support/clone.ts";

const DENO = Deno.execPath();
const TEXT = "分开 不分开 我们只是暂时分开 ".repeat(8);

/** The words that take the network away, on Linux; elsewhere --cached-only alone keeps modules from being fetched. */
async function offline(): Promise<string[]> {
  const words = ["unshare", "--map-root-user", "--net"];
  const works = await run([...words, "true"], { cwd: "." }).then(() => true, () => false);
  return works ? words : [];
}

Deno.test({ name: "a fresh clone runs without network", timeout: 300_000 }, async (t) => {
  const folder = await Deno.makeTempDir({ prefix: "refrain-clone-" });
  const tree = `${folder}/tree`;
  const cache = `${folder}/cache`;
  const elsewhere = `${folder}/elsewhere`;
  const bin = `${folder}/installed/bin`;
  const deno = DENO.replace(/[^/\\]*$/, "");
  const env = {
    DENO_DIR: cache,
    DENO_INSTALL_ROOT: `${folder}/installed`,
    PATH: [bin, deno, Deno.env.get("PATH")].join(Deno.build.os === "windows" ? ";" : ":"),
  };
  const here: Place = { cwd: tree, env };
  try {
    await copyTree(tree);
    await Deno.mkdir(elsewhere);
    await Deno.writeTextFile(`${folder}/text.txt`, TEXT);
    const alone = await offline();
    const refrain = (...args: string[]): Promise<string> =>
      run([...alone, DENO, "run", "-A", "--cached-only", "mod.ts", ...args], here);
    const small = ["--epochs", "1", "--hidden-size", "8", "--batch-size", "2", "--num-steps", "5"];
    const data = ["--corpus", `${folder}/text.txt`, "--device", "wasm"];
    const lines: [args: string[], said: RegExp][] = [
      [["info"], /^wasm +WebAssembly/m],
      [["train", ...small, ...data, "--out", `${folder}/run`], /perplexity/],
      [["generate", "--model", `${folder}/run`, "--device", "wasm", "--length", "5"], /\S/],
      [["evaluate", "--model", `${folder}/run`, ...data], /perplexity/],
      [["verify", "--device", "wasm", "--threads", "1"], /\nEverything is within its tolerance/],
    ];
    for (const [args, said] of lines) {
      await t.step(args[0]!, async () => assertMatch(await refrain(...args), said));
    }
    await t.step("the cache stays below 30 MB", async () => assert(await sizeOf(cache) < 30e6));
    for (const flags of [[], ["--config", "deno.json"]]) {
      await t.step(["deno install -g", ...flags].join(" "), async () => {
        const install = ["install", "-g", "-f", "-A", "-n", "refrain", ...flags, "mod.ts"];
        await run([...alone, DENO, ...install], here);
        assertMatch(await run([...alone, "refrain", "info"], { cwd: elsewhere, env }), /^wasm +WebAssembly/m);
      });
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
