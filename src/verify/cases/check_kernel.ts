/**
 * Runs one kernel on one device and holds every buffer against the reference. Buffers are written as plain numbers in
 * float64 whatever their words are: the table says which buffers hold u32.
 *
 * @module
 */
import type { Block, Device } from "../../device/device.ts";
import {
  type Buffers,
  isWritten,
  kernelEntry,
  type KernelName,
  KERNELS,
  type Params,
} from "../../kernels.ts";
import { DRAW, HEALTH, MANNER } from "../../kernels/numbers.ts";
import { GuardedBlock } from "./arrays.ts";
import { assertSame, assertWithin, type Difference, differenceOf } from "./assert_close.ts";

/** A kernel in float64: changes its `read_write` buffers in place. */
export type Reference<K extends KernelName> = (
  buffers: Buffers<K, Float64Array>,
  params: Params<K>,
) => void;

/** What one run of a kernel is given, and how it is judged. */
export interface Case<K extends KernelName> {
  /** The kernel. */
  kernel: K;
  /** All numbers are f32 or u32 ones. */
  buffers: Buffers<K, Float64Array>;
  /** Its parameters. */
  params: Params<K>;
  /** Relative to the largest |value| of each buffer that the kernel changes. */
  tolerance: number;
  /** Shapes for failures, by buffer. */
  shapes?: Readonly<Record<string, readonly number[]>>;
  /** The least size that differences are relative to, by buffer. */
  floors?: Readonly<Record<string, number>>;
  /** Words that the contract leaves open, by buffer. */
  ignore?: Readonly<Record<string, (index: number) => boolean>>;
}

/** The buffers of u32 words: a name means the same in all kernels. */
const INTEGERS = new Set(
  Object.values(KERNELS).flatMap(({ buffers }) => Object.entries(buffers))
    .filter(([, use]) => use.endsWith("u32")).map(([name]) => name),
);
/** Words of these that hold the bits of a float32. */
const FLOATS: Readonly<Record<string, (index: number) => boolean>> = {
  settings: (index) =>
    index >= MANNER && (index % MANNER === DRAW.TEMPERATURE || index % MANNER === DRAW.TOP_P),
  health: (index) => index === HEALTH.NORM || index === HEALTH.BROKEN_BY,
  history: (index) => index % 2 === 1,
};

function isInteger(name: string, index: number): boolean {
  return INTEGERS.has(name) && !FLOATS[name]?.(index);
}

/** Numbers as the 32-bit words of the buffer `name`. */
export function encode(name: string, numbers: Float64Array): Uint32Array {
  const words = new Uint32Array(numbers.length);
  const floats = new Float32Array(words.buffer);
  for (const [i, number] of numbers.entries()) {
    if (isInteger(name, i)) words[i] = number;
    else floats[i] = number;
  }
  return words;
}

/** The numbers in the 32-bit words of the buffer `name`. */
export function decode(name: string, words: Uint32Array): Float64Array {
  const floats = new Float32Array(words.buffer, words.byteOffset, words.length);
  return Float64Array.from(words, (word, i) => isInteger(name, i) ? word : floats[i]!);
}

/** Options of runCase(). */
export interface RunOptions {
  /** How often the kernel runs. */
  times?: number;
  /** Whether it runs from a program. */
  recorded?: boolean;
}

/** Runs a case and returns the words of all its buffers, having checked their guards. */
export async function runCase<K extends KernelName>(
  device: Device,
  { kernel, buffers, params }: Pick<Case<K>, "kernel" | "buffers" | "params">,
  { times = 1, recorded = false }: RunOptions = {},
): Promise<Record<string, Uint32Array>> {
  const names = Object.keys(kernelEntry(kernel).buffers);
  const numbers = buffers as Readonly<Record<string, Float64Array>>;
  const guarded = names.map((name) => new GuardedBlock(device, encode(name, numbers[name]!)));
  const blocks = Object.fromEntries(names.map((name, i) => [name, guarded[i]!.block])) as Buffers<K, Block>;
  const run = (): void => device.run(kernel, blocks, params);
  try {
    using program = recorded ? device.record(run) : undefined;
    for (let i = 0; i < times; i++) {
      if (program) program.run();
      else run();
    }
    const results: Record<string, Uint32Array> = {};
    for (const [i, name] of names.entries()) results[name] = await guarded[i]!.read(`${kernel} ${name}`);
    return results;
  } finally {
    for (const block of guarded) block[Symbol.dispose]();
  }
}

