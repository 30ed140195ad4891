#!/bin/sh
# One would guess that onnxruntime runs every recurrent node which onnx.checker accepts: RNN, GRU and LSTM have had layout=1,
# batches first, since opset 14. On a CPU it makes no session of such a node, though ONNX's own evaluator runs it and gives
# the numbers of layout=0 with axes turned.
# refrain's exports have layout=0, and turn axes by Transpose where batches are first; importModel() takes both.
set -eu
ONNX=1.23.2
ONNXRUNTIME=1.32.0
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet "onnx==$ONNX" "onnxruntime==$ONNXRUNTIME"

cat > layouts.py <<'PY'
import numpy
import onnx
import onnxruntime
from onnx import helper, numpy_helper
from onnx.reference import ReferenceEvaluator

FLOAT = onnx.TensorProto.FLOAT
T, B, I, H = 3, 2, 2, 2
random = numpy.random.default_rng(0)
x = random.normal(size=(T, B, I)).astype("float32")


def model_of(op, arrays, layout):
    node = helper.make_node(op, ["X", "W", "R"], ["Y"], hidden_size=H, layout=layout)
    shapes = [[T, B, I], [T, 1, B, H]] if layout == 0 else [[B, T, I], [B, T, 1, H]]
    x_info, y_info = (helper.make_tensor_value_info(n, FLOAT, s) for n, s in zip("XY", shapes))
    constants = [numpy_helper.from_array(array, name) for name, array in arrays.items()]
    graph = helper.make_graph([node], op, [x_info], [y_info], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8)
    onnx.checker.check_model(model, full_check=True)
    return model


def ran(model, x):
    try:
        return onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"]).run(None, {"X": x})[0]
    except Exception as error:
        return "not supported" if "are not supported" in str(error) else str(error)


for op, gates in ("RNN", 1), ("GRU", 3), ("LSTM", 4):
    sizes = {"W": (1, gates * H, I), "R": (1, gates * H, H)}
    arrays = {name: random.normal(size=size).astype("float32") for name, size in sizes.items()}
    first = ran(model_of(op, arrays, 0), x)
    turned = model_of(op, arrays, 1)
    evaluated = ReferenceEvaluator(turned).run(None, {"X": x.transpose(1, 0, 2)})[0]
    agree = numpy.allclose(evaluated, first.transpose(2, 0, 1, 3), atol=1e-5)
    print(f"{op}: layout=1 in onnxruntime {ran(turned, x.transpose(1, 0, 2))}, in onnx {'agrees' if agree else 'differs'}")
PY

found=$(venv/bin/python layouts.py 2> errors) || { cat errors; exit 1; }
echo "onnx $ONNX, onnxruntime $ONNXRUNTIME"
echo "$found"
[ "$found" = "RNN: layout=1 in onnxruntime not supported, in onnx agrees
GRU: layout=1 in onnxruntime not supported, in onnx agrees
LSTM: layout=1 in onnxruntime not supported, in onnx agrees" ]
