// Elman cell with rectifier, PyTorch's nn.RNN with nonlinearity "relu": h = max(0, x + u), x its input part, u its hidden part.
// Slot 0 of gates: forward leaves it; backward writes dx = du = dh where h > 0, else 0.
