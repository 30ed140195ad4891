/** The rules of ARCHITECTURE.md that a program can hold: pairs of kernels, directions of imports, sizes. @module */
import { assertEquals } from "@std/assert";
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

/** A shader's text behind that of the files of lib/ that it uses. */
function withUses(file: string): string {
  const text = readText(file)!,
    used = [...text.matchAll(/^\/\/ uses (lib\/\S+)$/gm)].map((match) => match[1]!);
  return [...used.map((path) => withUses(`wgsl/${path}`)), text].join("\n");
}

Deno.test("every kernel has a shader, a function, a reference and a test", () => {
  const missing = NAMES.flatMap((name) =>
    [
      `wgsl/${name}.wgsl`,
      `assembly/${name}.ts`,
      `tests/reference/${name}.ts`,
      `tests/kernels/${name}_test.ts`,
    ]
      .filter((path) => readText(path) === undefined)
  );
  const cells = CELLS.map((cell) => `tests/reference/cells/${cell}.ts`).filter((path) => !readText(path));
  assertEquals([...missing, ...cells], []);
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

Deno.test("all implementations of a kernel or a cell open with the same comment", () => {
  for (const name of NAMES) {
    const files = LANGUAGES.flatMap((language) => filesOf(name, language));
    for (const file of files) {
      assertEquals(headComment(readText(file)!), headComment(readText(files[0]!)!), file);
    }
    assertEquals(headComment(readText(files[0]!)!) === "", false, `${name} has no contract`);
  }
  for (const cell of CELLS) {
    assertEquals(
      headComment(readText(`assembly/cells/${cell}.ts`)!),
      headComment(readText(`wgsl/cells/${cell}.wgsl`)!),
    );
  }
});

for (const name of NAMES) {
  const { buffers, params, constants = [] } = kernelEntry(name);
  const types = Object.entries(params).map(([param, type]) => `${param}: ${type}`);

  Deno.test(`wgsl/${name}.wgsl binds what the table says`, () => {
    for (const file of filesOf(name, LANGUAGES[0]!)) {
      const text = withoutComments(withUses(file));
      const bindings = [
        ...text.matchAll(/@group\(0\)\s*@binding\((\d+)\)\s*var<([^>]*)>\s*(\w+)\s*:\s*(\w+)/g),
      ];
      assertEquals(
        bindings.map(([, index, space, variable]) => `${index} ${variable}: ${space!.replace(/\s/g, "")}`),
        [
          ...Object.entries(buffers).map(([buffer, access], i) => `${i} ${buffer}: storage,${access}`),
          `${Object.keys(buffers).length} params: uniform`,
        ],
        file,
      );
      const struct = new RegExp(`struct\\s+${bindings.at(-1)![4]}\\s*\\{([^}]*)\\}`).exec(text)?.[1] ?? "";
      const fields = struct.split(/[,;]/).map((field) => field.trim().replace(/\s*:\s*/, ": ")).filter(
        Boolean,
      );
      // a dispatch is told its grid, and where it may take a part of the work alone, which
      const told = [
        "across: u32",
        "down: u32",
        ...fields.includes("begin: u32") ? ["begin: u32", "end: u32"] : [],
      ];
      assertEquals(fields, [...types, ...told], `${file}: the fields of params`);
      const entries = [...text.matchAll(/@compute\b[^{]*?\bfn\s+(\w+)/g)].map((match) => match[1]);
      assertEquals(entries, [name], `${file}: entry points`);
      const overrides = constants.filter((constant) => !new RegExp(`override\\s+${constant}\\b`).test(text));
      assertEquals(overrides, [], `${file}: constants that are not declared`);
    }
  });

  Deno.test(`assembly/${name}.ts takes what the table says`, () => {
    const expected = [
      ...Object.keys(buffers).map((buffer) => `${buffer}: usize`),
      ...types,
      "begin: u32",
      "end: u32",
    ];
    for (const file of filesOf(name, LANGUAGES[1]!)) {
      const text = withoutComments(readText(file)!);
      const found = new RegExp(`export function ${name}\\(([^)]*)\\)`).exec(text)?.[1] ?? "";
      assertEquals(found.split(",").map((argument) => argument.trim()).filter(Boolean), expected, file);
    }
  });
}

/** Who may import whom: a file imports its own rank and lower ones. */
const RANKS: Readonly<Record<string, number>> = {
  profile: 7,
  ...{ cli: 8, train: 7, evaluate: 7, generate: 7, verify: 7, model: 6, layers: 5, loss: 5, optimizers: 5 },
  ...{
    tape: 4,
    parameters: 4,
    tensor: 4,
    device: 3,
    generated: 2,
    kernels: 2,
    random: 0,
    ranges: 0,
    shape: 0,
  },
};
/** Beside them: plain arrays and files, for the ranks from model upwards. */
const PLAIN = ["data", "checkpoint"];

/** The folder of a file below src/, or the first word of its name: src/train_step.ts belongs to train. */
function groupOf(path: string): string {
  return /^src\/([a-z]+)/.exec(path)?.[1] ?? path;
}

function mayImport(from: string, to: string): boolean {
  if (PLAIN.includes(from)) return to === from || ["random", "ranges", "shape"].includes(to);
  if (PLAIN.includes(to)) return RANKS[from]! >= RANKS["model"]!;
  return RANKS[to]! <= RANKS[from]! && (RANKS[from] !== 0);
}

const SOURCES = filesIn("src/").filter((path) => path.endsWith(".ts"));

Deno.test("every file of src/ has its place in the layers of the code", () => {
  assertEquals(SOURCES.filter((path) => !(groupOf(path) in RANKS) && !PLAIN.includes(groupOf(path))), []);
});

Deno.test("no file of src/ imports leftwards, or a package outside of src/cli/, or tests outside of src/verify/", () => {
  const wrong = SOURCES.flatMap((path) =>
    importsOf(path).filter(({ path: target }) => {
      if (target.startsWith("src/")) return !mayImport(groupOf(path), groupOf(target));
      return groupOf(path) !== (target.startsWith("tests/") ? "verify" : "cli");
    }).map((target) => `${path} imports ${target.path}`)
  );
  assertEquals(wrong, []);
});

Deno.test("what verify takes from tests/ is published, needs no package, and knows kernels and devices at most", () => {
  const { publish: { include } } = JSON.parse(readText("deno.json")!) as { publish: { include: string[] } };
  const taken = new Set(SOURCES.filter((path) => groupOf(path) === "verify"));
  for (const path of taken) {
    for (const { path: target } of importsOf(path)) if (target.startsWith("tests/")) taken.add(target);
  }
  const files = [...taken].filter((path) => path.startsWith("tests/"));
  const wrong = files.flatMap((path) =>
    importsOf(path).map((target) => target.path).filter((target) =>
      !taken.has(target) && !["device", "kernels", "random"].includes(groupOf(target))
    ).map((target) => `${path} imports ${target}`)
  );
  assertEquals(wrong, []);
  const golden = [...readText("src/verify/golden.ts")!.matchAll(/await read\("(\w+)"\)/g)]
    .map(([, name]) => `tests/golden/${name}.json`);
  assertEquals(new Set(golden).size, 4);
  const published = (path: string): boolean =>
    include.some((entry) => entry.endsWith("/") ? path.startsWith(entry) : path === entry);
  assertEquals([...files, ...golden].filter((path) => !published(path)), []);
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
const DENO_ONLY = ["src/checkpoint/atomic_file.ts", "src/device/webgpu_environment.ts"];

Deno.test(`Deno's own interface is used under src/cli/ and in ${DENO_ONLY.join(" and ")} only`, () => {
  const others = ["mod.ts", ...SOURCES]
    .filter((path) => !path.startsWith("src/cli/") && !DENO_ONLY.includes(path));
  // What follows import.meta.main is the program, not the library.
  const library = (path: string): string =>
    withoutComments(readText(path) ?? "").split("if (import.meta.main)")[0]!;
  assertEquals(others.filter((path) => /\bDeno\s*(\?\.|\.|\[)/.test(library(path))), []);
});

Deno.test("the library does not load the command line", () => {
  assertEquals(
    importsOf("mod.ts").filter(({ path, dynamic }) => path.startsWith("src/cli/") && !dynamic),
    [],
  );
});

Deno.test("nothing is read back inside a step", () => {
  const inStep = SOURCES.filter((path) => /^src\/(layers\/|optimizers\/|loss|tape)/.test(path));
  // These are asked for by the host: they read, and say so.
  const readers =
    /^( *)(?:export )?(?:async )?(?:function )?(?:stateDict|gradients?|health)\([\s\S]*?^\1\}/gm;
  const wrong = inStep.filter((path) =>
    /\.(read|data)\(|\bawait\b/.test(withoutComments(readText(path)!).replace(readers, ""))
  );
  assertEquals(wrong, []);
});

Deno.test("no file is longer than 350 lines", () => {
  const files = ["src/", "wgsl/", "assembly/", "tests/", "bench/", "tools/"].flatMap(filesIn)
    .filter((path) => /\.(ts|wgsl|py|js)$/.test(path))
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
