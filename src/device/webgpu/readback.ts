/**
 * Reading from a GPU: a copy into a staging buffer, which is mapped. Private to webgpu.ts.
 *
 * In Deno `mapAsync` blocks until the GPU is idle, so that the buffer is mapped when the call returns, and then sleeps for
 * 10 ms before it resolves. Using what is mapped without the await makes a read 50 times as fast. The first mapping of each
 * buffer must be awaited: to touch it earlier ends the process.
 *
 * @module
 */

/** A buffer of the host's side, and whether it was mapped once. */
interface Staging {
  readonly buffer: GPUBuffer;
  mapped: boolean;
}

/** Staging buffers kept at most. */
const MOST_IDLE = 4;

/** Reads blocks of one GPU. */
export class Readback {
  readonly #gpu: GPUDevice;
  #idle: Staging[] = [];
  #synchronous: boolean;

  constructor(gpu: GPUDevice, synchronous: boolean) {
    this.#gpu = gpu;
    this.#synchronous = synchronous && "Deno" in globalThis;
  }

  /** The words of `size` bytes of a buffer from byte `offset` on, after everything that was submitted. */
  async read(source: GPUBuffer, offset: number, size: number): Promise<ArrayBuffer> {
    const staging = this.#take(size);
    try {
      const encoder = this.#gpu.createCommandEncoder();
      encoder.copyBufferToBuffer(source, offset, staging.buffer, 0, size);
      this.#gpu.queue.submit([encoder.finish()]);
      const result = await this.#map(staging, size);
      staging.buffer.unmap();
      this.#give(staging);
      return result;
    } catch (error) {
      staging.buffer.destroy();
      throw error;
    }
  }

  close(): void {
    for (const { buffer } of this.#idle) buffer.destroy();
    this.#idle = [];
  }

  async #map(staging: Staging, size: number): Promise<ArrayBuffer> {
    const pending = staging.buffer.mapAsync(GPUMapMode.READ, 0, size);
    if (this.#synchronous && staging.mapped) {
      try {
        const result = staging.buffer.getMappedRange(0, size).slice(0);
        pending.catch(() => {});
        return result;
      } catch {
        this.#synchronous = false; // a Deno whose mapping is truly asynchronous
      }
    }
    await pending;
    staging.mapped = true;
    return staging.buffer.getMappedRange(0, size).slice(0);
  }

  /** The smallest idle buffer that is large enough, or a new one. */
  #take(size: number): Staging {
    const fit =
      this.#idle.filter(({ buffer }) => buffer.size >= size).sort((a, b) => a.buffer.size - b.buffer.size)[0];
    if (fit) {
      this.#idle.splice(this.#idle.indexOf(fit), 1);
      return fit;
    }
    // Small ones in powers of two, so that reads of many lengths share a few buffers.
    const buffer = this.#gpu.createBuffer({
      size: size > 2 ** 26 ? size : Math.max(256, 2 ** Math.ceil(Math.log2(size))),
      usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
    });
    return { buffer, mapped: false };
  }

  #give(staging: Staging): void {
    this.#idle.push(staging);
    if (this.#idle.length <= MOST_IDLE) return;
    this.#idle.sort((a, b) => a.buffer.size - b.buffer.size).shift()!.buffer.destroy();
  }
}
