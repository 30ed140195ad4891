"""Models of MLX, saved as safetensors, with what they answer to ids: cases for run.ts.

    python3 mlx_models.py mlx FOLDER

MLX's files do not tell the activation of its RNN, which is tanh here.
"""

import json
import sys
from pathlib import Path

import mlx.core as mx
import numpy
from mlx import nn
from mlx.utils import tree_map

FOLDER = Path(sys.argv[2])
T, B, I, H, V = 7, 2, 4, 5, 8
random = numpy.random.default_rng(0)
cases = []


class Model(nn.Module):
    def __init__(self, Cell, layers=1, bias=True, embedding=True):
        super().__init__()
        if embedding:
            self.embedding = nn.Embedding(V, I)
        sizes = [I if embedding else V] + [H] * (layers - 1)
        self.layers = [Cell(size, H, bias=bias) for size in sizes]
        self.out = nn.Linear(H, V)

    def __call__(self, x):
        for layer in self.layers:
            y = layer(x)
            x = y[0] if isinstance(y, tuple) else y
        return self.out(x)


def add(name, golden=False, **options):
    model = Model(**options)
    model.update(tree_map(lambda w: mx.array(random.normal(0, 0.6, w.shape).astype("float32")), model.parameters()))
    file = f"mlx_{name}.safetensors"
    model.save_weights(str(FOLDER / file))
    if "embedding" in model:
        x = random.integers(0, V, (B, T))
        y = model(model.embedding(mx.array(x)))
    else:
        x = random.normal(0, 1, (B, T, V)).astype("float32")
        y = model(mx.array(x))
    listed = lambda a: {"shape": list(a.shape), "data": numpy.asarray(a).ravel().tolist()}
    case = {"name": f"mlx {name}", "files": [file], "golden": golden, "input": listed(x), "output": listed(y)}
    cases.append({**case, **({"nonlinearity": "tanh"} if name.startswith("rnn") else {})})


for kind, Cell in {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}.items():
    add(kind, Cell=Cell)
    add(f"{kind}_two", Cell=Cell, layers=2, golden=True)
    add(f"{kind}_no_bias", Cell=Cell, bias=False)
    add(f"{kind}_numbers", Cell=Cell, embedding=False)
(FOLDER / "mlx.json").write_text(json.dumps(cases))
