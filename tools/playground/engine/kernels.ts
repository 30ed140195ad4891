/**
 * Stands for src/generated/kernels.ts in the engine's bundle: its text lies beside the bundle, in a script that runs first.
 *
 * @module
 */
interface Kernels {
  readonly PARTS: readonly string[];
  readonly SHADERS: Readonly<Record<string, readonly number[]>>;
  readonly WASM: Readonly<Record<"relaxed" | "plain", string>>;
}

const kernels = (globalThis as unknown as { refrainKernels: Kernels }).refrainKernels;
/** Declarations of WGSL. */
export const PARTS = kernels.PARTS;
/** Shaders by kernel. */
export const SHADERS = kernels.SHADERS;
/** WebAssembly by build. */
export const WASM = kernels.WASM;
