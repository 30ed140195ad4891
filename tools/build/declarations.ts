/**
 * What WGSL declares of a kernel, written from the table: `struct Params`, constants and bindings.
 *
 * @module
 */
import type { KernelEntry } from "../../src/kernels.ts";

/**
 * The declarations of a kernel's shader, a line each.
 *
 * @param entry the kernel's entry
 * @param options buffers that are read four words at a time, and whether the shader reads the range of its dispatch
 * @returns lines of WGSL
 */
export function declarationsOf(
  { buffers, params, constants = [] }: KernelEntry,
  { quads, ranged }: { quads: readonly string[]; ranged: boolean },
): string[] {
  const told = ["across", "down", ...ranged ? ["begin", "end"] : []]; // by src/device/webgpu/list.ts
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
    ...constants.map((name) => `override ${name}: u32 = 0u;`),
    ...bindings,
    `@group(0) @binding(${bindings.length}) var<uniform> params: Params;`,
  ];
}
