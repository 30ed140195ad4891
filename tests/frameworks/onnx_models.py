"""Models as ONNX, exported by PyTorch in its new way and its old one (script), or written node by node, with what onnxruntime answers: cases for run.ts.

    python3 onnx_models.py onnx FOLDER
"""

import json
import logging
import sys
import warnings
from pathlib import Path

import numpy
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator
from torch import nn

warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)
FOLDER = Path(sys.argv[2])
T, B, I, H, V = 7, 2, 4, 5, 8
random = numpy.random.default_rng(0)
cases = []


def listed(array):
    array = numpy.asarray(array)
    return {"shape": list(array.shape), "data": array.ravel().tolist()}


def drawn(*shape):
    return random.normal(0, 0.6, shape).astype("float32")


def add(name, files, x, refused=None, golden=False, reference=False, twin=None):
    """A file and those of its weights. A twin answers where onnxruntime does not take a node, as ONNX's own evaluator does."""
    case = {"name": f"onnx {name}", "files": [files], "golden": golden, "input": listed(x)}
    if refused:
        cases.append({**case, "refused": refused})
        return
    session = onnxruntime.InferenceSession(twin or FOLDER / files[0])
    fed = {one.name: numpy.zeros(one.shape, "float32") for one in session.get_inputs()[1:]}
    y = session.run(None, {session.get_inputs()[0].name: x, **fed})[0]
    if reference:
        evaluator = ReferenceEvaluator(str(FOLDER / files[0]))
        numpy.testing.assert_allclose(y, evaluator.run(None, {evaluator.input_names[0]: x})[0], atol=1e-5)
    cases.append({**case, "output": listed(y)})


class Model(nn.Module):
    """What is exported: ids or numbers, a recurrent layer, a dense one; `end` is what comes in between or behind."""

    def __init__(self, Cell, ids=True, layers=1, bidirectional=False, end=None, out=True, **options):
        super().__init__()
        self.embedding = nn.Embedding(V, I) if ids else None
        self.rnn = Cell(I, H, layers, bidirectional=bidirectional, **options)
        width = (options.get("proj_size") or H) * (2 if bidirectional else 1)
        self.dense = nn.Linear(width, V) if out else None
        self.end = end

    def forward(self, x, *state):
        if self.embedding is not None:
            x = self.embedding(x)
        y, state = self.rnn(x, *state)
        if self.end:
            y = self.end(y, state)
        return self.dense(y) if self.dense else y


def strip(path):
    """Without the exporter's notes of where in which script each node was written."""
    model = onnx.load(path, load_external_data=False)
    for part in [model, model.graph, *model.graph.node, *model.graph.value_info, *model.graph.initializer]:
        del part.metadata_props[:]
    for one in [*model.graph.input, *model.graph.output]:
        del one.metadata_props[:]
    path.write_bytes(model.SerializeToString())


class OneHot(Model):
    def forward(self, x, *state):
        return self.dense(self.rnn(nn.functional.one_hot(x, I).float(), *state)[0])


class WithState(Model):
    def forward(self, x, *state):
        y, state = self.rnn(self.embedding(x), *state)
        return self.dense(y), state


def export(
    name, model, outside=False, dynamic=False, state=(), refused=None, golden=False, sizes=(B, T), old=False, high=V
):
    for parameter in model.parameters():
        parameter.data = torch.from_numpy(drawn(*parameter.shape))
    if not model.rnn.batch_first:
        sizes = sizes[::-1]
    if model.embedding is not None:
        x = torch.from_numpy(random.integers(0, high, sizes))
    else:
        x = torch.from_numpy(random.normal(0, 1, (*sizes, I)).astype("float32"))
    file = f"onnx_{name}.onnx"
    options = {"dynamo": not old, "external_data": outside, "verbose": False}
    if dynamic and old:
        options |= {"input_names": ["x"], "dynamic_axes": {"x": {0: "a", 1: "b"}}}
    elif dynamic:
        options["dynamic_shapes"] = ({0: torch.export.Dim("a"), 1: torch.export.Dim("b")},)
    torch.onnx.export(model.eval(), (x, *state), FOLDER / file, **options)
    strip(FOLDER / file)
    if outside and not (FOLDER / f"{file}.data").exists():
        raise ValueError(f"{file} has its weights inside")
    add(name, [file, *([f"{file}.data"] if outside else [])], x.numpy(), refused, golden)


