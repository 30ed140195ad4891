/**
 * The weights of a model of int8 as generate_steps_int8 reads them.
 *
 * @module
 */
import { align, type Block } from "../device/device.ts";
import { NONE } from "../kernels/numbers.ts";
import type { State } from "../layers/recurrent/arguments.ts";
import type { RNNModel } from "../model.ts";
import type { Int8Matrix } from "../tensors/int8.ts";

/** A block of words, and where each weight begins in it, a bias in the block of all parameters. */
export interface Int8Words {
  readonly words: Block;
  readonly plan: Uint32Array;
}

/** The largest number of 7 bits. */
const MOST = 63;

/**
 * The words of a model, which are made once and lie beside its parameters: so they stay packed from text to text. They are written
 * anew where its matrices are others.
 *
 * @param model The model, its parameters in one storage.
 * @returns The words, which are the model's; undefined where a matrix of it is not of int8.
 */
export function int8WordsOf<S extends State>(model: RNNModel<S>): Int8Words | undefined {
  const int8 = model.int8Weights();
  const offsets = model.parameterOffsets();
  if (Object.keys(offsets).some((name) => /\bweight/.test(name) && !int8[name])) return undefined;
  const { device, rnn, embedding } = model;
  const table = embedding && sevenBitsOf(int8["embedding.weight"]!);
  const dense = int8["dense.weight"]!;
  const layers = Array.from({ length: rnn.options.numLayers }, (_, layer) => ({
    ih: int8[`rnn.weight_ih_l${layer}`]!,
    hh: int8[`rnn.weight_hh_l${layer}`]!,
  }));
  /** Words, or where a bias begins. */
  const parts: (Uint32Array | number)[] = [
    table ? wordsOf(table) : NONE,
    wordsOf(dense),
    offsets["dense.bias"] ?? NONE,
    NONE,
    ...layers.flatMap(({ ih, hh }, layer) => [
      layer === 0 && !embedding ? transposedWordsOf(ih) : wordsOf(ih),
      wordsOf(hh),
      offsets[`rnn.bias_ih_l${layer}`] ?? NONE,
      offsets[`rnn.bias_hh_l${layer}`] ?? NONE,
    ]),
    ...[table, dense, ...layers.flatMap(({ ih, hh }) => [ih, hh])].map((matrix) =>
      matrix ? bitsOf(matrix.scale) : NONE
    ),
  ];
  let length = 0;
  const plan = Uint32Array.from(parts, (part) => {
    if (typeof part === "number") return part;
    const start = length;
    length += align(part.length);
    return start;
  });
  const { storage } = model.parameters()[0]!;
  const matrices = Object.values(int8);
  if (!storage.int8?.words.alive) storage.int8 = { words: device.alloc(length), matrices: [] };
  const kept = storage.int8;
  if (
    matrices.length !== kept.matrices.length || matrices.some((one, index) => one !== kept.matrices[index])
  ) {
    parts.forEach((part, index) => {
      if (typeof part !== "number") device.write(kept.words.view(plan[index]!, part.length), part);
    });
    kept.matrices = matrices;
  }
  return { words: kept.words, plan };
}

/** What is made of a matrix, remembered as long as it lives: a model is generated from many times. */
function remembered<T extends object>(make: (matrix: Int8Matrix) => T): (matrix: Int8Matrix) => T {
  const made = new WeakMap<Int8Matrix, T>();
  return (matrix) => {
    const value = made.get(matrix) ?? make(matrix);
    made.set(matrix, value);
    return value;
  };
}

const wordsOf = remembered(paddedWords);
const transposedWordsOf = remembered((matrix) => paddedWords(transposed(matrix)));
const sevenBitsOf = remembered(ofSevenBits);

/** A matrix's rows, each filled up to whole 16 bytes. */
function paddedWords({ shape: [rows, columns], data }: Pick<Int8Matrix, "shape" | "data">): Uint32Array {
  const stride = 16 * Math.ceil(columns! / 16);
  const bytes = new Int8Array(rows! * stride);
  for (let row = 0; row < rows!; row++) {
    bytes.set(data.subarray(row * columns!, (row + 1) * columns!), row * stride);
  }
  return new Uint32Array(bytes.buffer);
}

function bitsOf(numbers: Float32Array): Uint32Array {
  return new Uint32Array(numbers.slice().buffer);
}

function transposed({ shape, data }: Int8Matrix): Pick<Int8Matrix, "shape" | "data"> {
  const [rows, columns] = shape as [number, number];
  const turned = new Int8Array(data.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      turned[column * rows + row] = data[row * columns + column]!;
    }
  }
  return { shape: [columns, rows], data: turned };
}

/** A table of vectors by 7 bits, as products read them, each by its own largest number. */
function ofSevenBits({ shape, data, scale }: Int8Matrix): Int8Matrix {
  const [rows, columns] = shape as [number, number];
  const rounded = new Int8Array(data.length);
  const scales = scale.slice();
  for (let row = 0; row < rows; row++) {
    const own = data.subarray(row * columns, (row + 1) * columns);
    const largest = own.reduce((most, number) => Math.max(most, Math.abs(number)), 1);
    own.forEach((number, column) => {
      rounded[row * columns + column] = Math.round(MOST * number / largest);
    });
    scales[row]! *= largest / MOST;
  }
  return { shape, data: rounded, scale: scales };
}
