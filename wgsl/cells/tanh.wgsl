// Elman cell (Elman 1990), PyTorch's nn.RNN with nonlinearity "tanh": h = tanh(x + u), x its input part, u its hidden part.
// Slot 0 of gates: forward leaves it; backward writes dx = du = dh (1 - h^2).
