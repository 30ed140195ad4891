"""Models of Keras, saved in each of its formats, with what they answer to an input: cases for run.ts.

    python3 keras_models.py PACKAGE FOLDER

PACKAGE is keras (3, with any backend) or tf_keras (2). Writes files and PACKAGE.json to FOLDER.
"""

import importlib
import io
import json
import os
import sys
import zipfile
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import h5py
import numpy

PACKAGE, FOLDER = sys.argv[1], Path(sys.argv[2])
keras = importlib.import_module(PACKAGE)
layers = keras.layers
OLD = PACKAGE == "tf_keras"
T, B, I, H, V = 7, 2, 4, 5, 8
CELLS = {"rnn": layers.SimpleRNN, "gru": layers.GRU, "lstm": layers.LSTM}
random = numpy.random.default_rng(0)
cases = []


def drawn(model):
    """Weights N(0, 0.6²), biases among them."""
    model.set_weights([random.normal(0, 0.6, w.shape).astype("float32") for w in model.get_weights()])
    return model


def numbers(size=I, fixed=None):
    return layers.Input((fixed, size))


def ids():
    return layers.Input((None,))


def listed(array):
    array = numpy.asarray(array)
    return {"shape": list(array.shape), "data": array.ravel().tolist()}


def repack(source, target, chunk, **options):
    """The same file with its arrays in chunks, whose axes are told by an array's."""
    with h5py.File(source) as old, h5py.File(target, "w") as new:
        def put(name, entry):
            if isinstance(entry, h5py.Group):
                made = new.require_group(name)
            elif entry.shape:
                chunks = tuple(map(chunk, entry.shape))
                made = new.create_dataset(name, data=entry[()], chunks=chunks, **options)
            else:
                made = new.create_dataset(name, data=entry[()])
            for key, value in entry.attrs.items():
                made.attrs[key] = value

        put("/", old)
        old.visititems(put)


PACKED = {"compression": "gzip", "shuffle": True, "fletcher32": True}


def half(size):
    """Of a chunk's axis, so that chunks reach beyond arrays."""
    return size // 2 + 1