for kind, Cell in {"gru": nn.GRU, "lstm": nn.LSTM}.items():
    first = {"batch_first": True}
    export(f"torch_{kind}_language", Model(Cell, **first), outside=True, golden=True)
    export(f"torch_{kind}_language_two", Model(Cell, layers=2, **first), dynamic=True, golden=True)
    export(f"torch_{kind}_no_bias", Model(Cell, ids=False, bias=False, **first))
    export(f"torch_{kind}_numbers", Model(Cell, ids=False, out=False))
    export(f"torch_{kind}_bidirectional", Model(Cell, ids=False, layers=2, bidirectional=True))
    export(f"torch_{kind}_bidirectional_dynamic", Model(Cell, ids=False, bidirectional=True, **first), dynamic=True)
    export(f"torch_{kind}_last", Model(Cell, end=lambda y, _: torch.relu(y[:, -1]), **first))
    export(f"torch_{kind}_slice", Model(Cell, end=lambda y, _: y[:, -1:].squeeze(1), **first))
    state = torch.zeros(1, B, H)
    export(f"torch_{kind}_state", WithState(Cell, **first), state=(state if kind == "gru" else (state, state),))
export("torch_step", Model(nn.LSTM, layers=2, batch_first=True), sizes=(1, 1))
for kind, Cell in {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}.items():
    old = {"old": True, "dynamic": True}
    pick = (lambda h: h[0]) if kind == "lstm" else (lambda h: h)
    export(f"script_{kind}_language", Model(Cell, layers=2, batch_first=True), golden=kind == "rnn", **old)
    export(f"script_{kind}_bidirectional", Model(Cell, ids=False, layers=2, bidirectional=True), **old)
    export(f"script_{kind}_no_bias", Model(Cell, bias=False, end=lambda y, _: y[-1]), **old)
    export(f"script_{kind}_h", Model(Cell, layers=2, end=lambda _, h: pick(h)[-1], batch_first=True), **old)
    side = lambda _, h: torch.cat([pick(h)[-2], pick(h)[-1]], 1)
    export(f"script_{kind}_both", Model(Cell, layers=2, bidirectional=True, end=side), **old)
    swapped = lambda _, h: torch.cat([pick(h)[-1], pick(h)[-2]], 1)
    export(f"script_{kind}_swapped", Model(Cell, bidirectional=True, end=swapped), refused="joins several", **old)
    if kind != "rnn":
        export(f"torch_{kind}_both", Model(Cell, layers=2, bidirectional=True, end=side))
export("torch_gru_h", Model(nn.GRU, end=lambda _, h: h[-1], batch_first=True))
export("torch_lstm_h", Model(nn.LSTM, end=lambda _, s: s[0][-1], batch_first=True))
export("torch_functions", Model(nn.LSTM, end=lambda y, _: nn.functional.gelu(y.tanh().sigmoid()), batch_first=True))
export("torch_rnn", Model(nn.RNN, batch_first=True), refused="unrolls nn.RNN", golden=True)
export("torch_projected", Model(nn.LSTM, proj_size=3, batch_first=True), refused="dropped weight_hr", golden=True)
export("torch_c", Model(nn.LSTM, end=lambda _, s: s[1][-1], batch_first=True), refused="cell state")
export("torch_middle", Model(nn.LSTM, end=lambda y, _: y[:, 3], batch_first=True), refused="step 3 of 7")
export("torch_residual", Model(nn.LSTM, end=lambda y, _: y + y.tanh(), batch_first=True), refused="one chain")

GATES = {"RNN": 1, "GRU": 3, "LSTM": 4}


