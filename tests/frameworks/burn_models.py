"""Models of burn: files as its NamedMpkFileRecorder and burn-store of 0.20.1 write them, with what PyTorch answers to ids.

    python3 burn_models.py burn FOLDER

burn itself needs a compiler, and is asked by rust_models.rs, but for its Rnn, which came later: names, layouts and equations
here are those of its sources. A gate is two linear layers with matrices (I, O); burn-store may write these as PyTorch's.
"""

import json
import struct
import sys
from pathlib import Path

import torch
from torch import nn

FOLDER = Path(sys.argv[2])
T, B, I, H, V = 7, 2, 4, 5, 8
GATES = {
    "rnn": ["gate"],
    "gru": ["reset_gate", "update_gate", "new_gate"],
    "lstm": ["input_gate", "forget_gate", "cell_gate", "output_gate"],
}
CELLS = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}
TYPES = {torch.float32: ("F32", "f32"), torch.float16: ("F16", "f16")}
torch.manual_seed(0)
cases = []


class Model(nn.Module):
    def __init__(self, kind, layers, bias, nonlinearity):
        super().__init__()
        options = {"nonlinearity": nonlinearity} if kind == "rnn" else {}
        self.embedding = nn.Embedding(V, I)
        self.rnns = nn.ModuleList(
            CELLS[kind](size, H, bias=bias, batch_first=True, **options) for size in [I] + [H] * (layers - 1)
        )
        self.output = nn.Linear(H, V)
        for weight in self.parameters():
            nn.init.normal_(weight, 0, 0.6)

    def forward(self, x, before):
        x = self.embedding(x)
        for rnn in self.rnns:
            x = reset_before(rnn, x) if before else rnn(x)[0]
        return self.output(x)


def reset_before(rnn, x):
    """A GRU whose reset gate acts on the state, and not on its product."""
    zero = torch.zeros(3 * H)
    bias, inner = (rnn.bias_ih_l0, rnn.bias_hh_l0) if rnn.bias else (zero, zero)
    h, outputs = torch.zeros(B, H), []
    for step in x.unbind(1):
        r, z, n = (step @ rnn.weight_ih_l0.T + bias).chunk(3, 1)
        hr, hz, _ = (h @ rnn.weight_hh_l0.T + inner).chunk(3, 1)
        r, z = torch.sigmoid(r + hr), torch.sigmoid(z + hz)
        n = torch.tanh(n + (r * h) @ rnn.weight_hh_l0[2 * H :].T + inner[2 * H :])
        h = (1 - z) * n + z * h
        outputs.append(h)
    return torch.stack(outputs, 1)


def modules(model, kind):
    """Modules within modules, parameters as tensors in burn's layout, constants as nothing."""

    def linear(weight, bias):
        return {"weight": weight.T, "bias": bias}

    layers = []
    for rnn in model.rnns:
        layer = {}
        for i, gate in enumerate(GATES[kind]):
            rows = slice(i * H, (i + 1) * H)
            sides = {"input": "ih", "hidden": "hh"}.items()
            layer[gate] = {
                f"{side}_transform": linear(
                    getattr(rnn, f"weight_{which}_l0")[rows], getattr(rnn, f"bias_{which}_l0")[rows] if rnn.bias else None
                )
                for side, which in sides
            }
        layers.append({**layer, "d_hidden": None})
    return {
        "embedding": {"weight": model.embedding.weight},
        "layers": layers,
        "output": linear(model.output.weight, model.output.bias),
    }


def raw(tensor):
    return tensor.detach().contiguous().numpy().tobytes()


def packed(value):
    """MessagePack as rmp_serde writes it, with longer lengths than it needs."""
    if value is None:
        return b"\xc0"
    if isinstance(value, int):
        return struct.pack(">BI", 0xCE, value)
    if isinstance(value, bytes):
        return struct.pack(">BI", 0xC6, len(value)) + value
    if isinstance(value, str):
        text = value.encode()
        return (bytes([0xA0 + len(text)]) if len(text) < 32 else struct.pack(">BB", 0xD9, len(text))) + text
    if isinstance(value, list):
        return bytes([0x90 + len(value)]) + b"".join(map(packed, value))
    return bytes([0x80 + len(value)]) + b"".join(packed(key) + packed(member) for key, member in value.items())


def record(model, kind):
    def item(value):
        if isinstance(value, torch.Tensor):
            dtype = TYPES[value.dtype][0]
            return {"id": "1AB", "param": {"bytes": raw(value), "shape": list(value.shape), "dtype": dtype}}
        if isinstance(value, dict):
            return {key: item(member) for key, member in value.items()}
        return [item(member) for member in value] if isinstance(value, list) else value

    settings = {"f32": "FullPrecisionSettings", "f16": "HalfPrecisionSettings"}[TYPES[model.output.weight.dtype][1]]
    metadata = {
        "float": TYPES[model.output.weight.dtype][1],
        "int": "i32",
        "format": f"burn_core::record::file::NamedMpkFileRecorder<burn_core::record::settings::{settings}>",
        "version": "0.20.1",
        "settings": settings,
    }
    return packed({"metadata": metadata, "item": item(modules(model, kind))})


def flat(value, path=()):
    if isinstance(value, torch.Tensor):
        yield ".".join(path), value
    elif isinstance(value, (dict, list)):
        for key, member in value.items() if isinstance(value, dict) else enumerate(value):
            yield from flat(member, (*path, str(key)))


def safetensors(model, kind, as_torch):
    header, data = {"__metadata__": {"format": "safetensors", "producer": "burn", "version": "0.20.1"}}, b""
    for name, tensor in flat(modules(model, kind)):
        if as_torch and name.endswith("weight") and "embedding" not in name:
            tensor = tensor.T
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [len(data), len(data) + 4 * tensor.numel()]}
        data += raw(tensor)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + data


def listed(a):
    return {"shape": list(a.shape), "data": a.flatten().tolist()}


def add(name, kind, layers=1, bias=True, half=False, **told):
    model = Model(kind, layers, bias, told.get("nonlinearity", "tanh"))
    files = {f"burn_by_names_{name}.mpk": record(model.half() if half else model, kind)}
    model.float()
    if not half:
        files |= {f"burn_by_names_{name}_own.safetensors": safetensors(model, kind, False)}
        files |= {f"burn_by_names_{name}_torch.safetensors": safetensors(model, kind, True)}
    for file, data in files.items():
        (FOLDER / file).write_bytes(data)
    x = torch.randint(V, (B, T))
    y = model(x, told.get("reset") == "before").detach()
    cases.append(
        {"name": f"burn by names {name}", "files": list(files), "golden": False, "input": listed(x), "output": listed(y), **told}
    )


forms = {
    "rnn": ("rnn", {"nonlinearity": "tanh"}),
    "relu": ("rnn", {"nonlinearity": "relu"}),
    "gru_after": ("gru", {"reset": "after"}),
    "gru_before": ("gru", {"reset": "before"}),
    "lstm": ("lstm", {}),
}
for name, (kind, told) in forms.items():
    add(f"{name}_1", kind, **told)
    add(f"{name}_2", kind, layers=2, **told)
    add(f"{name}_no_bias", kind, bias=False, **told)
    add(f"{name}_half", kind, half=True, **told)
(FOLDER / "burn.json").write_text(json.dumps(cases))
