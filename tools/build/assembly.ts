/**
 * WebAssembly from assembly/: one generated entry exports every kernel, the walk of a program, and `dispatch` between them.
 *
 * @module
 */
import asc from "assemblyscript/asc";
import { kernelEntry, type KernelName, KERNELS } from "../../src/kernels.ts";
import { Mistake } from "./mistake.ts";
import { assemblyNumbers } from "./numbers.ts";

const ROOT = new URL("../../", import.meta.url);
const NAMES = Object.keys(KERNELS) as KernelName[];

/** The builds of the kernels, best first: what each needs of the machine. */
const BUILDS: Record<string, string[]> = {
  relaxed: ["--enable", "simd,relaxed-simd,threads", "--sharedMemory"],
  plain: ["--enable", "simd,threads", "--sharedMemory"],
};

/**
 * Binaryen's passes: those of -O3 but for `simplify-locals`, which moves a multiply-add behind the loads of the next one, so
 * that unrolled products keep too much in registers and spill (15 instead of 35 GFLOP/s). V8 optimizes what is left.
 */
const PASSES = [
  "inlining",
  "precompute-propagate",
  "optimize-instructions",
  "merge-blocks",
  "remove-unused-brs",
  "remove-unused-names",
  "vacuum",
  "local-cse",
  "coalesce-locals",
  "reorder-locals",
  "rse",
  "dce",
  "duplicate-function-elimination",
  "remove-unused-module-elements",
];

/**
 * Warnings that are not meant for this code: an address meets a u32 (201), and both have 32 bits here; a function takes a
 * v128 (112), which none does that JavaScript calls.
 */
const SILENT = ["--disableWarning", "201", "--disableWarning", "112"];

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
    "numbers.ts": assemblyNumbers(),
    "dispatch.ts": `${imports}
export function dispatch(kernel: u32, args: usize, begin: u32, end: u32): void {
switch (kernel) {
${cases.join("\n")}
}
}`,
    // The tiles are exported so that they stay functions: inlined into their only caller, their registers would spill.
    "entry.ts": NAMES.map((name) => `export { ${name} } from "./${name}";`).join("\n") +
      `\nexport * from "./lib/runtime";\nexport { tile4x8, tile4x16, tile5x8, tile5x16, tile6x8, tile6x16 } from "./lib/panels";\nexport { multiplyPanel } from "./lib/one_row";\nexport { int8Tile4x8, int8Tile4x16, int8Tile6x8 } from "./lib/int8_tiles";\n`,
  };
}

/**
 * Compiles assembly/ once for each build.
 *
 * @returns WebAssembly by build, best first.
 * @throws {Mistake} If it does not compile without a warning.
 */
export async function compileAssembly(): Promise<Record<string, Uint8Array>> {
  const result: Record<string, Uint8Array> = {};
  for (const [name, flags] of Object.entries(BUILDS)) result[name] = await compile(flags);
  return result;
}

/** The compiler's messages as sentences, each with its file and line in front. */
function sentencesOf(messages: string): string {
  const pattern = /^(?:ERROR|WARNING) (\w+: .*)[^]*?\bin (\S+)\((\d+),\d+\)$/gm;
  const found = [...messages.matchAll(pattern)]
    .map(([, sentence, file, line]) => `assembly/${file}:${line}: ${sentence}`);
  return found.length > 0 ? [...new Set(found)].join("\n") : `assembly/: ${messages.trim()}`;
}

async function compile(flags: string[]): Promise<Uint8Array> {
  const generated = entry();
  let wasm: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    [
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
      "--importMemory",
      "--initialMemory",
      "16",
      "--maximumMemory",
      "65536",
      ...flags,
      ...SILENT,
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
  const messages = stderr.toString();
  if (error || !wasm || messages !== "") throw new Mistake(sentencesOf(messages || `${error}`));
  return wasm;
}
