/** The rules of ARCHITECTURE.md that a program can hold: pairs of kernels, directions of imports, sizes. @module */
import { assertEquals } from "@std/assert";
import { VERSION } from "../src/version.ts";
import { CELLS, kernelEntry, type KernelName, KERNELS } from "../src/kernels.ts";
import {
  entriesOf,
  filesIn,
  headComment,
  importsOf,
  readText,
  withoutComments,
} from "./support/source_files.ts";

const NAMES = Object.keys(KERNELS) as KernelName[];
const LANGUAGES = [{ folder: "wgsl/", extension: "wgsl" }, { folder: "assembly/", extension: "ts" }];

/** The kernel of a file `X.wgsl`, `X.ts` or of a tuned variant `X.<variant>.wgsl`, `X.<variant>.ts`. */
function kernelOf(file: string): string {
  return file.split(".")[0]!;
}

/** The files of a kernel in a folder: the first is the plain one. */
function filesOf(kernel: string, { folder, extension }: { folder: string; extension: string }): string[] {
  return entriesOf(folder)
    .filter((file) => kernelOf(file) === kernel && /^\w+(\.\w+)?$/.test(file.slice(0, -extension.length - 1)))
    .map((file) => `${folder}${file}`).sort((a, b) => a.length - b.length);
}

Deno.test("every kernel and every cell has a shader, a function and a reference, every kernel a test", () => {
  const kernels = NAMES.flatMap((name) => [
    `wgsl/${name}.wgsl`,
    `assembly/${name}.ts`,
    `src/verify/reference/${name}.ts`,
    `tests/kernels/${name}_test.ts`,
  ]);
  const cells = CELLS.flatMap((cell) => [
    `wgsl/cells/${cell}.wgsl`,
    `assembly/cells/${cell}.ts`,
    `src/verify/reference/cells/${cell}.ts`,
  ]);
  const missing = [...kernels, ...cells].filter((path) => readText(path) === undefined);
  assertEquals(missing.map((path) => `${path} is missing`), []);
});

Deno.test("nothing but kernels, cells/ and lib/ lies in wgsl/ and assembly/", () => {
  for (const language of LANGUAGES) {
    const kernels = NAMES.flatMap((name) => filesOf(name, language)).map((path) =>
      path.slice(language.folder.length)
    );
    const known = [...kernels, "cells/", "lib/"];
    assertEquals(entriesOf(language.folder).filter((entry) => !known.includes(entry)), [], language.folder);
    assertEquals(
      entriesOf(`${language.folder}cells/`),
      CELLS.map((cell) => `${cell}.${language.extension}`).sort(),
      `${language.folder}cells/`,
    );
  }
});

/** What differs in the comments that files open with, as sentences; files that are not there are told elsewhere. */
function differentHeads(files: readonly string[]): string[] {
  const heads = files.map((file) => ({ file, head: headComment(readText(file) ?? "") }))
    .filter(({ file }) => readText(file) !== undefined);
  const first = heads[0];
  return heads.flatMap(({ file, head }) => {
    if (head === "") return [`${file} opens without a comment that says what it computes`];
    return head === first!.head ? [] : [`${file} opens with another comment than ${first!.file}`];
  });
}

Deno.test("both implementations of a kernel or a cell open with the same comment", () => {
  const kernels = NAMES.flatMap((name) => differentHeads([`wgsl/${name}.wgsl`, `assembly/${name}.ts`]));
  const cells = CELLS.flatMap((cell) =>
    differentHeads([`wgsl/cells/${cell}.wgsl`, `assembly/cells/${cell}.ts`])
  );
  assertEquals([...kernels, ...cells], []);
});

Deno.test("a variant opens with the name of its kernel, and does not repeat its comment", () => {
  const wrong = LANGUAGES.flatMap((language) =>
    NAMES.flatMap((name) => {
      const plain = `${language.folder}${name}.${language.extension}`;
      const opening = `// Variant of \`${name}\``;
      return filesOf(name, language).filter((file) => file !== plain).flatMap((file) => {
        const text = readText(file)!;
        const head = headComment(readText(plain) ?? "").split("\n");
        const repeated = head.find((line) => line !== "//" && text.includes(`${line}\n`));
        return [
          ...text.startsWith(opening) ? [] : [`${file} does not open with "${opening}"`],
          ...repeated ? [`${file} repeats a line of ${plain}: ${repeated}`] : [],
        ];
      });
    })
  );
  assertEquals(wrong, []);
});

Deno.test("no shader declares by hand what the table declares", () => {
  const wrong = filesIn("wgsl/").filter((path) =>
    /@binding\b|\bstruct\s+Params\b|\boverride\s|\bconst\s+(GATES|SLOTS)\b/.test(
      withoutComments(readText(path)!),
    )
  );
  assertEquals(wrong.map((path) => `${path} declares a binding, Params or a constant`), []);
});

