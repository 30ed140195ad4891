/**
 * The compiled kernels of one GPU, each made when first asked for. Private to webgpu.ts.
 *
 * @module
 */
import { SHADERS } from "../../generated/kernels.ts";
import { isWritten, kernelEntry, type KernelName } from "../../kernels.ts";
import { driverText } from "./unrolled.ts";

/** Pipelines by shader and constants. */
export class Pipelines {
  readonly #gpu: GPUDevice;
  readonly #lanes: number;
  readonly #layouts: Map<KernelName, GPUBindGroupLayout> = new Map();
  readonly #modules: Map<string, GPUShaderModule> = new Map();
  readonly #pipelines: Map<string, GPUComputePipeline> = new Map();

  /**
   * @param gpu What compiles them.
   * @param lanes Of a subgroup, for the variants `software`.
   */
  constructor(gpu: GPUDevice, lanes: number) {
    this.#gpu = gpu;
    this.#lanes = lanes;
  }

  /** A shader of a kernel for those of its parameters that are constants. */
  pipeline(
    kernel: KernelName,
    params: Readonly<Record<string, number>>,
    shader: string,
  ): GPUComputePipeline {
    const entry = kernelEntry(kernel);
    const constants = Object.fromEntries((entry.constants ?? []).map((name) => [name, params[name]!]));
    const key = [shader, ...Object.values(constants)].join(" ");
    let pipeline = this.#pipelines.get(key);
    if (!pipeline) {
      pipeline = this.#gpu.createComputePipeline({
        label: key,
        layout: this.#gpu.createPipelineLayout({ bindGroupLayouts: [this.layout(kernel)] }),
        compute: { module: this.#module(shader), entryPoint: kernel, constants },
      });
      this.#pipelines.set(key, pipeline);
    }
    return pipeline;
  }

  /** A kernel's bindings; explicit, so that a binding which a shader does not use is still there. */
  layout(kernel: KernelName): GPUBindGroupLayout {
    let layout = this.#layouts.get(kernel);
    if (!layout) {
      const types: GPUBufferBindingType[] = Object.values(kernelEntry(kernel).buffers).map((use) =>
        isWritten(use) ? "storage" : "read-only-storage"
      );
      layout = this.#gpu.createBindGroupLayout({
        entries: [...types, "uniform" as const].map((type, binding) => ({
          binding,
          visibility: GPUShaderStage.COMPUTE,
          buffer: { type },
        })),
      });
      this.#layouts.set(kernel, layout);
    }
    return layout;
  }

  #module(shader: string): GPUShaderModule {
    const code = SHADERS[shader];
    if (code === undefined) throw new RangeError(`Cannot compile shader "${shader}": there is none`);
    const known = this.#modules.get(shader);
    if (known) return known;
    const module = this.#gpu.createShaderModule({ label: shader, code: this.#textOf(shader, code) });
    this.#modules.set(shader, module);
    return module;
  }

  #textOf(shader: string, code: string): string {
    if (!/\.(software|narrow)$/.test(shader)) return driverText(code);
    // Deno's WebGPU knows these functions without the line that all others ask for, and does not know the line.
    const enable = "Deno" in globalThis ? "" : "enable subgroups;\n";
    return enable + driverText(code, this.#lanes);
  }
}
