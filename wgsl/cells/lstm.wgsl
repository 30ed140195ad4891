// Long short-term memory (Hochreiter and Schmidhuber 1997; forget gate: Gers et al. 2000), PyTorch's form; a = x + u:
//   i, f, o = sigmoid(a_i), sigmoid(a_f), sigmoid(a_o);  g = tanh(a_g);  c = f c_previous + i g;  h = o tanh(c)
// Slots of gates, forward: i, f, g, o, and with projection h (the m of recurrent_forward). Backward, with
// dc = dc from the step after + dh o (1 - tanh(c)^2): dx = du in the slots i, f, g, o, the fifth is left:
//   di i (1 - i), di = dc g;  df f (1 - f), df = dc c_previous;  dg (1 - g^2), dg = dc i;  do o (1 - o), do = dh tanh(c);
// and dc_previous = dc f.
