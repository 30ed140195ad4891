#!/bin/sh
# One would guess that torch.onnx.export() refuses an nn.LSTM with proj_size, as ONNX's LSTM has no projection, or writes the
# projection beside it. It writes an LSTM of proj_size units without weight_hr and says nothing: of a layer of 150 numbers the
# file has 70, states among them, and onnxruntime loads it and fails when it runs, as the cell state is of another size.
# refrain's importModel() refuses such a file by that reason.
set -eu
TORCH=2.15.0
ONNX=1.23.2
SCRIPT=0.7.2
RUNTIME=1.32.0
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet "torch==$TORCH" "onnx==$ONNX" "onnxscript==$SCRIPT" "onnxruntime==$RUNTIME" numpy

cat > export.py <<'PY'
import logging
import warnings

import onnx
import onnxruntime
import torch

warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)
layer = torch.nn.LSTM(3, 5, proj_size=2).eval()
torch.onnx.export(layer, (torch.randn(7, 2, 3),), "model.onnx", dynamo=True, verbose=False)
graph = onnx.load("model.onnx").graph
own = sum(weight.numel() for weight in layer.parameters())
floats = sum(len(onnx.numpy_helper.to_array(one).ravel()) for one in graph.initializer if one.data_type == 1)
print(f"{own} numbers in the layer, {floats} in the file")
print([(node.op_type, [(a.name, a.i) for a in node.attribute if a.name == "hidden_size"]) for node in graph.node])
try:
    session = onnxruntime.InferenceSession("model.onnx")
    x = torch.randn(7, 2, 3)
    y = session.run(None, {session.get_inputs()[0].name: x.numpy()})[0]
    print(y.shape, tuple(layer(x)[0].shape))
except Exception as error:
    print(type(error).__name__, str(error)[:200])
PY

found=$(venv/bin/python export.py 2> errors) || { cat errors; exit 1; }
echo "torch $TORCH, onnx $ONNX, onnxscript $SCRIPT, onnxruntime $RUNTIME"
echo "$found"
case "$found" in
  "150 numbers in the layer, 70 in the file"*"('hidden_size', 2)"*"Fail "*initial_c*) ;;
  *) exit 1 ;;
esac
