/**
 * The WebGPU device: a list of commands becomes prebuilt pipelines and bind groups, encoded into one pass and one
 * submit. Knows no layer and no WebAssembly; runs in browsers as in Deno.
 *
 * @module
 */
import { SHADERS } from "../generated/kernels.ts";
import { CELLS, kernelEntry, type KernelName } from "../kernels.ts";
import type { DeviceBlock } from "./block.ts";
import { type Command, CommandDevice, type Executable } from "./command_device.ts";
import { align, type Device, DeviceError, type DeviceInfo } from "./device.ts";
import { Readback } from "./webgpu_readback.ts";

/** How to open a WebGPU device. */
export interface WebgpuOptions {
  /** The adapter to use. @default what {@linkcode findAdapter} finds */
  readonly adapter?: GPUAdapter;
  /**
   * Whether reads may use what Deno has mapped by the time `mapAsync` returns, instead of awaiting it for 10 ms.
   * @default true, and without effect where mapping is truly asynchronous
   */
  readonly synchronousRead?: boolean;
  /** A name for the device in messages of the driver. @default "refrain" */
  readonly label?: string;
}

/** The limits that decide how large a model may be; everything else stays at WebGPU's defaults, which all kernels keep. */
const LIMITS = ["maxBufferSize", "maxStorageBufferBindingSize"] as const;
/** Every uniform slice starts at a multiple of this many bytes: the default `minUniformBufferOffsetAlignment`. */
const SLICE = 256;

/**
 * Finds the machine's fastest WebGPU adapter.
 *
 * @returns the adapter, or null where there is none; its `info.isFallbackAdapter` tells a software one
 */
export async function findAdapter(): Promise<GPUAdapter | null> {
  try {
    const gpu = (globalThis.navigator as Navigator | undefined)?.gpu as GPU | undefined;
    return await gpu?.requestAdapter({ powerPreference: "high-performance" }) ?? null;
  } catch {
    return null;
  }
}

/**
 * Opens a WebGPU device.
 *
 * @param options the adapter, and how to read
 * @returns the device
 * @throws {DeviceError} when there is no adapter, or it gives no device
 */
export async function openWebgpu(options: WebgpuOptions = {}): Promise<Device> {
  const adapter = options.adapter ?? await findAdapter();
  if (!adapter) throw new DeviceError('Cannot open device "webgpu": no WebGPU adapter was found');
  try {
    const gpu = await adapter.requestDevice({
      label: options.label ?? "refrain",
      requiredLimits: Object.fromEntries(LIMITS.map((name) => [name, adapter.limits[name]])),
    });
    return new WebgpuDevice(gpu, adapter, options.synchronousRead ?? true);
  } catch (error) {
    throw new DeviceError(`Cannot open device "webgpu": ${reason(error)}`, { cause: error });
  }
}

/** A kernel ready to be dispatched. */
interface Dispatch {
  readonly pipeline: GPUComputePipeline;
  readonly group: GPUBindGroup;
  readonly grid: readonly [number, number, number];
}

/** A device on one GPU. */
export class WebgpuDevice extends CommandDevice<GPUBuffer> {
  readonly name = "webgpu";
  readonly info: DeviceInfo;
  readonly #gpu: GPUDevice;
  readonly #readback: Readback;
  readonly #layouts: Map<KernelName, GPUBindGroupLayout> = new Map();
  readonly #modules: Map<string, GPUShaderModule> = new Map();
  readonly #pipelines: Map<string, GPUComputePipeline> = new Map();
  #lost: string | undefined;
  #error: string | undefined;

  /** For {@linkcode openWebgpu}. */
  constructor(gpu: GPUDevice, adapter: GPUAdapter, synchronousRead: boolean) {
    super();
    this.#gpu = gpu;
    this.#readback = new Readback(gpu, synchronousRead);
    this.info = describe(adapter, gpu);
    // The first error is the cause; those that follow are mostly its consequences.
    gpu.addEventListener("uncapturederror", (event) => {
      event.preventDefault();
      this.#error ??= (event as GPUUncapturedErrorEvent).error.message;
    });
    gpu.lost.then(({ reason, message }) => {
      if (reason !== "destroyed") this.#lost = message || "no reason was given";
    });
  }

