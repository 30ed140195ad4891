/**
 * Memory that is refused when it is told to: what devices take is counted, and one taking is refused, or it and all behind it.
 * On WebGPU it is refused as drivers do: with a buffer that is none, and an error that comes later.
 *
 * @module
 */
import { outOfMemory } from "../../src/device/memory_limit.ts";
import { WasmMemory } from "../../src/device/wasm/memory.ts";

/** Which taking is refused, counted from 1, and whether those behind it are too. */
export interface Refusal {
  readonly at: number;
  readonly on: boolean;
}

/** The memory of all devices, until it is disposed. */
export class ShortMemory implements Disposable {
  /** How often memory was taken. */
  taken = 0;
  readonly #refusal: Refusal | undefined;
  readonly #undo: (() => void)[] = [];

  /** Begins to count, and to refuse. */
  constructor(refusal?: Refusal) {
    this.#refusal = refusal;
    this.#shortenWasm();
    if ("GPUDevice" in globalThis) this.#shortenWebgpu();
  }

  #refuses(): boolean {
    this.taken++;
    const { at, on } = this.#refusal ?? { at: Infinity, on: false };
    return this.taken === at || (on && this.taken > at);
  }

  #shortenWasm(): void {
    const { take } = WasmMemory.prototype;
    const refuses = (): boolean => this.#refuses();
    WasmMemory.prototype.take = function (bytes, from) {
      const { used, size } = this.state;
      if (refuses()) throw outOfMemory("WebAssembly", { asked: bytes, used, all: size });
      return take.call(this, bytes, from);
    };
    this.#undo.push(() => Object.assign(WasmMemory.prototype, { take }));
  }

  #shortenWebgpu(): void {
    const { createBuffer, popErrorScope, pushErrorScope } = GPUDevice.prototype;
    const refuses = (): boolean => this.#refuses();
    let told = true;
    GPUDevice.prototype.createBuffer = function (descriptor) {
      if (!refuses()) return createBuffer.call(this, descriptor);
      told = false;
      pushErrorScope.call(this, "validation");
      const none = createBuffer.call(this, { ...descriptor, size: 2 ** 50 });
      popErrorScope.call(this);
      return none;
    };
    GPUDevice.prototype.popErrorScope = async function () {
      const untold = !told;
      told = true;
      const error = await popErrorScope.call(this);
      return untold ? new GPUOutOfMemoryError("Not enough memory left") : error;
    };
    this.#undo.push(() => Object.assign(GPUDevice.prototype, { createBuffer, popErrorScope }));
  }

  /** There is memory again. */
  [Symbol.dispose](): void {
    for (const undo of this.#undo) undo();
  }
}
