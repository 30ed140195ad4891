/** The library as it is packed, in Node and Bun: the bits of the deterministic build are Deno's. @module */
import { assertEquals, assertMatch } from "@std/assert";
import { report } from "../../mod.ts";
import { makeApp, npx, PACKAGES, unreachable } from "../support/npm.ts";
import { readText } from "../support/source_files.ts";
import { type Trained, trainWith } from "./app.ts";

/** README's stand-in for Worker. */
const [, STAND_IN] = /```js\n(import \{ resolveObjectURL \}[\s\S]*?)```/.exec(readText("README.md")!)!;

/** A program that makes a page. */
const REPORT = `import { report } from "@refrain/refrain";
process.stdout.write(await report([{ name: "app", log: [{ epoch: 1, loss: 2 }] }]).html());`;

for (const runtime of ["node 22", "node 24", "bun"] as const) {
  Deno.test({
    name: `${PACKAGES[runtime]} gives the bits of Deno, with one thread and with two`,
    ignore: await unreachable(runtime),
    fn: async () => {
      const here = await trainWith(1);
      const folder = await makeApp();
      const run = async (file: string, threads: number): Promise<Trained> =>
        JSON.parse(await npx(runtime, [file, String(threads)], folder));
      try {
        await Deno.writeTextFile(`${folder}/worker.js`, STAND_IN!);
        // A device is left open: the process ends nevertheless.
        const open = `import "./worker.js"; import { openDevice } from "@refrain/refrain";
          console.log((await openDevice("wasm", { threads: 2 })).threads);`;
        await Deno.writeTextFile(`${folder}/open.js`, open);
        assertEquals((await npx(runtime, ["open.js"], folder)).trim(), "2");
        await Deno.writeTextFile(`${folder}/report.js`, REPORT);
        const page = await report([{ name: "app", log: [{ epoch: 1, loss: 2 }] }]).html();
        assertEquals(await npx(runtime, ["report.js"], folder), page);
        const threaded = `import "./worker.js";\nawait import("./main.ts");\n`;
        await Deno.writeTextFile(`${folder}/threaded.js`, threaded);
        const one = await run("main.ts", 1);
        const two = await run("threaded.js", 2);
        assertMatch(one.description, /, 1 thread\b/);
        assertMatch(two.description, /, plain SIMD, 2 threads$/);
        for (const there of [one, two]) {
          assertEquals({ ...there, description: here.description }, here, there.description);
        }
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  });
}
