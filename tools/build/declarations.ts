/**
 * What WGSL declares of a kernel, written from the table: `struct Params`, constants and bindings.
 *
 * @module
 */
import { CELL_GATES, CELL_RESETS, CELL_SLOTS, CELLS, type KernelEntry, TOLD } from "../../src/kernels.ts";

/** The name of a cell. */
export type Cell = (typeof CELLS)[number];

function sizesOf(cell: Cell): string[] {
  const index = CELLS.indexOf(cell);
  return [
    `const GATES = ${CELL_GATES[index]}u;`,
    `const SLOTS = ${CELL_SLOTS[index]}u;`,
    `const RESETS = ${CELL_RESETS[index]};`,
  ];
}

/**
 * The declarations of a kernel's shader, a line each.
 *
 * @param entry The kernel's entry.
 * @param options Buffers that are read four words at a time, whether the shader reads the range of its dispatch, its
 * cell.
 * @returns Lines of WGSL.
 */
export function declarationsOf(
  { buffers, params, constants = [] }: KernelEntry,
  { quads, ranged, cell }: { quads: readonly string[]; ranged: boolean; cell?: Cell },
): string[] {
  const told = ranged ? TOLD : TOLD.slice(0, 2);
  const fields = [...Object.entries(params), ...told.map((name) => [name, "u32"])];
  const bindings = Object.entries(buffers).map(([name, use], binding) => {
    const [access, element] = use.split(" ");
    const type = quads.includes(name) ? `vec4${element![0]}` : element;
    return `@group(0) @binding(${binding}) var<storage, ${access}> ${name}: array<${type}>;`;
  });
  return [
    "struct Params {",
    ...fields.map(([name, type]) => `${name}: ${type},`),
    "}",
    ...cell ? sizesOf(cell) : [],
    ...constants.map((name) => `override ${name}: u32 = 0u;`),
    ...bindings,
    `@group(0) @binding(${bindings.length}) var<uniform> params: Params;`,
  ];
}
