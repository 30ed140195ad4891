"""Writes PyTorch's own numbers for losses: losses.json.

    python3 tests/golden/generate_losses.py

writes to src/verify/golden/ the value of each loss, and the gradient of what it judges, for every option. Targets of
the logistic loss are 0, 1, and probabilities between.

The versions, the letters and the encoding are those of generate.py.
"""

import torch
from torch.nn import functional

import generate
from generate import B, T, V, draw, encode, numbers, seed

SHAPE = (B, T, 7)


def options_of(given):
    """PyTorch's options under refrain's names."""
    names = {"pos_weight": "posWeight", "ignore_index": "ignoreIndex", "label_smoothing": "labelSmoothing"}
    return {names.get(name, name): value for name, value in given.items()}


def case(name, loss, theirs, x, targets, given):
    tensors = {key: torch.tensor(value) if isinstance(value, list) else value for key, value in given.items()}
    if isinstance(given.get("pos_weight"), float):
        tensors["pos_weight"] = torch.tensor(given["pos_weight"])
    value = theirs(x, targets, **tensors)
    value.backward()
    return {
        "name": name, "loss": loss, "options": options_of(given), "input": encode(x), "targets": encode(targets),
        "value": numbers(value)[0], "gradient": encode(x.grad),
    }  # fmt: skip


def of_numbers(loss, theirs, **given):
    name = ", ".join([loss, *(f"{key} {value}" for key, value in given.items())])
    seed(name)
    x = (3 * draw(*SHAPE)).detach().requires_grad_()
    if loss == "binaryCrossEntropyWithLogits":
        targets = torch.randint(4, SHAPE) / 3
    else:
        targets = 3 * draw(*SHAPE)
    return case(name, loss, theirs, x, targets, given)


def of_classes(shape, **given):
    """Cross-entropy of time-major logits (T*B, V) against targets (B, T), or of (N, V) against (N)."""
    name = ", ".join(["crossEntropy", f"targets {shape}", *(f"{key} {value}" for key, value in given.items())])
    seed(name)
    x = (3 * draw(B * T, V)).detach().requires_grad_()
    targets = torch.randint(V, shape)
    rows = targets.T.reshape(-1) if targets.dim() == 2 else targets
    result = case(name, "crossEntropy", lambda x, _, **kw: functional.cross_entropy(x, rows, **kw), x, targets, given)
    result["targets"] = {"shape": list(targets.shape), "data": targets.reshape(-1).tolist()}
    return result


def cases():
    weights = [0.25, 0.5, 1.0, 2.0, 3.0, 4.0, 8.0]
    for reduction in ("mean", "sum"):
        yield of_numbers("meanSquaredError", functional.mse_loss, reduction=reduction)
        for delta in (1.0, 0.25):
            yield of_numbers("huber", functional.huber_loss, reduction=reduction, delta=delta)
        for given in ({}, {"pos_weight": 2.5}, {"pos_weight": weights}):
            logistic = functional.binary_cross_entropy_with_logits
            yield of_numbers("binaryCrossEntropyWithLogits", logistic, reduction=reduction, **given)
        weight = [0.25 * (v % 5) for v in range(V)]  # some are 0
        for given in (
            {},
            {"ignore_index": 3},
            {"weight": weight},
            {"label_smoothing": 0.1},
            {"ignore_index": 3, "weight": weight},
            {"ignore_index": 3, "label_smoothing": 1.0},
            {"ignore_index": 3, "weight": weight, "label_smoothing": 0.3},
        ):
            for shape in ((B, T), (B * T,)):
                yield of_classes(shape, reduction=reduction, **given)


if __name__ == "__main__":
    generate.write("losses.json", list(cases()), "generate_losses.py")
