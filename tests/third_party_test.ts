/** Third-party code has its places: ARCHITECTURE.md, "Third-party code". @module */
import { assertEquals } from "@std/assert";
import { filesIn, importsOf, readText, withoutComments } from "./support/source_files.ts";

/** Which files may import a package. */
const PLACES: Readonly<Record<string, RegExp>> = {
  "@std/cli": /^(src\/cli\/parse_args\.ts$|bench\/|tests\/)/,
  "@std/assert": /^(tests|bench)\//,
  "npm:deno-std": /^(tools\/std\/assert\/|tests\/support\/std_cli\.ts$)/,
  "uplot": /^tools\/build\/page\.ts$/,
  "assemblyscript": /^tools\/(build\/)?\w+\.ts$/,
  "@refrain/refrain": /^tests\/everywhere\/app\.ts$/,
  // What bench/browser/bundles.ts installs, pinned, for its bundle.
  "@jax-js/jax": /^bench\/browser\/jax\.ts$/,
  "@tensorflow/tfjs-core": /^bench\/browser\/tfjs\.ts$/,
  "@tensorflow/tfjs-backend-wasm": /^bench\/browser\/tfjs\.ts$/,
  "@tensorflow/tfjs-backend-webgpu": /^bench\/browser\/tfjs\.ts$/,
};
/** Which files may load packages while they run. */
const LOADERS =
  /^(src\/cli\/third_party\.ts$|(bench\/(peers|sequences|serve)|tests\/(openapi|frameworks))\/)/;

const FILES = ["mod.ts", ...["src/", "tests/", "tools/", "bench/"].flatMap(filesIn)]
  .filter((path) => /\.(ts|js)$/.test(path) && path !== "tests/third_party_test.ts");

/** The package of a specifier: with npm: or jsr: in front, without version and path. */
function packageOf(specifier: string): string {
  return /^(?:\w+:)?(?:@[^/]+\/)?[^/@]+/.exec(specifier)?.[0] ?? specifier;
}

/** The packages that a file imports: what is neither a file of the project nor Deno's own. */
function packagesOf(path: string): string[] {
  return importsOf(path).map(({ path: target }) => target)
    .filter((target) => !target.startsWith("node:") && !target.includes("${"))
    .filter((target) => /^\w+:/.test(target) || readText(target) === undefined).map(packageOf);
}

/** The specifiers of packages that a file loads while it runs, in any quotes. */
function loadedBy(path: string): string[] {
  const text = withoutComments(readText(path)!);
  return [...text.matchAll(/\bimport\((?:\s|\/\*.*?\*\/)*(["'`](?:npm|jsr|https?):[^)]*)/g)].map((
    [, specifier],
  ) => specifier!);
}

Deno.test("third-party code is imported in its places only", () => {
  const wrong = FILES.flatMap((path) =>
    packagesOf(path).filter((name) => !PLACES[name]?.test(path)).map((name) => `${path} imports ${name}`)
  );
  assertEquals(wrong, []);
});

Deno.test("what a bundle of mod.ts may hold imports no module of Node's, which browsers lack", () => {
  const wrong = FILES.filter((path) => /^(mod\.ts$|src\/|tools\/std\/cli\/)/.test(path)).flatMap((path) =>
    importsOf(path).filter(({ path: target, dynamic }) => !dynamic && target.startsWith("node:"))
      .map(({ path: target }) => `${path} imports ${target}`)
  );
  assertEquals(wrong, []);
});

Deno.test("what a command loads when it asks for it is pinned, and no module graph sees it", () => {
  const wrong = FILES.flatMap((path) =>
    loadedBy(path).filter((specifier) => {
      const hidden = specifier.startsWith("`") && specifier.includes("${");
      return !hidden || !/^.npm:(@[\w-]+\/)?[^@]+@/.test(specifier) || !LOADERS.test(path);
    }).map((specifier) => `${path} loads ${specifier}`)
  );
  assertEquals(wrong, []);
});

Deno.test("the project's packages are @std/assert and @std/cli, those of its tools assemblyscript and uplot", () => {
  const read = (path: string): { imports: Record<string, string>; npm: Record<string, unknown> } =>
    JSON.parse(readText(path)!);
  assertEquals(read("deno.json").imports, {
    "@refrain/refrain": "./mod.ts",
    "@refrain/refrain/kernels": "./src/kernels_entry.ts",
    "@refrain/refrain/exchange": "./src/exchange.ts",
    "@refrain/refrain/serve": "./src/serve.ts",
    "@refrain/refrain/mpi": "./src/mpi.ts",
    "@std/assert": "jsr:@std/assert@^1.0.0",
    "@std/cli": "jsr:@std/cli@^1.0.0",
  });
  assertEquals(Object.keys(read("deno.lock").npm).map(packageOf), ["deno-std"]);
  assertEquals(Object.keys(read("tools/deno.json").imports), ["assemblyscript/asc", "uplot/"]);
  assertEquals(Object.keys(read("tools/deno.lock").npm).map(packageOf), [
    "assemblyscript",
    "binaryen",
    "long",
    "uplot",
  ]);
});
