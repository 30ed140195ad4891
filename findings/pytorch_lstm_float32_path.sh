#!/bin/sh
# One would guess that torch.nn.LSTM computes the same on the CPU whether gradients are recorded or not, and that what
# differentiates float64 does float32 too. A plain LSTM in float32 takes another way in training: its outputs
# differ in the last bits from those under no_grad(), and forward-mode derivatives are refused. In float64, or with a
# projection, both are as one would guess, and so are RNN and GRU in either type.
# refrain is held to PyTorch's numbers by tolerances, never by bits.
set -eu
TORCH=2.15.0
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet "torch==$TORCH" numpy

cat > paths.py <<'PY'
import torch


def path(name, dtype, **options):
    torch.manual_seed(0)
    layer = getattr(torch.nn, name)(3, 4, **options).to(dtype)
    x = torch.randn(700, 1, 3, dtype=dtype)
    with torch.no_grad():
        quiet = layer(x)[0]
    bits = "same bits" if torch.equal(quiet, layer(x)[0]) else "other bits"
    try:
        torch.func.jvp(lambda x: layer(x)[0], (x,), (torch.ones_like(x),))
        forward = "forward mode"
    except NotImplementedError:
        forward = "no forward mode"
    return f"{bits}, {forward}"


for name in "RNN", "GRU", "LSTM":
    for dtype in torch.float32, torch.float64:
        print(f"{name} {str(dtype)[6:]}: {path(name, dtype)}")
print(f"LSTM float32 projected: {path('LSTM', torch.float32, proj_size=2)}")
PY

found=$(venv/bin/python paths.py)
echo "torch $TORCH on the CPU"
echo "$found"
[ "$found" = "RNN float32: same bits, forward mode
RNN float64: same bits, forward mode
GRU float32: same bits, forward mode
GRU float64: same bits, forward mode
LSTM float32: other bits, no forward mode
LSTM float64: same bits, forward mode
LSTM float32 projected: same bits, forward mode" ]