/** What a kernel left, and how far it is from what the reference left. */
export interface Outcome {
  /** The numbers of all buffers. */
  results: Record<string, Float64Array>;
  /** One a buffer that the kernel changes. */
  differences: Difference[];
}

/**
 * Holds a kernel against its reference: changed words are close, read-only buffers and guard words are untouched.
 *
 * @param device The device.
 * @param reference The kernel in float64.
 * @param given The case.
 * @returns The numbers of all buffers as the device left them.
 * @throws {Mismatch} If that does not hold.
 */
export async function checkKernel<K extends KernelName>(
  device: Device,
  reference: Reference<K>,
  given: Case<K>,
): Promise<Record<string, Float64Array>> {
  const { results, differences } = await compareKernel(device, reference, given);
  differences.forEach(assertWithin);
  return results;
}

/**
 * Runs a kernel and its reference.
 *
 * @param device The device.
 * @param reference The kernel in float64.
 * @param given The case.
 * @returns What was left, and the differences of what may differ a little.
 * @throws {Mismatch} If an integer differs, or a read-only buffer or a guard word was changed.
 */
export async function compareKernel<K extends KernelName>(
  device: Device,
  reference: Reference<K>,
  given: Case<K>,
): Promise<Outcome> {
  const left = await runCase(device, given);
  const entry = kernelEntry(given.kernel);
  const before = given.buffers as Readonly<Record<string, Float64Array>>;
  const expected = Object.fromEntries(Object.entries(before).map(([name, data]) => [name, data.slice()]));
  const rounded = Object.entries(given.params as Readonly<Record<string, number>>)
    .map(([name, value]) => [name, entry.params[name] === "f32" ? Math.fround(value) : value]);
  reference(expected as Buffers<K, Float64Array>, Object.fromEntries(rounded) as Params<K>);

  const differences: Difference[] = [];
  const label = `${given.kernel} ${rounded.map(([name, value]) => `${name}=${value}`).join(" ")}`;
  for (const [name, use] of Object.entries(entry.buffers)) {
    const words = encode(name, before[name]!);
    const result = left[name]!;
    if (isWritten(use)) {
      differences.push(compare(given, { name, label, words, expected: expected[name]!, result }));
    } else assertSame(result, words, `${label}: read-only buffer ${name} has changed`);
  }
  const results = Object.entries(left).map(([name, data]) => [name, decode(name, data)]);
  return { results: Object.fromEntries(results), differences };
}

function compare<K extends KernelName>(
  { buffers, shapes, floors, ignore, tolerance }: Case<K>,
  { name, label, words, expected, result }: {
    name: string;
    label: string;
    words: Uint32Array;
    expected: Float64Array;
    result: Uint32Array;
  },
): Difference {
  const before = (buffers as Readonly<Record<string, Float64Array>>)[name]!;
  const actual = decode(name, result);
  const shape = shapes?.[name] ?? [expected.length];
  // Untouched words leave the comparison, so that the tolerance is relative to what the kernel wrote.
  const settled = (i: number): boolean =>
    ignore?.[name]?.(i) || (Object.is(expected[i], before[i]) && result[i] === words[i]);
  const wanted = expected.map((value, i) => settled(i) ? 0 : value);
  if (INTEGERS.has(name)) {
    const whole = (values: Float64Array): Float64Array =>
      values.filter((_, i) => isInteger(name, i) && !settled(i));
    assertSame(whole(actual), whole(wanted), `${label}: integers of ${name}`);
  }
  return differenceOf(actual.map((value, i) => settled(i) ? 0 : value), wanted, {
    shape,
    tolerance,
    floor: floors?.[name],
    what: `${label}: ${name}`,
  });
}
