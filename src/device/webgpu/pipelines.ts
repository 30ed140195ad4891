/**
 * The compiled kernels of one GPU, each made when first asked for. Private to webgpu.ts.
 *
 * @module
 */
import { isWritten, kernelEntry, type KernelName } from "../../kernels.ts";
import { withUnpackedDot } from "./packed_dot.ts";
import { shaderText } from "./shader_text.ts";
import { driverText } from "./unrolled.ts";

/** A pipeline that is made when it is asked for, or while nobody waits. */
export interface Making {
  readonly descriptor: GPUComputePipelineDescriptor;
  pipeline?: GPUComputePipeline;
  /** Settles when it was made while nobody waits, or that has failed. */
  coming?: Promise<void>;
}

/** What shaders are compiled for. */
export interface ShaderTarget {
  /** Of a subgroup, for the variants `software`. */
  readonly lanes: number;
  /** Whether dot4I8Packed() is there. */
  readonly packedDot: boolean;
}

/** Pipelines by shader and constants. */
export class Pipelines {
  readonly #gpu: GPUDevice;
  readonly #target: ShaderTarget;
  readonly #layouts: Map<KernelName, GPUBindGroupLayout> = new Map();
  readonly #modules: Map<string, GPUShaderModule> = new Map();
  readonly #all: Map<string, Making> = new Map();

  /**
   * @param gpu What compiles them.
   * @param target What for.
   */
  constructor(gpu: GPUDevice, target: ShaderTarget) {
    this.#gpu = gpu;
    this.#target = target;
  }

  /** A shader of a kernel for those of its parameters that are constants: it is not made yet, but in Deno. */
  pipeline(
    kernel: KernelName,
    params: Readonly<Record<string, number>>,
    shader: string,
  ): Making {
    const entry = kernelEntry(kernel);
    const constants = Object.fromEntries((entry.constants ?? []).map((name) => [name, params[name]!]));
    const key = [shader, ...Object.values(constants)].join(" ");
    let making = this.#all.get(key);
    if (!making) {
      const descriptor: GPUComputePipelineDescriptor = {
        label: key,
        layout: this.#gpu.createPipelineLayout({ bindGroupLayouts: [this.layout(kernel)] }),
        compute: { module: this.#module(shader), entryPoint: kernel, constants },
      };
      making = { descriptor };
      // Deno makes a pipeline within the call, and its errors belong to the list that asks for it.
      if ("Deno" in globalThis) this.made(making);
      this.#all.set(key, making);
    }
    return making;
  }

  /** The pipeline, which is made now where it is not there yet: what is given to the GPU behind it then waits. */
  made(making: Making): GPUComputePipeline {
    making.pipeline ??= this.#gpu.createComputePipeline(making.descriptor);
    return making.pipeline;
  }

  /** Makes what was asked for and is not there, several at a time. What fails is made again, and told, by made(). */
  async ready(): Promise<void> {
    const missing = [...this.#all.values()].filter(({ pipeline }) => !pipeline);
    for (const making of missing) making.coming ??= this.#come(making);
    await Promise.all(missing.map(({ coming }) => coming));
  }

  async #come(making: Making): Promise<void> {
    const pipeline = await this.#gpu.createComputePipelineAsync(making.descriptor).catch(() => undefined);
    if (pipeline) making.pipeline ??= pipeline;
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
    const code = shaderText(shader);
    if (code === undefined) throw new RangeError(`Cannot compile shader "${shader}": there is none`);
    const known = this.#modules.get(shader);
    if (known) return known;
    const module = this.#gpu.createShaderModule({ label: shader, code: this.#textOf(shader, code) });
    this.#modules.set(shader, module);
    return module;
  }

  #textOf(shader: string, code: string): string {
    const { lanes, packedDot } = this.#target;
    if (!/\.(software|narrow)$/.test(shader)) {
      const text = driverText(code);
      return packedDot ? text : withUnpackedDot(text);
    }
    // Deno's WebGPU knows these functions without the line that all others ask for, and does not know the line.
    const enable = "Deno" in globalThis ? "" : "enable subgroups;\n";
    return enable + driverText(code, lanes);
  }
}
