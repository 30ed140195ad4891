"""Writes language models under the names that users of PyTorch give them, as bare state dicts.

    python3 tests/golden/generate_forms.py

writes to the folder forms beside this script NAME.safetensors, one a form, and forms.json: ids (B, T), and by NAME the
logits (T*B, V) that the model gives for them, time-major, and what it is.

Needs torch and safetensors; made with PyTorch 2.15.0 and safetensors 0.8.0.
"""

import itertools
import json
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn.functional import one_hot
from torch.optim.swa_utils import AveragedModel

FOLDER = Path(__file__).resolve().parent / "forms"
V, E, H, T = 13, 7, 11, 5
IDS = torch.tensor([[1, 12, 0, 7, 7], [5, 3, 2, 11, 4], [9, 9, 8, 6, 10]])


class Cells(nn.Module):
    """A stack of cells that is taken through time by hand."""

    def __init__(self, kind, sizes, **options):
        super().__init__()
        self.embedding = nn.Embedding(V, sizes[0]) if sizes[0] != V else None
        self.cells = nn.ModuleList(kind(i, o, **options) for i, o in zip(sizes, sizes[1:]))
        self.fc = nn.Linear(sizes[-1], V)

    def forward(self, ids):
        inputs = self.embedding(ids.T) if self.embedding else one_hot(ids.T, V).float()
        states, logits = [None] * len(self.cells), []
        for x in inputs:
            for layer, cell in enumerate(self.cells):
                states[layer] = cell(x, states[layer])
                x = states[layer][0] if isinstance(cell, nn.LSTMCell) else states[layer]
            logits.append(self.fc(x))
        return torch.cat(logits)


class OneCell(nn.Module):
    def __init__(self, kind, **options):
        super().__init__()
        self.cell = kind(V, H, **options)
        self.out = nn.Linear(H, V)

    def forward(self, ids):
        state, logits = None, []
        for x in one_hot(ids.T, V).float():
            state = self.cell(x, state)
            logits.append(self.out(state[0] if isinstance(state, tuple) else state))
        return torch.cat(logits)


class Stack(nn.Module):
    """Layers that are modules of their own, in a list or as numbered attributes."""

    def __init__(self, kind, layers, listed=True):
        super().__init__()
        self.encoder = nn.Embedding(V, E)
        self.names = [f"lstm{layer + 1}" for layer in range(layers)]
        modules = [kind(E if layer == 0 else H, H) for layer in range(layers)]
        if listed:
            self.rnns = nn.ModuleList(modules)
        else:
            for name, module in zip(self.names, modules):
                setattr(self, name, module)
        self.listed = listed
        self.decoder = nn.Linear(H, V)

    def forward(self, ids):
        x = self.encoder(ids.T)
        for layer, name in enumerate(self.names):
            x, _ = self.rnns[layer](x) if self.listed else getattr(self, name)(x)
        return self.decoder(x).reshape(-1, V)


class WeightDrop(nn.Module):
    """Drops recurrent weights in training: the weight itself is kept beside the layer, with "_raw" behind its name."""

    def __init__(self, module):
        super().__init__()
        self.module = module
        self.weight_hh_l0_raw = nn.Parameter(module.weight_hh_l0.detach().clone())

    def forward(self, x):
        dropped = nn.functional.dropout(self.weight_hh_l0_raw, 0.5, self.training)
        self.module._parameters["weight_hh_l0"] = nn.Parameter(dropped.detach().clone())
        self.module._flat_weights = [getattr(self.module, name) for name in self.module._flat_weights_names]
        return self.module(x)


class Dropped(Stack):
    def __init__(self):
        super().__init__(nn.LSTM, 2)
        self.rnns = nn.ModuleList(WeightDrop(rnn) for rnn in self.rnns)


class Plain(nn.Module):
    def __init__(self, layer):
        super().__init__()
        self.rnn = layer
        self.fc = nn.Linear(H, V)

    def forward(self, ids):
        outputs, _ = self.rnn(one_hot(ids.T, V).float())
        return self.fc(outputs).reshape(-1, V)


class EmbeddingDropout(nn.Module):
    """Keeps the embedding under a second name, as wrappers that drop words do."""

    def __init__(self, emb):
        super().__init__()
        self.emb = emb

    def forward(self, ids):
        return self.emb(ids)


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Embedding(V, H)
        self.encoder_dp = EmbeddingDropout(self.encoder)
        self.rnn = nn.GRU(H, H)
        self.decoder = nn.Linear(H, V)
        self.decoder.weight = self.encoder.weight

    def forward(self, ids):
        outputs, _ = self.rnn(self.encoder_dp(ids.T))
        return self.decoder(outputs).reshape(-1, V)


class Counted(Plain):
    """With buffers that are no weights."""

    def __init__(self, layer):
        super().__init__(layer)
        self.register_buffer("num_batches_tracked", torch.tensor(5))
        self.register_buffer("ids", torch.arange(3, dtype=torch.int32))
        self.register_buffer("mask", torch.ones(2, 2, dtype=torch.bool))


def one_bias(layer, missing):
    """A layer of which one bias is zero, so that a file may leave it out."""
    with torch.no_grad():
        for name, parameter in layer.named_parameters():
            if name.startswith(missing):
                parameter.zero_()
    return Plain(layer)


