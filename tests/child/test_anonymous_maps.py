"""Anonymous maps of Python's, made private; in a process of its own, as it is for good."""

from __future__ import annotations

import subprocess
import sys

TRIED = """
import mmap
from blobprep.child.confined.anonymous_maps import use_private_maps
use_private_maps()

def kind(made):
    made[:5] = b"bytes"
    address = mmap.mmap.__mro__[1]  # still the class that others derive from
    assert isinstance(made, address) and type(made).__name__ == "mmap"
    return made

for made in (mmap.mmap(-1, 4096), mmap.mmap(-1, 4096, mmap.MAP_SHARED), mmap.mmap(-1, 4096, flags=mmap.MAP_SHARED),
             mmap.mmap(-1, 4096, access=mmap.ACCESS_WRITE), mmap.mmap(-1, length=4096),
             mmap.mmap(-1, 4096, mmap.MAP_PRIVATE, mmap.PROT_READ | mmap.PROT_WRITE)):
    kind(made)
read = mmap.mmap(-1, 4096, access=mmap.ACCESS_READ)
assert not [line for line in open("/proc/self/maps") if "/dev/zero" in line]

with open("file", "w+b") as file:
    file.truncate(4096)
    kind(mmap.mmap(file.fileno(), 0)).flush()
    assert file.read(5) == b"bytes"
"""


def test_anonymous_maps_are_private_and_those_of_files_are_not(tmp_path) -> None:
    done = subprocess.run([sys.executable, "-c", TRIED], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
