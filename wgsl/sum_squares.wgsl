// Partial sums of squares: partials[k] = sum of x[i]^2 over the k-th chunk of 4096 elements (CHUNK in src/kernels.ts).
// x (count); partials (⌈count / 4096⌉). Chunks are fixed, so that the sum does not depend on threads.
