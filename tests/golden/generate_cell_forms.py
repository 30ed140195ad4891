"""Writes PyTorch's numbers for recurrent layers that PyTorch does not have: the reset before the product, hard gates,
cells with layer normalization.

    python3 tests/golden/generate_cell_forms.py

writes cell_forms.json to src/verify/golden/, cases as those of layers.json. The cells are written out here, of tensors,
and autograd takes them back. hardSigmoid6 is PyTorch's own hardsigmoid. Weights are so large that gates are cut off.

The versions, the letters and the encoding are those of generate.py.
"""

import torch
from torch.nn.functional import hardsigmoid, layer_norm

from generate import draw, encode, encode_all, encode_dict, seed, write

B, T, I, H = 2, 4, 2, 3
LENGTHS = [2, 4]
GATES = {"sigmoid": torch.sigmoid, "hardSigmoid5": lambda a: (0.2 * a + 0.5).clamp(0, 1), "hardSigmoid6": hardsigmoid}


def gru(x, state, weights, gate, options):
    (h,) = state
    w, u, b, c = weights
    x_r, x_z, x_n = (x @ w.T + b).chunk(3, -1)
    u_r, u_z, u_n = u.chunk(3)
    c_r, c_z, c_n = c.chunk(3)
    r, z = gate(x_r + h @ u_r.T + c_r), gate(x_z + h @ u_z.T + c_z)
    part = r * (h @ u_n.T + c_n) if options["resetAfter"] else (r * h) @ u_n.T + c_n
    n = torch.tanh(x_n + part)
    return ((1 - z) * n + z * h,)


def lstm(x, state, weights, gate, options):
    h, c = state
    w, u, b_ih, b_hh, *projection = weights
    i, f, g, o = (x @ w.T + b_ih + h @ u.T + b_hh).chunk(4, -1)
    c = gate(f) * c + gate(i) * torch.tanh(g)
    h = gate(o) * torch.tanh(c)
    return (h @ projection[0].T if projection else h, c)


def normed(kind, x, state, weights, gate, options):
    """The products are normalized, all gates of a row together, and the cell state before its tanh."""
    h, size = state[0], state[-1].shape[-1]
    w, u, gain, *others = weights
    shift = others.pop(0) if options["bias"] else torch.zeros_like(gain)
    rows = w.shape[0]

    def norm(a, first):
        own = slice(first, first + a.shape[-1])
        return layer_norm(a, a.shape[-1:], gain[own], shift[own])

    a, b = norm(x @ w.T, 0), norm(h @ u.T, rows)
    if kind == "rnn":
        return ({"tanh": torch.tanh, "relu": torch.relu}[options["nonlinearity"]](a + b),)
    if kind == "gru":
        (a_r, a_z, a_n), (b_r, b_z, b_n) = a.chunk(3, -1), b.chunk(3, -1)
        r, z = gate(a_r + b_r), gate(a_z + b_z)
        return ((1 - z) * torch.tanh(a_n + r * b_n) + z * h,)
    i, f, g, o = (a + b).chunk(4, -1)
    c = gate(f) * state[1] + gate(i) * torch.tanh(g)
    h = gate(o) * torch.tanh(norm(c, 2 * rows))
    return (h @ others[0].T if others else h, c)


CELLS = {"gru": gru, "lstm": lstm}


def run_layer(kind, options, weights, x, lengths, state):
    """The output and a list of final states, each (L*D, B, size)."""
    directions = ["", "_reverse"] if options["bidirectional"] else [""]
    final = []
    for layer in range(options["numLayers"]):
        outputs = []
        for direction in directions:
            suffix = f"_l{layer}{direction}"
            own = [tensor for name, tensor in weights.items() if name.endswith(suffix)]
            current = tuple(tensor[len(final)] for tensor in state)
            steps = [None] * T
            for t in reversed(range(T)) if direction else range(T):
                alive = (torch.tensor(lengths) > t)[:, None]
                given = (x[t], current, own, GATES[options["gateActivation"]], options)
                after = normed(kind, *given) if options.get("layerNorm") else CELLS[kind](*given)
                current = tuple(torch.where(alive, new, old) for new, old in zip(after, current))
                steps[t] = torch.where(alive, after[0], 0)
            outputs.append(torch.stack(steps))
            final.append(current)
        x = torch.cat(outputs, -1)
    return x, [torch.stack(states) for states in zip(*final)]


