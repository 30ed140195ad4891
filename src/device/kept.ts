/**
 * What a scope leaves alone: the blocks in what its body returns. It knows no layers: objects say by `blocks()` what they
 * hold.
 *
 * @module
 */
import { DeviceBlock } from "./block.ts";
import type { Block } from "./device.ts";

/**
 * The roots of all blocks in a value: a block, what has a `block` or a method `blocks()`, and all such in arrays, maps,
 * sets and plain objects.
 *
 * @param value Anything, cycles included.
 * @returns Each root once.
 */
export function rootsIn(value: unknown): Set<Block> {
  const roots = new Set<Block>();
  const seen = new Set<unknown>();
  const waiting = [value];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (typeof next !== "object" || next === null || seen.has(next)) continue;
    seen.add(next);
    if (next instanceof DeviceBlock) roots.add(next.root);
    else for (const part of partsOf(next)) waiting.push(part);
  }
  return roots;
}

function partsOf(value: object): Iterable<unknown> {
  if (value instanceof Map) return [...value.keys(), ...value.values()];
  if (Array.isArray(value) || value instanceof Set) return value;
  const prototype = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return Object.values(value);
  if ("blocks" in value && typeof value.blocks === "function") return value.blocks();
  return "block" in value ? [value.block] : [];
}

/**
 * Checks that a body has done its work when it returns.
 *
 * @param value What it returned.
 * @param task For the sentence: "record a program".
 * @throws {TypeError} If it is a promise: the work would go on after its memory was freed.
 */
export function refusePromise(value: unknown, task: string): void {
  if (typeof value !== "object" || value === null || !("then" in value) || typeof value.then !== "function") {
    return;
  }
  value.then(() => {}, () => {}); // what the rest of the body runs into is a consequence
  throw new TypeError(
    `Cannot ${task} with a function that returns a promise: await outside of it, or free tensors with "using"`,
  );
}
