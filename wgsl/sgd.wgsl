// Stochastic gradient descent as torch.optim.SGD: g = gradients + weightDecay * parameters; where momentumFactor is not 0:
// momentum = momentumFactor * momentum + g, g = momentum, or g + momentumFactor * momentum where `nesterov`;
// parameters -= rates[0] * g. Nothing changes where the latch health[1] (u32) is set.
// parameters, gradients, momentum (count); rates (1): the learning rate; health (8) as in clip_grad_norm.
// Where momentumFactor is 0, momentum is neither read nor written.
