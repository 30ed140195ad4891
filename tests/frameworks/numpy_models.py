"""Models as NumPy's archives: MLX writes such itself, of PyTorch whoever calls numpy.savez(): cases for run.ts.

    python3 numpy_models.py numpy FOLDER
"""

import json
import sys
from pathlib import Path

import mlx.core as mx
import numpy
import torch
from mlx import nn as mlx_nn
from mlx.utils import tree_map
from torch import nn

FOLDER = Path(sys.argv[2])
T, B, I, H, V = 7, 2, 4, 5, 8
random = numpy.random.default_rng(0)
cases = []


def listed(a):
    a = numpy.asarray(a)
    return {"shape": list(a.shape), "data": a.ravel().tolist()}


def add(name, files, x, y=None, golden=False, refused=None, **told):
    case = {"name": f"numpy {name}", "files": [files], "golden": golden, "input": listed(x), **told}
    cases.append({**case, **({"refused": refused} if refused else {"output": listed(y)})})


class Mlx(mlx_nn.Module):
    def __init__(self, Cell, layers):
        super().__init__()
        self.embedding = mlx_nn.Embedding(V, I)
        self.layers = [Cell(size, H) for size in [I] + [H] * (layers - 1)]
        self.out = mlx_nn.Linear(H, V)

    def __call__(self, x):
        x = self.embedding(x)
        for layer in self.layers:
            y = layer(x)
            x = y[0] if isinstance(y, tuple) else y
        return self.out(x)


class Torch(nn.Module):
    def __init__(self, Cell, **options):
        super().__init__()
        self.embedding = nn.Embedding(V, I)
        self.rnn = Cell(I, H, batch_first=True, **options)
        self.fc = nn.Linear(H, V)
        for weight in self.parameters():
            weight.data = torch.from_numpy(random.normal(0, 0.6, weight.shape).astype("float32"))

    def forward(self, x):
        return self.fc(self.rnn(self.embedding(x))[0])


def add_torch(name, Cell, save=numpy.savez, dtype="float32", refused=None, golden=False, change=lambda w: w, **told):
    options = told.pop("options", {})
    model = Torch(Cell, **options)
    weights = {key: value.numpy().astype(dtype) for key, value in model.state_dict().items()}
    file = f"numpy_{name}.npz"
    save(FOLDER / file, **change(weights))
    for key, value in model.state_dict().items():
        value.copy_(torch.from_numpy(weights[key].astype("float32")))
    x = torch.from_numpy(random.integers(0, V, (B, T)))
    add(name, [file], x, model(x).detach(), golden, refused, **told)


def paddle(weights):
    """A recurrent layer's arrays twice, and a linear layer's matrix transposed."""
    twice = {name.replace("rnn.", "rnn.0.cell.").replace("_l0", ""): w for name, w in weights.items() if "rnn." in name}
    return {**weights, **twice, "fc.weight": weights["fc.weight"].T}


def separate(path, **weights):
    for name, array in weights.items():
        numpy.save(path / f"{name}.npy", array)


for kind, Cell in {"rnn": mlx_nn.RNN, "gru": mlx_nn.GRU, "lstm": mlx_nn.LSTM}.items():
    for layers in (1, 2):
        model = Mlx(Cell, layers)
        weights = tree_map(lambda w: mx.array(random.normal(0, 0.6, w.shape).astype("float32")), model.parameters())
        model.update(weights)
        file = f"numpy_mlx_{kind}_{layers}.npz"
        model.save_weights(str(FOLDER / file))
        x = random.integers(0, V, (B, T))
        told = {"nonlinearity": "tanh"} if kind == "rnn" else {}
        add(f"mlx_{kind}_{layers}", [file], x, model(mx.array(x)), golden=layers == 2, **told)
for kind, Cell in {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}.items():
    told = {"nonlinearity": "tanh"} if kind == "rnn" else {}
    torch_told = {**told, "from": "pytorch"}
    add_torch(f"torch_{kind}_language", Cell, golden=kind == "lstm", **torch_told)
    add_torch(f"torch_{kind}_packed", Cell, save=numpy.savez_compressed, **torch_told)
    add_torch(f"torch_{kind}_no_bias", Cell, options={"bias": False, "num_layers": 2}, **torch_told)
    add_torch(f"torch_{kind}_half", Cell, dtype="float16", **torch_told)
    add_torch(f"torch_{kind}_double", Cell, dtype=">f8", **torch_told)
    columns = lambda weights: {name: numpy.asfortranarray(array) for name, array in weights.items()}
    add_torch(f"torch_{kind}_columns", Cell, change=columns, **torch_told)
    add_torch(f"torch_{kind}_untold", Cell, refused="without from", **told)
    add_torch(f"paddle_{kind}", Cell, change=paddle, golden=kind == "gru", **told)
numpy.savez(FOLDER / "numpy_nameless.npz", numpy.zeros(3, "float32"))
add("nameless", ["numpy_nameless.npz"], numpy.zeros((1, 1)), refused="arrays have no names")
model = Torch(nn.LSTM)
arrays = {name: value.numpy() for name, value in model.state_dict().items()}
separate(FOLDER, **arrays)
x = torch.from_numpy(random.integers(0, V, (B, T)))
add("separate", [f"{name}.npy" for name in arrays], x, model(x).detach(), **{"from": "pytorch"})
add("alone", ["fc.weight.npy"], x, refused="is one array")
(FOLDER / "numpy.json").write_text(json.dumps(cases))
