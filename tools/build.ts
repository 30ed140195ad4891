/**
 * Compiles wgsl/ and assembly/ into src/generated/kernels.ts, which is committed.
 *
 *     deno run -A tools/build.ts            write it
 *     deno run -A tools/build.ts --check    exit 1 when it is not up to date
 *
 * A shader is its kernel's file after the files that its lines `// uses <file>` name; a kernel of cells becomes one
 * shader a cell. The WebAssembly builds come from one generated entry that exports every kernel and `dispatch`.
 *
 * @module
 */
import asc from "assemblyscript/asc";
import { CELLS, kernelEntry, type KernelName, KERNELS } from "../src/kernels.ts";

const ROOT = new URL("../", import.meta.url);
const TARGET = new URL("src/generated/kernels.ts", ROOT);
const NAMES = Object.keys(KERNELS) as KernelName[];

/** The builds of the kernels, best first: what each needs of the machine. */
const BUILDS: Record<string, string[]> = {
  relaxed: ["--enable", "simd,relaxed-simd,threads", "--sharedMemory"],
  plain: ["--enable", "simd,threads", "--sharedMemory"],
  single: ["--enable", "simd,threads"],
};

/**
 * Binaryen's passes: those of -O3 but for `simplify-locals`, which moves a multiply-add behind the loads of the next one, so
 * that unrolled products keep too much in registers and spill (15 instead of 35 GFLOP/s). V8 optimizes what is left.
 */
const PASSES = [
  ...["inlining", "precompute-propagate", "optimize-instructions", "merge-blocks", "remove-unused-brs"],
  ...["remove-unused-names", "vacuum", "local-cse", "coalesce-locals", "reorder-locals", "rse", "dce"],
  ...["duplicate-function-elimination", "remove-unused-module-elements"],
];

/** A WGSL file after the files it uses, each once. */
function shader(files: string[], seen: Set<string> = new Set()): string {
  let text = "";
  for (const file of files) {
    if (seen.has(file)) continue;
    seen.add(file);
    const source = Deno.readTextFileSync(new URL(`wgsl/${file}`, ROOT));
    const uses = [...source.matchAll(/^\/\/ uses (\S+)$/gm)].map((match) => match[1]!);
    text += shader(uses, seen) + source;
  }
  return text;
}

/**
 * Writes out the loops under a line `// unroll`: `for (var i = 0u; i < N; i++) { … }`, N a number or a `const` of the
 * shader, turns into N blocks `{ const i = …u; … }`. wgpu counts the rounds of every loop, which keeps drivers from
 * unrolling it and its arrays from registers.
 */
