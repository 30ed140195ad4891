/**
 * Every tolerance of the tests, with its reason. Each is relative to the largest |value| of what is expected
 * (log probabilities and losses: at least to 1).
 *
 * @module
 */

/** Half the distance from 1 to the next f32: the largest relative error of one operation. */
export const UNIT: number = 2 ** -24;

/** exp, tanh and sigmoid are our own polynomials; their stated errors lie below this. */
export const ACTIVATION = 4e-7;

/**
 * A sum of `terms` f32 products in any order: errors of single additions are independent, so that they grow with the
 * square root; 8 leaves room for the worst of many sums and for their cancellation.
 */
export function sumTolerance(terms: number): number {
  return 8 * UNIT * Math.sqrt(Math.max(4, terms));
}

/** Tolerances by kernel. */
export const TOLERANCES = {
  /** One f32 product, sum or copy an element: one or two roundings. */
  elementwise: 4 * UNIT,
  /** One sum of K products. */
  gemm: (K: number): number => sumTolerance(K),
  /** One sum of all rows. */
  sum_rows: (rows: number): number => sumTolerance(rows),
  /** One sum of the rows that used an id. */
  embedding_backward: (rows: number): number => sumTolerance(rows),
  /** T steps, each a product with R terms and up to four activations; a step hands its error on, about undiminished. */
  recurrent_forward: (T: number, R: number): number => T * (4 * ACTIVATION + sumTolerance(R)),
  /** T steps, each a product with G·H terms, from the activations' derivatives. */
  recurrent_backward: (T: number, gateRows: number): number => T * (4 * ACTIVATION + sumTolerance(gateRows)),
  /** The norms of products, and four activations; on the way back as many roundings as r enlarges. */
  normed_cell: (columns: number): number => 4 * (4 * ACTIVATION + 8 * UNIT + 2 * sumTolerance(columns)),
  /** Two sums of a row, a square root, quotients and products. */
  layer_norm: (columns: number): number => 8 * UNIT + 2 * sumTolerance(columns),
  /** One sum of T steps, or a copy. */
  pool_forward: (T: number): number => sumTolerance(T),
  /** One of our own functions, or a product of two. */
  activation: 2 * ACTIVATION,
  /** A logarithm and a quotient of exponentials, or a few products and sums; then sums of 16 terms, of sums of 16, of one sign. */
  pointwise_loss: 2 * ACTIVATION + sumTolerance(48),
  /** A quotient of exponentials, or the logarithm of a sum of V of them. */
  softmax_cross_entropy: (V: number): number => 2 * ACTIVATION + sumTolerance(V),
  /** A sum of at most 4096 squares, all of one sign. */
  sum_squares: sumTolerance(4096),
  /** A square root, a quotient and a product after a sum of partials. */
  clip_grad_norm: (partials: number): number => 8 * UNIT + sumTolerance(partials),
  /** A few products and sums an element. */
  sgd: 8 * UNIT,
  /** As sgd, with a square root and a quotient. */
  rmsprop: 16 * UNIT,
  /** As sgd, with a square root and a quotient. */
  adam: 16 * UNIT,
  /** A logarithm of a probability: as the loss. */
  sample: (V: number): number => 2 * ACTIVATION + sumTolerance(V),
  /** The steps of a recurrence, through all its layers; from its states one product more, and the draw's logarithm. */
  generate_steps: (T: number, H: number, V: number): number =>
    T * (4 * ACTIVATION + sumTolerance(H)) + sumTolerance(H) + 2 * ACTIVATION + sumTolerance(V),
} as const;

/** A draw closer than this to another id (in probability) may fall to either: a running sum of f32 has such errors. */
export const DRAW_MARGIN = 1e-5;

/** Float64 gradients against central differences with steps of 1e-5: their error is the step's square and roundings. */
export const FINITE_DIFFERENCES = 1e-6;

/** PyTorch's outputs, states and gradients of a layer: T steps in float32 there and here, each with its roundings. */
export const GOLDEN = 2e-5;
/** PyTorch's losses, norms and weights over ten steps of Adam, which enlarges what small gradients differ by. */
export const GOLDEN_TRAINING = 1e-4;
/** A layer's outputs against the same equations in float64: at most 5 steps in 2 layers of sums with up to 25 terms. */
export const NAIVE = 2e-6;
/**
 * A float32 gradient along a direction against the slope of a float64 loss, relative to the sum of all |products|: the
 * gradient's roundings over 5 steps in 3 layers, and the square of the step of 1e-5.
 */
export const SLOPES = 5e-6;
/** Fifty updates in float32, each with its roundings, against float64: what PyTorch's own are held to. */
export const OPTIMIZERS = 1e-6;
/**
 * A gradient's length against the slope of a float32 loss: the loss's roundings, some 3e-7 of it, over steps of 0.05, and
 * the fourth power of the step. Relative to the length of the whole gradient.
 */
export const DIRECTIONS = 2e-4;
/** Losses of ten epochs on two devices: roundings differ, and training enlarges the difference. */
export const ACROSS_DEVICES = 1e-4;