def without(model, part):
    return {name: tensor for name, tensor in model.state_dict().items() if part not in name}


def rounded(model, dtype):
    """The model whose weights are numbers of a type, and its state dict in that type."""
    weights = {name: tensor.to(dtype) for name, tensor in model.state_dict().items()}
    model.load_state_dict(weights)
    return model, weights


def forms():
    """Each a name, the model, its state dict, and what it is: kind, layers, and what a reader supposes."""
    yield "lstm_cells", Cells(nn.LSTMCell, [E, H, H]), None, ["lstm", 2, {"stack": ["cells.0.", "cells.1."]}]
    yield "gru_cell", OneCell(nn.GRUCell), None, ["gru", 1, {}]
    yield "rnn_cell", OneCell(nn.RNNCell), None, ["rnn", 1, {"nonlinearity": "tanh"}]
    yield "rnn_cells_no_bias", Cells(nn.RNNCell, [V, H, H], bias=False), None, [
        "rnn", 2, {"nonlinearity": "tanh", "stack": ["cells.0.", "cells.1."]},
    ]  # fmt: skip
    twelve = [f"rnns.{layer}." for layer in range(12)]
    yield "gru_list_of_twelve", Stack(nn.GRU, 12), None, ["gru", 12, {"stack": twelve}]
    yield "lstm_numbered", Stack(nn.LSTM, 2, False), None, ["lstm", 2, {"stack": ["lstm1.", "lstm2."]}]
    dropped = {"stack": ["rnns.0.", "rnns.1."]}
    model = Dropped().train()
    model(IDS)  # the plain names hold what is left of the weights
    yield "weight_dropped_beside", model.eval(), {n: t.clone() for n, t in model.state_dict().items()}, [
        "lstm", 2, dropped, ["rnns.0.module.weight_hh_l0", "rnns.1.module.weight_hh_l0"],
    ]  # fmt: skip
    model = Dropped()
    yield "weight_dropped_instead", model, without(model, "module.weight_hh_l0"), ["lstm", 2, dropped]
    yield "data_parallel", nn.DataParallel(Plain(nn.LSTM(V, H))), None, ["lstm", 1, {}]
    yield "compiled", torch.compile(Plain(nn.GRU(V, H, 2)), backend="eager"), None, ["gru", 2, {}]
    yield "averaged", AveragedModel(Plain(nn.LSTM(V, H))), None, ["lstm", 1, {}, ["n_averaged"]]
    counters = ["ids", "mask", "num_batches_tracked"]
    yield "counters", Counted(nn.GRU(V, H)), None, ["gru", 1, {}, counters]
    for kind, layer in {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}.items():
        for missing in "bias_ih", "bias_hh":
            model = one_bias(layer(V, H, 2), missing)
            supposed = {"zeroBias": missing, **({"nonlinearity": "tanh"} if kind == "rnn" else {})}
            yield f"{kind}_without_{missing}", model, without(model, missing), [kind, 2, supposed]
    for dtype in torch.float16, torch.bfloat16, torch.float64:
        name = str(dtype).removeprefix("torch.")
        yield name, *rounded(Plain(nn.LSTM(V, H)), dtype), ["lstm", 1, {}]


def late_forms():
    """Forms that came later: each draws behind the others, whose numbers stay."""
    cell = OneCell(nn.LSTMCell)
    with torch.no_grad():
        cell.cell.bias_hh.zero_()
    weights = {name.replace("bias_ih", "bias"): tensor for name, tensor in without(cell, "bias_hh").items()}
    yield "lstm_cell_of_one_bias", cell, weights, ["lstm", 1, {"zeroBias": "bias_hh"}]
    tied = Tied()
    weights = {name: tensor.clone() for name, tensor in tied.state_dict().items()}
    yield "tied_copies", tied, weights, ["gru", 1, {}, ["encoder_dp.emb.weight"], True]


def main():
    torch.manual_seed(0)
    FOLDER.mkdir(exist_ok=True)
    cases = {}
    for name, model, weights, (kind, layers, supposed, *more) in itertools.chain(forms(), late_forms()):
        left_aside, tied = (*more, *([], False)[len(more) :])
        with torch.no_grad():
            logits = model.eval()(IDS)
        save_file(weights or model.state_dict(), FOLDER / f"{name}.safetensors")
        cases[name] = {
            "kind": kind, "numLayers": layers, "supposed": supposed, "leftAside": left_aside,
            "tieWeights": tied,
            "logits": [float(str(value)) for value in logits.flatten().numpy()],
        }  # fmt: skip
    head = f'{{"torch":"{torch.__version__}","command":"python3 tests/golden/generate_forms.py",'
    lines = [f"{json.dumps(name)}:{json.dumps(case, separators=(',', ':'))}" for name, case in cases.items()]
    text = f'{head}"ids":{json.dumps(IDS.tolist())},"forms":{{\n' + ",\n".join(lines) + "\n}}\n"
    (FOLDER / "forms.json").write_text(text)
    print(f"forms: {len(cases)} state dicts")


if __name__ == "__main__":
    main()
