"""What onnxruntime or Keras answers to files of refrain: how far from what they are to answer, as a part
of its size where that is above 1, as JSON.

    python3 judge.py onnx|keras FOLDER
"""

import json
import os
import sys
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "jax")

import numpy

PACKAGE, FOLDER = sys.argv[1], Path(sys.argv[2])


def array(listed, kind="float32"):
    return numpy.array(listed["data"], kind).reshape(listed["shape"])


def difference(one, other):
    return float((abs(one - other) / numpy.maximum(1, abs(other))).max())


def onnx_answers(path, feeds):
    import onnx
    import onnxruntime

    onnx.checker.check_model(onnx.load(path), full_check=True)
    session = onnxruntime.InferenceSession(path)
    fed = {name: array(one, "int64" if name == "ids" else "float32") for name, one in feeds.items()}
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(None, fed)))


def keras_answers(path, feeds):
    import keras

    model = keras.saving.load_model(path)
    x = feeds["x"]
    return {"y": model.predict(array(x, "int32" if len(x["shape"]) == 2 else "float32"), verbose=0)}


answers = onnx_answers if PACKAGE == "onnx" else keras_answers
found = {}
for run in json.loads((FOLDER / f"exports_{PACKAGE}.json").read_text()):
    given = answers(FOLDER / run["file"], run["feeds"])
    outputs = run["outputs"]
    if set(given) != set(outputs) or any(given[name].shape != tuple(outputs[name]["shape"]) for name in outputs):
        found[run["file"]] = None
        continue
    found[run["file"]] = max(difference(given[name], array(outputs[name])) for name in outputs)
print(json.dumps(found))
