/**
 * What comes of logits: the likeliest ids, and what is said where they are no numbers.
 *
 * @module
 */

/** The error of logits that are not finite. */
export function notFinite(row: number, character: number): RangeError {
  return new RangeError(
    `Cannot generate as the model's logits are not finite: row ${row}, character ${character + 1}; ` +
      "its weights are damaged or far too large",
  );
}

/** The `count` likeliest ids of each row of logits, with their log probabilities. */
export function likeliest(
  logits: Float32Array,
  { rows, count }: { rows: number; count: number },
): [id: number, logProbability: number][][] {
  const columns = logits.length / rows;
  return Array.from({ length: rows }, (_, row) => {
    const values = logits.subarray(row * columns, (row + 1) * columns);
    const largest = values.reduce((a, b) => Math.max(a, b));
    const total = largest + Math.log(values.reduce((sum, value) => sum + Math.exp(value - largest), 0));
    const order = Array.from(values.keys()).sort((a, b) => values[b]! - values[a]! || a - b);
    return order.slice(0, count).map((id): [number, number] => [id, values[id]! - total]);
  });
}
