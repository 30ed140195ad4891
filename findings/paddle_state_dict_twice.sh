#!/bin/sh
# One would guess that a state dict names each parameter once, and that a file of it has as many numbers as the layer. Paddle's
# recurrent layers are in theirs twice: as weight_ih_l0, which PyTorch has too, and as 0.cell.weight_ih, and paddle.save()
# writes both, so that a file of an LSTM is twice as large as its parameters.
# refrain's importModel() drops the doubles.
set -eu
PADDLE=3.3.1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet "paddlepaddle==$PADDLE"

cat > save.py <<'PY'
import os

import paddle

layer = paddle.nn.LSTM(64, 64)
paddle.save(layer.state_dict(), "lstm.pdparams")
own = sum(4 * weight.size for weight in layer.parameters())
print(*sorted(layer.state_dict()))
print(f"the file has {round(os.path.getsize('lstm.pdparams') / own, 1)} times the bytes of {len(layer.parameters())} parameters")
PY

found=$(venv/bin/python save.py 2> errors) || { cat errors; exit 1; }
echo "paddlepaddle $PADDLE"
echo "$found"
[ "$found" = "0.cell.bias_hh 0.cell.bias_ih 0.cell.weight_hh 0.cell.weight_ih bias_hh_l0 bias_ih_l0 weight_hh_l0 weight_ih_l0
the file has 2.0 times the bytes of 4 parameters" ]
