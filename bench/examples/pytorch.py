"""The models of examples/classify.ts and tagger.ts in PyTorch, for bench/examples.ts: packed sequences in place of padding.

    python3 bench/examples/pytorch.py TASK.json

prints the loss of each step, and how many targets of the test are right.
"""

import json
import sys

import torch
from torch import nn
from torch.nn.utils.rnn import pack_sequence


class Model(nn.Module):
    """The scores of sequences: a row each, or a row a step in the order of packed sequences."""

    def __init__(self, input_size, hidden_size, classes, each_step):
        super().__init__()
        self.gru = nn.GRU(input_size, hidden_size, bidirectional=True)
        self.dense = nn.Linear(2 * hidden_size, classes)
        self.each_step = each_step

    def forward(self, sequences):
        outputs, h = self.gru(pack_sequence(sequences, enforce_sorted=False))
        return self.dense(outputs.data if self.each_step else torch.cat((h[-2], h[-1]), 1))


def tensor(array):
    """An array with a shape, or one of ids."""
    return torch.tensor(array["data"]).reshape(array["shape"]) if isinstance(array, dict) else torch.tensor(array)


def main():
    torch.set_num_threads(1)
    with open(sys.argv[1]) as file:
        task = json.load(file)
    each_step, input_size = task["eachStep"], task["inputSize"]

    def sequences(part):
        rows = [tensor(row) for row in part["x"]]
        return rows if rows[0].is_floating_point() else [nn.functional.one_hot(row, input_size).float() for row in rows]

    def targets(part, rows):
        if not each_step:
            return torch.tensor(part["target"])[rows]
        return pack_sequence([tensor(part["target"][row]) for row in rows], enforce_sorted=False).data

    model = Model(input_size, task["hiddenSize"], task["classes"], each_step)
    for layer, weights in task["weights"].items():
        getattr(model, layer).load_state_dict({name: tensor(array) for name, array in weights.items()})
    optimizer = torch.optim.Adam(model.parameters(), lr=task["learningRate"])
    train, losses = sequences(task["train"]), []
    for rows in task["steps"]:
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model([train[row] for row in rows]), targets(task["train"], rows))
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), task["clipGradNorm"])
        optimizer.step()
        losses.append(loss.item())
    test = sequences(task["test"])
    with torch.no_grad():
        right = model(test).argmax(1) == targets(task["test"], list(range(len(test))))
    print(json.dumps({"losses": losses, "right": right.sum().item()}))


main()
