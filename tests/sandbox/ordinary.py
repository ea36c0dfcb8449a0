"""Be an ordinary user for a while: root may do what permissions forbid."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

NOBODY = 65534


@contextmanager
def ordinary_folder() -> Iterator[Path]:
    """A new folder that belongs to an ordinary user, who this process is meanwhile; it must be gone at the end."""
    folder = Path(mkdtemp(prefix="blobprep-tests-"))
    if os.geteuid() != 0:
        yield folder
        return
    os.chown(folder, NOBODY, NOBODY)
    os.seteuid(NOBODY)
    try:
        yield folder
    finally:
        os.seteuid(0)