def case(kind, gate, reset_after=True, lengths=None, **given):
    options = {
        "inputSize": I, "hiddenSize": H, "numLayers": 1, "bidirectional": False, "projSize": 0,
        "resetAfter": reset_after, "gateActivation": gate, **given,
    }  # fmt: skip
    words = [kind] + ["reset before"] * (not reset_after) + [gate]
    words += [f"{name} {value}" for name, value in given.items()] + [f"lengths {lengths}"] * (lengths is not None)
    name = ", ".join(words)
    seed(name)
    rows = {"rnn": 1, "gru": 3, "lstm": 4}[kind] * H
    size = options["projSize"] or H
    width = 2 if options["bidirectional"] else 1
    weights = {}
    for layer in range(options["numLayers"]):
        for direction in ["", "_reverse"][:width]:
            suffix = f"_l{layer}{direction}"
            shapes = {"weight_ih": (rows, width * size if layer else I), "weight_hh": (rows, size)}
            if options.get("layerNorm"):
                norms = (2 * rows + H * (kind == "lstm"),)
                shapes |= {"norm_weight": norms} | ({"norm_bias": norms} if options["bias"] else {})
            else:
                shapes |= {"bias_ih": (rows,), "bias_hh": (rows,)}
            shapes |= {"weight_hr": (size, H)} if options["projSize"] else {}
            for part, shape in shapes.items():
                weights[part + suffix] = draw(*shape).requires_grad_()
    entries = options["numLayers"] * width
    sizes = [size, H] if kind == "lstm" else [size]
    state = [draw(entries, B, count).requires_grad_() for count in sizes]
    x = draw(T, B, I).requires_grad_()
    output, final = run_layer(kind, options, weights, x, lengths or [T] * B, state)
    upstream, upstream_state = draw(*output.shape), [draw(*tensor.shape) for tensor in final]
    loss = (output * upstream).sum() + sum((a * b).sum() for a, b in zip(final, upstream_state))
    loss.backward()
    return {
        "name": name, "kind": kind, "options": options, "lengths": lengths, "input": encode(x),
        "state": encode_all(state), "weights": encode_dict(weights.items()), "output": encode(output),
        "finalState": encode_all(final), "upstream": encode(upstream), "upstreamState": encode_all(upstream_state),
        "gradients": {
            "input": encode(x.grad), "weights": {name: encode(tensor.grad) for name, tensor in weights.items()},
            "state": encode_all([tensor.grad for tensor in state]),
        },
    }  # fmt: skip


if __name__ == "__main__":
    cases = [
        case("gru", "sigmoid", reset_after=False),
        case("gru", "sigmoid", reset_after=False, numLayers=2, bidirectional=True, lengths=LENGTHS),
        case("gru", "hardSigmoid5", reset_after=False),
        case("gru", "hardSigmoid6", reset_after=False, lengths=LENGTHS),
        case("gru", "hardSigmoid5"),
        case("gru", "hardSigmoid6", bidirectional=True),
        case("lstm", "hardSigmoid5", numLayers=2),
        case("lstm", "hardSigmoid6", bidirectional=True, projSize=2, lengths=LENGTHS),
        case("rnn", "sigmoid", layerNorm=True, nonlinearity="tanh", bias=True),
        case("rnn", "sigmoid", layerNorm=True, nonlinearity="relu", bias=False, numLayers=2, lengths=LENGTHS),
        case("gru", "sigmoid", layerNorm=True, bias=True, numLayers=2, bidirectional=True, lengths=LENGTHS),
        case("gru", "hardSigmoid5", layerNorm=True, bias=False),
        case("lstm", "sigmoid", layerNorm=True, bias=True, numLayers=2),
        case("lstm", "sigmoid", layerNorm=True, bias=False, bidirectional=True, lengths=LENGTHS),
        case("lstm", "hardSigmoid6", layerNorm=True, bias=True, projSize=2, lengths=LENGTHS),
    ]
    write("cell_forms.json", cases, "generate_cell_forms.py")
