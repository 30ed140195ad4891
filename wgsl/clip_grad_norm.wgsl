// Gradient clipping by global norm (Pascanu, Mikolov and Bengio 2013), as torch.nn.utils.clip_grad_norm_:
// norm = sqrt(sum of partials); gradients *= min(1, maxNorm / (norm + 1e-6)).
// partials (⌈count / 4096⌉) from sum_squares, summed in order; gradients (count).
// health (8) words, kept by the unit that owns the first chunk: 0 f32 the norm of the last good step; 1 u32 the latch: 1
// once a norm was not finite; 2 u32 steps seen, counted up each time; 3 u32 the step (from 1) that set the latch;
// 4 f32 the norm that set it. A set latch stays, and the good norm with it; gradients whose norm is not finite are left.
