"""Writes a small language model as users of PyTorch do: weights alone, the vocabulary beside them.

    python3 tests/golden/generate_from_python.py

writes to the folder from_python beside this script

- model.safetensors: the bare state dict of an LSTM (one-hot input) and a linear layer, by safetensors' save_file;
- vocabulary.json: the tokens by id, as refrain's Vocabulary.fromJSON() takes them;
- logits.json: ids (B, T), and the logits (T*B, V) that the model gives for them, time-major.

Needs torch and safetensors; made with PyTorch 2.15.0 and safetensors 0.8.0.
"""

import json
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn.functional import one_hot

FOLDER = Path(__file__).resolve().parent / "from_python"
TOKENS = list(" 不分开我们的，")
V, H = len(TOKENS), 5


class CharModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(V, H, num_layers=2)
        self.fc = nn.Linear(H, V)

    def forward(self, ids):
        outputs, _ = self.lstm(one_hot(ids.T, V).float())
        return self.fc(outputs).reshape(-1, V)


torch.manual_seed(0)
model = CharModel()
ids = torch.tensor([[2, 3, 0, 1, 2, 3], [4, 5, 6, 2, 3, 7]])
with torch.no_grad():
    logits = model(ids)

FOLDER.mkdir(exist_ok=True)
save_file(model.state_dict(), FOLDER / "model.safetensors")
vocabulary = {"kind": "character", "tokens": TOKENS}
(FOLDER / "vocabulary.json").write_text(json.dumps(vocabulary, ensure_ascii=False) + "\n")
(FOLDER / "logits.json").write_text(json.dumps({"ids": ids.tolist(), "logits": logits.tolist()}) + "\n")