def node(
    name, op, refused=None, golden=False, bias=True, directions=1, extra=(), ids=False, ends="all", stored=None,
    whole=False, one_hot=None, **attributes
):
    """A recurrent node alone, or between Gather or OneHot, whose values are of the type one_hot, and Gemm.

    The weights are of the type stored, and are cast, unless the whole model is of it.
    """
    rows = GATES[op] * H
    weights = {"W": drawn(directions, rows, V if one_hot else I), "R": drawn(directions, rows, H)}
    if bias:
        weights["B"] = drawn(directions, 2 * rows)
    names = ["x", "W", "R", "B" if bias else ""]
    for key, array in extra:
        names += [""] * (int(key) - len(names)) + [f"extra_{key}"]
        weights[f"extra_{key}"] = array
    layout = attributes.get("layout", 0)
    sizes = [B, T] if layout else [T, B]
    before, after = [], []
    if ids:
        weights |= {"table": drawn(V, I), "K": drawn(directions * H, V), "k": drawn(V)}
        before = [helper.make_node("Gather", ["table", "ids"], ["x"])]
        if one_hot:
            del weights["table"]
            weights |= {"depth": numpy.array(V), "values": numpy.array([0, 1], one_hot)}
            before = [
                helper.make_node("OneHot", ["ids", "depth", "values"], ["rows_of_ids"], axis=-1),
                helper.make_node("Cast", ["rows_of_ids"], ["x"], to=TensorProto.FLOAT),
            ]
        weights["shape"] = numpy.array([-1, directions * H], "int64")
        weights["back"] = numpy.array([*sizes, V], "int64")
        after = [
            helper.make_node("Transpose", ["y"], ["t"], perm=[0, 2, 1, 3]) if not layout
            else helper.make_node("Identity", ["y"], ["t"]),
            helper.make_node("Reshape", ["t", "shape"], ["rows"]),
            helper.make_node("Gemm", ["rows", "K", "k"], ["logits"]),
            helper.make_node("Reshape", ["logits", "back"], ["out"]),
        ]
    else:
        if directions == 1:
            weights["axes"] = numpy.array([layout + (ends == "all")], "int64")
            after = [helper.make_node("Squeeze", ["h" if ends == "last" else "y", "axes"], ["out"])]
        else:
            weights["shape"] = numpy.array([0, -1] if ends == "last" else [0, 0, -1], "int64")
            made, turn = ("h", [1, 0, 2]) if ends == "last" else ("y", [0, 2, 1, 3])
            after = [
                helper.make_node("Transpose", [made], ["t"], perm=sorted(turn) if layout else turn),
                helper.make_node("Reshape", ["t", "shape"], ["out"]),
            ]
    attributes |= {"direction": "bidirectional"} if directions == 2 else {}
    made = [helper.make_node(op, names, ["y", "h"], hidden_size=H, **attributes)]

    def model(before, made, weights, number="float32"):
        number = helper.np_dtype_to_tensor_dtype(numpy.dtype(number))
        kind = TensorProto.INT64 if ids else number
        graph = helper.make_graph(
            [*before, *made, *after],
            "model",
            [helper.make_tensor_value_info("ids" if ids else "x", kind, sizes if ids else [*sizes, I])],
            [helper.make_tensor_value_info("out", number, None)],
            [numpy_helper.from_array(array, key) for key, array in weights.items()],
        )
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)

    file = f"onnx_{name}.onnx"
    twin = None
    if stored:
        floats = {key: array for key, array in weights.items() if array.dtype == "float32"}
        rounded = weights | {key: array.astype(stored).astype("float32") for key, array in floats.items()}
        twin = model(before, made, rounded).SerializeToString()
        if whole:
            weights |= {key: array.astype(stored) for key, array in floats.items()}
        else:
            for key, array in floats.items():
                del weights[key]
                weights[f"{key}_stored"] = array.astype(stored)
                before.append(helper.make_node("Cast", [f"{key}_stored"], [key], to=TensorProto.FLOAT))
    if layout:
        turned = {key: value for key, value in attributes.items() if key != "layout"}
        steps = [
            helper.make_node("Transpose", ["x"], ["steps"], perm=[1, 0, 2]),
            helper.make_node(op, ["steps", *names[1:]], ["steps_y", "steps_h"], hidden_size=H, **turned),
            helper.make_node("Transpose", ["steps_y"], ["y"], perm=[2, 0, 1, 3]),
            helper.make_node("Transpose", ["steps_h"], ["h"], perm=[1, 0, 2]),
        ]
        states = {key: array.swapaxes(0, 1) for key, array in weights.items() if key in ("extra_5", "extra_6")}
        twin = model(before, steps, weights | states).SerializeToString()
    before.sort(key=lambda node: node.op_type != "Cast" or node.input[0] not in weights)
    onnx.save(model(before, made, weights, stored if whole else "float32"), FOLDER / file)
    x = random.integers(0, V, sizes) if ids else random.normal(0, 1, (*sizes, I)).astype("float32")
    add(name, [file], x, refused, golden, reference=layout == 1 and directions == 1, twin=twin)


