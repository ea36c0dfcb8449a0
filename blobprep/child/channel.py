"""The child's end of the control socket."""

from __future__ import annotations

import array
import os
import socket
import threading
from typing import Final

from blobprep.protocol import Ask, decode_ask, decode_frame, encode_frame
from blobprep.tables.streaming_input import InputFile

__all__ = ["Channel"]

_RIGHTS: Final = 16  # descriptors an ask may carry


class Channel:
    """Send and receive frames."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._buffer = bytearray()
        self._sending = threading.Lock()
        self._inputs: dict[str, InputFile] = {}

    def send(self, name: str, **values: object) -> None:
        """Send a frame."""
        with self._sending:
            self._control.sendall(encode_frame(name, **values))

    def receive_ask(self) -> tuple[Ask, dict[str, int]] | None:
        """Wait to be asked; None when the parent is gone.

        Returns:
            What is asked, and the descriptors by name.
        """
        numbers = array.array("i")
        size = socket.CMSG_LEN(_RIGHTS * numbers.itemsize)
        while b"\n" not in self._buffer:
            data, ancillary, _, _ = self._control.recvmsg(1 << 16, size)
            if not data:
                return None
            self._buffer += data
            for _, _, rights in ancillary:
                numbers.frombytes(rights[: len(rights) - len(rights) % numbers.itemsize])
        _, values = decode_frame(self._take_line())
        ask = decode_ask(values)
        for number in numbers:
            os.set_inheritable(number, False)  # a script's sub-processes get none of them
        return ask, dict(zip(ask.descriptors, numbers, strict=True))

    def open_input(self, port: str, descriptor: int, size: int) -> InputFile:
        """Open an input the parent fills; call before `listen`."""
        opened = InputFile(
            descriptor, size, lambda offset, length: self.send("need", port=port, offset=offset, length=length)
        )
        self._inputs[port] = opened
        return opened

    def listen(self) -> None:
        """Take `filled` frames in a thread of its own until the parent is gone."""
        threading.Thread(target=self._listen, name="blobprep-channel", daemon=True).start()

    def _listen(self) -> None:
        try:
            while True:
                while b"\n" in self._buffer:
                    name, values = decode_frame(self._take_line())
                    if name == "filled":
                        self._inputs[values["port"]].fill(values["offset"], values["end"])
                data = self._control.recv(1 << 16)
                if not data:
                    return
                self._buffer += data
        except OSError:
            return
        finally:
            self._fail()

    def _fail(self) -> None:
        for opened in self._inputs.values():
            opened.fail()

    def _take_line(self) -> bytes:
        line, _, rest = bytes(self._buffer).partition(b"\n")
        self._buffer[:] = rest
        return line
