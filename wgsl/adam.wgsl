// Adam (Kingma and Ba 2015) as torch.optim.Adam, or AdamW (Loshchilov and Hutter 2019) where `decoupled`:
//   g = gradients + weightDecay * parameters, or where `decoupled`: g = gradients, parameters *= rates[2]
//   m = beta1 m + complement1 g;  v = beta2 v + complement2 g^2
//   parameters -= rates[0] * m / (sqrt(v) * rates[1] + epsilon)
// rates (3), computed on the host in float64: 0 learning rate / (1 - beta1^step); 1 1 / sqrt(1 - beta2^step);
// 2 1 - learning rate * weightDecay. complement1 = 1 - beta1, complement2 = 1 - beta2, in float64.
// Nothing changes where the latch health[1] (u32) is set. parameters, gradients, m, v (count); health (8) as in
// clip_grad_norm.
