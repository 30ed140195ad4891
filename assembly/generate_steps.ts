// Up to `steps` characters of B rows in one run: gather or embedding, a stack of recurrent layers without projection, the
// dense layer, the draw; what is drawn is the next step's input. For each step s, each row b, id its input:
//   x = one-hot(id) or table[id];   for each layer:  h, c = cell(bias_ih + weight_ih x, bias_hh + weight_hh h, c),  x = h
//   logits = bias + weight x;   id = one draw, as the kernel `sample` makes it for slot s
// settings (1 + B, 8) words: first 0 u32 steps, 1 u32 whether ids are given, 2 u32 that of `sample`; then of each row those of
// `sample`. Where ids are not given, ids (B, ·) in its first B words has the first step's inputs, in the end the last step's
// draws. Where they are, ids (steps, B) has all inputs and nothing is drawn: a prefix is read. The id 0xffffffff leaves its
// row's state as it is, and nothing is drawn for the row; its logits are room then.
// weights: the block of all parameters, in PyTorch's layouts. plan (4 + 4 L) u32: the first words in it of the table
// (V, E), of the dense weight (V, H) and bias (V), and a word that is not used; then of each layer's weight_ih (G*H, I),
// weight_hh (G*H, H), bias_ih and bias_hh (G*H), 0xffffffff for a bias of zeros. I = H above the first layer, E = `embedding` in
// it, V where that is 0. states: h (2, L, B, H), for lstm then c (L, B, H); the second h is room to work in. logits (B, V), rows
// ld >= max(V, 2*G*H) words apart, the last step's; behind V, and where nothing is drawn, room. history (steps, B, 2):
// as `sample` writes it.
import { generateSteps } from "./lib/generation";

export function generate_steps(
  weights: usize,
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
    false,
    weights,
    weights,
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
