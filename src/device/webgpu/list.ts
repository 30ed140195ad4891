/**
 * A list of commands made ready for a GPU: pipelines, bind groups and parameters, made once and encoded at each run. Private to
 * webgpu.ts.
 *
 * @module
 */
import { kernelEntry, type KernelName, TOLD } from "../../kernels.ts";
import type { Command } from "../command.ts";
import { align, DeviceError } from "../device.ts";
import { fold } from "./grid.ts";
import type { Making, Pipelines } from "./pipelines.ts";
import { paramsOf, type Range } from "./ranges.ts";
import { type Variant, variantOf, type VariantPolicy } from "./variants.ts";

/** Every uniform slice starts at a multiple of this many bytes: the default `minUniformBufferOffsetAlignment`. */
const SLICE = 256;

/** A clear, which has no variant of a kernel, or one dispatch of a command. */
interface Launch {
  readonly command: Command<GPUBuffer>;
  readonly variant?: Variant;
  /** Of the dispatch, in field order: it may have a part of what the command takes. */
  readonly params: readonly number[];
  readonly range: Range;
}

/** A kernel ready to be dispatched. */
interface Dispatch {
  readonly making: Making;
  readonly group: GPUBindGroup;
  readonly grid: readonly [number, number, number];
}

/** Bytes to fill with zeros: the buffer, their offset and how many. The block itself would be kept alive by the list. */
type Clear = readonly [buffer: GPUBuffer, offset: number, size: number];

/** A list on one GPU. */
export class CommandList implements Disposable {
  readonly #gpu: GPUDevice;
  readonly #pipelines: Pipelines;
  readonly #uniforms: GPUBuffer | undefined;
  readonly #mostWorkgroups: number;
  readonly #steps: (Dispatch | Clear)[];

  /** Makes all of it; what is wrong with a command is thrown here. */
  constructor(
    gpu: GPUDevice,
    pipelines: Pipelines,
    policy: VariantPolicy,
    commands: readonly Command<GPUBuffer>[],
  ) {
    this.#gpu = gpu;
    this.#pipelines = pipelines;
    this.#mostWorkgroups = policy.mostWorkgroups;
    const launches = commands.flatMap((command) => launchesOf(command, policy));
    const uniforms = this.#writeParams(launches);
    this.#uniforms = uniforms;
    try {
      this.#steps = launches.map((launch, index) =>
        launch.variant ? this.#dispatch(launch, launch.variant, uniforms!, index) : clearOf(launch.command)
      );
    } catch (error) {
      uniforms?.destroy();
      throw error;
    }
  }

  /** One encoder, one submit, and one pass, which only a clear that comes after kernels parts. */
  submit(): void {
    const encoder = this.#gpu.createCommandEncoder();
    let pass: GPUComputePassEncoder | undefined;
    for (const step of this.#steps) {
      if ("making" in step) {
        pass ??= encoder.beginComputePass();
        pass.setPipeline(this.#pipelines.made(step.making));
        pass.setBindGroup(0, step.group);
        pass.dispatchWorkgroups(...step.grid);
      } else {
        pass?.end();
        pass = undefined;
        encoder.clearBuffer(...step);
      }
    }
    pass?.end();
    this.#gpu.queue.submit([encoder.finish()]);
  }

  /** One buffer for the parameters of all dispatches, a slice each; behind a command's own stand grid and range. */
  #writeParams(launches: readonly Launch[]): GPUBuffer | undefined {
    if (launches.every(({ variant }) => !variant)) return undefined;
    const bytes = new DataView(new ArrayBuffer(launches.length * SLICE));
    for (const [index, { command: { kernel }, variant, params, range }] of launches.entries()) {
      if (kernel === "clear") continue;
      const told = [...params, ...variant!.grid, ...range];
      const { params: fields } = kernelEntry(kernel);
      [...Object.values(fields), ...TOLD.map(() => "u32")].forEach((type, field) => {
        const at = index * SLICE + field * 4;
        const value = told[field]!;
        if (type === "f32") bytes.setFloat32(at, value, true);
        else bytes.setUint32(at, value, true);
      });
    }
    const usage = GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST;
    const buffer = this.#gpu.createBuffer({ size: bytes.byteLength, usage });
    this.#gpu.queue.writeBuffer(buffer, 0, bytes.buffer);
    return buffer;
  }

  #dispatch({ command, params }: Launch, variant: Variant, uniforms: GPUBuffer, index: number): Dispatch {
    const { blocks } = command;
    const kernel = command.kernel as KernelName;
    const most = this.#mostWorkgroups;
    const grid = fold(variant.grid, most);
    if (!grid) {
      throw new DeviceError(
        `Cannot run ${kernel}: its workgroups must be at most ${most} in each of three directions: ` +
          `current grid is (${variant.grid.join(", ")})`,
      );
    }
    const bindings = blocks.map((block, binding) => {
      const size = align(block.length) * 4;
      return { binding, resource: { buffer: block.handle, offset: block.start * 4, size } };
    });
    const size = (params.length + TOLD.length) * 4;
    const params_ = { binding: blocks.length, resource: { buffer: uniforms, offset: index * SLICE, size } };
    return {
      making: this.#pipelines.pipeline(kernel, named(kernel, params), variant.shader),
      group: this.#gpu.createBindGroup({
        layout: this.#pipelines.layout(kernel),
        entries: [...bindings, params_],
      }),
      grid,
    };
  }

  [Symbol.dispose](): void {
    this.#uniforms?.destroy();
  }
}

function clearOf({ blocks }: Command<GPUBuffer>): Clear {
  const { handle, start, length } = blocks[0]!;
  return [handle, start * 4, length * 4];
}

function launchesOf(command: Command<GPUBuffer>, policy: VariantPolicy): Launch[] {
  const { kernel } = command;
  if (kernel === "clear") return [{ command, params: [], range: [0, 0] }];
  const params = named(kernel, command.params);
  const names = Object.keys(kernelEntry(kernel).buffers);
  const lengths = Object.fromEntries(names.map((name, binding) => [name, command.blocks[binding]!.length]));
  const variant = variantOf(kernel, { params, lengths }, policy);
  return variant.ranges.map((range) => {
    const own = paramsOf(kernel, params, range);
    return { command, variant, params: Object.keys(params).map((name) => own[name]!), range };
  });
}

/** The parameters of a kernel by name. */
function named(kernel: KernelName, params: readonly number[]): Record<string, number> {
  return Object.fromEntries(
    Object.keys(kernelEntry(kernel).params).map((name, field) => [name, params[field]!]),
  );
}
