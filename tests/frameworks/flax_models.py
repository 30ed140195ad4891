"""Models of Flax, linen's and nnx's, saved as MessagePack or as an .npz by paths, with what they answer to ids: cases for run.ts.

    python3 flax_models.py flax FOLDER
"""

import json
import sys
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy
from flax import linen, nnx, serialization
from flax.traverse_util import flatten_dict

FOLDER = Path(sys.argv[2])
T, B, I, H, V = 7, 2, 4, 5, 8
random = numpy.random.default_rng(0)
cases = []


def drawn(tree):
    return jax.tree.map(lambda w: jnp.asarray(random.normal(0, 0.6, w.shape).astype("float32")), tree)


def listed(a):
    a = numpy.asarray(a)
    return {"shape": list(a.shape), "data": a.ravel().tolist()}


def add(name, forms, x, y=None, golden=False, refused=None, nonlinearity=None):
    """A model in one form or several: bytes by the end of a file's name, arrays by name for an .npz."""
    files = [f"flax_{name}{end}" for end in forms]
    for file, data in zip(files, forms.values()):
        if file.endswith(".npz"):
            numpy.savez(FOLDER / file, **data)
        else:
            (FOLDER / file).write_bytes(data)
    case = {"name": f"flax {name}", "files": files, "golden": golden, "input": listed(x)}
    case |= {"refused": refused} if refused else {"output": listed(y)}
    cases.append({**case, **({"nonlinearity": nonlinearity} if nonlinearity else {})})


class Linen(linen.Module):
    Cell: Any
    layers: int = 1
    embedding: bool = True
    bias: bool = True
    options: Any = None
    both: bool = False
    norm: bool = False

    @linen.compact
    def __call__(self, x):
        if self.embedding:
            x = linen.Embed(V, I)(x)
        cell = lambda: self.Cell(H, **(self.options or {}))
        for _ in range(self.layers):
            x = linen.Bidirectional(linen.RNN(cell()), linen.RNN(cell()))(x) if self.both else linen.RNN(cell())(x)
        if self.norm:
            x = linen.LayerNorm()(x)
        return linen.Dense(V, use_bias=self.bias)(x)


def inputs(embedding=True):
    if embedding:
        return random.integers(0, V, (B, T))
    return random.normal(0, 1, (B, T, V)).astype("float32")


def variables(model, x):
    return {"params": drawn(model.init(jax.random.key(0), x)["params"])}


def one(weights):
    return {".msgpack": serialization.to_bytes(weights)}


def several(weights):
    """Variables, parameters alone, a training's state, and paths with slashes and dots."""
    state = {"step": 3, "params": weights["params"], "opt_state": {"0": {"count": numpy.int32(3)}}}
    return {
        ".msgpack": serialization.to_bytes(weights),
        ".params.msgpack": serialization.to_bytes(weights["params"]),
        ".state.msgpack": serialization.to_bytes(state),
        ".npz": flatten_dict(weights, sep="/"),
        ".dots.npz": flatten_dict(weights["params"], sep="."),
    }


def add_linen(name, golden=False, refused=None, save=one, dtype="float32", **options):
    model = Linen(**options)
    x = inputs(options.get("embedding", True))
    weights = jax.tree.map(lambda w: w.astype(dtype), variables(model, x))
    y = None if refused else model.apply(jax.tree.map(lambda w: w.astype("float32"), weights), x)
    activation = (options.get("options") or {}).get("activation_fn", jnp.tanh)
    relu = "relu" if activation is jax.nn.relu else "tanh"
    add(name, save(weights), x, y, golden, refused, relu if model.Cell is linen.SimpleCell else None)


LINEN = {"rnn": linen.SimpleCell, "gru": linen.GRUCell, "lstm": linen.LSTMCell, "optimized": linen.OptimizedLSTMCell}
for kind, Cell in LINEN.items():
    add_linen(f"linen_{kind}_language", Cell=Cell, save=several if kind == "gru" else one, golden=True)
    add_linen(f"linen_{kind}_two", Cell=Cell, layers=2, save=several)
    add_linen(f"linen_{kind}_no_bias", Cell=Cell, bias=False)
    add_linen(f"linen_{kind}_numbers", Cell=Cell, embedding=False)
add_linen("linen_half", Cell=linen.GRUCell, dtype="float16")
add_linen("linen_bfloat16", Cell=linen.LSTMCell, dtype="bfloat16")
add_linen("linen_relu", Cell=linen.SimpleCell, options={"activation_fn": jax.nn.relu})
add_linen("linen_both", Cell=linen.LSTMCell, both=True, refused="must have 5 columns")
add_linen("linen_norm", Cell=linen.LSTMCell, norm=True, refused="LayerNorm_0/")
add_linen("linen_mgu", Cell=linen.MGUCell, refused="MGUCell")


class Nnx(nnx.Module):
    def __init__(self, Cell, layers, rngs):
        self.embedding = nnx.Embed(V, I, rngs=rngs)
        self.layers = nnx.List([nnx.RNN(Cell(size, H, rngs=rngs)) for size in [I] + [H] * (layers - 1)])
        self.dense = nnx.Linear(H, V, rngs=rngs)

    def __call__(self, x):
        x = self.embedding(x)
        for layer in self.layers:
            x = layer(x)
        return self.dense(x)


def add_nnx(name, Cell, layers=1, golden=False):
    model = Nnx(Cell, layers, nnx.Rngs(0))
    state = drawn(nnx.state(model, nnx.Param))
    nnx.update(model, state)
    x = inputs()
    told = "tanh" if Cell is nnx.SimpleCell else None
    add(name, one(nnx.to_pure_dict(state)), x, model(x), golden, nonlinearity=told)


NNX = {"rnn": nnx.SimpleCell, "gru": nnx.GRUCell, "lstm": nnx.LSTMCell, "optimized": nnx.OptimizedLSTMCell}
for kind, Cell in NNX.items():
    add_nnx(f"nnx_{kind}_language", Cell, golden=True)
    add_nnx(f"nnx_{kind}_two", Cell, layers=2)
(FOLDER / "flax.json").write_text(json.dumps(cases))