for op in GATES:
    low = op.lower()
    resets = [0, 1] if op == "GRU" else [None]
    for reset in resets:
        told = {} if reset is None else {"linear_before_reset": reset}
        form = low if reset is None else f"{low}_reset_{'after' if reset else 'before'}"
        node(form, op, **told)
        node(f"{form}_two", op, directions=2, **told)
        node(f"{form}_no_bias", op, bias=False, **told)
        node(f"{form}_last", op, ends="last", **told)
        node(f"{form}_rows_first", op, layout=1, **told)
        node(f"{form}_rows_first_last", op, layout=1, ends="last", **told)
        node(f"{form}_ids", op, ids=True, golden=reset == 0 or op == "RNN", **told)
        if op != "RNN":
            rest = ["Tanh"] * (GATES[op] - 2 if op == "GRU" else 2)
            hard = {"activations": ["HardSigmoid", *rest]}
            node(f"{form}_hard", op, **hard, **told)
            node(f"{form}_hard6", op, activation_alpha=[1 / 6], activation_beta=[0.5], **hard, **told)
            both = {"activations": ["HardSigmoid", *rest] * 2, "activation_alpha": [0.2, 0.2]}
            node(f"{form}_hard_two", op, directions=2, **both, **told)
            node(f"{form}_hard3", op, activation_alpha=[0.3], refused="alpha 0.3", **hard, **told)
            node(f"{form}_relu", op, activations=["Sigmoid"] + ["Relu"] * len(rest), refused='"Relu"', **told)
    node(f"{low}_clip", op, clip=1.5, refused="clip 1.5")
    node(f"{low}_reverse", op, direction="reverse", refused="reads backwards")
    node(f"{low}_lengths", op, extra=[(4, numpy.array([T, 3], "int32"))], refused="sequence_lens")
    node(f"{low}_state", op, extra=[(5, drawn(1, B, H))], refused="not zero")
    node(f"{low}_zero", op, extra=[(5, numpy.zeros((1, B, H), "float32"))])
node("rnn_relu", "RNN", activations=["Relu"])
node("rnn_linear", "RNN", activations=["Affine"], refused='"Affine"')
node("lstm_forget", "LSTM", input_forget=1, refused="input_forget")
node("lstm_peepholes", "LSTM", extra=[(7, drawn(1, 3 * H))], refused="peepholes")


# Other types of numbers, and one-hot rows; from here on with a seed of its own, so that the models above stay.
random = numpy.random.default_rng(1)
for op in GATES:
    low = op.lower()
    told = {"linear_before_reset": 1} if op == "GRU" else {}
    for stored in ("float16", "float64"):
        node(f"{low}_{stored}", op, ids=True, stored=stored, golden=op == "GRU", **told)
        node(f"{low}_{stored}_whole", op, ids=True, stored=stored, whole=True, golden=op == "LSTM", **told)
        node(f"{low}_{stored}_numbers", op, stored=stored, whole=True, **told)
    node(f"{low}_one_hot", op, ids=True, one_hot="float32", **told)
    node(f"{low}_one_hot_whole", op, ids=True, one_hot="int64", golden=op == "LSTM", **told)
for kind, Cell in {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}.items():
    export(f"script_{kind}_one_hot", OneHot(Cell, batch_first=True), old=True, dynamic=True, high=I)
    if kind != "rnn":
        export(f"torch_{kind}_one_hot", OneHot(Cell, batch_first=True), high=I, refused="(Equal) reads ids")

# Nodes of rows first, in both directions and between other nodes.
random = numpy.random.default_rng(2)
for op in GATES:
    low = op.lower()
    for told in [{"linear_before_reset": reset} for reset in (0, 1)] if op == "GRU" else [{}]:
        form = f"{low}{'_reset_after' if told.get('linear_before_reset') else ''}_rows_first"
        told |= {"layout": 1}
        node(f"{form}_two", op, directions=2, **told)
        node(f"{form}_two_last", op, directions=2, ends="last", **told)
        node(f"{form}_language", op, ids=True, golden=op == "LSTM", **told)
        node(f"{form}_two_ids", op, ids=True, directions=2, **told)
        node(f"{form}_zero", op, extra=[(5, numpy.zeros((B, 1, H), "float32"))], **told)
        node(f"{form}_state", op, extra=[(5, drawn(B, 1, H))], refused="not zero", **told)

(FOLDER / "onnx.json").write_text(json.dumps(cases))
