/**
 * For makers of layers and devices: the table of kernels, blocks and recorded programs, the building half of the tape, and
 * where parameters lie. Users of layers need the package's first entry alone.
 *
 * @example What a kernel takes
 * ```ts
 * import { KERNELS } from "@refrain/refrain/kernels";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(Object.keys(KERNELS.sum_rows.buffers), ["x", "y"]);
 * ```
 *
 * @module
 */
export { align, ALIGNMENT, type Block, type Device, type DeviceInfo } from "./device/device.ts";
export type { HostAct, NoPromise, Part, Program } from "./device/device.ts";
export { type Access, type Buffers, type KernelName, KERNELS, type Params } from "./kernels.ts";
export { Printable } from "./messages/printable.ts";
export { uniformValues } from "./layers/initial.ts";
export { checkTape, checkTensor } from "./tensors/arguments.ts";
export { copy, type Rectangle } from "./tensors/copy.ts";
export { type HostTensor, Module, type StateDict } from "./tensors/module.ts";
export type { MovedRange } from "./optimizers/due.ts";
export { addGradients, matmul, type Operands, type Product } from "./tensors/matmul.ts";
export {
  Parameter,
  type ParameterRange,
  parameterRanges,
  type ParameterStorage,
} from "./tensors/parameters.ts";
export type { Accumulator, BatchPart, TapeBuilder } from "./tensors/tape_builder.ts";
export { type DataOf, type DType, Tensor } from "./tensors/tensor.ts";
