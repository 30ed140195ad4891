// Softmax and cross-entropy by rows: losses[n] = log sum_v exp(logits[n, v]) - logits[n, targets[n]], and where
// `gradient` the logits turn into their gradient: logits[n, v] = scale * (softmax(logits[n])[v] - [v = targets[n]]).
// logits (T*B, V = columns), rows n = t*B + b, ld words apart; targets (B, T) u32: row n's is targets[b, t];
// losses (T*B), not scaled. The row's maximum is taken off first: no finite logit overflows.
