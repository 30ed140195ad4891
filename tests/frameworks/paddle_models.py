"""Models of Paddle, saved by paddle.save(), with what they answer to ids: cases for run.ts.

    python3 paddle_models.py paddle FOLDER

A state dict does not tell the activation of an RNN. A file has a recurrent layer's arrays twice, under two names.
"""

import json
import pickle
import sys
from pathlib import Path

import numpy
import paddle
from paddle import nn

FOLDER = Path(sys.argv[2])
T, B, I, H, V = 7, 2, 4, 5, 8
random = numpy.random.default_rng(0)
cases = []


class Model(nn.Layer):
    def __init__(self, Cell, embedding=True, **options):
        super().__init__()
        self.embedding = nn.Embedding(V, I) if embedding else None
        self.rnn = Cell(I if embedding else V, H, **options)
        width = options.get("proj_size", H) * (2 if options.get("direction") == "bidirect" else 1)
        self.fc = nn.Linear(width, V)
        for weight in self.parameters():
            weight.set_value(random.normal(0, 0.6, weight.shape).astype("float32"))

    def forward(self, x):
        return self.fc(self.rnn(self.embedding(x) if self.embedding else x)[0])


def listed(a):
    a = numpy.asarray(a)
    return {"shape": list(a.shape), "data": a.ravel().tolist()}


def checkpoint(model):
    optimizer = paddle.optimizer.Adam(parameters=model.parameters())
    model(paddle.zeros([B, T], "int64")).sum().backward()
    optimizer.step()
    return {"epoch": 3, "model": model.state_dict(), "optimizer": optimizer.state_dict()}


def cast(weight, dtype):
    other = weight.astype(dtype)
    other.name = weight.name
    return other


def swapped(file, protocol):
    """Writes a file anew as a machine with the other order of bytes does."""
    saved = pickle.loads(file.read_bytes())
    arrays = {k: v.astype(">f4") if isinstance(v, numpy.ndarray) else v for k, v in saved.items()}
    file.write_bytes(pickle.dumps(arrays, protocol))


def without_bias(model, Cell):
    """The same with biases of zeros: without any, Paddle 3.3.1 does not compute on a processor."""
    weights = model.state_dict()
    zeroed = Model(Cell)
    for key, weight in zeroed.state_dict().items():
        weight.set_value(weights[key] if key in weights else paddle.zeros(weight.shape))
    return zeroed


def add(name, Cell, golden=False, protocol=4, dtype=None, save=lambda m: m.state_dict(), big=False, refused=None, **options):
    model = Model(Cell, **options)
    saved = save(model)
    if dtype:
        saved = {key: cast(weight, dtype) for key, weight in saved.items()}
        for weight in model.parameters():
            weight.set_value(weight.astype(dtype).astype("float32"))
    file = f"paddle_{name}.pdparams"
    paddle.save(saved, str(FOLDER / file), protocol=protocol)
    if big:
        swapped(FOLDER / file, protocol)
    if options.get("bias_ih_attr") is False:
        model = without_bias(model, Cell)
    ids = options.get("embedding", True)
    x = random.integers(0, V, (B, T)) if ids else random.normal(0, 1, (B, T, V)).astype("float32")
    case = {"name": f"paddle {name}", "files": [file], "golden": golden, "input": listed(x)}
    case |= {"refused": refused} if refused else {"output": listed(model(paddle.to_tensor(x)).numpy())}
    cases.append({**case, **({"nonlinearity": options.get("activation", "tanh")} if Cell is nn.SimpleRNN else {})})


for kind, Cell in {"rnn": nn.SimpleRNN, "gru": nn.GRU, "lstm": nn.LSTM}.items():
    add(f"{kind}_language", Cell, golden=kind == "lstm")
    add(f"{kind}_two_language", Cell, num_layers=2, protocol=2, golden=kind == "gru")
    add(f"{kind}_no_bias", Cell, bias_ih_attr=False, bias_hh_attr=False)
    add(f"{kind}_numbers", Cell, embedding=False)
    add(f"{kind}_half", Cell, dtype="float16")
    add(f"{kind}_bfloat16", Cell, dtype="bfloat16")
    add(f"{kind}_double", Cell, dtype="float64")
    add(f"{kind}_big_endian", Cell, big=True)
    add(f"{kind}_bidirectional", Cell, direction="bidirect", refused="bidirectional")
    add(f"{kind}_checkpoint_language", Cell, save=checkpoint, golden=kind == "rnn")
add("relu", nn.SimpleRNN, activation="relu")
add("projected", nn.LSTM, proj_size=3, refused="projection")
(FOLDER / "paddle.json").write_text(json.dumps(cases))
