/**
 * Products of four numbers of 8 bits a word, which not every WebGPU has. Private to webgpu*.ts.
 *
 * @module
 */

/** The name of what a WebGPU has where its shaders may call dot4I8Packed(). */
const FEATURE = "packed_4x8_integer_dot_product";

/** The same by numbers in registers: what a shader declares goes before what the language has under that name. */
const UNPACKED = `
fn dot4I8Packed(a: u32, b: u32) -> i32 {
let x = vec4i(bitcast<i32>(a)) << vec4u(24u, 16u, 8u, 0u);
let y = vec4i(bitcast<i32>(b)) << vec4u(24u, 16u, 8u, 0u);
return dot(x >> vec4u(24u), y >> vec4u(24u));
}`;

/** Whether shaders may call dot4I8Packed() here. */
export function hasPackedDot(): boolean {
  const { gpu } = (globalThis.navigator ?? {}) as { gpu?: { wgslLanguageFeatures?: ReadonlySet<string> } };
  return gpu?.wgslLanguageFeatures?.has(FEATURE) ?? false;
}

/**
 * A shader for a driver without that function.
 *
 * @param text The shader.
 * @returns The same, with a function of that name where it calls one.
 */
export function withUnpackedDot(text: string): string {
  return text.includes("dot4I8Packed(") ? text + UNPACKED : text;
}
