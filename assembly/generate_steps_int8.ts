// generate_steps of a model whose matrices are of int8, with a scale a row: the same steps, buffers and parameters, but for `words`
// and `biases` in place of `weights`, `plan`, and the products. What a product reads is of 7 bits: rows of the table are, h is
// rounded,
//   q = round(63 h), scale 1 / 63, where |h| <= 1;   q = round(127 h / m), scale m / 127, of relu's h, m its row's largest
//   product = float(sum over k of q[k] w[k]) * (scale * scale of w's row), where the sum is of integers
// round() goes to the even number of two. A one-hot's product is a column of weight_ih times its rows' scales.
// words: matrices (rows, depth) of int8, each row filled up with zeros to whole 16 bytes, four numbers a word, the first in the
// lowest byte, those of the table from -63 to 63; scales (rows) as bits of float32. weight_ih of one-hot characters lies
// transposed, (V, G*H). biases: the block that these lie in. plan (6 + 6 L) u32: that of generate_steps, a bias by its first word
// in `biases`, then the first words of the scales of the table and of the dense weight, and of each layer's weight_ih and
// weight_hh.
import { generateSteps } from "./lib/generation";

export function generate_steps_int8(
  words: usize,
  biases: usize,
  plan: usize,
  settings: usize,
  ids: usize,
  states: usize,
  logits: usize,
  history: usize,
  cell: u32,
  hard: u32,
  batch: u32,
  hidden: u32,
  layers: u32,
  columns: u32,
  embedding: u32,
  ld: u32,
  begin: u32,
  end: u32,
): void {
  generateSteps(
    true,
    words,
    biases,
    plan,
    settings,
    ids,
    states,
    logits,
    history,
    cell,
    hard,
    batch,
    hidden,
    layers,
    columns,
    embedding,
    ld,
    begin,
    end,
  );
}
