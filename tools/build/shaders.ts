/**
 * Shaders: a kernel's file of wgsl/ behind the files that its lines `// uses <file>` name, below the declarations that
 * the table makes. A line `// quads: <buffer>, …` declares these buffers as arrays of four words.
 *
 * @module
 */
import { type Refuse, UNROLL } from "../../src/device/webgpu/unrolled.ts";
import { CELL_RESETS, CELLS, kernelEntry, type KernelName, KERNELS } from "../../src/kernels.ts";
import { type Cell, declarationsOf } from "./declarations.ts";
import { Mistake } from "./mistake.ts";

const ROOT = new URL("../../", import.meta.url);

/** A line of a shader, and where it is from. */
export interface Line {
  readonly text: string;
  /** A file and a line of it, `wgsl/adam.wgsl:38`, or what else it was made from. */
  readonly from: string;
}

/** For lines that cannot be unrolled. */
export const refuse: Refuse<Line> = ({ from }, why) => new Mistake(`${from}: ${why}`);

/** The lines of a file of wgsl/ behind those of the files it uses, each file once. */
function linesOf(file: string, usedBy: string, seen: Set<string>): Line[] {
  if (seen.has(file)) return [];
  seen.add(file);
  let source: string;
  try {
    source = Deno.readTextFileSync(new URL(`wgsl/${file}`, ROOT));
  } catch (error) {
    throw new Mistake(`${usedBy}: cannot read wgsl/${file}`, { cause: error });
  }
  const lines = source.split("\n").map((text, index) => ({ text, from: `wgsl/${file}:${index + 1}` }));
  const used = lines.flatMap(({ text, from }) => {
    const other = /^\/\/ uses (\S+)$/.exec(text)?.[1];
    return other ? linesOf(other, from, seen) : [];
  });
  return [...used, ...lines];
}

/** The buffers that the lines `// quads: <buffer>, …` name. */
function quadsOf(lines: readonly Line[], buffers: object): string[] {
  return lines.flatMap(({ text, from }) => {
    const names = /^\/\/ quads: (.+)$/.exec(text)?.[1]?.split(", ") ?? [];
    const unknown = names.find((name) => !(name in buffers));
    if (unknown !== undefined) {
      throw new Mistake(`${from}: the table has no buffer "${unknown}" of this kernel`);
    }
    return names;
  });
}

/** Comments and indentation leave: the driver does not read them. Loops to unroll are written out for the driver alone. */
function stripped(lines: readonly Line[]): Line[] {
  return lines.map(({ text, from }) => {
    const trimmed = text.trim();
    return { text: trimmed === UNROLL ? trimmed : trimmed.replace(/\/\/.*$/, "").trimEnd(), from };
  }).filter(({ text }) => text !== "");
}

/** One shader: of a kernel, of a file of wgsl/, and of a cell where the kernel has cells. */
function shaderOf(name: KernelName, file: string, cell: Cell | undefined): Line[] {
  const entry = kernelEntry(name);
  const seen = new Set<string>();
  const files = cell ? [`cells/${cell}.wgsl`, file] : [file];
  const lines = files.flatMap((path) => linesOf(path, `wgsl/${file}`, seen));
  const ranged = lines.some(({ text }) => /\bparams\.(begin|end)\b/.test(text));
  const declarations = declarationsOf(entry, { quads: quadsOf(lines, entry.buffers), ranged, cell });
  const declared = declarations.map((text) => ({ text, from: `the table's declarations of ${name}` }));
  return [...declared, ...stripped(lines)];
}

/** The cells of a variant: those whose steps take two products have the plain shader alone, where a kernel has them. */
function cellsOf(name: KernelName, variant: string): Cell[] {
  const { resets = true } = kernelEntry(name);
  return CELLS.filter((_, index) => resets && variant === "" || !CELL_RESETS[index]);
}

/**
 * Every shader of the table.
 *
 * @returns Lines by name: `kernel`, `kernel.cell`, and for a file `kernel.variant.wgsl` the same with `.variant`
 * behind.
 */
export function shaders(): Record<string, Line[]> {
  const files = [...Deno.readDirSync(new URL("wgsl/", ROOT))].map(({ name }) => name).sort();
  const result: Record<string, Line[]> = {};
  for (const name of Object.keys(KERNELS) as KernelName[]) {
    for (const file of files.filter((file) => file.startsWith(`${name}.`))) {
      const variant = file.slice(name.length, -".wgsl".length);
      for (const cell of kernelEntry(name).cells ? cellsOf(name, variant) : [undefined]) {
        result[`${name}${cell ? `.${cell}` : ""}${variant}`] = shaderOf(name, file, cell);
      }
    }
  }
  return result;
}

/** The text of a shader. */
export function textOf(lines: readonly Line[]): string {
  return lines.map(({ text }) => text).join("\n");
}