for (const name of NAMES) {
  const { buffers, params } = kernelEntry(name);
  const types = Object.entries(params).map(([param, type]) => `${param}: ${type}`);

  Deno.test(`assembly/${name}.ts takes what the table says`, () => {
    const expected = [
      ...Object.keys(buffers).map((buffer) => `${buffer}: usize`),
      ...types,
      "begin: u32",
      "end: u32",
    ];
    for (const file of filesOf(name, LANGUAGES[1]!)) {
      const text = withoutComments(readText(file)!);
      const found = new RegExp(`export function ${name}\\(([^)]*)\\)`).exec(text)?.[1];
      assertEquals(found !== undefined, true, `${file} exports no function ${name}`);
      assertEquals(found!.split(",").map((argument) => argument.trim()).filter(Boolean), expected, file);
    }
  });
}

/** Who may import whom: a group imports itself and lower ranks, never its equals. */
const RANKS: Readonly<Record<string, number>> = {
  cli: 10,
  serve: 9,
  verify: 8,
  profile: 8,
  ngram: 8,
  inspect: 8,
  report: 8,
  sweep: 8,
  playground: 8,
  mpi: 8,
  train: 7,
  generate: 7,
  exchange: 7,
  model: 6,
  layers: 5,
  losses: 5,
  optimizers: 5,
  tensors: 4,
  device: 3,
  kernels: 2,
  generated: 1,
  data: 1,
  files: 1,
  random: 0,
  ranges: 0,
  ids: 0,
  turn: 0,
  join_bytes: 0,
  version: 0,
  messages: -1,
};
const PLAIN = ["data", "files"]; // arrays and files: only what stands above the model knows them

Deno.test("the version that files state is that of the package", () => {
  assertEquals(VERSION, JSON.parse(readText("deno.json")!).version);
});

/** The package's second entry: it exports what others have made, and no group imports it. */
const ENTRY = "src/kernels_entry.ts";

/** The entry of src/ that a file belongs to: a folder, or a face beside the folder of its name. */
function groupOf(path: string): string {
  return /^src\/([a-z_]+)/.exec(path)?.[1] ?? path;
}

function mayImport(from: string, to: string): boolean {
  if (from === to) return true;
  if (PLAIN.includes(to) && RANKS[from]! <= RANKS["model"]!) return false;
  return RANKS[to]! < RANKS[from]!;
}

const SOURCES = filesIn("src/").filter((path) => path.endsWith(".ts") && path !== ENTRY);

Deno.test("every entry of src/ is a group: a folder, a face with its folder, or a leaf", () => {
  const entries = entriesOf("src/").filter((entry) => `src/${entry}` !== ENTRY);
  const groups = new Set(entries.map((entry) => groupOf(`src/${entry}`)));
  assertEquals([...groups].filter((group) => !(group in RANKS)), [], "groups without a rank");
  const loose = entries.filter((entry) =>
    !entry.endsWith("/") && !entries.includes(entry.replace(".ts", "/"))
  );
  assertEquals(loose.filter((entry) => RANKS[groupOf(`src/${entry}`)] !== 0), [], "files without a folder");
});

Deno.test("imports go down only: no group of src/ imports its equals, tests, or a package outside of src/cli/", () => {
  const wrong = SOURCES.flatMap((path) =>
    importsOf(path).filter(({ path: target }) => {
      if (target.startsWith("src/")) return !mayImport(groupOf(path), groupOf(target));
      return groupOf(path) !== "cli" || target.startsWith("tests/");
    }).map((target) => `${path} imports ${target.path}`)
  );
  assertEquals(wrong, []);
});

/** A way from a file along imports back to itself, if there is one. */
function circleFrom(
  start: string,
  path: string = start,
  seen: Set<string> = new Set(),
): string[] | undefined {
  for (const { path: target } of importsOf(path)) {
    if (target === start) return [path, target];
    if (!target.startsWith("src/") || seen.has(target)) continue;
    seen.add(target);
    const rest = circleFrom(start, target, seen);
    if (rest) return [path, ...rest];
  }
  return undefined;
}

Deno.test("no files import each other in a circle, not even types", () => {
  assertEquals(SOURCES.map((path) => circleFrom(path)).find(Boolean), undefined);
});

Deno.test("references and cases know kernels, devices and random numbers at most", () => {
  const known = ["device", "kernels", "random", "ranges"];
  const wrong = SOURCES.filter((path) => /^src\/verify\/(reference|cases)\//.test(path)).flatMap((path) =>
    importsOf(path).map(({ path: target }) => target).filter((target) =>
      !known.includes(groupOf(target)) && !/^src\/verify\/(reference|cases)\//.test(target)
    ).map((target) => `${path} imports ${target}`)
  );
  assertEquals(wrong, []);
});

