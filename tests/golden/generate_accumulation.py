"""Writes PyTorch's own numbers for steps of several batches: accumulation.json beside this file.

    python3 tests/golden/generate_accumulation.py

A step takes the losses of PARTS batches backwards, each divided by PARTS, before it clips and updates once. Row r
of the text is row r % B of batch r // B, whose state is carried from step to step by itself.

Made with PyTorch 2.15.0.
"""

import json
import pathlib

import torch
from torch import nn

import generate
from generate import B, LEARNING_RATE, STEPS, T, V, LanguageModel, detach, encode_dict, numbers, seed

PARTS = 4


def case(cell, num_layers, max_norm):
    name = f"{cell}, {num_layers} layer{'s' * (num_layers > 1)}, {PARTS} batches a step, clipped to {max_norm:g}"
    seed(name)
    model = LanguageModel(cell, num_layers)
    rows = torch.randint(V, (PARTS * B, 7)).repeat(1, STEPS)[:, : STEPS * T + 1]
    result = {
        "name": name, "cell": cell, "numLayers": num_layers, "vocabularySize": V, "hiddenSize": generate.H,
        "batchSize": B, "numSteps": T, "accumulateSteps": PARTS, "learningRate": LEARNING_RATE,
        "clipGradNorm": max_norm, "rows": rows.tolist(), "weights": encode_dict(model.named_parameters()),
        "losses": [], "norms": [],
    }  # fmt: skip
    optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)
    states = [None] * PARTS
    for start in range(0, STEPS * T, T):
        optimizer.zero_grad()
        total = 0
        for part in range(PARTS):
            own = rows[part * B : (part + 1) * B]
            logits, states[part] = model(own[:, start : start + T], detach(states[part]))
            targets = own[:, start + 1 : start + T + 1]
            loss = nn.functional.cross_entropy(logits, targets.T.reshape(-1)) / PARTS
            loss.backward()
            total += loss.detach()
        norm = nn.utils.clip_grad_norm_(model.parameters(), max_norm)
        optimizer.step()
        result["losses"] += numbers(total)
        result["norms"] += numbers(norm)
    result["finalWeights"] = encode_dict(model.named_parameters())
    return result


def main():
    cases = [case("rnn", 1, 1e3), case("gru", 1, 1e-2), case("lstm", 2, 1e-2)]
    command = "python3 tests/golden/generate_accumulation.py"
    head = json.dumps({"torch": torch.__version__, "command": command})
    lines = ",\n".join(json.dumps(one, separators=(",", ":"), allow_nan=False) for one in cases)
    path = pathlib.Path(__file__).with_name("accumulation.json")
    path.write_text(f'{head[:-1]}, "cases": [\n{lines}\n]}}\n')
    print(f"{path.name}: {len(cases)} cases")


if __name__ == "__main__":
    main()
