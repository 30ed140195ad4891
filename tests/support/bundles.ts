/** The app of tests/everywhere/ as bundlers make one file of it, refrain in it. @module */
import { makeApp, npx, type Program } from "./npm.ts";

/** The file that each bundler makes. */
export type Bundler = "deno bundle" | "esbuild" | "vite";

/** What vite is told beside its defaults: a fixed name, and no code for old browsers, which other runtimes do not have. */
const VITE = `export default {
  build: { modulePreload: false, rolldownOptions: { output: { entryFileNames: "app.js" } } },
};
`;
const PAGE = `<!DOCTYPE html><script type="module" src="./main.ts"></script>`;

/** What makes `out/NAME/app.js` in the app's folder. */
const BUILD: Record<Bundler, (folder: string) => Promise<unknown>> = {
  "deno bundle": async (folder) => {
    const args = ["bundle", "-q", "--platform", "browser", "main.ts", "-o", "out/deno bundle/app.js"];
    const { success } = await new Deno.Command(Deno.execPath(), { args, cwd: folder }).output();
    if (!success) throw new Error("deno bundle failed");
  },
  "esbuild": (folder) => {
    const flags = ["--bundle", "--format=esm", "--charset=utf8", "--define:import.meta.main=false"];
    return npx("esbuild", ["main.ts", ...flags, "--outfile=out/esbuild/app.js"], folder);
  },
  "vite": async (folder) => {
    await Deno.writeTextFile(`${folder}/index.html`, PAGE);
    await Deno.writeTextFile(`${folder}/vite.config.js`, VITE);
    return await npx("vite", ["build", "--outDir", "out/vite"], folder);
  },
};

/** The bundlers. */
export const BUNDLERS = Object.keys(BUILD) as readonly Bundler[];
/** Those of them that come from npm. */
export const NPM_BUNDLERS: readonly Program[] = ["esbuild", "vite"];

/**
 * Builds the app.
 *
 * @param bundlers What builds it.
 * @returns The folder, in which `out/` has a folder for each bundler with `app.js`.
 */
export async function bundleApp(bundlers: readonly Bundler[] = BUNDLERS): Promise<string> {
  const folder = await makeApp();
  for (const bundler of bundlers) await BUILD[bundler](folder);
  return folder;
}
