// Dropout (Srivastava et al. 2014): y[i] = x[i] / (1 - p) where uniform(i) >= p, else 0; += where `accumulate`.
// p is `probability`; p = 1 gives zeros. uniform(i) is the first word of Threefry-2x32-20 under the key seed (2) u32 with
// the counter (i, stream), its upper 24 bits times 2^-24: the same mask on every device, forward and backward.
// x, y (count).
