"""Models of Paddle: files as paddle.save() of 3.3 makes them, with what PyTorch answers to ids, whose equations these are.

    python3 paddle_models.py paddle FOLDER

Paddle itself is not needed: a file is a pickle of NumPy's arrays by PyTorch's names, a recurrent layer's twice, a linear
layer's matrix transposed, and of the parameters' own names.
"""

import json
import pickle
import sys
from pathlib import Path

import numpy
import torch
from torch import nn

FOLDER = Path(sys.argv[2])
T, B, I, H, V = 7, 2, 4, 5, 8
torch.manual_seed(0)
cases = []


class Model(nn.Module):
    def __init__(self, Cell, embedding=True, **options):
        super().__init__()
        self.embedding = nn.Embedding(V, I) if embedding else nn.Identity()
        self.rnn = Cell(I if embedding else V, H, batch_first=True, **options)
        self.fc = nn.Linear(H, V)
        for weight in self.parameters():
            nn.init.normal_(weight, 0, 0.6)

    def forward(self, x):
        return self.fc(self.rnn(self.embedding(x))[0])


def listed(a):
    return {"shape": list(a.shape), "data": a.flatten().tolist()}


def parameters(model, dtype):
    """What state_dict() of such a model has in Paddle, by structured names, and the parameters' own names."""
    kind = type(model.rnn).__name__.lower().replace("rnn", "simple_rnn")
    arrays, names = {}, {}

    def put(name, array, own):
        arrays[name] = numpy.ascontiguousarray(array.detach().numpy().astype(dtype))
        names[name] = own

    if isinstance(model.embedding, nn.Embedding):
        put("embedding.weight", model.embedding.weight, "embedding_0.w_0")
    own = {"weight_ih": "w_0", "weight_hh": "w_1", "bias_ih": "b_0", "bias_hh": "b_1"}
    weights = [(name, *name.rsplit("_l", 1), weight) for name, weight in model.rnn.named_parameters()]
    for name, which, layer, weight in weights:
        put(f"rnn.{name}", weight, f"{kind}_cell_{layer}.{own[which]}")
    for name, which, layer, weight in weights:
        put(f"rnn.{layer}.cell.{which}", weight, f"{kind}_cell_{layer}.{own[which]}")
    put("fc.weight", model.fc.weight.t(), "linear_0.w_0")
    put("fc.bias", model.fc.bias, "linear_0.b_0")
    return arrays, names


class Tensor:
    """Pickled as a tensor of Paddle is where a file is no state dict alone."""

    def __init__(self, name, array):
        self.value = (name, array)

    def __reduce__(self):
        return (tuple, (self.value,))


def add(name, Cell, golden=False, protocol=4, dtype="float32", checkpoint=False, **options):
    model = Model(Cell, **options)
    arrays, names = parameters(model, dtype)
    saved = {**arrays, "StructuredToParameterName@@": names}
    if checkpoint:
        saved = {"model": {key: Tensor(names[key], array) for key, array in arrays.items()}, "epoch": 3}
    file = f"paddle_{name}.pdparams"
    with open(FOLDER / file, "wb") as stream:
        pickle.dump(saved, stream, protocol=protocol)
    for weight in model.parameters():
        weight.data = torch.tensor(weight.detach().numpy().astype(dtype).astype("float32"))
    x = torch.randint(V, (B, T)) if options.get("embedding", True) else torch.randn(B, T, V)
    case = {"name": f"paddle {name}", "files": [file], "golden": golden, "input": listed(x)}
    case["output"] = listed(model(x).detach())
    cases.append({**case, **({"nonlinearity": options.get("nonlinearity", "tanh")} if Cell is nn.RNN else {})})


for kind, Cell in {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}.items():
    add(f"{kind}_language", Cell, golden=kind == "lstm")
    add(f"{kind}_two_language", Cell, num_layers=2, protocol=2, golden=kind == "gru")
    add(f"{kind}_no_bias", Cell, bias=False)
    add(f"{kind}_numbers", Cell, embedding=False)
    add(f"{kind}_half", Cell, dtype="float16")
    add(f"{kind}_double", Cell, dtype="float64")
    add(f"{kind}_big_endian", Cell, dtype=">f4")
    add(f"{kind}_checkpoint_language", Cell, checkpoint=True, golden=kind == "rnn")
add("relu", nn.RNN, nonlinearity="relu")
(FOLDER / "paddle.json").write_text(json.dumps(cases))
