"""Writes PyTorch's own numbers, which the tests hold refrain to.

    python3 tests/golden/generate.py

writes two files to src/verify/golden/:

- training.json: ten Adam steps of the tutorial's language model (one-hot, recurrent layer, dense output) with
  the state carried from batch to batch: losses, gradient norms (before clipping), the first step's logits and
  gradients (before clipping), the final weights. Rows of logits are time-major, (T*B, V); ids and targets are
  (B, T), so the target of row (t, b) is targets[b, t].
- layers.json: recurrent layers alone: output, final state, and all gradients of
  sum(output * upstream) + sum(finalState * upstreamState).

generate_cells.py beside it writes cells, embeddings and models with an embedding, generate_losses.py losses.
`deno task golden` runs all.

Made with PyTorch 2.15.0, Python 3.11.
Every case has its own seed, made from its name, so a new case changes no other line. Another processor or
version may change the last digits of a number. Numbers are the shortest that give the same float32 back.

Letters: B batch, T time steps, I input size, H hidden size, V vocabulary. Sizes are distinct primes, so that
a swapped axis does not pass.
"""

import itertools
import json
import zlib
from pathlib import Path

import torch
from torch import nn
from torch.nn.functional import one_hot
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

GOLDEN = Path(__file__).resolve().parents[2] / "src" / "verify" / "golden"
B, T, I, H, V = 3, 5, 7, 11, 13
LAYERS = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}
STEPS = 10
LEARNING_RATE = 1e-2


# Encoding


def numbers(tensor):
    """The shortest decimals that give the same float32 back, at most nine digits, in row-major order."""
    return [float(str(value)) for value in tensor.detach().contiguous().view(-1).numpy()]


def encode(tensor):
    return {"shape": list(tensor.shape), "data": numbers(tensor)}


def encode_all(tensors):
    return None if tensors is None else [encode(tensor) for tensor in tensors]


def encode_dict(named_tensors):
    return {name: encode(tensor) for name, tensor in named_tensors}


def gradients(module):
    return {name: encode(parameter.grad) for name, parameter in module.named_parameters()}


def as_tuple(state):
    return state if isinstance(state, tuple) else (state,)


def write(file_name, cases, script="generate.py"):
    """One case a line, so that a diff shows which cases changed."""
    assert len({case["name"] for case in cases}) == len(cases), "names must differ, as they seed the cases"
    head = f'{{"torch":"{torch.__version__}","command":"python3 tests/golden/{script}","cases":[\n'
    lines = [json.dumps(case, separators=(",", ":"), allow_nan=False) for case in cases]
    text = head + ",\n".join(lines) + "\n]}\n"
    (GOLDEN / file_name).write_text(text, encoding="utf-8")
    print(f"{file_name}: {len(cases)} cases, {len(text) / 1e6:.2f} MB")


def seed(name):
    torch.manual_seed(zlib.crc32(name.encode()))


# Language models


class LanguageModel(nn.Module):
    """The tutorial's RNNModel. Its parameters already have refrain's names."""

    def __init__(self, cell, num_layers):
        super().__init__()
        self.rnn = LAYERS[cell](V, H, num_layers)
        self.dense = nn.Linear(H, V)

    def forward(self, ids, state):
        output, state = self.rnn(one_hot(ids.T, V).float(), state)
        return self.dense(output.reshape(-1, H)), state


def detach(state):
    if isinstance(state, tuple):
        return tuple(tensor.detach() for tensor in state)
    return None if state is None else state.detach()


def training_batches():
    """STEPS pairs of ids and targets (B, T), each batch the continuation of the one before.

    A row says seven ids over and over, so that the loss falls and the carried state matters.
    """
    stream = torch.randint(V, (B, 7)).repeat(1, STEPS)[:, : STEPS * T + 1]
    return [(stream[:, i : i + T], stream[:, i + 1 : i + T + 1]) for i in range(0, STEPS * T, T)]


