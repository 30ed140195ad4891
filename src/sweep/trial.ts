/**
 * A trial of a sweep: one training of a configuration with a seed. It is known by what it is of, and not by when or where
 * it runs, so that any number of workers makes the same trials.
 *
 * @module
 */
import type { Configuration } from "./configurations.ts";

/** A trial that is to be run. */
export interface Trial {
  /** 12 digits in hexadecimal; the name of its run's folder. */
  readonly id: string;
  readonly configuration: Configuration;
  readonly seed: number;
}

/** Digits of an id: of ten thousand trials two fall together once in five million sweeps. */
export const ID_DIGITS = 12;

/**
 * What identifies plain data.
 *
 * @param value Plain data, whose order counts.
 * @returns The first digits of its SHA-256, in hexadecimal.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(await idOf(["hiddenSize", 128]), "4a870ec48937");
 * ```
 */
export async function idOf(value: unknown): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(value));
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("").slice(0, ID_DIGITS);
}

/**
 * What identifies a sweep: its trials, in any order.
 *
 * @param trials The trials.
 */
export function sweepId(trials: readonly Trial[]): Promise<string> {
  return idOf(trials.map(({ id }) => id).toSorted());
}
