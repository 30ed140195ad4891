"""protocol.ts for Python, and a reader of safetensors that needs no package."""

import json
import struct
import sys
import time


def read_tensors(path, from_buffer):
    """Tensors by name, of a file whose numbers are all F32; from_buffer makes one of bytes and a shape."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header, data = json.loads(file.read(length)), file.read()
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        assert entry["dtype"] == "F32", f"{name} is {entry['dtype']}"
        begin, end = entry["data_offsets"]
        tensors[name] = from_buffer(bytearray(data[begin:end]), entry["shape"])
    return tensors


def read_workload(base):
    with open(f"{base}.json", encoding="utf-8") as file:
        return json.load(file)


def serve(first, unit):
    """Prints what must be equal among all, then times units of work, as each line of standard input says."""
    print(json.dumps(first), flush=True)
    for line in sys.stdin:
        wish, seconds = json.loads(line), []
        while not seconds or (len(seconds) < wish["units"] and sum(seconds) < wish["seconds"]):
            start = time.perf_counter()
            unit()
            seconds.append(time.perf_counter() - start)
        print(json.dumps({"seconds": seconds}), flush=True)
