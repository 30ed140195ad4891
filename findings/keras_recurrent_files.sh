#!/bin/sh
# One would guess that Keras 3 opens what Keras 2 saved of layers that both have, as it opens a Dense, and at most refuses the
# option that it dropped where somebody set it. A file of Keras 2 states time_major of each recurrent layer, False where nobody
# asked for it, and Keras 3 refuses all of them by that word: SimpleRNN, GRU and LSTM with their defaults, .keras and .h5.
# refrain's importModel() reads these files, time_major or not.
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
import tf_keras

for name in "Dense", "SimpleRNN", "GRU", "LSTM":
    layer = getattr(tf_keras.layers, name)(5)
    for file in "model.keras", "model.h5":
        tf_keras.Sequential([tf_keras.layers.Input((7, 4)), layer]).save(file)
        try:
            keras.models.load_model(file)
            print(f"{name}, {file}: opened")
        except ValueError as error:
            print(f"{name}, {file}: refused, {'time_major' in str(error) and 'by time_major'}")
PY

found=$(venv/bin/python open.py 2> errors) || { cat errors; exit 1; }
echo "tf-keras $TF_KERAS's files in keras $KERAS"
echo "$found"
[ "$(echo "$found" | sort | uniq -c | grep -c "opened\|refused, by time_major")" = 8 ] &&
  [ "$(echo "$found" | grep -c opened)" = 2 ]