def training_case(cell, num_layers, max_norm):
    name = f"{cell}, {num_layers} layer{'s' * (num_layers > 1)}, gradients clipped to {max_norm:g}"
    seed(name)
    model = LanguageModel(cell, num_layers)
    batches = training_batches()
    case = {
        "name": name, "cell": cell, "numLayers": num_layers, "vocabularySize": V, "hiddenSize": H,
        "batchSize": B, "numSteps": T, "learningRate": LEARNING_RATE, "clipGradNorm": max_norm,
        "weights": encode_dict(model.named_parameters()),
        "batches": [{"ids": ids.flatten().tolist(), "targets": y.flatten().tolist()} for ids, y in batches],
        "losses": [], "norms": [],
    }  # fmt: skip
    optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)
    state = None
    for ids, targets in batches:
        logits, state = model(ids, detach(state))
        loss = nn.functional.cross_entropy(logits, targets.T.reshape(-1))
        optimizer.zero_grad()
        loss.backward()
        if "logits" not in case:
            case.update(gradients=gradients(model), logits=encode(logits))
        # PyTorch scales by max_norm / (norm + 1e-6), the tutorial by max_norm / norm: nearly the same.
        norm = nn.utils.clip_grad_norm_(model.parameters(), max_norm)
        optimizer.step()
        case["losses"] += numbers(loss)
        case["norms"] += numbers(norm)
    case["finalWeights"] = encode_dict(model.named_parameters())
    return case


def training_cases():
    """Clipping to 1e-2 is always active here, to 1e3 never."""
    clipped = [training_case(cell, num_layers, 1e-2) for cell in LAYERS for num_layers in (1, 2)]
    return clipped + [training_case(cell, 1, 1e3) for cell in LAYERS]


# Layers alone


def shorten(tensor):
    """Three decimals, which keep the file short. What may be chosen freely is chosen so."""
    return (tensor * 1e3).round() / 1e3


def draw(*shape):
    return shorten(torch.randn(shape))


def make_layer(kind, options):
    specific = {"rnn": {"nonlinearity": options["nonlinearity"]}, "lstm": {"proj_size": options["projSize"]}}
    layer = LAYERS[kind](
        options["inputSize"], options["hiddenSize"], options["numLayers"], bias=options["bias"],
        batch_first=options["batchFirst"], bidirectional=options["bidirectional"], **specific.get(kind, {}),
    )  # fmt: skip
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.copy_(shorten(parameter))
    return layer


def state_shapes(kind, options, batched):
    rows = (options["numLayers"] * (1 + options["bidirectional"]),) + ((B,) if batched else ())
    h, c = rows + (options["projSize"] or H,), rows + (H,)
    return [h, c] if kind == "lstm" else [h]


def run_layer(layer, x, lengths, state):
    """The output and a tuple of final states. With lengths, the output is zero at the padded steps."""
    hx = None if state is None else tuple(state) if layer.mode == "LSTM" else state[0]
    if lengths is None:
        output, final_state = layer(x, hx)
    else:
        packed = pack_padded_sequence(x, lengths, layer.batch_first, enforce_sorted=False)
        output, final_state = layer(packed, hx)
        output, _ = pad_packed_sequence(output, layer.batch_first, total_length=T)
    return output, as_tuple(final_state)


def layer_name(kind, options, lengths, batched, with_state, with_state_gradient):
    words = [kind, f"{options['numLayers']} layer{'s' * (options['numLayers'] > 1)}"]
    words += [options["nonlinearity"]] * (kind == "rnn")
    words += ["bidirectional"] * options["bidirectional"] + ["no bias"] * (not options["bias"])
    words += ["batch first"] * options["batchFirst"]
    words += [f"projection {options['projSize']}"] * (options["projSize"] > 0) + ["unbatched"] * (not batched)
    words += ["lengths " + " ".join(map(str, lengths))] if lengths else []
    words += ["state" if with_state else "no state"] + ["state gradient"] * with_state_gradient
    return ", ".join(words)


