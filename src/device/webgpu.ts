/**
 * The WebGPU device: a list of commands becomes prebuilt pipelines and bind groups, encoded into one pass and one
 * submit. Knows no layer and no WebAssembly; runs in browsers as in Deno.
 *
 * @module
 */
import type { DeviceBlock } from "./block.ts";
import type { Command, Executable } from "./command.ts";
import { CommandDevice } from "./command_device.ts";
import { type Device, DeviceError, type DeviceInfo, type DeviceMemory, type HostAct } from "./device.ts";
import { checkMemoryBytes, outOfMemory } from "./memory_limit.ts";
import type { TraceOptions } from "./trace.ts";
import { describe, LIMITS } from "./webgpu/describe.ts";
import { withoutSockets } from "./webgpu/environment.ts";
import { CommandList } from "./webgpu/list.ts";
import { hasPackedDot } from "./webgpu/packed_dot.ts";
import { Pipelines } from "./webgpu/pipelines.ts";
import { Readback } from "./webgpu/readback.ts";
import { isSoftware, isSwiftShader, softwareLanes } from "./webgpu/software.ts";
import { MOST_ROUNDS } from "./webgpu/ranges.ts";
import { LARGEST_LOOP } from "./webgpu/steps.ts";
import type { VariantPolicy } from "./webgpu/variants.ts";

/** How to open a WebGPU device. */
export interface WebgpuOptions extends TraceOptions {
  /**
   * The adapter to use.
   *
   * @default {findAdapter()}
   */
  readonly adapter?: GPUAdapter;
  /**
   * Whether reads may use what Deno has mapped by the time `mapAsync` returns, instead of awaiting it for 10 ms.
   *
   * @default {true} Without effect where mapping is truly asynchronous.
   */
  readonly synchronousRead?: boolean;
  /**
   * Lanes of a subgroup in the kernels' variants for drivers that compute on the CPU; 0 takes none of them.
   *
   * @default {what the adapter has, where it computes on the CPU} Tests name 4 where it has 8.
   */
  readonly lanes?: 0 | 4 | 8;
  /**
   * Whether products of few tiles and great depth share the depth.
   *
   * @default {true} false on an adapter that computes on the CPU.
   */
  readonly deep?: boolean;
  /**
   * Bytes of `weight_hh` up to which one dispatch takes a recurrence through all its steps; beyond, each step has its own.
   *
   * @default {524288} 0 on an adapter that computes on the CPU.
   */
  readonly largestLoop?: number;
  /**
   * Whether shaders may call dot4I8Packed().
   *
   * @default {whether WebGPU has it here}
   */
  readonly packedDot?: boolean;
  /**
   * Words that a block may have at most: tests lower it.
   *
   * @default {what both a buffer and a binding of the adapter hold}
   */
  readonly mostWords?: number;
  /**
   * Workgroups up to which a grid is not folded, in each direction: tests lower it.
   *
   * @default {what the device holds, 65535 or more}
   */
  readonly mostWorkgroups?: number;
  /**
   * Rounds of loops up to which one dispatch takes a kernel: drivers that compute on the CPU grant an invocation few.
   *
   * @default {Infinity} 60,000 on an adapter that computes on the CPU, Chromium's own apart.
   */
  readonly mostRounds?: number;
  /**
   * Bytes that all blocks may take together.
   *
   * @default {what the GPU has}
   */
  readonly memoryBytes?: number | undefined;
  /**
   * A name for the device in messages of the driver.
   *
   * @default {"refrain"}
   */
  readonly label?: string;
}

/** Milliseconds after a failed read in which a loss of the GPU is told. */
const LOSS = 50;
/** The errors that calls to a GPU make; every watched call is checked for both. */
const ERRORS = ["validation", "out-of-memory"] as const;

/**
 * Finds the machine's fastest WebGPU adapter.
 *
 * @returns The adapter, or null where there is none.
 */
export async function findAdapter(): Promise<GPUAdapter | null> {
  try {
    const gpu = (globalThis.navigator as Navigator | undefined)?.gpu as GPU | undefined;
    return await withoutSockets(async () =>
      await gpu?.requestAdapter({ powerPreference: "high-performance" }) ?? null
    );
  } catch {
    return null;
  }
}

