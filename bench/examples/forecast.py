"""The model of examples/forecast.ts in PyTorch, for bench/examples.ts.

    python3 bench/examples/forecast.py TASK.json

prints the loss of each step, and what the trained model tells of the windows of the test.
"""

import json
import sys

import torch
from torch import nn


class Model(nn.Module):
    """The next rows of windows (T, B, 1)."""

    def __init__(self, hidden_size, horizon):
        super().__init__()
        self.rnn = nn.GRU(1, hidden_size)
        self.dense = nn.Linear(hidden_size, horizon)

    def forward(self, windows):
        return self.dense(self.rnn(windows)[1][-1])


def tensor(array):
    return torch.tensor(array["data"]).reshape(array["shape"])


def main():
    torch.set_num_threads(1)
    with open(sys.argv[1]) as file:
        task = json.load(file)
    model = Model(task["hiddenSize"], task["horizon"])
    model.load_state_dict({name: tensor(array) for name, array in task["weights"].items()})
    optimizer = torch.optim.Adam(model.parameters(), lr=task["learningRate"])
    losses = []
    for batch in task["steps"]:
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(tensor(batch["x"])), tensor(batch["y"]))
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), task["clipGradNorm"])
        optimizer.step()
        losses.append(loss.item())
    with torch.no_grad():
        told = model(tensor(task["test"]))
    print(json.dumps({"losses": losses, "told": told.flatten().tolist()}))


main()