Deno.test("what is published holds no test, and the golden numbers that verify reads", () => {
  const { publish: { include } } = JSON.parse(readText("deno.json")!) as { publish: { include: string[] } };
  assertEquals(include.filter((entry) => entry.startsWith("tests/")), []);
  const golden = [...readText("src/verify/golden.ts")!.matchAll(/await read\("(\w+)"\)/g)]
    .map(([, name]) => `${name}.json`);
  assertEquals([...new Set(golden)].sort(), entriesOf("src/verify/golden/"));
  assertEquals(include.includes("src/verify/golden/"), true);
});

Deno.test("the two devices do not know each other, and layers know neither", () => {
  const wrong = ["webgpu", "wasm"].flatMap((name) =>
    SOURCES.filter((path) => path.startsWith(`src/device/${name}`)).flatMap((path) =>
      importsOf(path).filter((target) => /\/(webgpu|wasm)/.exec(target.path)?.[1]?.replace(name, ""))
        .map((target) => `${path} imports ${target.path}`)
    )
  );
  const named = SOURCES.filter((path) =>
    path.startsWith("src/layers/") && /webgpu|wasm/i.test(withoutComments(readText(path)!))
  );
  assertEquals([...wrong, ...named], []);
});

/** Beside the command line: files, and what a driver reads from the environment. */
const DENO_ONLY = [
  "src/files/atomic_file.ts",
  "src/files/file_error.ts",
  "src/files/folder_lock.ts",
  "src/files/paths.ts",
  "src/files/permissions.ts",
  "src/device/webgpu/environment.ts",
];

Deno.test(`Deno's own interface is used under src/cli/, src/mpi/ and in ${DENO_ONLY.join(", ")} only`, () => {
  const others = ["mod.ts", ENTRY, ...SOURCES]
    .filter((path) => !/^src\/(cli|mpi|generated)\//.test(path) && !DENO_ONLY.includes(path));
  // What follows import.meta.main is the program, not the library.
  const library = (path: string): string =>
    withoutComments(readText(path) ?? "").split("if (import.meta.main")[0]!;
  assertEquals(others.filter((path) => /(?<!")\bDeno\s*(\?\.|\.|\[)/.test(library(path))), []);
});

Deno.test("the library declares nothing with using, which Node 22 and Safari do not parse", () => {
  const own = SOURCES.filter((path) => !/^src\/(cli|verify|generated)\//.test(path));
  const library = ["mod.ts", ENTRY, ...own];
  const wrong = library.filter((path) => /\busing\s+\w+\s*(=|of\b)/.test(withoutComments(readText(path)!)));
  assertEquals(wrong, []);
});

Deno.test("the library does not load the command line", () => {
  const loaded = importsOf("mod.ts").filter(({ dynamic }) => !dynamic);
  assertEquals(loaded.filter(({ path }) => path.startsWith("src/cli/")), []);
});

Deno.test("nothing is read back inside a step", () => {
  const inStep = SOURCES.filter((path) =>
    /^src\/(layers\/|optimizers\/|losses\/|train\/step|tensors\/(tape|copy|matmul|arguments|module|parameters))/
      .test(path)
  );
  // These are asked for by the host: they read, and say so.
  const readers =
    /^( *)(?:export )?(?:async )?(?:function )?(?:stateDict|#read|gradients?|argmax|accuracy|health|healthWords|read|readTrail|state|report)\([\s\S]*?^\1\}/gm;
  const wrong = inStep.filter((path) =>
    /\.(read|data)\(|\bawait\b/.test(withoutComments(readText(path)!).replace(readers, ""))
  );
  assertEquals(wrong, []);
});

Deno.test("no file is longer than 350 lines", () => {
  const files = ["src/", "wgsl/", "assembly/", "tests/", "bench/", "tools/"].flatMap(filesIn)
    .filter((path) => /\.(ts|wgsl|py|js|css)$/.test(path))
    .filter((path) => !path.startsWith("src/generated/") && path !== "src/data/lyrics.ts");
  const lines = (path: string): number => readText(path)!.trimEnd().split("\n").length;
  assertEquals(files.filter((path) => lines(path) > 350).map((path) => `${path}: ${lines(path)} lines`), []);
});

Deno.test("every loop of a document that computes runs in a scope", () => {
  const documents = ["README.md", "README.zh-CN.md", "mod.ts", ...filesIn("src/")];
  const blocks = documents.flatMap((file) =>
    [...readText(file)!.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => ({ file, code: code! }))
  );
  const loops = blocks.filter(({ code }) =>
    /\b(for|while) \(/.test(code) && /Tape|\.(step|forward)\(/.test(code)
  );
  assertEquals(loops.filter(({ code }) => !code.includes("device.scope(")), []);
  assertEquals(loops.length, 3, "the loops of both READMEs and of scope()");
});

Deno.test("the READMEs of both languages have the same sections", () => {
  const levels = (path: string): string[] =>
    readText(path)!.replaceAll(/```.*?```/gs, "").match(/^#+(?= )/gm)!.map(String);
  assertEquals(levels("README.zh-CN.md"), levels("README.md"));
  assertEquals(levels("examples/README.zh-CN.md"), levels("examples/README.md"));
});
