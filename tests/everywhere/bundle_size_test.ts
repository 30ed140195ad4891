/**
 * What an app pays for other frameworks' models, which it does not read: bytes of bundles by esbuild, minified, beside those
 * of b5938eb, the last commit without readers.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { npx, unreachable } from "../support/npm.ts";

/** An app of one class, and one of all that the library exports. */
const APPS = {
  model: 'export { RNNModel } from "@refrain/refrain";\n',
  library: 'export * from "@refrain/refrain";\n',
};
/** What knows files of other programs. */
const THEIRS =
  /^src\/(exchange\/(foreign|import_model|export_model)|files\/(hdf5|message_pack|most_unpacked|npy|pickle|stored_zip|strided|zip))/;
/** The bytes at b5938eb: theirs in the library and in the app of one class, and how much larger that is where it is split. */
const BEFORE = { library: 5_848, model: 2_428, split: 4_805 };
/** How many more there may be. */
const MOST = 1000;

/** A bundle: what is loaded with the app, and how much of it knows files of other programs. */
interface Bundle {
  readonly bytes: number;
  readonly theirs: number;
}

/** What is used of what esbuild says of a bundle. */
interface Metafile {
  readonly outputs: Readonly<
    Record<string, {
      readonly bytes: number;
      readonly imports: readonly { readonly path: string; readonly kind: string }[];
      readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>>;
    }>
  >;
}

/** The files that are loaded with a file of a bundle. */
function loadedWith(outputs: Metafile["outputs"], path: string, seen: Set<string> = new Set()): Set<string> {
  seen.add(path);
  for (const { path: target, kind } of outputs[path]!.imports) {
    if (kind === "import-statement" && target in outputs && !seen.has(target)) {
      loadedWith(outputs, target, seen);
    }
  }
  return seen;
}

async function bundle(app: keyof typeof APPS, isSplit: boolean): Promise<Bundle> {
  const folder = await Deno.makeTempDir({ prefix: "refrain-size-" });
  try {
    await Deno.writeTextFile(`${folder}/${app}.js`, APPS[app]);
    const sources = decodeURIComponent(new URL("../../", import.meta.url).pathname);
    const flags = ["--bundle", "--minify", "--format=esm", "--charset=utf8", "--log-level=error"];
    const how = ["--define:import.meta.main=false", `--alias:@refrain/refrain=${sources}mod.ts`];
    const out = ["--outdir=out", "--metafile=meta.json", ...isSplit ? ["--splitting"] : []];
    await npx("esbuild", [`${app}.js`, ...flags, ...how, ...out], folder);
    const { outputs }: Metafile = JSON.parse(await Deno.readTextFile(`${folder}/meta.json`));
    const loaded = [...loadedWith(outputs, `out/${app}.js`)].map((path) => outputs[path]!);
    const theirs = loaded.flatMap(({ inputs }) => Object.entries(inputs))
      .filter(([path]) => THEIRS.test(path.replace(/^.*?(?=src\/)/, "")))
      .reduce((sum, [, { bytesInOutput }]) => sum + bytesInOutput, 0);
    return { bytes: loaded.reduce((sum, { bytes }) => sum + bytes, 0), theirs };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test({
  name: "who reads no models of other frameworks has nothing of what reads them",
  ignore: await unreachable("esbuild"),
  fn: async () => {
    const [library, model, whole] = [
      await bundle("library", true),
      await bundle("model", true),
      await bundle("model", false),
    ];
    const grown = {
      library: library.theirs - BEFORE.library,
      model: model.theirs - BEFORE.model,
      split: model.bytes - whole.bytes - BEFORE.split,
    };
    console.log(`the library has ${library.bytes} bytes, an app of RNNModel ${model.bytes}; grown by`, grown);
    assertEquals(Object.entries(grown).filter(([, bytes]) => bytes > MOST), []);
  },
});
