#!/bin/sh
# One would guess that a layer's arrays in a Keras .h5 lie in the order in which the layer has them, whatever is trained: a
# Bidirectional forwards first, then backwards. They lie with what is frozen last, within a layer too: where the forward
# direction is frozen, the file has the backward arrays first. Both have one shape, so that a reader which goes by order
# swaps the directions without a word. The .keras of the same model has a group for each direction, and no such order.
# refrain's importModel() goes by the arrays' names.
set -eu
KERAS=3.15.1
JAX=0.10.2
H5PY=3.16.0
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet "keras==$KERAS" "jax[cpu]==$JAX" "h5py==$H5PY"

cat > frozen.py <<'PY'
import os

os.environ["KERAS_BACKEND"] = "jax"
import h5py
import keras

for frozen in False, True:
    both = keras.layers.Bidirectional(keras.layers.LSTM(1, use_bias=False), name="both")
    model = keras.Sequential([keras.layers.Input((3, 2)), both])
    both.forward_layer.trainable = not frozen
    model.save("model.h5")
    with h5py.File("model.h5") as file:
        names = [str(name) for name in file["model_weights/both"].attrs["weight_names"]]
    directions = [part.split("_")[0] for name in names for part in name.split("/") if part.endswith(("lstm", "lstm_1"))]
    print(f"forwards {'frozen' if frozen else 'trained'}: {' '.join(directions)}")
PY

found=$(venv/bin/python frozen.py 2> errors) || { cat errors; exit 1; }
echo "keras $KERAS, whose the arrays of an .h5 are, in their order"
echo "$found"
[ "$found" = "forwards trained: forward forward backward backward
forwards frozen: backward backward forward forward" ]
