#!/bin/sh
# One would guess that under torch.autocast("cpu", torch.bfloat16) the three recurrent layers of PyTorch compute in the
# same type, as they do the same products. RNN and LSTM give bfloat16, GRU gives float32: with nothing said, it trains at
# another precision and speed than the other two, and a comparison of the three is none.
# refrain's peers (bench/peers/) are timed in float32, where all three are alike.
set -eu
TORCH=2.15.0
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet "torch==$TORCH" numpy

cat > dtypes.py <<'PY'
import torch

found = []
for name in "RNN", "GRU", "LSTM":
    layer = getattr(torch.nn, name)(3, 4)
    with torch.autocast("cpu", torch.bfloat16):
        output, state = layer(torch.randn(5, 2, 3))
    states = state if isinstance(state, tuple) else (state,)
    types = {str(tensor.dtype)[6:] for tensor in (output, *states)}
    found.append(f"{name} {' '.join(sorted(types))}")
print(", ".join(found))
PY

found=$(venv/bin/python dtypes.py)
echo "torch $TORCH under autocast to bfloat16 on the CPU: $found"
[ "$found" = "RNN bfloat16, GRU float32, LSTM bfloat16" ]