function unrolled(source: string): string {
  const head = /\/\/ unroll\n\s*for \(var (\w+) = 0u; \1 < (\w+); \1\+\+\) \{/;
  for (let match = head.exec(source); match; match = head.exec(source)) {
    const [text, name, bound] = match;
    const start = match.index + text.length;
    const count = parseInt(
      /^\d/.test(bound!) ? bound! : new RegExp(`const ${bound} = (\\d+)u;`).exec(source)![1]!,
    );
    let end = start;
    for (let depth = 1; depth > 0; end++) depth += { "{": 1, "}": -1 }[source[end]!] ?? 0;
    const body = source.slice(start, end - 1);
    const blocks = Array.from({ length: count }, (_, i) => `{\nconst ${name} = ${i}u;${body}}`);
    source = source.slice(0, match.index) + blocks.join("\n") + source.slice(end);
  }
  return source;
}

/** Comments and indentation leave: the driver does not read them. */
function stripped(source: string): string {
  return source.split("\n").map((line) => line.replace(/\/\/.*$/, "").trim()).filter((line) => line).join(
    "\n",
  );
}

/** Every shader: `kernel`, `kernel.cell`, and for a file `kernel.variant.wgsl` the same with `.variant` behind. */
function shaders(): Record<string, string> {
  const files = [...Deno.readDirSync(new URL("wgsl/", ROOT))].map(({ name }) => name).sort();
  const result: Record<string, string> = {};
  for (const name of NAMES) {
    for (const file of files.filter((file) => file.startsWith(`${name}.`))) {
      const variant = file.slice(name.length, -".wgsl".length);
      for (const cell of kernelEntry(name).cells ? CELLS : [undefined]) {
        const source = shader(cell ? [`cells/${cell}.wgsl`, file] : [file]);
        result[`${name}${cell ? `.${cell}` : ""}${variant}`] = stripped(unrolled(source));
      }
    }
  }
  return result;
}

/** The entry of the WebAssembly build: every kernel, the walk of a program, and `dispatch` between them. */
function entry(): Record<string, string> {
  const cases = NAMES.map((name, index) => {
    const { buffers, params } = kernelEntry(name);
    const types = [...Object.keys(buffers).map(() => "usize"), ...Object.values(params)];
    const args = types.map((type, i) => `load<${type}>(args, ${i * 4})`);
    return `case ${index}: { ${name}(${args.join(", ")}, begin, end); return; }`;
  });
  const imports = NAMES.map((name) => `import { ${name} } from "./${name}";`).join("\n");
  return {
    "dispatch.ts": `${imports}
export function dispatch(kernel: u32, args: usize, begin: u32, end: u32): void {
switch (kernel) {
${cases.join("\n")}
}
}`,
    // The tiles are exported so that they stay functions: inlined into their only caller, their registers would spill.
    "entry.ts": NAMES.map((name) => `export { ${name} } from "./${name}";`).join("\n") +
      `\nexport * from "./lib/runtime";\nexport { tile4x8, tile4x16, tile5x8, tile6x16 } from "./lib/panels";\nexport { multiplyPanel } from "./lib/one_row";\n`,
  };
}

async function compile(flags: string[]): Promise<Uint8Array> {
  const generated = entry();
  let wasm: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    [
      ...[
        "entry.ts",
        "--outFile",
        "kernels.wasm",
        "--runtime",
        "stub",
        "-O0",
        "--runPasses",
        PASSES.join(","),
        "--noAssert",
        "--use",
        "abort=",
      ],
      ...["--importMemory", "--initialMemory", "16", "--maximumMemory", "65536", ...flags],
    ],
    {
      readFile: (name: string): string | null => {
        const file = name.replace(/^\.\//, "");
        if (file in generated) return generated[file]!;
        try {
          return Deno.readTextFileSync(new URL(`assembly/${file}`, ROOT));
        } catch {
          return null;
        }
      },
      writeFile: (name: string, data: string | Uint8Array): void => {
        if (name.endsWith(".wasm")) wasm = data as Uint8Array;
      },
      listFiles: (): string[] => [],
    },
  );
  if (error || !wasm) throw new Error(`Cannot compile assembly/:\n${stderr.toString()}`);
  return wasm;
}

/** The text of src/generated/kernels.ts. */
async function build(): Promise<string> {
  const wasm = [];
  for (const [name, flags] of Object.entries(BUILDS)) {
    const bytes = await compile(flags);
    console.error(`${name}: ${bytes.length} bytes`);
    wasm.push(`  ${name}: ${JSON.stringify(bytes.toBase64())},`);
  }
  const wgsl = Object.entries(shaders()).map(([name, text]) =>
    `  ${JSON.stringify(name)}: ${JSON.stringify(text)},`
  );
  return `// Generated by tools/build.ts from wgsl/ and assembly/; do not edit.

/** WGSL by kernel, or by kernel and cell. */
export const SHADERS: Readonly<Record<string, string>> = {
${wgsl.join("\n")}
};

/** WebAssembly by build, in base64: relaxed SIMD with threads, plain SIMD with threads, plain SIMD for one thread. */
export const WASM: Readonly<Record<"relaxed" | "plain" | "single", string>> = {
${wasm.join("\n")}
};
`;
}

if (import.meta.main) {
  const text = await build();
  if (Deno.args.includes("--check")) {
    const current = await Deno.readTextFile(TARGET).catch(() => "");
    if (current !== text) {
      console.error("error: src/generated/kernels.ts is not up to date: run deno task build");
      Deno.exit(1);
    }
  } else await Deno.writeTextFile(TARGET, text);
}
