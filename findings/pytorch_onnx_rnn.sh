#!/bin/sh
# One would guess that PyTorch exports its three recurrent layers to ONNX alike, a node each, as ONNX has RNN, GRU and LSTM.
# torch.onnx.export() writes nn.GRU and nn.LSTM so, and nn.RNN step by step: as many nodes as its example has steps, and no
# RNN among them, so that the file is one of that length alone. With dynamo=False, the exporter of before, it writes a node.
# refrain's importModel() refuses the unrolled one by that reason, and names dynamo=False.
set -eu
TORCH=2.15.0
ONNX=1.23.2
SCRIPT=0.7.2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet "torch==$TORCH" "onnx==$ONNX" "onnxscript==$SCRIPT" numpy

cat > export.py <<'PY'
import logging
import warnings

import onnx
import torch

warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)
for name, dynamo, steps in ("RNN", True, 7), ("RNN", True, 14), ("GRU", True, 7), ("LSTM", True, 7), ("RNN", False, 7):
    layer = getattr(torch.nn, name)(3, 4).eval()
    torch.onnx.export(layer, (torch.randn(steps, 2, 3),), "model.onnx", dynamo=dynamo, verbose=False)
    kinds = [node.op_type for node in onnx.load("model.onnx").graph.node]
    print(f"{name}, {steps} steps, dynamo={dynamo}: {kinds.count(name)} {name}, {kinds.count('Tanh')} Tanh")
PY

found=$(venv/bin/python export.py 2> errors) || { cat errors; exit 1; }
echo "torch $TORCH, onnx $ONNX, onnxscript $SCRIPT"
echo "$found"
[ "$found" = "RNN, 7 steps, dynamo=True: 0 RNN, 7 Tanh
RNN, 14 steps, dynamo=True: 0 RNN, 14 Tanh
GRU, 7 steps, dynamo=True: 1 GRU, 0 Tanh
LSTM, 7 steps, dynamo=True: 1 LSTM, 0 Tanh
RNN, 7 steps, dynamo=False: 1 RNN, 0 Tanh" ]
