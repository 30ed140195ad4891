"""Writes PyTorch's own numbers for optimizers and schedules: optimizers.json beside this file.

    python3 tests/golden/generate_optimizers.py

A second file, absent_gradients.json in tests/golden/, has a parameter that gets none of these gradients at some
steps: its .grad is None there, as after zero_grad(), and it does not move.

Needs PyTorch (made with 2.15.0). Every optimizer is fed the same random gradients for 50 steps; every schedule runs for
200 steps from a base rate of 0.1.
"""

import json
import pathlib
import warnings

import torch
from torch.optim import lr_scheduler

SIZE = 23
STEPS = 50
KEPT = [1, 2, 10, 50]
BASE = 0.1

OPTIMIZERS = [
    ("Adam", {"lr": 1e-2}),
    ("Adam", {"lr": 1e-2, "betas": (0.8, 0.99), "eps": 1e-4, "weight_decay": 0.1}),
    ("AdamW", {"lr": 1e-2}),
    ("AdamW", {"lr": 1e-2, "betas": (0.8, 0.99), "weight_decay": 0.3}),
    ("SGD", {"lr": 1e-1}),
    ("SGD", {"lr": 1e-1, "momentum": 0.9, "weight_decay": 0.01}),
    ("SGD", {"lr": 1e-1, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01}),
    ("RMSprop", {"lr": 1e-2}),
    ("RMSprop", {"lr": 1e-2, "alpha": 0.95, "eps": 1e-6, "weight_decay": 0.1, "momentum": 0.9}),
]

SCHEDULES = [
    ({"kind": "constant"}, lambda o: lr_scheduler.ConstantLR(o, factor=1.0)),
    ({"kind": "step", "stepSize": 30, "gamma": 0.5}, lambda o: lr_scheduler.StepLR(o, 30, 0.5)),
    ({"kind": "exponential", "gamma": 0.97}, lambda o: lr_scheduler.ExponentialLR(o, 0.97)),
    ({"kind": "cosine", "maxSteps": 150, "minRate": 0.001}, lambda o: lr_scheduler.CosineAnnealingLR(o, 150, 0.001)),
    ({"kind": "step", "stepSize": 70}, lambda o: lr_scheduler.StepLR(o, 70)),
    ({"kind": "cosine", "maxSteps": 60}, lambda o: lr_scheduler.CosineAnnealingLR(o, 60)),  # up again, and down
]
WARMUP = 20
# With the options of PyTorch; the second has its defaults, and falls until a smaller rate is not worth it.
PLATEAUS = [
    ({"kind": "plateau", "factor": 0.5, "patience": 5, "threshold": 1e-2, "cooldown": 3, "minRate": 1e-3},
     {"factor": 0.5, "patience": 5, "threshold": 1e-2, "cooldown": 3, "min_lr": 1e-3}),
    ({"kind": "plateau"}, {}),
]


def run_optimizer(kind, options, initial, gradients):
    """The parameter after each step in KEPT."""
    parameter = torch.nn.Parameter(initial.clone())
    optimizer = getattr(torch.optim, kind)([parameter], **options)
    kept = {}
    for step, gradient in enumerate(gradients, 1):
        parameter.grad = gradient.clone()
        optimizer.step()
        if step in KEPT:
            kept[step] = parameter.detach().tolist()
    return kept


ABSENT = [1, 2, 3, 6, 7, 11]  # steps, from 1, at which the second parameter has no gradient
ABSENT_STEPS = 14


def run_absent(kind, options, initial, gradients):
    """Two parameters after the last step: one with a gradient at each step, one without at some."""
    first, second = (torch.nn.Parameter(initial.clone()) for _ in range(2))
    optimizer = getattr(torch.optim, kind)([first, second], **options)
    for step, gradient in enumerate(gradients[:ABSENT_STEPS], 1):
        optimizer.zero_grad()
        first.grad = gradient.clone()
        if step not in ABSENT:
            second.grad = gradient.clone()
        optimizer.step()
    return first.detach().tolist(), second.detach().tolist()


def new_optimizer():
    return torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=BASE)


def rates_of(make, steps=200):
    """The learning rate before each step."""
    optimizer = new_optimizer()
    scheduler = make(optimizer)
    rates = []
    for _ in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        scheduler.step()
    return rates


def warmed(make):
    """Behind a linear warm-up, as SequentialLR chains them."""
    def chain(optimizer):
        linear = lr_scheduler.LinearLR(optimizer, start_factor=1 / 3, total_iters=WARMUP)
        return lr_scheduler.SequentialLR(optimizer, [linear, make(optimizer)], milestones=[WARMUP])
    return chain


def plateau_rates(options, metrics):
    optimizer = new_optimizer()
    scheduler = lr_scheduler.ReduceLROnPlateau(optimizer, **options)
    rates = []
    for metric in metrics:
        rates.append(optimizer.param_groups[0]["lr"])
        scheduler.step(metric)
    return rates


def main():
    warnings.simplefilter("ignore")
    torch.manual_seed(0)
    initial = torch.randn(SIZE)
    gradients = [torch.randn(SIZE) for _ in range(STEPS)]
    metrics = [float(3 * 0.98 ** min(i, 60) + 0.05 * torch.rand(())) for i in range(200)]
    cases = [
        {"kind": kind, "options": options, "parameters": run_optimizer(kind, options, initial, gradients)}
        for kind, options in OPTIMIZERS
    ]
    schedules = [{"options": options, "rates": rates_of(make)} for options, make in SCHEDULES]
    schedules += [
        {"options": {**options, "warmup": WARMUP}, "rates": rates_of(warmed(make))} for options, make in SCHEDULES
    ]
    schedules += [
        {"options": ours, "metrics": metrics, "rates": plateau_rates(theirs, metrics)} for ours, theirs in PLATEAUS
    ]
    document = {
        "torch": torch.__version__,
        "command": "python3 tests/golden/generate_optimizers.py",
        "baseRate": BASE,
        "initial": initial.tolist(),
        "gradients": [gradient.tolist() for gradient in gradients],
        "optimizers": cases,
        "schedules": schedules,
    }
    path = pathlib.Path(__file__).resolve().parents[2] / "src/verify/golden/optimizers.json"
    path.write_text(json.dumps(document) + "\n")

    cases = []
    for kind, options in OPTIMIZERS:
        first, second = run_absent(kind, options, initial, gradients)
        cases.append({"kind": kind, "options": options, "first": first, "second": second})
    document = {"torch": torch.__version__, "steps": ABSENT_STEPS, "absent": ABSENT, "optimizers": cases}
    path = pathlib.Path(__file__).resolve().parent / "absent_gradients.json"
    path.write_text(json.dumps(document) + "\n")


if __name__ == "__main__":
    main()