def layer_case(
    kind, num_layers=1, bidirectional=False, bias=True, batch_first=False, nonlinearity="tanh", proj_size=0,
    lengths=None, batched=True, with_state=True, with_state_gradient=True,
):  # fmt: skip
    options = {
        "inputSize": I, "hiddenSize": H, "numLayers": num_layers, "bias": bias, "batchFirst": batch_first,
        "bidirectional": bidirectional, "nonlinearity": nonlinearity, "projSize": proj_size,
    }  # fmt: skip
    name = layer_name(kind, options, lengths, batched, with_state, with_state_gradient)
    seed(name)
    layer = make_layer(kind, options)
    x = draw(*((B, T, I) if batch_first else (T, B, I)) if batched else (T, I)).requires_grad_()
    shapes = state_shapes(kind, options, batched)
    state = [draw(*shape).requires_grad_() for shape in shapes] if with_state else None

    output, final_state = run_layer(layer, x, lengths, state)
    upstream = draw(*output.shape)
    upstream_state = [draw(*shape) for shape in shapes] if with_state_gradient else None
    outputs = (output, *final_state) if with_state_gradient else (output,)
    torch.autograd.backward(outputs, (upstream, *(upstream_state or ())))
    return {
        "name": name, "kind": kind, "options": options, "lengths": lengths,
        "input": encode(x), "state": encode_all(state), "weights": encode_dict(layer.named_parameters()),
        "output": encode(output), "finalState": encode_all(final_state),
        "upstream": encode(upstream), "upstreamState": encode_all(upstream_state),
        "gradients": {
            "input": encode(x.grad), "weights": gradients(layer),
            "state": None if state is None else [encode(tensor.grad) for tensor in state],
        },
    }  # fmt: skip


def option_cases():
    """Not the full product, but one in which each value of an option meets each value of every other option.

    RNN and LSTM have a fifth option, the parity of the four others; GRU takes the half of even parity.
    """
    cases = []
    for kind, bits in itertools.product(LAYERS, itertools.product((0, 1), repeat=4)):
        deep, bidirectional, no_bias, batch_first = bits
        fifth = sum(bits) % 2 == 1
        if kind == "gru" and fifth:
            continue
        cases.append(
            layer_case(
                kind, num_layers=1 + deep, bidirectional=bool(bidirectional), bias=not no_bias,
                batch_first=bool(batch_first), nonlinearity="relu" if kind == "rnn" and fifth else "tanh",
                proj_size=3 if kind == "lstm" and fifth else 0,
                with_state=deep == bidirectional, with_state_gradient=deep == no_bias,
            )
        )  # fmt: skip
    return cases


def lengths_cases():
    """Sequences of several lengths in one batch, unsorted; in 2 4 1 all are shorter than the input."""
    all_lengths = itertools.cycle(([3, 5, 1], [5, 2, 4], [2, 4, 1]))
    cases = []
    for kind, num_layers, bidirectional in itertools.product(LAYERS, (1, 2), (False, True)):
        cases.append(
            layer_case(
                kind, num_layers, bidirectional, lengths=next(all_lengths), batch_first=num_layers == 2,
                nonlinearity="relu" if kind == "rnn" and bidirectional and num_layers == 1 else "tanh",
                with_state_gradient=bidirectional == (num_layers == 2),
            )
        )  # fmt: skip
    cases.append(layer_case("lstm", 2, True, proj_size=3, lengths=[2, 4, 1]))
    cases.append(layer_case("lstm", 1, True, bias=False, lengths=[1, 3, 5], with_state=False))
    cases.append(layer_case("gru", 2, False, lengths=[4, 1, 5], with_state=False, with_state_gradient=False))
    return cases


def unbatched_cases():
    """A 2-D input (T, I) with states (layers * directions, H), for which batchFirst means nothing."""
    cases = [layer_case(kind, batched=False) for kind in LAYERS]
    cases += [layer_case(kind, 1, True, batched=False, with_state=False) for kind in LAYERS]
    cases.append(layer_case("lstm", 2, proj_size=3, batched=False, with_state_gradient=False))
    cases.append(layer_case("rnn", 1, True, batch_first=True, nonlinearity="relu", batched=False))
    return cases


def main():
    torch.set_num_threads(1)  # sums in one order on every machine
    write("training.json", training_cases())
    # A projection to 3 has the batch's size, so one case has a size that no other axis has.
    projections = [layer_case("lstm", 1, True, proj_size=6)]
    write("layers.json", option_cases() + lengths_cases() + unbatched_cases() + projections)


if __name__ == "__main__":
    main()