def repack_archive(source, target):
    """The same archive with its weights packed within."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = io.BytesIO(old.read(name))
            if name.endswith(".h5"):
                plain, content = content, io.BytesIO()
                repack(plain, content, half, **PACKED)
            new.writestr(zipfile.ZipInfo(name), content.getvalue())


def add(name, parts, refused=None, logits=False, golden=False, functional=False, chunks=False, zeros=False):
    if functional:
        y = parts[0]
        for part in parts[1:]:
            y = part(y)
        model = keras.Model(parts[0], y)
    else:
        model = keras.Sequential(parts)
    drawn(model)
    if zeros:
        model.set_weights([numpy.zeros_like(w) if w.size > 1000 else w for w in model.get_weights()])
    files = [f"{PACKAGE}_{name}{suffix}" for suffix in (".keras", ".h5")]
    for file in files:
        model.save(FOLDER / file)
    if chunks:
        files.append(f"{PACKAGE}_{name}_chunks.h5")
        repack(FOLDER / files[1], FOLDER / files[-1], lambda size: 1)  # so many that their tree has two levels
    if chunks or zeros:
        files += [f"{PACKAGE}_{name}_packed{suffix}" for suffix in (".h5", ".keras")]
        repack(FOLDER / files[1], FOLDER / files[-2], half, **PACKED)
        repack_archive(FOLDER / files[0], FOLDER / files[-1])
    if model.input_shape[-1] is None:
        x = random.integers(0, V, (B, T))
    else:
        x = random.normal(0, 1, (B, T, model.input_shape[-1])).astype("float32")
    case = {"name": f"{PACKAGE} {name}", "files": files, "golden": golden, "input": listed(x)}
    if refused:
        cases.append({**case, "refused": refused})
        return
    if logits:
        model.layers[-1].activation = keras.activations.linear
        model.predict_function = None
    y = model(x) if OLD else model.predict(x, verbose=0)
    cases.append({**case, "output": listed(y)})


for kind, Cell in CELLS.items():
    exact = {"reset_after": True} if kind == "gru" else {}

    def cell(units=H, sequences=True, **options):
        return Cell(units, return_sequences=sequences, **{**exact, **options})

    add(f"{kind}", [numbers(), cell()])
    add(f"{kind}_two", [numbers(), cell(), cell(3)])
    add(f"{kind}_bidirectional", [numbers(), layers.Bidirectional(cell())])
    add(f"{kind}_no_bias", [numbers(), cell(use_bias=False)])
    add(f"{kind}_last", [numbers(), cell(sequences=False)])
    add(f"{kind}_bidirectional_last", [numbers(), layers.Bidirectional(cell(sequences=False))])
    add(f"{kind}_functional", [numbers(), cell(), layers.Dense(3)], functional=True)
    add(
        f"{kind}_language",
        [ids(), layers.Embedding(V, I), cell(), layers.Dropout(0.1), cell(3), layers.Dense(V, activation="softmax")],
        logits=True,
        golden=True,
        chunks=kind == "lstm" and not OLD,
    )
    add(f"{kind}_backwards", [numbers(), cell(go_backwards=True)], refused="go_backwards")
    if OLD:
        add(f"{kind}_time_major", [numbers(fixed=T), cell(time_major=True)])
    if kind != "rnn":
        add(f"{kind}_relu", [numbers(), cell(activation="relu")], refused="activation")
        hard = {"recurrent_activation": "hard_sigmoid"}
        add(f"{kind}_hard", [numbers(), cell(**hard)])
        add(f"{kind}_hard_two", [numbers(), layers.Bidirectional(cell(**hard)), cell(3, use_bias=False, **hard)])
        add(f"{kind}_gates", [numbers(), cell(recurrent_activation="tanh")], refused="recurrent_activation")

add("rnn_relu", [numbers(), layers.SimpleRNN(H, activation="relu", return_sequences=True)])
add("rnn_linear", [numbers(), layers.SimpleRNN(H, activation="linear")], refused="linear")


def before(units=H, **options):
    return layers.GRU(units, reset_after=False, return_sequences=True, **options)


add("gru_before", [numbers(), before()])
add("gru_before_two", [numbers(), layers.Bidirectional(before()), before(3, use_bias=False)])
add(
    "gru_before_language",
    [ids(), layers.Embedding(V, I), before(recurrent_activation="hard_sigmoid"), layers.Dense(V, activation="softmax")],
    logits=True,
    golden=True,
)
add(
    "mixed",
    [
        ids(),
        layers.Embedding(V, I),
        layers.Bidirectional(layers.LSTM(3, return_sequences=True)),
        layers.TimeDistributed(layers.Dense(4, activation="tanh")),
        layers.GRU(H, use_bias=False),
        layers.Dense(3),
        layers.Activation("relu"),
        layers.Dense(1, activation="sigmoid"),
    ],
    golden=True,
)
add("masked", [ids(), layers.Embedding(V, I, mask_zero=True), layers.LSTM(H)], refused="mask_zero")
add("masking", [numbers(), layers.Masking(), layers.LSTM(H)], refused="Masking")
add("summed", [numbers(), layers.Bidirectional(layers.LSTM(H), merge_mode="sum")], refused="merge_mode")
add("convolved", [numbers(), layers.Conv1D(3, 2), layers.LSTM(H)], refused="Conv1D")
x = numbers()
add("branched", [x, layers.LSTM(H), lambda y: layers.Concatenate()([y, y])], refused="chain", functional=True)

# Models within models, with a seed of their own, so that the models above stay.
random = numpy.random.default_rng(1)


def inner(*parts):
    return keras.Sequential(parts)


def graph(x, *parts):
    y = x
    for part in parts:
        y = part(y)
    return keras.Model(x, y)


def pair():
    return [layers.LSTM(H, return_sequences=True), layers.LSTM(3, return_sequences=True)]


def frozen(layer):
    layer.trainable = False
    return layer


add("nested", [ids(), layers.Embedding(V, I), inner(*pair(), layers.Dense(4)), inner(layers.GRU(H)), layers.Dense(2)])
x = numbers()
add("nested_graph", [x, inner(*pair()), graph(numbers(3), *pair(), layers.Dense(2)), layers.Dense(2)], functional=True)
add(
    "nested_deep",
    [numbers(), inner(inner(*pair()), graph(numbers(3), layers.GRU(H), layers.Dense(4))), layers.Dense(2)],
    golden=True,
)
add("nested_frozen", [numbers(), inner(layers.LSTM(H, return_sequences=True), frozen(layers.LSTM(H)), layers.Dense(2))])
add("nested_both", [numbers(), inner(layers.Bidirectional(layers.GRU(H, return_sequences=True)), *pair())])
if not OLD:
    # What gzip packs to less than a hundredth.
    add("zeros", [numbers(), layers.Dense(600), layers.Dense(600), layers.GRU(H)], zeros=True, golden=True)
    # HDF5 keeps the names of many members elsewhere, as soon as one is not of ASCII; those of 60 in a tree of two levels.
    for name, count in {"letters": 9, "letters_many": 60}.items():
        parts = [layers.Dense(I, name=f"{name}层{i}") for i in range(count)]
        add(name, [numbers(), *parts, layers.GRU(H)], golden=count < 10)

(FOLDER / f"{PACKAGE}.json").write_text(json.dumps(cases))
