"""Writes what PyTorch says of a text: losses as evaluate() measures them, and each token as score() tells it.

    python3 tests/golden/generate_evaluations.py

writes evaluations.json to the folder evaluations beside this script, a case a line: a language model (one-hot, recurrent
layer, linear layer) that forgets slowly, so that it matters where a state begins, and of each text, the first N of the
ids, the mean loss in nats

- "stream": of one stream from a zero state over all of it;
- "rows": of B parts of as many predictions, or one more, each behind the 256 ids before it, from a zero state;
- "windows": of pieces of W predictions, each from a zero state;

and "scores": of the first ids as one stream, log-probabilities, ranks (1 = the likeliest) and entropies in nats.

Numbers are float64: the model computes in float64 with the weights that are written, which are float32.
"""

import json
import zlib
from pathlib import Path

import torch
from torch import nn
from torch.nn.functional import one_hot

FOLDER = Path(__file__).resolve().parent / "evaluations"
V, H, N, SCORED = 11, 7, 1237, 41
WARM_UP = 256
LAYERS = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}
SIZES = (2, 3, 36, N)
ROWS = (2, 3, 7, 35)
WINDOWS = (1, 5, 35, 300)


def slow(cell, layer):
    """Makes a layer that keeps what it has read for hundreds of steps."""
    with torch.no_grad():
        if cell == "rnn":
            layer.weight_hh_l0.copy_(torch.linalg.qr(layer.weight_hh_l0)[0] * 0.999)
            layer.weight_ih_l0.mul_(0.02)
            layer.bias_ih_l0.zero_()
            layer.bias_hh_l0.zero_()
        elif cell == "gru":  # r, z, n: the update gate near 1 keeps the state
            layer.bias_ih_l0[H : 2 * H] += 5.5
            layer.weight_ih_l0[2 * H :].mul_(20)
        else:  # i, f, g, o
            layer.bias_ih_l0[H : 2 * H] += 5.5
            layer.weight_ih_l0[: H].mul_(3)


def case(cell):
    torch.manual_seed(zlib.crc32(cell.encode()))
    layer, dense = LAYERS[cell](V, H), nn.Linear(H, V)
    slow(cell, layer)
    with torch.no_grad():
        dense.weight.mul_(60 if cell == "rnn" else 6)
    ids = torch.randint(V, (N,))
    weights = {
        f"{name}.{key}": {"shape": list(value.shape), "data": [float(str(x)) for x in value.flatten().numpy()]}
        for name, module in (("rnn", layer), ("dense", dense))
        for key, value in module.state_dict().items()
    }
    layer.double()
    dense.double()

    def log_probabilities(start, end):
        """Of what follows the ids from start to end, read from a zero state."""
        outputs, _ = layer(one_hot(ids[start:end], V).double())
        return torch.log_softmax(dense(outputs), -1)

    def losses(start, from_, end):
        """Of the successors of the ids from `from_` to end, read from `start` on."""
        rows = log_probabilities(start, end)[from_ - start :]
        return -rows.gather(1, ids[from_ + 1 : end + 1, None])[:, 0]

    def parts(cuts, warm_up):
        pieces = [losses(max(0, at - warm_up), at, end) for at, end in zip(cuts, cuts[1:])]
        return torch.cat(pieces).mean().item()

    def rows(b, count):
        return parts([row * count // b for row in range(b + 1)], WARM_UP)

    def windows(w, count):
        return parts([*range(0, count, w), count], 0)

    with torch.no_grad():
        texts = [
            {
                "size": size,
                "stream": losses(0, 0, size - 1).mean().item(),
                "rows": {b: rows(b, size - 1) for b in ROWS if b < size},
                "windows": {w: windows(w, size - 1) for w in WINDOWS},
            }
            for size in SIZES
        ]
        table = log_probabilities(0, SCORED - 1)
        targets = ids[1:SCORED, None]
        own = table.gather(1, targets)
        scores = {
            "logProbabilities": own[:, 0].tolist(),
            "ranks": ((table > own).sum(1) + 1).tolist(),
            "entropies": (-(table.exp() * table).sum(1)).tolist(),
        }
    sizes = {"cell": cell, "vocabularySize": V, "hiddenSize": H}
    return {**sizes, "weights": weights, "ids": ids.tolist(), "texts": texts, "scores": scores}


cases = [json.dumps(case(cell), separators=(",", ":"), allow_nan=False) for cell in LAYERS]
head = f'{{"torch":"{torch.__version__}","command":"python3 tests/golden/generate_evaluations.py","cases":[\n'
FOLDER.mkdir(exist_ok=True)
(FOLDER / "evaluations.json").write_text(head + ",\n".join(cases) + "\n]}\n")
print(f"evaluations.json: {len(cases)} cases")
