/**
 * Which adapters compute on the CPU, and with how many lanes the kernels' variants `software` are for them.
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

/** Lanes of a subgroup for which these variants are written: Mesa's driver has 8, Chromium's own 4. */
const LANES = [4, 8] as const;

/**
 * How many lanes a subgroup has in these variants, on a driver that computes on the CPU and says that it has no others.
 *
 * @param adapter The adapter.
 * @returns The lanes; 0 where the variants are not for it.
 */
export function softwareLanes({ info, features }: Pick<GPUAdapter, "info" | "features">): 0 | 4 | 8 {
  const { subgroupMinSize, subgroupMaxSize } = info;
  const there = "Deno" in globalThis || features.has("subgroups"); // Deno has them unlisted
  const suits = isSoftware(info) && there && subgroupMinSize === subgroupMaxSize;
  return suits ? LANES.find((lanes) => lanes === subgroupMinSize) ?? 0 : 0;
}
