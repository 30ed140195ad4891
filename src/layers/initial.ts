/**
 * First values of weights, drawn on the host so that every device starts alike.
 *
 * @module
 */
import type { HostTensor, StateDict } from "../tensors/module.ts";
import { fillUniform, Random } from "../random.ts";
import { sizeOf } from "../tensors/shape.ts";

/** Whether weights are drawn. */
let drawing = true;

/**
 * Makes layers whose weights are zeros, as they are about to be loaded: to draw those of a large model takes seconds.
 *
 * @param make Makes the layers.
 * @returns What it returns.
 */
export function undrawn<R>(make: () => R): R {
  drawing = false;
  try {
    return make();
  } finally {
    drawing = true;
  }
}

/** Shapes without numbers: what is not written is zero. */
function zeros(shapes: Record<string, number[]>): StateDict {
  const data = new Float32Array(0);
  return Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, { shape, data }]));
}

/**
 * Each parameter from U(-bound, bound), as PyTorch's recurrent and linear layers.
 *
 * @param shapes The shapes by name.
 * @param bound 1 / sqrt(hidden size), or of the inputs.
 * @param options `seed`; `stream`: the first parameter's stream, the next has the next.
 * @returns Shapes and numbers, as create() of a module takes them.
 *
 * @example Usage
 * ```ts
 * import { uniformValues } from "@refrain/refrain/kernels";
 * import { assertEquals } from "@std/assert";
 *
 * const { weight } = uniformValues({ weight: [2, 3] }, 0.5, { seed: 0 });
 * assertEquals([weight!.shape, weight!.data.every((value) => Math.abs(value) <= 0.5)], [[2, 3], true]);
 * ```
 */
export function uniformValues(
  shapes: Record<string, number[]>,
  bound: number,
  { seed, stream: first = 0 }: { seed: number; stream?: number },
): StateDict {
  if (!drawing) return zeros(shapes);
  const dict: StateDict = {};
  Object.entries(shapes).forEach(([name, shape], index) => {
    const stream = first + index;
    const tensor: HostTensor = { shape, data: new Float32Array(sizeOf(shape)) };
    fillUniform(tensor.data, -bound, bound, seed, stream);
    dict[name] = tensor;
  });
  return dict;
}

/**
 * A recurrent layer's parameters, from U(-1/√H, 1/√H) or as its options ask; those of norms are ones and zeros.
 *
 * @param shapes The shapes by PyTorch's names.
 * @param options `hiddenSize` H and `seed`; `initialization` of weight_hh; `forgetBias` of an LSTM, whose second gate
 * is the forget gate.
 */
export function recurrentValues(
  shapes: Record<string, number[]>,
  options: {
    hiddenSize: number;
    seed: number;
    initialization?: "uniform" | "orthogonal";
    forgetBias?: number;
  },
): StateDict {
  if (!drawing) return zeros(shapes);
  const { hiddenSize, seed, initialization, forgetBias } = options;
  const dict = uniformValues(shapes, 1 / Math.sqrt(hiddenSize), { seed });
  Object.entries(dict).forEach(([name, { shape, data }], stream) => {
    if (name.startsWith("weight_hh") && initialization === "orthogonal") {
      const [rows, columns] = shape as [number, number];
      const random = new Random(seed, stream);
      for (let row = 0; row < rows; row += hiddenSize) {
        const gate = data.subarray(row * columns, (row + hiddenSize) * columns);
        orthogonalColumns(hiddenSize, columns, random).forEach((column, j) =>
          column.forEach((value, i) => {
            gate[i * columns + j] = value;
          })
        );
      }
    }
    if (name.startsWith("norm")) data.fill(name.startsWith("norm_weight") ? 1 : 0);
    if (name.startsWith("norm_bias") && forgetBias !== undefined) {
      data.fill(forgetBias, hiddenSize, 2 * hiddenSize);
    }
    if (name.startsWith("bias") && forgetBias !== undefined) {
      data.fill(name.startsWith("bias_ih") ? forgetBias : 0, hiddenSize, 2 * hiddenSize);
    }
  });
  return dict;
}

/**
 * Q of the QR decomposition of a matrix from N(0, 1), with R's diagonal positive, as torch.nn.init.orthogonal_ gives it.
 * Source: Saxe, McClelland and Ganguli 2014; Mezzadri 2007.
 *
 * Modified Gram-Schmidt in float64, rows·columns² multiplications; once more for a column that shrinks so much that its
 * roundings would show.
 *
 * @param rows At least as many as columns.
 */
function orthogonalColumns(rows: number, columns: number, random: Random): Float64Array[] {
  const done: Float64Array[] = [];
  while (done.length < columns) {
    const column = Float64Array.from({ length: rows }, () => normal(random));
    const before = Math.sqrt(dot(column, column));
    let length = removeFrom(column, done);
    if (length < before / 100) length = removeFrom(column, done);
    done.push(column.map((value) => value / length));
  }
  return done;
}

/** Takes the parts along unit vectors out of a column: its length afterwards. */
function removeFrom(column: Float64Array, others: readonly Float64Array[]): number {
  for (const other of others) {
    const part = dot(column, other);
    for (let i = 0; i < column.length; i++) column[i]! -= part * other[i]!;
  }
  return Math.sqrt(dot(column, column));
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/**
 * Each parameter from N(0, 1).
 *
 * @param shapes The shapes by name.
 * @param options `seed`; `stream`: the first parameter's stream, the next has the next.
 */
export function normalValues(
  shapes: Record<string, number[]>,
  { seed, stream }: { seed: number; stream: number },
): StateDict {
  if (!drawing) return zeros(shapes);
  const dict: StateDict = {};
  Object.entries(shapes).forEach(([name, shape], index) => {
    const random = new Random(seed, stream + index);
    dict[name] = { shape, data: Float32Array.from({ length: sizeOf(shape) }, () => normal(random)) };
  });
  return dict;
}

/** A number from N(0, 1), by the transform of Box and Muller (1958). It is never 0: the logarithm is of less than 1. */
function normal(random: Random): number {
  const radius = Math.sqrt(-2 * Math.log(1 - 2 ** -25 - random.uniform()));
  return radius * Math.cos(2 * Math.PI * random.uniform());
}

/** A seed that nobody chose. */
export function anySeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0]!;
}
