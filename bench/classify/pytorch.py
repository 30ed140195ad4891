"""The model of examples/classify.ts in PyTorch, for bench/classify.ts: packed sequences in place of padding.

    python3 bench/classify/pytorch.py TASK.json

prints the loss of each step, and how many utterances of the test are right.
"""

import json
import sys

import torch
from torch import nn
from torch.nn.utils.rnn import pack_sequence


class Classifier(nn.Module):
    def __init__(self, input_size, hidden_size, classes):
        super().__init__()
        self.gru = nn.GRU(input_size, hidden_size, bidirectional=True)
        self.dense = nn.Linear(2 * hidden_size, classes)

    def forward(self, sequences):
        _, h = self.gru(pack_sequence(sequences, enforce_sorted=False))
        return self.dense(torch.cat((h[-2], h[-1]), 1))


def tensor(array):
    return torch.tensor(array["data"]).reshape(array["shape"])


def read(part):
    return [tensor(array) for array in part["x"]], torch.tensor(part["speaker"])


def main():
    torch.set_num_threads(1)
    with open(sys.argv[1]) as file:
        task = json.load(file)
    sequences, speakers = read(task["train"])
    model = Classifier(task["inputSize"], task["hiddenSize"], task["classes"])
    for layer, weights in task["weights"].items():
        getattr(model, layer).load_state_dict({name: tensor(array) for name, array in weights.items()})
    optimizer = torch.optim.Adam(model.parameters(), lr=task["learningRate"])
    losses = []
    for rows in task["steps"]:
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model([sequences[row] for row in rows]), speakers[rows])
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), task["clipGradNorm"])
        optimizer.step()
        losses.append(loss.item())
    sequences, speakers = read(task["test"])
    with torch.no_grad():
        right = (model(sequences).argmax(1) == speakers).sum().item()
    print(json.dumps({"losses": losses, "right": right}))


main()
