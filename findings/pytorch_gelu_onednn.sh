#!/bin/sh
# One would guess that torch.nn.functional.gelu gives an element the same whether it stands alone or beside another, and
# that gelu(x) is x where x is large. On the CPU a float32 tensor of two elements or more is computed by oneDNN, one of a
# single element is not: there 3e38 becomes infinite, and infinity NaN. In float64, or with oneDNN switched off, both are as
# one would guess.
# refrain gives what a single element gives.
set -eu
TORCH=2.15.0
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet "torch==$TORCH" numpy

cat > gelu.py <<'PY'
import torch


def gelu(value, count, dtype=torch.float32):
    return f"{torch.nn.functional.gelu(torch.full((count,), value, dtype=dtype))[0].item():.3g}"


for value in 3e38, float("inf"):
    print(f"{value:.3g} alone: {gelu(value, 1)}; of two: {gelu(value, 2)}")
    print(f"{value:.3g} of two, float64: {gelu(value, 2, torch.float64)}")
with torch.backends.mkldnn.flags(enabled=False):
    print(f"inf of two without oneDNN: {gelu(float('inf'), 2)}")
PY

found=$(venv/bin/python gelu.py 2> /dev/null)
echo "torch $TORCH on the CPU"
echo "$found"
[ "$found" = "3e+38 alone: 3e+38; of two: inf
3e+38 of two, float64: 3e+38
inf alone: inf; of two: nan
inf of two, float64: inf
inf of two without oneDNN: inf" ]
