/**
 * The parameters of a command as a list has them: checked, in the order of the kernel's fields.
 *
 * @module
 */
import { kernelEntry, type KernelName, type Params } from "../kernels.ts";
import { isFloat32 } from "../ranges.ts";

/**
 * Checks parameters.
 *
 * @param kernel The kernel.
 * @param params Its parameters by name.
 * @returns Them in field order.
 * @throws {RangeError} If one is no number of its type, or they contradict each other.
 */
export function numbersOf<K extends KernelName>(kernel: K, params: Params<K>): number[] {
  const entry = kernelEntry(kernel);
  const numbers: Readonly<Record<string, number>> = params;
  const result = Object.entries(entry.params).map(([name, type]) => {
    const value = numbers[name]!;
    if (type === "u32" && (!Number.isInteger(value) || value < 0 || value > 0xffffffff)) {
      throw new RangeError(
        `Cannot run ${kernel}: parameter "${name}" must be a u32: current value is ${value}`,
      );
    }
    if (type === "f32" && !isFloat32(value)) {
      throw new RangeError(
        `Cannot run ${kernel}: parameter "${name}" must be a finite float32: current value is ${value}`,
      );
    }
    return value;
  });
  const refusal = entry.refusal?.(numbers);
  if (refusal !== undefined) throw new RangeError(`Cannot run ${kernel} ${refusal}`);
  return result;
}
