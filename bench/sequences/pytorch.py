"""The task in PyTorch, timed by bench/sequences.ts: see bench/peers/protocol.ts.

Variants: `library` is nn.RNN (GRU, LSTM) as everybody calls it; `hand` has the recurrences of bench/peers/pytorch_gather.py,
written out as autograd functions, which take less of PyTorch's time a step. Both have a fused Adam, set gradients to None,
find their batches as tensors, and read one loss an epoch. torch.compile leaves nn.RNN as it is, and is not faster.
"""

import argparse
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "peers"))

from blas import prepare  # noqa: E402


def parse_arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--variant", choices=("library", "hand"), default="library")
    parser.add_argument("--workload", required=True)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--check", type=int, default=10)
    return parser.parse_args()


ARGUMENTS = parse_arguments()
prepare(ARGUMENTS.threads, "cpu", False)

import torch  # noqa: E402
from torch import nn  # noqa: E402

from pytorch_gather import GRURecurrence, LSTMRecurrence, RNNRecurrence  # noqa: E402
from timing import read_tensors, read_workload, serve  # noqa: E402

LAYERS = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}


class Model(nn.Module):
    """What follows each step (T, B, I), from x (T, B, I)."""

    def __init__(self, cell, input_size, hidden_size):
        super().__init__()
        self.rnn = LAYERS[cell](input_size, hidden_size)
        self.dense = nn.Linear(hidden_size, input_size)

    def forward(self, x):
        return self.dense(self.rnn(x)[0])


class HandModel(Model):
    def __init__(self, cell, input_size, hidden_size, batch_size):
        super().__init__(cell, input_size, hidden_size)
        self.cell, self.zeros = cell, torch.zeros(batch_size, hidden_size)

    def forward(self, x):
        weight, bias_hh, zeros = self.rnn.weight_hh_l0, self.rnn.bias_hh_l0, self.zeros
        bias = self.rnn.bias_ih_l0 if self.cell == "gru" else self.rnn.bias_ih_l0 + bias_hh
        gates = nn.functional.linear(x, self.rnn.weight_ih_l0, bias)
        if self.cell == "gru":
            return self.dense(GRURecurrence.apply(gates, weight, bias_hh, zeros))
        if self.cell == "rnn":
            return self.dense(RNNRecurrence.apply(gates, weight, zeros))
        return self.dense(LSTMRecurrence.apply(gates, weight, zeros, zeros)[0])


def tensor(data, shape):
    return torch.frombuffer(data, dtype=torch.float32).view(shape)


def training(task, weights):
    """A step of a batch, and all batches of an epoch."""
    sizes = task["cell"], task["inputSize"], task["hiddenSize"]
    model = Model(*sizes) if ARGUMENTS.variant == "library" else HandModel(*sizes, task["batchSize"])
    model.load_state_dict(weights)
    optimizer = torch.optim.Adam(model.parameters(), lr=task["learningRate"], fused=True)
    shape = task["numSteps"] + 1, task["batchSize"], task["inputSize"]
    series = [torch.tensor(numbers).view(shape) for numbers in task["batches"]]
    batches = [(all[:-1].contiguous(), all[1:].contiguous()) for all in series]
    mse_loss = nn.functional.mse_loss

    def step(x, target):
        optimizer.zero_grad()
        loss = mse_loss(model(x), target)
        loss.backward()
        optimizer.step()
        return loss

    def epoch():
        for x, target in batches:
            loss = step(x, target)
        loss.item()

    return lambda number: step(*batches[number]).item(), epoch


def main():
    torch.set_num_threads(ARGUMENTS.threads)
    task, weights = read_workload(ARGUMENTS.workload), read_tensors(f"{ARGUMENTS.workload}.safetensors", tensor)
    step, _ = training(task, weights)
    losses = [step(number) for number in range(ARGUMENTS.check)]
    _, epoch = training(task, weights)
    serve({"version": f"PyTorch {torch.__version__}", "losses": losses}, epoch)


main()
