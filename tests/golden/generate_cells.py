"""Writes PyTorch's own numbers for cells, embeddings, and language models with an embedding.

    python3 tests/golden/generate_cells.py

writes cells.json to src/verify/golden/, with three kinds of cases:

- cells: two steps, the second from the states of the first, and all gradients of the sum of the second states times
  an upstream gradient, plus that of the first h times another (the second step's own way back included).
- embedding: vectors of ids that repeat, and the weight's gradient.
- language model: as training.json of generate.py, the ids looked up in an embedding, whose weight may be the output
  layer's too. Weights and gradients are under the names of state_dict(), which lists a tied weight twice.

The versions, the letters and the encoding are those of generate.py.
"""

import itertools

import torch
from torch import nn

import generate
from generate import detach, draw, encode, encode_all, encode_dict, gradients, numbers, seed, shorten

B, T, I, H, V = 3, 4, 5, 7, 13
EMBEDDING = 11
STEPS, LEARNING_RATE, MAX_NORM = 10, 1e-2, 1e-1
CELLS = {"rnn": nn.RNNCell, "gru": nn.GRUCell, "lstm": nn.LSTMCell}


def as_list(state):
    return list(state) if isinstance(state, tuple) else [state]


def cell_case(kind, nonlinearity, bias, batched, with_state):
    words = [nonlinearity] * (kind == "rnn") + ["bias" if bias else "no bias"]
    words += ["batched" if batched else "unbatched", "state" if with_state else "no state"]
    name = ", ".join([f"{kind} cell", *words])
    seed(name)
    cell = CELLS[kind](I, H, bias, **({"nonlinearity": nonlinearity} if kind == "rnn" else {}))
    with torch.no_grad():
        for parameter in cell.parameters():
            parameter.copy_(shorten(parameter))
    rows = (B,) if batched else ()
    inputs = [draw(*rows, I).requires_grad_() for _ in range(2)]
    shapes = [(*rows, H)] * (2 if kind == "lstm" else 1)
    state = [draw(*shape).requires_grad_() for shape in shapes] if with_state else None
    given = None if state is None else tuple(state) if kind == "lstm" else state[0]
    first = cell(inputs[0], given)
    second = cell(inputs[1], first)
    # h of the first step is both an output of its own and the way to the second.
    outputs = [*as_list(second), as_list(first)[0]]
    upstream = [draw(*output.shape) for output in outputs]
    torch.autograd.backward(outputs, upstream)
    return {
        "name": name, "type": "cell", "kind": kind,
        "options": {"inputSize": I, "hiddenSize": H, "bias": bias, "nonlinearity": nonlinearity},
        "inputs": encode_all(inputs), "state": encode_all(state), "weights": encode_dict(cell.named_parameters()),
        "states": [encode_all(as_list(first)), encode_all(as_list(second))], "upstream": encode_all(upstream),
        "gradients": {
            "inputs": [encode(x.grad) for x in inputs], "weights": gradients(cell),
            "state": None if state is None else [encode(tensor.grad) for tensor in state],
        },
    }  # fmt: skip


def cell_cases():
    """For each cell the half of all options in which each value of one meets each value of another."""
    kinds = [("rnn", "tanh"), ("rnn", "relu"), ("gru", "tanh"), ("lstm", "tanh")]
    halves = [flags for flags in itertools.product((True, False), repeat=3) if sum(flags) % 2 == 1]
    return [cell_case(*kind, *flags) for kind, flags in itertools.product(kinds, halves)]


def embedding_case():
    name = "embedding"
    seed(name)
    embedding = nn.Embedding(V, EMBEDDING)
    with torch.no_grad():
        embedding.weight.copy_(shorten(embedding.weight))
    ids = torch.randint(5, (B, T))  # ids repeat, and those from 5 upwards never come
    output = embedding(ids)
    upstream = draw(*output.shape)
    output.backward(upstream)
    return {
        "name": name, "type": "embedding", "vocabularySize": V, "embeddingSize": EMBEDDING,
        "ids": ids.flatten().tolist(), "weight": encode(embedding.weight), "output": encode(output),
        "upstream": encode(upstream), "gradient": encode(embedding.weight.grad),
    }  # fmt: skip


class LanguageModel(nn.Module):
    """Its parameters have refrain's names."""

    def __init__(self, tied):
        super().__init__()
        self.embedding = nn.Embedding(V, H if tied else EMBEDDING)
        self.rnn = nn.LSTM(self.embedding.embedding_dim, H, 2)
        self.dense = nn.Linear(H, V)
        if tied:
            self.dense.weight = self.embedding.weight

    def forward(self, ids, state):
        output, state = self.rnn(self.embedding(ids.T), state)
        return self.dense(output.reshape(-1, H)), state


def training_case(tied):
    name = f"language model, {'tied' if tied else 'untied'} weights"
    seed(name)
    model = LanguageModel(tied)
    # A row says seven ids over and over, so that the loss falls and the carried state matters.
    stream = torch.randint(V, (B, 7)).repeat(1, STEPS)[:, : STEPS * T + 1]
    batches = [(stream[:, i : i + T], stream[:, i + 1 : i + T + 1]) for i in range(0, STEPS * T, T)]
    case = {
        "name": name, "type": "language model", "cell": "lstm", "numLayers": 2, "vocabularySize": V,
        "hiddenSize": H, "embeddingSize": model.embedding.embedding_dim, "tieWeights": tied, "batchSize": B,
        "numSteps": T, "learningRate": LEARNING_RATE, "clipGradNorm": MAX_NORM,
        "weights": encode_dict(model.state_dict().items()),
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
            named = model.state_dict(keep_vars=True).items()
            case.update(gradients=encode_dict((name, p.grad) for name, p in named), logits=encode(logits))
        norm = nn.utils.clip_grad_norm_(model.parameters(), MAX_NORM)
        optimizer.step()
        case["losses"] += numbers(loss)
        case["norms"] += numbers(norm)
    case["finalWeights"] = encode_dict(model.state_dict().items())
    return case


def main():
    torch.set_num_threads(1)  # sums in one order on every machine
    cases = [*cell_cases(), embedding_case(), training_case(False), training_case(True)]
    generate.write("cells.json", cases, "generate_cells.py")


if __name__ == "__main__":
    main()
