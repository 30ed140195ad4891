"""Writes PyTorch's own numbers for what stands between layers: activations, sums, products, what joins tensors,
pools over time, LayerNorm and Sequential.

    python3 tests/golden/generate_parts.py

writes parts.json to src/verify/golden/: a part's inputs, its output, and the gradients of sum(output * upstream) with
respect to the inputs and the weights. 

The versions, the letters and the encoding are those of generate.py.
"""

import itertools

import torch
from torch import nn
from torch.nn import functional as F

import generate
from generate import draw, encode, encode_all, encode_dict, gradients, seed, shorten

B, T, H = 3, 5, 11


def case(name, part, forward, inputs, options=None, module=None):
    """`inputs` are leaves; `forward` takes them all."""
    leaves = [tensor.requires_grad_() for tensor in inputs]
    output = forward(*leaves)
    upstream = draw(*output.shape)
    output.backward(upstream)
    return {
        "name": name, "part": part, "options": options or {}, "inputs": encode_all(leaves),
        "weights": encode_dict(module.named_parameters()) if module else None,
        "output": encode(output), "upstream": encode(upstream),
        "gradients": {
            "inputs": [encode(leaf.grad) for leaf in leaves], "weights": gradients(module) if module else None,
        },
    }  # fmt: skip


def activation_cases():
    """Elements from -6 to 6, where all of them bend."""
    kinds = [
        ("relu", torch.relu, {}), ("tanh", torch.tanh, {}), ("sigmoid", torch.sigmoid, {}),
        ("gelu", F.gelu, {}),
        ("gelu", lambda x: F.gelu(x, approximate="tanh"), {"approximate": "tanh"}),
    ]  # fmt: skip
    cases = []
    for part, forward, options in kinds:
        name = " ".join([part, *options.values()])
        seed(name)
        x = shorten(draw(T, B, H).detach() * 6)
        cases.append(case(name, part, forward, [x], options))
    return cases


def combination_cases():
    cases = []
    for part, forward in [("add", torch.add), ("multiply", torch.mul)]:
        seed(part)
        cases.append(case(part, part, forward, [draw(T, B, H), draw(T, B, H)]))
    for dim, shapes in [(0, [(2, H), (T, H)]), (1, [(B, 2, H), (B, T, H), (B, 1, H)]), (-1, [(T, B, 2), (T, B, H)])]:
        name = f"concatenate, dim {dim}"
        seed(name)
        inputs = [draw(*shape) for shape in shapes]
        cases.append(case(name, "concatenate", lambda *xs, dim=dim: torch.cat(xs, dim), inputs, {"dim": dim}))
    return cases


def mean_pool(x, mask):
    return (x * mask).sum(0) / mask.sum(0)


def max_pool(x, mask):
    return x.masked_fill(~mask, -torch.inf).max(0).values


def last_step(x, mask):
    lengths = mask.sum((0, 2))
    return x[lengths - 1, torch.arange(x.shape[1])]


def pool_cases():
    """Time-major, with the batch first, without lengths, and without a batch."""
    cases = []
    pools = [("meanPool", mean_pool), ("maxPool", max_pool), ("lastStep", last_step)]
    for (part, forward), (lengths, batch_first) in itertools.product(pools, [([5, 2, 4], False), ([1, 5, 3], True), (None, False)]):
        name = f"{part}, lengths {lengths}, batch first {batch_first}"
        seed(name)
        x = draw(B, T, H) if batch_first else draw(T, B, H)
        mask = (torch.arange(T)[:, None] < torch.tensor(lengths or [T] * B)).unsqueeze(-1)
        options = {"batchFirst": batch_first, **({"lengths": lengths} if lengths else {})}
        pool = lambda x: forward(x.transpose(0, 1) if batch_first else x, mask)
        cases.append(case(name, part, pool, [x], options))
    for part, forward in pools:
        name = f"{part}, no batch"
        seed(name)
        mask = torch.arange(T)[:, None, None] < 3
        cases.append(case(name, part, lambda x: forward(x[:, None], mask)[0], [draw(T, H)], {"lengths": [3]}))
    return cases


def module_cases():
    """LayerNorm over one dimension and two; with weight and bias, without a bias, with neither; a large epsilon. And a row of layers."""
    sizes = [(H, {}), ([T, H], {}), (H, {"bias": False}), (H, {"elementwise_affine": False}), (H, {"eps": 0.5})]
    letters = {"elementwise_affine": "elementwiseAffine", "eps": "epsilon"}
    cases = []
    for shape, options in sizes:
        name = ", ".join(["LayerNorm", str(shape), *map(str, options.items())])
        seed(name)
        module = nn.LayerNorm(shape, **options)
        with torch.no_grad():
            for parameter in module.parameters():
                parameter.copy_(shorten(torch.randn(parameter.shape)))
        given = {"normalizedShape": shape, **{letters.get(word, word): value for word, value in options.items()}}
        cases.append(case(name, "LayerNorm", module, [draw(B, T, H)], given, module))
    name = "Sequential"
    seed(name)
    module = nn.Sequential(nn.Linear(H, 13), nn.GELU(), nn.LayerNorm(13), nn.Linear(13, 2, bias=False))
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.copy_(shorten(parameter))
    cases.append(case(name, "Sequential", module, [draw(B, T, H)], {}, module))
    return cases


def main():
    torch.set_num_threads(1)  # sums in one order on every machine
    generate.write("parts.json", [*activation_cases(), *combination_cases(), *pool_cases(), *module_cases()], "generate_parts.py")


if __name__ == "__main__":
    main()
