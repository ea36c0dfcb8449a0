"""A process of an interpreter that gives back every frame it gets, by the bridge's own modules."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import pandas as pd

import blobprep.bridge
from blobprep.bridge.frames import read_frame, write_frame
from blobprep.bridge.stream import Stream

__all__ = ["Echo", "echoing"]

_FOLDER = str(Path(blobprep.bridge.__file__).parent)
_ECHO = """
import sys, types
package = types.ModuleType("blobprep_bridge")
package.__path__ = [sys.argv[1]]
sys.modules["blobprep_bridge"] = package
from blobprep_bridge.frames import read_frame, write_frame
from blobprep_bridge.stream import Broken, Stream
stream = Stream(int(sys.argv[2]))
def show(column):
    try:
        return [repr(value) for value in column]
    except Exception:  # old versions fail at the first and last times that they can hold
        return []
while True:
    try:
        stream.read_json()
    except Broken:
        break
    frame = read_frame(stream)
    shown = [show(frame.iloc[:5, place]) for place in range(frame.shape[1])]
    stream.write_json([[str(kind) for kind in frame.dtypes], shown])
    write_frame(stream, frame)
"""


class Echo:
    """Such a process, and what the last frame looked like there; one that has failed is started anew.

    Args:
        interpreter: the path of its executable.
    """

    def __init__(self, interpreter: str) -> None:
        self._interpreter, self._stack = interpreter, ExitStack()
        self._stream: Any = None
        self.dtypes: list[str] = []
        self.shown: list[list[str]] = []

    def __call__(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Send a frame there and get it back."""
        try:
            self._stream = self._stream or self._stack.enter_context(_started(self._interpreter))
            self._stream.write_json(1)
            write_frame(self._stream, frame)
            self.dtypes, self.shown = self._stream.read_json()
            returned: pd.DataFrame = read_frame(self._stream)
        except BaseException:
            self.close()
            raise
        return returned

    def close(self) -> None:
        """End the process."""
        self._stream = None
        self._stack.close()


@contextmanager
def echoing(interpreter: str) -> Iterator[Echo]:
    """Yield an echo that ends with the context."""
    with closing(Echo(interpreter)) as echo:
        yield echo


@contextmanager
def _started(interpreter: str) -> Iterator[Any]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        number = theirs.fileno()
        command = [interpreter, "-E", "-s", "-B", "-c", _ECHO, _FOLDER, str(number)]
        with subprocess.Popen(command, pass_fds=[number], env={"PATH": os.defpath}):
            theirs.close()
            yield Stream(ours.fileno())
            ours.shutdown(socket.SHUT_RDWR)