  protected allocate(length: number): GPUBuffer {
    this.#assertWell();
    const size = length * 4;
    if (size > this.#gpu.limits.maxBufferSize) {
      throw new DeviceError(
        `Cannot allocate ${size} bytes: the most that this device gives at once is ${this.#gpu.limits.maxBufferSize}`,
      );
    }
    try {
      return this.#gpu.createBuffer({
        size,
        usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
      });
    } catch (error) {
      throw new DeviceError(`Cannot allocate ${size} bytes: ${reason(error)}`, { cause: error });
    }
  }

  protected release(buffer: GPUBuffer): void {
    buffer.destroy();
  }

  protected compile(commands: readonly Command<GPUBuffer>[], once: boolean): Executable {
    this.#assertWell();
    const uniforms = this.#uniforms(commands);
    const steps = commands.map((command, index) =>
      command.kernel === "clear"
        ? command.blocks[0]!
        : this.#dispatch(command, command.kernel, uniforms, index)
    );
    return {
      run: (): void => {
        this.#assertWell();
        const encoder = this.#gpu.createCommandEncoder();
        let pass: GPUComputePassEncoder | undefined;
        for (const step of steps) {
          if ("pipeline" in step) {
            pass ??= encoder.beginComputePass();
            pass.setPipeline(step.pipeline);
            pass.setBindGroup(0, step.group);
            pass.dispatchWorkgroups(...step.grid);
          } else {
            pass?.end();
            pass = undefined;
            encoder.clearBuffer(step.handle, step.start * 4, step.length * 4);
          }
        }
        pass?.end();
        this.#gpu.queue.submit([encoder.finish()]);
        if (once) uniforms?.destroy();
      },
      [Symbol.dispose]: (): void => uniforms?.destroy(),
    };
  }

  protected upload(target: DeviceBlock<GPUBuffer>, words: Float32Array | Uint32Array): void {
    this.#assertWell();
    if (words.length === 0) return; // an empty write ends the Deno process
    // The words may lie in shared memory, which the type of a source leaves out.
    this.#gpu.queue.writeBuffer(target.handle, target.start * 4, words as Float32Array<ArrayBuffer>);
  }

  protected async download(source: DeviceBlock<GPUBuffer>): Promise<ArrayBuffer> {
    this.#assertWell();
    try {
      const words = await this.#readback.read(source.handle, source.start * 4, source.length * 4);
      this.#assertWell();
      return words;
    } catch (error) {
      this.#assertWell();
      if (error instanceof DeviceError) throw error;
      throw new DeviceError(`Cannot read from device "webgpu": ${reason(error)}`, { cause: error });
    }
  }

  protected close(): void {
    this.#readback.close();
    this.#gpu.destroy();
  }

  /** Throws what went wrong since the last call: errors of a GPU arrive late, and by themselves would be silent. */
  #assertWell(): void {
    if (this.#lost !== undefined) {
      throw new DeviceError(`Cannot use device "webgpu": it was lost: ${this.#lost}`);
    }
    const error = this.#error;
    if (error === undefined) return;
    this.#error = undefined;
    throw new DeviceError(`Cannot go on with device "webgpu": an earlier call failed: ${error}`);
  }

  /** One buffer for the parameters of all commands, a slice each. */
  #uniforms(commands: readonly Command<GPUBuffer>[]): GPUBuffer | undefined {
    if (commands.every((command) => command.kernel === "clear")) return undefined;
    const bytes = new DataView(new ArrayBuffer(commands.length * SLICE));
    for (const [index, { kernel, params }] of commands.entries()) {
      if (kernel === "clear") continue;
      Object.values(kernelEntry(kernel).params).forEach((type, field) => {
        const at = index * SLICE + field * 4;
        if (type === "f32") bytes.setFloat32(at, params[field]!, true);
        else bytes.setUint32(at, params[field]!, true);
      });
    }
    const usage = GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST;
    const buffer = this.#gpu.createBuffer({ size: bytes.byteLength, usage });
    this.#gpu.queue.writeBuffer(buffer, 0, bytes);
    return buffer;
  }

  #dispatch(
    { blocks, params }: Command<GPUBuffer>,
    kernel: KernelName,
    uniforms: GPUBuffer | undefined,
    index: number,
  ): Dispatch {
    const entry = kernelEntry(kernel);
    const named = Object.fromEntries(Object.keys(entry.params).map((name, field) => [name, params[field]!]));
    const grid = entry.workgroups(named);
    const { maxComputeWorkgroupsPerDimension, maxStorageBufferBindingSize } = this.#gpu.limits;
    if (Math.max(...grid) > maxComputeWorkgroupsPerDimension) {
      throw new DeviceError(
        `Cannot run ${kernel}: its grid must be at most ${maxComputeWorkgroupsPerDimension} in each direction: ` +
          `current grid is (${grid.join(", ")})`,
      );
    }
    const bindings = blocks.map((block, binding) => {
      const size = align(block.length) * 4;
      if (size > maxStorageBufferBindingSize) {
        throw new DeviceError(
          `Cannot run ${kernel}: a buffer of this device must be at most ${maxStorageBufferBindingSize} bytes: ` +
            `current size of "${Object.keys(entry.buffers)[binding]}" is ${size}`,
        );
      }
      return { binding, resource: { buffer: block.handle, offset: block.start * 4, size } };
    });
    const size = Object.keys(entry.params).length * 4;
    const params_ = { binding: blocks.length, resource: { buffer: uniforms!, offset: index * SLICE, size } };
    return {
      pipeline: this.#pipeline(kernel, named),
      group: this.#gpu.createBindGroup({ layout: this.#layout(kernel), entries: [...bindings, params_] }),
      grid,
    };
  }

  /** The pipeline of a kernel for those of its parameters that are constants; compiled when first asked for. */
  #pipeline(kernel: KernelName, params: Readonly<Record<string, number>>): GPUComputePipeline {
    const entry = kernelEntry(kernel);
    const shader = entry.cells ? `${kernel}.${CELLS[params.cell!]}` : kernel;
    const constants = Object.fromEntries((entry.constants ?? []).map((name) => [name, params[name]!]));
    const key = [shader, ...Object.values(constants)].join(" ");
    let pipeline = this.#pipelines.get(key);
    if (pipeline) return pipeline;
    const code = SHADERS[shader];
    if (code === undefined) throw new RangeError(`Cannot run ${kernel}: there is no shader "${shader}"`);
    let module = this.#modules.get(shader);
    if (!module) this.#modules.set(shader, module = this.#gpu.createShaderModule({ label: shader, code }));
    pipeline = this.#gpu.createComputePipeline({
      label: key,
      layout: this.#gpu.createPipelineLayout({ bindGroupLayouts: [this.#layout(kernel)] }),
      compute: { module, entryPoint: kernel, constants },
    });
    this.#pipelines.set(key, pipeline);
    return pipeline;
  }

  /** Explicit, so that a binding which a shader does not use is still there. */
  #layout(kernel: KernelName): GPUBindGroupLayout {
    let layout = this.#layouts.get(kernel);
    if (layout) return layout;
    const accesses = Object.values(kernelEntry(kernel).buffers);
    const types: GPUBufferBindingType[] = [
      ...accesses.map((access): GPUBufferBindingType => access === "read" ? "read-only-storage" : "storage"),
      "uniform",
    ];
    layout = this.#gpu.createBindGroupLayout({
      entries: types.map((type, binding) => ({
        binding,
        visibility: GPUShaderStage.COMPUTE,
        buffer: { type },
      })),
    });
    this.#layouts.set(kernel, layout);
    return layout;
  }
}

function describe(adapter: GPUAdapter, gpu: GPUDevice): DeviceInfo {
  const { vendor, architecture, device, description, isFallbackAdapter } = adapter.info;
  const title = description || [vendor, architecture, device].filter((word) => word).join(" ") ||
    "unnamed adapter";
  return {
    name: "webgpu",
    description: isFallbackAdapter ? `${title}, software` : title,
    details: {
      vendor,
      architecture,
      device,
      software: isFallbackAdapter,
      features: [...gpu.features],
      ...Object.fromEntries(LIMITS.map((name) => [name, gpu.limits[name]])),
    },
  };
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
