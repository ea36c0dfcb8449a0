"""The child's end of the control socket."""

from __future__ import annotations

import array
import os
import socket
import threading
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any, Final

from blobprep.protocol import ChildRequest, FrameError, decode_frame, decode_request, encode_frame
from blobprep.protocol.classic_cells import CELLS
from blobprep.tables.streaming_input import InputFile

__all__ = ["Channel", "ReceivedRequest"]

_RIGHTS: Final = 16  # descriptors that one call of `recvmsg` takes; a request carries fewer
_PIECE: Final = 1 << 16
_CLOEXEC: Final = getattr(socket, "MSG_CMSG_CLOEXEC", 0)  # a script's sub-processes get none of the descriptors


@dataclass(frozen=True, slots=True)
class ReceivedRequest:
    """A request, with what came along.

    Attributes:
        request: what to do.
        descriptors: of inputs and outputs, by name; closed by `close`.
        inputs: the inputs that are still arriving, by port; the script is not one of them, it is whole from the start.
        channel: the way back to the parent.
    """

    request: ChildRequest
    descriptors: dict[str, int]
    inputs: dict[str, InputFile]
    channel: Channel

    def send(self, name: str, **values: object) -> None:
        """Send a frame about this request."""
        self.channel.send(name, number=self.request.number, **values)

    def close(self) -> None:
        """Close the descriptors, and wake a library's thread that still waits for an input."""
        for opened in self.inputs.values():
            opened.fail()
        for descriptor in self.descriptors.values():
            with suppress(OSError):  # the script closed it
                os.close(descriptor)


class Channel:
    """Frames to and from the parent.

    A thread of its own, the reader, takes everything that comes: it fills the inputs of the request at work while that
    runs, and keeps the next request for `receive`. It starts at the first `receive`, since a process can only be
    confined while it has one thread. Any thread may send.

    Args:
        control: the child's end of the control socket; it stays its owner's.
    """

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._sending = threading.Lock()
        self._requests: SimpleQueue[ReceivedRequest | None] = SimpleQueue()
        self._reader: threading.Thread | None = None
        # The rest is the reader's alone.
        self._buffer = bytearray()
        self._rights: list[int] = []  # descriptors whose request is not complete yet
        self._latest: ReceivedRequest | None = None

    def send(self, name: str, **values: object) -> None:
        """Send a frame."""
        with self._sending:
            self._control.sendall(encode_frame(name, **values))

    def receive(self) -> ReceivedRequest | None:
        """Wait for the next request; None when the parent is gone."""
        if self._reader is None:
            self._reader = threading.Thread(target=self._read, name="blobprep-channel", daemon=True)
            self._reader.start()
        return self._requests.get()

    def close(self) -> None:
        """Let go of what was received and not taken; the socket must have been shut down, which ends the reader."""
        if self._reader is not None:
            self._reader.join()
        with suppress(Empty):
            while True:
                if (received := self._requests.get_nowait()) is not None:
                    received.close()

    def _read(self) -> None:
        room = socket.CMSG_LEN(_RIGHTS * array.array("i").itemsize)
        try:
            while True:
                # Always by `recvmsg`: `recv` would drop the descriptors that come with a request.
                data, ancillary, _, _ = self._control.recvmsg(_PIECE, room, _CLOEXEC)
                if not data:
                    return
                self._take_rights(ancillary)
                self._buffer += data
                *lines, rest = bytes(self._buffer).split(b"\n")
                self._buffer[:] = rest
                for line in lines:
                    self._on_frame(*decode_frame(line))
        except (OSError, ValueError, KeyError, TypeError):  # the parent is gone, or the script took some of its bytes
            return
        finally:
            self._requests.put(None)
            if self._latest is not None:
                for opened in self._latest.inputs.values():
                    opened.fail()

    def _take_rights(self, ancillary: list[tuple[int, int, bytes]]) -> None:
        for _, _, rights in ancillary:
            numbers = array.array("i")
            numbers.frombytes(rights[: len(rights) - len(rights) % numbers.itemsize])
            for number in numbers:
                os.set_inheritable(number, False)  # where the system does not do it by itself
            self._rights += numbers

    def _on_frame(self, name: str, values: dict[str, Any]) -> None:
        match name:
            case "request":
                self._latest = self._received(decode_request(values))
                self._requests.put(self._latest)
            case "filled" if self._latest is not None and values["number"] == self._latest.request.number:
                self._latest.inputs[values["port"]].fill(values["offset"], values["end"])

    def _received(self, request: ChildRequest) -> ReceivedRequest:
        """Give a request its descriptors. They came with its first bytes, so that they are there when it is complete.

        The inputs are opened here, in the reader: the next frame may be about one of them.
        """
        count = len(request.descriptors)
        numbers, self._rights[:count] = self._rights[:count], []
        if len(numbers) < count:
            raise FrameError(f"a request for {count} descriptors came with {len(numbers)}")
        descriptors = dict(zip(request.descriptors, numbers, strict=True))
        sizes = {dataset.port: dataset.size for dataset in request.datasets} | {"bundle": request.bundle_size}
        whole = {dataset.port for dataset in request.datasets if dataset.format == CELLS}
        inputs = {
            port: InputFile(descriptor, sizes[port])
            if port in whole
            else self._open_input(request.number, port, descriptor, sizes[port])
            for port, descriptor in descriptors.items()
            if port in sizes
        }
        return ReceivedRequest(request, descriptors, inputs, self)

    def _open_input(self, number: int, port: str, descriptor: int, size: int) -> InputFile:
        def need(offset: int, length: int) -> None:
            self.send("need", number=number, port=port, offset=offset, length=length)

        def release(end: int) -> None:
            self.send("release", number=number, port=port, end=end)

        return InputFile(descriptor, size, need, release)
