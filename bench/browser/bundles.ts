/**
 * The folder that a browser is served from: refrain and its peers as bundles, and the workloads.
 *
 * @module
 */
import { openDevice } from "../../src/device/open_device.ts";
import { writeWorkload } from "../peers/workload_files.ts";

const VERSION = "4.22.0";
/** The peers, and what bundles them. */
const PACKAGES = [
  ...["core", "backend-wasm", "backend-webgpu"].map((part) => `@tensorflow/tfjs-${part}@${VERSION}`),
  "@jax-js/jax@0.1.25",
  "esbuild@0.28.2",
];
const HERE = decodeURIComponent(new URL("./", import.meta.url).pathname);

async function run(program: string, args: readonly string[], options: Deno.CommandOptions): Promise<void> {
  const command = new Deno.Command(program, { ...options, args: [...args], stdout: "null", stderr: "piped" });
  const { success, stderr } = await command.output();
  if (!success) throw new Error(`${program} ${args[0]} failed: ${new TextDecoder().decode(stderr)}`);
}

/** Fills it: NAME.json and NAME.safetensors of each workload, a bundle of each system, and tfjs/ with modules of its own. */
export async function fillFolder(folder: string, names: readonly string[]): Promise<void> {
  const device = await openDevice("wasm", { threads: 1 });
  for (const name of names) await writeWorkload(device, folder, name);
  device[Symbol.dispose]();
  const bundle = ["bundle", "-q", "--platform", "browser", `${HERE}refrain.ts`, "-o", `${folder}/refrain.js`];
  await run(Deno.execPath(), bundle, {});
  await Deno.writeTextFile(`${folder}/package.json`, `{ "type": "module" }\n`);
  await run("npm", ["install", "--silent", ...PACKAGES], { cwd: folder });
  const modules = `${folder}/node_modules`;
  const flags = ["--bundle", "--format=esm", "--platform=browser", `--outdir=${folder}`];
  const scripts = ["tfjs", "jax"].map((name) => `${HERE}${name}.ts`);
  await run(`${modules}/.bin/esbuild`, [...scripts, ...flags], { env: { NODE_PATH: modules } });
  const built = `${modules}/@tensorflow/tfjs-backend-wasm/dist`;
  await Deno.mkdir(`${folder}/tfjs`);
  for (const kind of ["", "-simd", "-threaded-simd"]) {
    const file = `tfjs-backend-wasm${kind}.wasm`;
    await Deno.copyFile(`${built}/${file}`, `${folder}/tfjs/${file}`);
  }
}
