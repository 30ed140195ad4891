"""Which of its kernels OpenBLAS takes. Debian's PyTorch multiplies by it.

Where it does not know a processor (0.3.21 not Intel's of 2023), it takes the kernels of an old one, "Prescott", of 128 bits:
on such a machine 32 GFLOP/s a core, where those of "SkylakeX" reach 153.
"""

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


def openblas_core():
    """The processor whose kernels are taken, "" without OpenBLAS; asked in a process of its own, as it is chosen once."""
    return subprocess.run([sys.executable, "-c", CORENAME], capture_output=True, text=True).stdout.strip()


def name_core():
    """Names a better processor for this process where OpenBLAS does not know it; to be called before torch is imported."""
    if "OPENBLAS_CORETYPE" in os.environ or openblas_core() != "Prescott":
        return
    with open("/proc/cpuinfo") as file:
        flags = set(next(line for line in file if line.startswith("flags")).split())
    better = [core for core, needed in KERNELS.items() if needed <= flags]
    if better:
        os.environ["OPENBLAS_CORETYPE"] = better[0]
