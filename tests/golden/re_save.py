"""Python's half of tests/exchange/python_reads_test.ts: it reads what refrain wrote, and writes it again.

    python3 tests/golden/re_save.py FOLDER

reads FOLDER/expected.json, which has each file's metadata, and each tensor's shape and the SHA-256 of its bytes, and

- reads every file by safetensors for NumPy and by safetensors for PyTorch, and holds both against it;
- writes every file again with the metadata that it had, by PyTorch, once in each dtype that weights are kept in, as
  NAME.DTYPE.safetensors, its first tensor one larger in each element.

It ends with 1 and names the file where something differs. Needs numpy, torch and safetensors; seen to run with
PyTorch 2.15.0 and safetensors 0.8.0.
"""

import hashlib
import json
import sys
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

DTYPES = ["float32", "float16", "bfloat16", "float64"]


def described(array):
    return {"shape": list(array.shape), "sha256": hashlib.sha256(array.tobytes()).hexdigest()}


def check(path, expected):
    with safe_open(path, framework="numpy") as file:
        by_numpy = {name: described(file.get_tensor(name)) for name in file.keys()}
        metadata = file.metadata()
    tensors = load_file(path)
    by_torch = {name: described(tensor.numpy()) for name, tensor in tensors.items()}
    if not all(tensor.dtype is torch.float32 for tensor in tensors.values()):
        sys.exit(f"{path.name}: not every tensor is float32")
    for what, found, wanted in [
        ("tensors by NumPy", by_numpy, expected["tensors"]),
        ("tensors by PyTorch", by_torch, expected["tensors"]),
        ("metadata", metadata, expected["metadata"]),
    ]:
        if found != wanted:
            sys.exit(f"{path.name}: other {what}: {found}, and not {wanted}")
    return tensors, metadata


def main(folder):
    for name, expected in json.loads((folder / "expected.json").read_text()).items():
        tensors, metadata = check(folder / f"{name}.safetensors", expected)
        first = min(tensors)
        for dtype in DTYPES:
            changed = {key: tensor + (key == first) for key, tensor in tensors.items()}
            other = {key: tensor.to(getattr(torch, dtype)) for key, tensor in changed.items()}
            save_file(other, folder / f"{name}.{dtype}.safetensors", metadata=metadata)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
