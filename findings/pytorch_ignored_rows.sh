#!/bin/sh
# One would guess that a row which torch.nn.functional.cross_entropy ignores has neither part in the loss nor a gradient,
# whatever its logits are, and that a mean of nothing is NaN with one kind of gradient. The loss is right, but a row that is
# ignored has a gradient of NaN where one of its logits is: padding that overflowed reaches the weights of all. The mean is
# NaN both where all rows are ignored and where all weigh 0, but the gradient is 0 there and NaN here.
# refrain's crossEntropy gives an ignored row the gradient 0, and the means' as PyTorch.
set -eu
TORCH=2.15.0
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet "torch==$TORCH" numpy

cat > ignored.py <<'PY'
import torch


def gradient(targets, rows, **options):
    x = torch.tensor(rows, requires_grad=True)
    loss = torch.nn.functional.cross_entropy(x, torch.tensor(targets), ignore_index=9, **options)
    loss.backward()
    return f"loss {loss.item():.4f}, gradients {[[round(g, 4) for g in row] for row in x.grad.tolist()]}"


nan = float("nan")
print("a row ignored, its logits NaN:", gradient([0, 9], [[0.0, 0.0], [nan, nan]]))
print("a row ignored, its logits 0:", gradient([0, 9], [[0.0, 0.0], [0.0, 0.0]]))
print("all ignored:", gradient([9, 9], [[0.0, 0.0], [0.0, 0.0]]))
print("all weigh 0:", gradient([0, 0], [[0.0, 0.0], [0.0, 0.0]], weight=torch.tensor([0.0, 1.0])))
PY

found=$(venv/bin/python ignored.py)
echo "torch $TORCH on the CPU"
echo "$found"
[ "$found" = "a row ignored, its logits NaN: loss 0.6931, gradients [[-0.5, 0.5], [nan, nan]]
a row ignored, its logits 0: loss 0.6931, gradients [[-0.5, 0.5], [0.0, 0.0]]
all ignored: loss nan, gradients [[0.0, 0.0], [0.0, 0.0]]
all weigh 0: loss nan, gradients [[nan, nan], [nan, nan]]" ]
