/**
 * Stands for src/generated/kernels.ts in the engine's bundle: its text lies beside the bundle, in a script that runs first.
 *
 * @module
 */
interface Kernels {
  readonly SHADERS: Readonly<Record<string, string>>;
  readonly WASM: Readonly<Record<"relaxed" | "plain", string>>;
}

const kernels = (globalThis as unknown as { refrainKernels: Kernels }).refrainKernels;
/** Shaders by kernel. */
export const SHADERS = kernels.SHADERS;
/** WebAssembly by build. */
export const WASM = kernels.WASM;
