"""Models of PyTorch, saved by torch.save(), with what they answer to ids: cases for run.ts.

    python3 pytorch_models.py pytorch FOLDER

A state dict does not tell the activation of an RNN, nor batch_first, which changes no weight.
"""

import json
import sys
import zipfile
from pathlib import Path

import torch
from torch import nn

FOLDER = Path(sys.argv[2])
T, B, I, H, V = 7, 2, 4, 5, 8
torch.manual_seed(0)
cases = []


class Model(nn.Module):
    def __init__(self, Cell, embedding=True, tied=False, **options):
        super().__init__()
        width = H if tied else I
        self.embedding = nn.Embedding(V, width) if embedding else nn.Identity()
        self.rnn = Cell(width if embedding else V, H, batch_first=True, **options)
        self.decoder = nn.Linear(H, V)
        for weight in self.parameters():
            nn.init.normal_(weight, 0, 0.6)
        if tied:
            self.decoder.weight = self.embedding.weight

    def forward(self, x):
        return self.decoder(self.rnn(self.embedding(x))[0])


def listed(a):
    return {"shape": list(a.shape), "data": a.flatten().tolist()}


def swapped(file):
    """Writes a file anew as a machine with the other order of bytes does."""
    with zipfile.ZipFile(file) as zipped:
        entries = {name: zipped.read(name) for name in zipped.namelist()}
    with zipfile.ZipFile(file, "w") as zipped:
        for name, data in entries.items():
            if "/data/" in name:
                data = b"".join(data[at : at + 4][::-1] for at in range(0, len(data), 4))
            zipped.writestr(name, b"big" if name.endswith("/byteorder") else data)


def add(name, Cell, golden=False, save=lambda m: m.state_dict(), dtype=None, refused=None, big=False, protocol=2, **options):
    model = Model(Cell, **options)
    if dtype:
        model.to(dtype)
    file = f"pytorch_{name}.pt"
    torch.save(save(model), FOLDER / file, pickle_protocol=protocol)
    if big:
        swapped(FOLDER / file)
    model.float()
    x = torch.randint(V, (B, T)) if options.get("embedding", True) else torch.randn(B, T, V)
    case = {"name": f"pytorch {name}", "files": [file], "golden": golden, "input": listed(x)}
    case |= {"refused": refused} if refused else {"output": listed(model(x).detach())}
    relu = {"nonlinearity": "relu"} if options.get("nonlinearity") == "relu" else {"nonlinearity": "tanh"}
    cases.append({**case, **(relu if Cell is nn.RNN else {})})


def checkpoint(model):
    optimizer = torch.optim.Adam(model.parameters())
    model(torch.zeros(B, T, dtype=torch.long)).sum().backward()
    optimizer.step()
    return {"epoch": 3, "loss": torch.tensor(0.5), "model_state_dict": model.state_dict(), "optimizer": optimizer.state_dict()}


def strided(model):
    """Views of one storage, matrices column by column."""
    weights = model.state_dict()
    storage = torch.cat([w.t().flatten() for w in weights.values()])
    at = 0
    for name, weight in weights.items():
        shape = weight.t().shape
        weights[name] = storage[at : at + weight.numel()].view(shape).t()
        at += weight.numel()
    return weights


for kind, Cell in {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}.items():
    add(f"{kind}_language", Cell, golden=True, protocol=5 if kind == "rnn" else 2)
    add(f"{kind}_two", Cell, num_layers=2)
    add(f"{kind}_no_bias", Cell, bias=False)
    add(f"{kind}_numbers", Cell, embedding=False)
    add(f"{kind}_tied", Cell, tied=True)
    add(f"{kind}_checkpoint_language", Cell, save=checkpoint, golden=kind == "gru")
    add(f"{kind}_strided_language", Cell, save=strided, dtype=torch.float16, golden=kind == "lstm")
    add(f"{kind}_double", Cell, dtype=torch.float64)
    add(f"{kind}_bfloat16", Cell, dtype=torch.bfloat16)
    add(f"{kind}_big_endian_language", Cell, big=True, golden=kind == "gru")
    add(f"{kind}_module", Cell, save=lambda m: m, refused='names "__main__.Model"')
add("relu_language", nn.RNN, nonlinearity="relu", golden=True)
(FOLDER / "pytorch.json").write_text(json.dumps(cases))
