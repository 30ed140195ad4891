"""PyTorch's half of a round trip, which tests/exchange/round_trip_test.ts runs and judges.

    python3 tests/golden/round_trip.py FOLDER

reads FOLDER/cases.json, and for each case

- loads NAME.safetensors, which refrain saved, into the same model made of PyTorch's modules, by load_file and a
  strict load_state_dict and nothing else, and writes its logits to NAME.logits.safetensors;
- makes the model anew with weights of its own, its parts named as the case says, saves the bare state dict to
  NAME.python.safetensors as save_file or, where weights are shared, save_model does it, and its logits to
  NAME.python.logits.safetensors.

Logits are (T*B, V), time-major; ids are (B, T). Needs torch and safetensors; seen to run with PyTorch 2.15.0
and safetensors 0.8.0.
"""

import json
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file, save_model
from torch import nn
from torch.nn.functional import one_hot

LAYERS = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}


class Model(nn.Module):
    """The tutorial's model, or one with an embedding, its parts under any names."""

    def __init__(self, case, rnn="rnn", dense="dense", embedding="embedding"):
        super().__init__()
        options, self.vocabulary_size = case["options"], case["vocabularySize"]
        self.names = rnn, dense, embedding
        outputs = options.get("proj_size", 0) or options["hidden_size"]
        self.has_embedding = case["embeddingSize"] > 0
        if self.has_embedding:
            setattr(self, embedding, nn.Embedding(self.vocabulary_size, case["embeddingSize"]))
        setattr(self, rnn, LAYERS[case["cell"]](**options))
        setattr(self, dense, nn.Linear(outputs, self.vocabulary_size, bias=case.get("denseBias", True)))
        if case["tieWeights"]:
            getattr(self, dense).weight = getattr(self, embedding).weight

    def forward(self, ids):
        rnn, dense, embedding = self.names
        if self.has_embedding:
            inputs = getattr(self, embedding)(ids.T)
        else:
            inputs = one_hot(ids.T, self.vocabulary_size).float()
        outputs, _ = getattr(self, rnn)(inputs)
        return getattr(self, dense)(outputs).reshape(-1, self.vocabulary_size)


def main(folder):
    cases = json.loads((folder / "cases.json").read_text())
    for number, case in enumerate(cases):
        name, ids = case["name"], torch.tensor(case["ids"])
        with torch.no_grad():
            model = Model(case)
            model.load_state_dict(load_file(folder / f"{name}.safetensors"))
            save_file({"logits": model(ids)}, folder / f"{name}.logits.safetensors")

            torch.manual_seed(number)
            bare = Model({**case, "denseBias": case["bareDenseBias"]}, **case["names"])
            save = save_model if case["tieWeights"] else lambda model, path: save_file(model.state_dict(), path)
            save(bare, str(folder / f"{name}.python.safetensors"))
            save_file({"logits": bare(ids)}, folder / f"{name}.python.logits.safetensors")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
