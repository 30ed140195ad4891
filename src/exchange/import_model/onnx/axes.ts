/**
 * What each axis of a tensor is: nodes of ONNX move, join and part axes, and only their roles tell what a layer reads. Sizes
 * that a file leaves open have a prime each, so that whatever computes with them can be followed.
 *
 * @module
 */
import { formatShape, sizeOf } from "../../../tensors/shape.ts";
import type { OnnxInput } from "./graph.ts";

/** The first or second axis of the model's input, directions, or numbers of a step. */
export type Role = "first" | "second" | "directions" | "numbers";

/** An axis of the input, or what a layer adds. */
export interface Atom {
  readonly role: Role;
  readonly size: number;
}

/** An axis: atoms in the order in which they lie, none where its size is 1. */
export type Axis = readonly Atom[];

/** The sizes of axes that are open. */
const OPEN: readonly number[] = [7919, 7927, 7933];

/** The roles of the axes of sequences, and of one step. */
const ROLES: readonly Role[] = ["first", "second", "numbers"];
const ROLES_OF_STEP: readonly Role[] = ["first", "numbers"];

/**
 * The axes of an input of one to three.
 *
 * @param input The input.
 * @param isStep Whether it is one step.
 */
export function axesOf({ shape }: OnnxInput, isStep: boolean): Axis[] {
  const roles = isStep ? ROLES_OF_STEP : ROLES;
  return shape.map((size, i) => [{ role: roles[i]!, size: size ?? OPEN[i]! }]);
}

/**
 * The shape that axes have.
 *
 * @param axes The axes.
 */
export function shapeOf(axes: readonly Axis[]): number[] {
  return axes.map((axis) => sizeOf(axis.map(({ size }) => size)));
}

/**
 * The role of an axis.
 *
 * @param axis The axis.
 * @returns Its role, "one" of an empty axis; undefined where it joins several, but for numbers of two directions.
 */
export function roleOf(axis: Axis): Role | "one" | undefined {
  const [first, second, third] = axis;
  if (!first) return "one";
  if (!second) return first.role;
  return first.role === "directions" && second.role === "numbers" && !third ? "numbers" : undefined;
}

/**
 * Where an axis is that may be counted from the end.
 *
 * @param axis Its place, negative from the end.
 * @param rank How many axes there are.
 * @returns Its place from the beginning; undefined where there is none.
 */
export function placeOf(axis: number, rank: number): number | undefined {
  const place = axis < 0 ? axis + rank : axis;
  return Number.isInteger(place) && place >= 0 && place < rank ? place : undefined;
}

/**
 * Axes in another shape.
 *
 * @param axes The axes.
 * @param target The shape, as Reshape has it: 0 keeps a size, -1 is what is left.
 * @returns The new axes; why there are none, for a sentence.
 */
export function reshaped(axes: readonly Axis[], target: readonly number[]): Axis[] | string {
  const current = shapeOf(axes);
  const sizes = target.map((size, i) => size === 0 ? current[i] ?? 0 : size);
  const open = sizes.indexOf(-1);
  if (open >= 0) sizes[open] = sizeOf(current) / -sizeOf(sizes);
  const atoms = axes.flat();
  const result: Axis[] = [];
  let next = 0;
  for (const [i, wanted] of sizes.entries()) {
    const axis: Atom[] = [];
    let size = 1;
    const isLast = i === sizes.length - 1;
    while (next < atoms.length && (size < wanted || isLast || axis.length === 0 && atoms[next]!.size === 1)) {
      size *= atoms[next]!.size;
      axis.push(atoms[next++]!);
    }
    if (size !== wanted) {
      return `it makes the shape ${formatShape(target)} of ${formatShape(current)}, which cuts through axes`;
    }
    result.push(axis);
  }
  return next === atoms.length ? result : "it leaves numbers out";
}
