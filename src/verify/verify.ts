/**
 * Whether refrain is right on this machine: every check on every device, row by row. It prints nothing.
 *
 * @module
 */
import type { Difference } from "./cases/assert_close.ts";
import type { Device } from "../device/device.ts";
import { findAdapter } from "../device/webgpu.ts";
import { type DeviceName, openDevice } from "../device/open_device.ts";
import type { TraceOptions } from "../device/trace.ts";
import { KINDS } from "../layers/recurrent/cell.ts";
import { cellChecks } from "./cells.ts";
import { type Check, outcomesOf } from "./check.ts";
import { DIRECTION_CHECKS } from "./directions.ts";
import {
  cellCases,
  embeddingCases,
  layerCases,
  lossCases,
  optimizerCases,
  partCases,
  trainingCases,
} from "./golden.ts";
import { KERNEL_CHECKS } from "./kernels.ts";
import { layerChecks } from "./layers.ts";
import { compareCurves, EPOCHS, lossCurve } from "./loss_curve.ts";
import { lossChecks } from "./losses.ts";
import { partChecks } from "./parts.ts";
import { optimizerChecks, trainingChecks } from "./training.ts";

/** Epochs whose losses are shown. */
const SHOWN = [1, 4, 7, 10] as const;

/** A device under its name in the table. */
export interface Target {
  /** "wasm relaxed", "wasm plain", "wasm single" or "webgpu". */
  readonly name: string;
  /** The device. */
  readonly device: Device;
}

/** A row of the table: a cell a device, in the devices' order. */
export interface Row {
  /** The heading that it stands under. */
  readonly group: string;
  /** Its name. */
  readonly name: string;
  /** A number that is there to be seen, a difference, or nothing. */
  readonly cells: readonly (number | Difference | undefined)[];
}

/**
 * Opens the devices to check.
 *
 * @param name The device's name; all that there are where absent.
 * @param options `threads` and `wideTiles` of WebAssembly, and what is told each command.
 * @returns At least one device: of WebAssembly both builds, where the machine has relaxed SIMD.
 * @throws {DeviceError} If a device that was named, or WebAssembly, is absent.
 */
export async function openTargets(
  name: DeviceName | undefined,
  options: { threads?: number | undefined; wideTiles?: boolean } & TraceOptions = {},
): Promise<Target[]> {
  const { trace } = options;
  const targets: Target[] = [];
  const add = (device: Device): void => {
    targets.push({
      name: device.build === undefined ? device.name : `${device.name} ${device.build}`,
      device,
    });
  };
  try {
    if (name === "auto") add(await openDevice(name, options));
    if (name === undefined || name === "wasm") {
      add(await openDevice("wasm", options));
      if (targets[0]!.name === "wasm relaxed") {
        add(await openDevice("wasm", { ...options, deterministic: true }));
      }
    }
    if (name === "webgpu" || (name === undefined && await findAdapter())) {
      add(await openDevice("webgpu", { trace }));
    }
    return targets;
  } catch (error) {
    for (const { device } of targets) device[Symbol.dispose]();
    throw error;
  }
}

/**
 * All checks of one device alone: kernels, layers, training and optimizers against PyTorch, gradients of models.
 *
 * @returns The checks, in the table's order.
 */
export async function allChecks(): Promise<Check[]> {
  return [
    ...KERNEL_CHECKS,
    ...layerChecks(await layerCases()),
    ...cellChecks(await cellCases(), await embeddingCases()),
    ...partChecks(await partCases()),
    ...lossChecks(await lossCases()),
    ...trainingChecks(await trainingCases()),
    ...optimizerChecks(await optimizerCases()),
    ...DIRECTION_CHECKS,
  ];
}

/**
 * Runs checks.
 *
 * @param targets The devices.
 * @param checks What to run on each of them.
 * @param signal Ends it.
 * @returns Rows, as soon as all devices have them.
 */
export async function* runChecks(
  targets: readonly Target[],
  checks: readonly Check[],
  signal?: AbortSignal,
): AsyncGenerator<Row, void, void> {
  signal?.throwIfAborted();
  for (const check of checks) {
    const outcomes: Map<string, Difference>[] = [];
    for (const { device } of targets) outcomes.push(await outcomesOf(check, device, signal));
    for (const name of check.rows) {
      yield { group: check.group, name, cells: outcomes.map((rows) => rows.get(name)) };
    }
  }
}

/**
 * Trains on every device and compares the losses with those of the first one; the first layer's are rows themselves.
 *
 * @param targets The devices.
 * @param signal Ends it.
 * @returns The rows.
 */
export async function* runLossCurves(
  targets: readonly Target[],
  signal?: AbortSignal,
): AsyncGenerator<Row, void, void> {
  const devices = targets.map(({ device }) => device);
  const group = `One seed's loss, compared with ${targets[0]!.name}'s`;
  for (const kind of KINDS) {
    const curves = new Map<Device, number[]>();
    const name = kind.toUpperCase();
    const row = `${name}, ${EPOCHS} epochs`;
    const check: Check = {
      group,
      rows: [row],
      async *run(device) {
        const curve = await lossCurve(device, kind, signal);
        curves.set(device, curve);
        yield [row, compareCurves(curve, curves.get(devices[0]!) ?? curve, `${row}: losses`)];
      },
    };
    const differences = await Array.fromAsync(runChecks(targets, [check], signal));
    for (const epoch of kind === KINDS[0] ? SHOWN : []) {
      const cells = devices.map((device) => curves.get(device)?.[epoch - 1]);
      yield { group, name: `${name}: loss of epoch ${epoch}`, cells };
    }
    yield* differences;
  }
}
