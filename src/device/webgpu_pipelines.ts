/**
 * The compiled kernels of one GPU, each made when first asked for. Private to webgpu.ts.
 *
 * @module
 */
import { SHADERS } from "../generated/kernels.ts";
import { CELLS, kernelEntry, type KernelName } from "../kernels.ts";
import { softwareCan } from "./webgpu_software.ts";
import { stepsOf } from "./webgpu_steps.ts";

/** Which of a kernel's shaders a command takes, and how it is dispatched. */
export interface Variant {
  /** What follows the kernel's and the cell's name in the shader's: nothing, `.software` or `.steps`. */
  readonly suffix: string;
  readonly grid: readonly [number, number, number];
  /** Dispatches, one after the other. */
  readonly count: number;
}

/** Pipelines by shader and constants. */
export class Pipelines {
  readonly #gpu: GPUDevice;
  readonly #software: boolean;
  readonly #largestLoop: number;
  readonly #layouts: Map<KernelName, GPUBindGroupLayout> = new Map();
  readonly #modules: Map<string, GPUShaderModule> = new Map();
  readonly #pipelines: Map<string, GPUComputePipeline> = new Map();

  /**
   * `software` takes the variants for drivers that compute on the CPU; beyond `largestLoop` bytes of weight_hh each step of
   * a recurrence has a dispatch of its own.
   */
  constructor(gpu: GPUDevice, { software, largestLoop }: { software: boolean; largestLoop: number }) {
    this.#gpu = gpu;
    this.#software = software;
    this.#largestLoop = largestLoop;
  }

  /** The variant for these parameters. */
  variant(kernel: KernelName, params: Readonly<Record<string, number>>): Variant {
    const whole = { grid: kernelEntry(kernel).workgroups(params), count: 1 };
    if (this.#software && `${shaderOf(kernel, params)}.software` in SHADERS && softwareCan(kernel, params)) {
      return { suffix: ".software", ...whole };
    }
    const steps = stepsOf(kernel, params, this.#largestLoop);
    return steps ? { suffix: ".steps", ...steps } : { suffix: "", ...whole };
  }

  /** A variant of a kernel for those of its parameters that are constants. */
  pipeline(
    kernel: KernelName,
    params: Readonly<Record<string, number>>,
    { suffix }: Variant,
  ): GPUComputePipeline {
    const entry = kernelEntry(kernel), shader = shaderOf(kernel, params) + suffix;
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
      const types: GPUBufferBindingType[] = Object.values(kernelEntry(kernel).buffers).map((access) =>
        access === "read" ? "read-only-storage" : "storage"
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
    let module = this.#modules.get(shader);
    if (!module) this.#modules.set(shader, module = this.#gpu.createShaderModule({ label: shader, code }));
    return module;
  }
}

/** The general shader of a kernel. */
function shaderOf(kernel: KernelName, params: Readonly<Record<string, number>>): string {
  return kernelEntry(kernel).cells ? `${kernel}.${CELLS[params.cell!]}` : kernel;
}
