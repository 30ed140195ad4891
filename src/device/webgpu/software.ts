/**
 * Which adapters compute on the CPU, and whether the kernels' variants `software` are for them.
 *
 * @module
 */

/** Names of drivers that compute on the CPU. */
const NAMES = /llvmpipe|lavapipe|softpipe|swiftshader|software|basic render|\bwarp\b/i;

/**
 * Whether an adapter computes on the CPU. Older versions of Deno say of none that it does: there its name tells.
 *
 * @param info What the adapter says of itself.
 */
export function isSoftware(
  info: Pick<GPUAdapterInfo, "vendor" | "architecture" | "device" | "description" | "isFallbackAdapter">,
): boolean {
  const { vendor, architecture, device, description, isFallbackAdapter } = info;
  return isFallbackAdapter || NAMES.test([vendor, architecture, device, description].join(" "));
}

/** Whether an adapter is Chromium's own driver that computes on the CPU. */
export function isSwiftShader(
  { vendor, architecture, description }: Pick<GPUAdapterInfo, "vendor" | "architecture" | "description">,
): boolean {
  return /swiftshader/i.test([vendor, architecture, description].join(" "));
}

/**
 * Whether an adapter is one for which these variants are written: a driver that computes on the CPU, its subgroups of 8.
 * Only Deno, where such a shader works without the line `enable subgroups;` and not with it.
 *
 * @param adapter The adapter.
 */
export function suitsSoftware({ info }: GPUAdapter): boolean {
  const { subgroupMinSize, subgroupMaxSize } = info;
  return "Deno" in globalThis && isSoftware(info) && subgroupMinSize === 8 && subgroupMaxSize === 8;
}