/**
 * Opens a WebGPU device.
 *
 * @param options The adapter, and how to read.
 * @returns The device.
 * @throws {RangeError} If `memoryBytes` is out of range.
 * @throws {DeviceError} If there is no adapter, or it gives no device.
 */
export async function openWebgpu(options: WebgpuOptions = {}): Promise<Device> {
  if (options.memoryBytes !== undefined) checkMemoryBytes("webgpu", options.memoryBytes);
  const adapter = options.adapter ?? await findAdapter();
  if (!adapter) throw new DeviceError('Cannot open device "webgpu": no WebGPU adapter was found');
  const lanes = options.lanes ?? softwareLanes(adapter);
  try {
    const gpu = await adapter.requestDevice({
      label: options.label ?? "refrain",
      requiredFeatures: lanes > 0 ? ["subgroups"] : [],
      requiredLimits: Object.fromEntries(LIMITS.map((name) => [name, adapter.limits[name]])),
    });
    return new WebgpuDevice(gpu, adapter, { ...options, lanes });
  } catch (error) {
    throw new DeviceError(`Cannot open device "webgpu": ${reason(error)}`, { cause: error });
  }
}

/** A device on one GPU. */
export class WebgpuDevice extends CommandDevice<GPUBuffer> {
  readonly name = "webgpu";
  readonly software: boolean;
  readonly threads = 1;
  readonly info: DeviceInfo;
  /** What both a buffer and a binding hold. */
  readonly mostWords: number;
  readonly #gpu: GPUDevice;
  readonly #readback: Readback;
  readonly #pipelines: Pipelines;
  readonly #policy: VariantPolicy;
  readonly #memoryBytes: number;
  /** Bytes of all blocks. */
  #used = 0;
  /** The most that they were. */
  #peak = 0;
  #lost: string | undefined;
  #error: string | undefined;
  /** Settles when the errors of all calls so far are known. */
  #watched: Promise<unknown> = Promise.resolve();
  #closed = false;

  /** For {@linkcode openWebgpu}. */
  constructor(gpu: GPUDevice, adapter: GPUAdapter, options: WebgpuOptions) {
    super(options.memoryBytes ?? Infinity, options);
    this.#gpu = gpu;
    this.software = isSoftware(adapter.info);
    const { software } = this;
    const { lanes = 0 } = options;
    this.#readback = new Readback(gpu, options.synchronousRead ?? true);
    this.#pipelines = new Pipelines(gpu, { lanes, packedDot: options.packedDot ?? hasPackedDot() });
    this.#policy = {
      lanes,
      deep: options.deep ?? !software,
      largestLoop: options.largestLoop ?? (software ? 0 : LARGEST_LOOP),
      stepsBack: options.largestLoop !== undefined || !isSwiftShader(adapter.info),
      mostWorkgroups: options.mostWorkgroups ?? gpu.limits.maxComputeWorkgroupsPerDimension,
      mostRounds: options.mostRounds ?? (software && !isSwiftShader(adapter.info) ? MOST_ROUNDS : Infinity),
    };
    this.#memoryBytes = options.memoryBytes ?? Infinity;
    this.info = describe(adapter, gpu);
    this.mostWords = options.mostWords ??
      Math.floor(Math.min(gpu.limits.maxBufferSize, gpu.limits.maxStorageBufferBindingSize) / 4);
    gpu.addEventListener("uncapturederror", (event) => {
      event.preventDefault();
      this.#keep((event as GPUUncapturedErrorEvent).error);
    });
    gpu.lost.then(({ reason, message }) => {
      if (this.#closed) return;
      this.#lost = reason === "destroyed"
        ? "its GPU device was destroyed"
        : `its GPU device was lost: ${message || "no reason was given"}`;
    });
  }

