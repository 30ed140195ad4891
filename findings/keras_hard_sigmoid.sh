#!/bin/sh
# One would guess that a model which Keras 2 saved answers in Keras 3 as it did, where Keras 3 opens it without a word. The
# name hard_sigmoid stands for clip(x / 5 + 1/2) in Keras 2 and in TensorFlow.js, and for clip(x / 6 + 1/2) in Keras 3: the
# outputs of one layer differ by 0.083 at x = 2.5, of recurrent layers by as much.
# refrain's importModel() takes the meaning of the version that wrote the file, which both formats state.
set -eu
KERAS=3.15.1
TF_KERAS=2.21.0
TENSORFLOW=2.21.0
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet "keras==$KERAS" "tf-keras==$TF_KERAS" "tensorflow-cpu==$TENSORFLOW"

cat > open.py <<'PY'
import os

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy
import tf_keras

model = tf_keras.Sequential([tf_keras.layers.Input((1,)), tf_keras.layers.Activation("hard_sigmoid")])
model.save("model.h5")
x = numpy.array([[0.0], [1.0], [2.5]], "float32")
for version in tf_keras, keras:
    opened = version.models.load_model("model.h5")
    print(f"{version.__name__}: {[round(float(y[0]), 4) for y in opened(x)]}")
PY

found=$(venv/bin/python open.py 2> errors) || { cat errors; exit 1; }
echo "keras $KERAS, tf-keras $TF_KERAS, hard_sigmoid of 0, 1 and 2.5"
echo "$found"
[ "$found" = "tf_keras: [0.5, 0.7, 1.0]
keras: [0.5, 0.6667, 0.9167]" ]
