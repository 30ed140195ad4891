/** WGSL of a shader, from the declarations that shaders share. @module */
import { PARTS, SHADERS } from "../../generated/kernels.ts";

/**
 * The text of a shader.
 *
 * @param shader A kernel, or a kernel and its cell and variant.
 * @returns WGSL, or undefined where there is no such shader.
 */
export function shaderText(shader: string): string | undefined {
  return SHADERS[shader]?.map((part) => PARTS[part]).join("\n");
}
