"""Writes files of other programs, which hold a small array or model, for tests of what refrain says to them.

    python3 tests/golden/generate_foreign.py

writes to the folder foreign beside this script. Needs torch, numpy, h5py, onnx, gguf and msgpack; made with PyTorch
2.15.0, NumPy 2.4.6, h5py 3.16.0, onnx 1.23.2, gguf 0.19.0 and msgpack 1.2.4. `deno task golden` leaves it out: of a
file its kind matters alone.
"""

import gzip
import io
import pickle
import tarfile
import zipfile
from pathlib import Path

import gguf
import h5py
import msgpack
import numpy
import onnx
import torch
from onnx import helper
from torch import nn

FOLDER = Path(__file__).resolve().parent / "foreign"


def pytorch():
    model = nn.RNN(2, 3)
    torch.save(model.state_dict(), FOLDER / "state_dict.pth")
    torch.save(model.state_dict(), FOLDER / "old_state_dict.pt", _use_new_zipfile_serialization=False)
    torch.jit.trace(nn.Linear(2, 3), torch.zeros(1, 2)).save(FOLDER / "script.pt")
    program = torch.export.export(nn.Linear(2, 3), (torch.zeros(1, 2),))
    torch.export.save(program, FOLDER / "program.pt2")
    (FOLDER / "weights.pkl").write_bytes(pickle.dumps({"weight": numpy.zeros(3)}))


def arrays():
    weights = {"weight": numpy.zeros((2, 3), numpy.float32), "bias": numpy.zeros(2, numpy.float32)}
    numpy.save(FOLDER / "array.npy", weights["weight"])
    numpy.savez(FOLDER / "arrays.npz", **weights)
    numpy.savez_compressed(FOLDER / "compressed.npz", **weights)
    with h5py.File(FOLDER / "model.weights.h5", "w") as file:
        file["layers/lstm/cell/vars/0"] = weights["weight"]
    with zipfile.ZipFile(FOLDER / "model.keras", "w") as file:
        file.writestr("metadata.json", '{"keras_version": "3.15.1"}')
        file.writestr("config.json", "{}")
        file.write(FOLDER / "model.weights.h5", "model.weights.h5")
    (FOLDER / "flax.msgpack").write_bytes(msgpack.packb({"params": {"kernel": b"\0" * 24}}))


def graphs():
    value = helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [1])
    graph = helper.make_graph([helper.make_node("Relu", ["x"], ["y"])], "g", [value], [value])
    onnx.save(helper.make_model(graph), FOLDER / "model.onnx")
    onnx.save(helper.make_model(graph, producer_name="pytorch", producer_version="2.15.0"), FOLDER / "producer.onnx")
    writer = gguf.GGUFWriter(FOLDER / "model.gguf", "llama")
    writer.add_tensor("weight", numpy.zeros(3, numpy.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def archives():
    inner = b"\x08\0\0\0\0\0\0\0{}      "
    (FOLDER / "model.safetensors.gz").write_bytes(gzip.compress(inner, mtime=0))
    with zipfile.ZipFile(FOLDER / "model.zip", "w") as file:
        file.writestr("inner/model.safetensors", inner)
    with zipfile.ZipFile(FOLDER / "empty.zip", "w"):
        pass
    with tarfile.open(FOLDER / "model.tar", "w") as file:
        info = tarfile.TarInfo("model.safetensors")
        info.size = len(inner)
        file.addfile(info, io.BytesIO(inner))


def main():
    torch.manual_seed(0)
    FOLDER.mkdir(exist_ok=True)
    pytorch()
    arrays()
    graphs()
    archives()
    print(f"foreign: {len(list(FOLDER.iterdir()))} files")


if __name__ == "__main__":
    main()
