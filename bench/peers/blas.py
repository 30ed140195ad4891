"""Who multiplies for PyTorch, and how its threads wait. Debian's PyTorch multiplies by OpenBLAS, the one of PyPI by MKL.

OpenBLAS has threads of its own beside OpenMP's, and where the threads of both spin while they wait, they take the cores
from each other: nn.RNN then took 4 to 10 times as long. MKL's are OpenMP's, and to sleep at every wait costs H1 1.5 times.

Where it does not know a processor (0.3.21 not Intel's of 2023), it takes the kernels of an old one, "Prescott", of 128 bits:
on such a machine 32 GFLOP/s a core, where those of "SkylakeX" reach 153.
"""

import importlib.util
import os
import subprocess
import sys

CORENAME = """
import ctypes
name = ctypes.CDLL("libopenblas.so.0").openblas_get_corename
name.restype = ctypes.c_char_p
print(name().decode())
"""
KERNELS = {"SkylakeX": {"avx512f", "avx512bw", "avx512dq", "avx512vl"}, "Haswell": {"avx2", "fma"}}


def is_debians():
    """Whether torch is Debian's package, told without loading it."""
    found = importlib.util.find_spec("torch")
    return "dist-packages" in (found.origin or "") if found else False


def openblas_core():
    """The processor whose kernels are taken, "" without OpenBLAS; asked in a process of its own, as it is chosen once."""
    if not is_debians():
        return ""
    return subprocess.run([sys.executable, "-c", CORENAME], capture_output=True, text=True).stdout.strip()


def prepare(threads, device, asleep):
    """Sizes the pools of threads and says how they wait; to be called before torch is imported."""
    if asleep:
        os.environ["OMP_WAIT_POLICY"] = "passive"
    os.environ.setdefault("OMP_NUM_THREADS", str(threads))
    os.environ.setdefault("OPENBLAS_NUM_THREADS", str(threads))
    if is_debians():
        os.environ.setdefault("OMP_WAIT_POLICY", "passive")
        if device == "cpu":
            name_core()


def name_core():
    """Names a better processor for this process where OpenBLAS does not know it."""
    if "OPENBLAS_CORETYPE" in os.environ or openblas_core() != "Prescott":
        return
    with open("/proc/cpuinfo") as file:
        flags = set(next(line for line in file if line.startswith("flags")).split())
    better = [core for core, needed in KERNELS.items() if needed <= flags]
    if better:
        os.environ["OPENBLAS_CORETYPE"] = better[0]
