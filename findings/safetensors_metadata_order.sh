#!/bin/sh
# One would guess that safetensors' save_file() writes the same bytes for the same tensors and metadata. Tensors have an
# order, but the metadata's keys lie in another one at each call, so a file that is read and saved again with nothing
# changed has other bytes, and another hash. The new file may also be read by its owner alone, whatever the umask says.
# refrain takes the SHA-256 of a whole file, so it names this as a cause of another one, and takes such a file by
# --accept-changed-weights or { verify: false } (src/files/proof.ts).
set -eu
SAFETENSORS=0.8.0
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet "safetensors==$SAFETENSORS" numpy

cat > save.py <<'PY'
import os
import numpy
from safetensors.numpy import save, save_file

os.umask(0o022)
metadata = {f"key {i}": str(i) for i in range(8)}
tensors = {name: numpy.zeros(3, numpy.float32) for name in "abcdefgh"}
with_metadata = {save(tensors, metadata) for _ in range(20)}
without = {save(tensors) for _ in range(20)}
save_file(tensors, "new.safetensors")
mode = os.stat("new.safetensors").st_mode & 0o777
print(f"{'one file' if len(without) == 1 else 'several files'} without metadata,",
      f"{'one file' if len(with_metadata) == 1 else 'several files'} with it, mode {mode:o}")
PY

found=$(venv/bin/python save.py)
echo "safetensors $SAFETENSORS, 20 times the same: $found"
[ "$found" = "one file without metadata, several files with it, mode 600" ]
