"""Set up the environments of the clients: `python -m tests.service.clients [FOLDER]`."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.service.clients.environments import build_clients

if __name__ == "__main__":
    for name, python in build_clients(*map(Path, sys.argv[1:])).items():
        print(f"{name}: {python}")