  get memory(): DeviceMemory {
    return { size: this.#memoryBytes, used: this.#used, peak: this.#peak, scratch: 0 };
  }

  override async ready(): Promise<void> {
    await this.#pipelines.ready();
    await super.ready();
  }

  protected allocate(length: number): GPUBuffer {
    this.#assertWell();
    const size = length * 4;
    if (length > this.mostWords) {
      throw new DeviceError(
        `Cannot allocate ${size} bytes: the most that this device gives at once is ${this.mostWords * 4}`,
      );
    }
    if (this.#used + size > this.#memoryBytes) {
      throw outOfMemory("WebGPU", { asked: size, used: this.#used, all: this.#memoryBytes });
    }
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    const buffer = this.#watch(() => this.#gpu.createBuffer({ size, usage }), size);
    this.#used += size;
    this.#peak = Math.max(this.#peak, this.#used);
    return buffer;
  }

  protected release(buffer: GPUBuffer, length: number): void {
    this.#used -= length * 4;
    buffer.destroy();
  }

  protected compile(commands: readonly Command<GPUBuffer>[], once: boolean): Executable {
    this.#assertWell();
    const list = this.#watch(() => new CommandList(this.#gpu, this.#pipelines, this.#policy, commands));
    return {
      run: (): void => {
        this.#assertWell();
        this.#watch(() => list.submit());
        if (once) list[Symbol.dispose]();
      },
      [Symbol.dispose]: (): void => list[Symbol.dispose](),
    };
  }

  protected wait(): void {
    // Deno waits for the GPU inside of this call.
    this.#gpu.queue.onSubmittedWorkDone().catch(() => {});
  }

  protected upload(target: DeviceBlock<GPUBuffer>, words: Float32Array | Uint32Array): void {
    this.#assertWell();
    if (words.length === 0) return; // an empty write ends the Deno process
    // Not every WebGPU takes every kind of view, or memory that is shared.
    const { buffer, byteOffset, byteLength } = isShared(words) ? words.slice() : words;
    const source = buffer as ArrayBuffer;
    this.#watch(() =>
      this.#gpu.queue.writeBuffer(target.handle, target.start * 4, source, byteOffset, byteLength)
    );
  }

  protected async download(source: DeviceBlock<GPUBuffer>): Promise<ArrayBuffer> {
    this.#assertWell();
    try {
      const words = await this.#watch(() =>
        this.#readback.read(source.handle, source.start * 4, source.length * 4)
      );
      await this.#watched;
      this.#assertWell();
      return words;
    } catch (error) {
      if (error instanceof DeviceError) throw error;
      if (this.#closed) throw new DeviceError('Cannot read from device "webgpu": it was disposed');
      // What was wrong before is the cause; of a loss Deno tells in a later turn of the event loop.
      const turn = new Promise((resolve) => setTimeout(resolve, LOSS));
      await Promise.all([this.#watched, Promise.race([this.#gpu.lost, turn])]);
      this.#assertWell();
      throw new DeviceError(`Cannot read from device "webgpu": ${reason(error)}`, { cause: error });
    }
  }

  protected async lend(target: DeviceBlock<GPUBuffer>, act: HostAct): Promise<void> {
    const words = new Float32Array(await this.download(target));
    await act(words);
    this.upload(target, words);
  }

  protected close(): void {
    this.#closed = true;
    this.#readback.close();
    this.#gpu.destroy();
  }

  protected get failure(): string | undefined {
    return this.#lost;
  }

  /** Throws what went wrong since the last call: errors of a GPU arrive late, and by themselves would be silent. */
  #assertWell(): void {
    if (this.#lost !== undefined) throw this.broken();
    const error = this.#error;
    if (error === undefined) return;
    this.#error = undefined;
    throw new DeviceError(`Cannot go on with device "webgpu": an earlier call failed: ${error}`);
  }

  /** Makes calls to the GPU whose errors, which arrive later, are to be kept; `asked`: bytes that they allocate. */
  #watch<R>(calls: () => R, asked?: number): R {
    for (const filter of ERRORS) this.#gpu.pushErrorScope(filter);
    try {
      return calls();
    } finally {
      const scopes = ERRORS.map(() =>
        this.#gpu.popErrorScope().then((error) => this.#keep(error, asked), () => {})
      );
      // Without a value: it would hold that of the promise before, and so on without end.
      this.#watched = Promise.all([this.#watched, ...scopes]).then(() => {});
    }
  }

  /** The first error is the cause; those that follow are mostly its consequences. */
  #keep(error: GPUError | null, asked?: number): void {
    if (!error) return;
    const { message } = asked !== undefined && error instanceof GPUOutOfMemoryError
      ? outOfMemory("WebGPU", { asked, used: this.#used })
      : error;
    this.#error ??= message || "the GPU is out of memory";
  }
}

function isShared({ buffer }: Float32Array | Uint32Array): boolean {
  return !(buffer instanceof ArrayBuffer);
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
