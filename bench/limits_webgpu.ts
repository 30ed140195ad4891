/**
 * The limits of a GPU: two shaders of so many invocations that they fill a large one. What grows until a measurement is
 * long enough are rounds of a loop with a long body, as wgpu counts rounds, and drivers that compute on the CPU grant
 * 65,535 to an invocation; and the passes through a set, each of them workgroups of their own.
 *
 * @module
 */
import { findAdapter } from "../src/device/webgpu.ts";
import { Readback } from "../src/device/webgpu/readback.ts";
import { LARGEST_SET, Limits } from "./limits.ts";

/** Invocations of a workgroup. */
export const WIDTH = 256;
/** Workgroups at the least. */
export const WORKGROUPS = 4096;
const INVOCATIONS = WIDTH * WORKGROUPS;
/** Multiply-adds of four components in one round of an invocation. */
const MULTIPLY_ADDS = 120;
/** Loads of 16 bytes in an invocation. */
export const LOADS = 16;
/** Bytes that a workgroup's invocations, side by side, load at once. */
export const ROW = WIDTH * 16;
/** Seconds of one measurement: what a submit and the wait for its end take is little beside it. */
const DURATION = 0.05;

/**
 * `multiplyAdd`: three chains of four components, as many as a CPU that has 8 lanes keeps in registers.
 * `stream`: a workgroup loads the next LOADS rows, the one after it those behind them, from the set's start again at its
 * end: a word comes again when all others have come. The factor, which no sum equals, keeps the sums from being left out.
 */
export const SHADER: string = `
struct Params { rounds: u32, rows: u32, factor: f32 }
@group(0) @binding(0) var<storage, read> words: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> results: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(${WIDTH})
fn multiplyAdd(@builtin(global_invocation_id) id: vec3u) {
  let x = vec4f(params.factor);
  let y = vec4f(1.0 - params.factor);
  ${[0, 1, 2].map((i) => `var c${i} = vec4f(f32(id.x + ${i}u));`).join("\n  ")}
  for (var round = 0u; round < params.rounds; round++) {
    ${Array.from({ length: MULTIPLY_ADDS }, (_, i) => `c${i % 3} = fma(c${i % 3}, x, y);`).join("\n    ")}
  }
  results[id.x] = dot(c0 + c1 + c2, vec4f(1.0));
}

@compute @workgroup_size(${WIDTH})
fn stream(
  @builtin(workgroup_id) id: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  var row = (id.y * ${WORKGROUPS}u + id.x) * ${LOADS}u % params.rows;
  var sum = vec4f();
  ${
  Array.from(
    { length: LOADS },
    () => `sum += words[row * ${WIDTH}u + lane];\n  row = select(row + 1u, 0u, row + 1u == params.rows);`,
  ).join("\n  ")
}
  if (dot(sum, vec4f(1.0)) == params.factor) {
    results[lane] = params.factor;
  }
}
`;

/** The limits of the GPU that findAdapter() finds. */
export class WebgpuLimits extends Limits {
  readonly title = "GPU";
  readonly #gpu: GPUDevice;
  readonly #readback: Readback;
  readonly #params: GPUBuffer;
  readonly #results: GPUBuffer;
  readonly #pipelines: Readonly<Record<string, GPUComputePipeline>>;
  readonly #group: GPUBindGroup;

  private constructor(gpu: GPUDevice) {
    super();
    this.#gpu = gpu;
    this.#readback = new Readback(gpu, true);
    const buffer = (size: number, usage: number): GPUBuffer => gpu.createBuffer({ size, usage });
    const words = buffer(LARGEST_SET, GPUBufferUsage.STORAGE);
    this.#results = buffer(INVOCATIONS * 4, GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC);
    this.#params = buffer(16, GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST);
    const types = ["read-only-storage", "storage", "uniform"] as const;
    const bindGroupLayout = gpu.createBindGroupLayout({
      entries: types.map((type, binding) => ({
        binding,
        visibility: GPUShaderStage.COMPUTE,
        buffer: { type },
      })),
    });
    this.#group = gpu.createBindGroup({
      layout: bindGroupLayout,
      entries: [words, this.#results, this.#params].map((buffer, binding) => ({
        binding,
        resource: { buffer },
      })),
    });
    const layout = gpu.createPipelineLayout({ bindGroupLayouts: [bindGroupLayout] });
    const module = gpu.createShaderModule({ code: SHADER });
    this.#pipelines = Object.fromEntries(["multiplyAdd", "stream"].map((entryPoint) => {
      return [entryPoint, gpu.createComputePipeline({ layout, compute: { module, entryPoint } })];
    }));
  }

  /** Compiles the probes. */
  static async open(): Promise<WebgpuLimits> {
    const gpu = await (await findAdapter())!.requestDevice({ label: "limits" });
    gpu.pushErrorScope("validation");
    const limits = new WebgpuLimits(gpu);
    const error = await gpu.popErrorScope();
    if (error) throw new Error(`Cannot make the probes: ${error.message}`);
    return limits;
  }

  protected async multiplyAdd(): Promise<number> {
    return await this.#probe("multiplyAdd", INVOCATIONS * MULTIPLY_ADDS * 4 * 2, LARGEST_SET);
  }

  protected async read(bytes: number): Promise<number> {
    return await this.#probe("stream", INVOCATIONS * LOADS * 16, bytes);
  }

  /** Runs a probe for about DURATION, after the runs that find out with how many rounds: amounts a second. */
  async #probe(name: string, amount: number, bytes: number): Promise<number> {
    let rounds = 1;
    let seconds = await this.#time(name, rounds, bytes);
    while (seconds < DURATION / 4) {
      rounds *= 2;
      seconds = await this.#time(name, rounds, bytes);
    }
    rounds = Math.max(1, Math.round(rounds * DURATION / seconds));
    return rounds * amount / await this.#time(name, rounds, bytes);
  }

  async #time(name: string, rounds: number, bytes: number): Promise<number> {
    const params = new Uint32Array([rounds, bytes / ROW, 0, 0]);
    new Float32Array(params.buffer)[2] = 0.999;
    this.#gpu.queue.writeBuffer(this.#params, 0, params);
    await this.#readback.read(this.#results, 0, 4); // what was before has ended
    const start = performance.now();
    const encoder = this.#gpu.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(this.#pipelines[name]!);
    pass.setBindGroup(0, this.#group);
    pass.dispatchWorkgroups(WORKGROUPS, name === "stream" ? rounds : 1);
    pass.end();
    this.#gpu.queue.submit([encoder.finish()]);
    await this.#readback.read(this.#results, 0, 4);
    return (performance.now() - start) / 1000;
  }

  [Symbol.dispose](): void {
    this.#readback.close();
    this.#gpu.destroy();
  }
}
