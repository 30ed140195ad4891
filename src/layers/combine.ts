/**
 * Two tensors of one shape joined element by element: PyTorch's torch.add and torch.mul, without broadcasting.
 *
 * @module
 */
import { checkTape, checkTensor } from "../tensors/arguments.ts";
import { formatShape, sameShape } from "../tensors/shape.ts";
import type { Tape } from "../tensors/tape.ts";
import { Tensor } from "../tensors/tensor.ts";

/** What both take. */
function join(task: string, a: Tensor, b: Tensor, tape: Tape | undefined): Tensor {
  const device = a?.device;
  for (const tensor of [a, b]) checkTensor("an input", tensor, { dtype: "f32", device });
  checkTape(tape, device);
  if (!sameShape(a.shape, b.shape)) {
    throw new TypeError(
      `Cannot ${task} tensors of shapes ${formatShape(a.shape)} and ${
        formatShape(b.shape)
      }: they must be the same`,
    );
  }
  const count = a.size;
  const y = new Tensor(device, device.alloc(count), a.shape);
  const product = task === "multiply" ? 1 : 0;
  device.run("combine", { a: a.block, b: b.block, y: y.block }, { count, product, accumulate: 0 });
  return y;
}

/**
 * a + b, element by element, as residual connections take it: PyTorch's torch.add.
 *
 * @param a A tensor, f32 of any shape.
 * @param b Another of the same shape, or the same one.
 * @param tape The tape that records it; without one nothing is kept.
 * @returns The sum, in that shape.
 * @throws {TypeError} If the shapes differ, a tensor is not "f32", or something lies on another device.
 *
 * @example Usage
 * ```ts
 * import { add, openDevice, Tensor } from "@refrain/refrain";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice("wasm", { threads: 1 });
 * const a = Tensor.from(device, [1, 2], [2]), b = Tensor.from(device, [10, 20], [2]);
 * assertEquals([...await add(a, b).data()], [11, 22]);
 * ```
 */
export function add(a: Tensor, b: Tensor, tape?: Tape): Tensor {
  const y = join("add", a, b, tape);
  tape?.push(() => {
    const dy = tape.upstream(y);
    if (!dy) return;
    tape.give(a, dy);
    tape.give(b, dy);
  });
  return y;
}

/**
 * a · b, element by element, as gates take it: PyTorch's torch.mul.
 *
 * @param a A tensor, f32 of any shape.
 * @param b Another of the same shape, or the same one.
 * @param tape The tape that records it; without one nothing is kept.
 * @returns The product, in that shape.
 * @throws {TypeError} If the shapes differ, a tensor is not "f32", or something lies on another device.
 *
 * @example Usage
 * ```ts
 * import { multiply, openDevice, Tape, Tensor } from "@refrain/refrain";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice("wasm", { threads: 1 });
 * using tape = new Tape(device);
 * const x = Tensor.from(device, [3], [1]);
 * tape.backward(multiply(x, x, tape));
 * assertEquals([...await tape.gradient(x)], [6]); // of x²
 * ```
 */
export function multiply(a: Tensor, b: Tensor, tape?: Tape): Tensor {
  const y = join("multiply", a, b, tape);
  tape?.push(() => {
    const dy = tape.upstream(y);
    if (!dy) return;
    for (const [one, other] of [[a, b], [b, a]] as const) {
      const { block, accumulate } = tape.accumulator(one);
      const params = { count: y.size, product: 1, accumulate };
      y.device.run("combine", { a: dy, b: other.block, y: block }, params);
    }
  });
  return y;
}
