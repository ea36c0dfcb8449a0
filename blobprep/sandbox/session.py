"""A child as the parent sees it: ask, announce, hear, end.

A host starts the child (`blobprep.sandbox.process_host`); this module speaks the protocol with it. One thread, the
pump, listens to all channels, so that the log is drained and requests for ranges are answered whatever the caller does.
"""

from __future__ import annotations

import array
import os
import selectors
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, Final

from blobprep.errors import IsolationUnavailable
from blobprep.protocol import (
    FRAME_LIMIT,
    STDERR_STREAM,
    STDOUT_STREAM,
    Ask,
    FrameError,
    decode_frame,
    encode_ask,
    encode_frame,
    unpack_records,
)
from blobprep.sandbox.announcer import Announcer
from blobprep.sandbox.host import Host, Report
from blobprep.sandbox.network.broker import Broker
from blobprep.sandbox.network.connection_log import ConnectionRecord
from blobprep.sandbox.run_log import RunLog

__all__ = ["Child", "Ending"]

_START: Final = 60.0  # seconds a child has to confine itself
_PREPARATION: Final = 60.0  # seconds; a child that takes longer has its clock started all the same
_READ: Final = 1 << 16
_RECORD: Final = 64  # bytes that a record counts besides its own: one without any costs us time too
_LAST_ROUNDS: Final = 64  # enough to empty the largest pipe
_GRACE: Final = 10.0  # seconds a killed child has to be reported dead
_SHOWN: Final = 80  # characters of what is no frame


@dataclass(frozen=True, slots=True)
class Ending:
    """Say how a child ended.

    Attributes:
        code: exit status; negative for the number of the signal that ended it; None where it is not known.
        cause: empty, the word of a limit's error (`memory`, `time`, …), or `killed` (the parent wanted it).
        asked: whether it was asked anything (it confined itself).
        complete: whether it said that it had done all it was asked.
        scripted: whether code of the user's had begun to run: from then on, what it said is the script's word.
        crowded: whether it came near its limit of threads and processes.
    """

    code: int | None
    cause: str
    asked: bool
    complete: bool
    crowded: bool = False
    scripted: bool = False


class Child:
    """Speak with a child; a context manager that leaves no process and no folder behind.

    Args:
        host: has started the child.
        logbook: takes what the child's streams carry.
        broker: the child's way to the network; None where it has its own.
        log: bytes it may write to its streams, None for any number.
    """

    def __init__(self, host: Host, logbook: RunLog, broker: Broker | None = None, *, log: int | None = None) -> None:
        self.host = host
        self._broker = broker
        self._unwritten = float("inf") if log is None else log
        self.logbook = logbook
        self._subscription = threading.Lock()
        self._on_need: Callable[[str, int, int], None] = lambda port, offset, length: None
        self._on_end: Callable[[], None] = lambda: None
        self._asked = False
        self._complete = False
        self._scripted = False
        self._cause = ""
        self._ending: Report | None = None
        self._confined = False
        self._measures: tuple[str, ...] = ()
        self._unconfined = ""
        self._ready = threading.Event()
        self._prepared = threading.Event()
        self._done = threading.Event()
        self._announcer = Announcer(host.channels.control)
        self._control = bytearray()
        self._life = bytearray()
        self._records = bytearray()
        self._pump = threading.Thread(target=self._run_pump, name="blobprep-pump", daemon=True)
        self._pump.start()

    def __enter__(self) -> Child:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def subscribe(self, on_need: Callable[[str, int, int], None], on_end: Callable[[], None]) -> None:
        """Hand over what the child asks for, and its end; one that has ended already calls `on_end` at once.

        Args:
            on_need: called with port, offset and length of each range that the child waits for; from the pump's thread.
            on_end: called once, when the child has ended; from the pump's thread, or here.
        """
        with self._subscription:
            self._on_need, self._on_end = on_need, on_end
            ended = self._done.is_set()
        if ended:
            on_end()

    def require_confined(self, *, seconds: float = _START) -> tuple[str, ...]:
        """Wait until the child has confined itself, or needed not; return what is in force, in words.

        A child that does not start at all returns nothing here; its ending says why.

        Raises:
            IsolationUnavailable: it could not, or its confinement did not hold; nothing was run.
        """
        self._ready.wait(seconds)
        if self._unconfined:
            raise IsolationUnavailable(
                f'isolation "strict" does not hold on this machine: {self._unconfined}; nothing was run',
                remedy="please report it; to run without confinement, use --isolation process",
            )
        return (*self._measures, *self.host.measures)

    def ask(self, ask: Ask, descriptors: Mapping[str, int], *, seconds: float = _START) -> None:
        """Wait until the child has confined itself, then tell it what to do and hand it its descriptors.

        Args:
            ask: `descriptors` and `folder` are filled in here.
            descriptors: by name; they stay open in the parent.
            seconds: to wait for the child.

        Raises:
            IsolationUnavailable: it could not confine itself; nothing was run.
        """
        self.require_confined(seconds=seconds)
        if not self._ready.wait(seconds) or self._done.is_set():
            self.logbook.say("the child did not start")
            self.kill()
            return
        complete = replace(ask, descriptors=tuple(descriptors), folder=self.host.folder)
        frame = encode_ask(complete)
        rights = array.array("i", descriptors.values())
        try:
            control = self.host.channels.control
            sent = control.sendmsg([frame], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)])
            if sent < len(frame):
                control.sendall(frame[sent:])
        except OSError:  # the child ended meanwhile; its ending says how
            return
        self._asked = True

    def filled(self, port: str, offset: int, end: int) -> None:
        """Announce that bytes `offset` to `end` of an input are there, once `ask` has been said; returns at once."""
        self._announcer.announce(encode_frame("filled", port=port, offset=offset, end=end))

    def wait(self, seconds: float | None = None) -> Ending:
        """Wait until the child has ended; after `seconds` it is killed, with `time` as the cause.

        The clock starts when the child has imported its libraries, which is no work of the script's.
        """
        self.host.work()
        self._prepared.wait(_PREPARATION)
        if not self._done.wait(seconds):
            self.exceed("time")
            if not self._done.wait(_GRACE):  # a script can stop the guard, which is then not able to hear us
                self.host.end()
                self._done.wait()
        report = self._ending or Report(None)
        return Ending(
            report.code, self._cause or report.cause, self._asked, self._complete, report.crowded, self._scripted
        )

    def kill(self) -> None:
        """End the child now; harmless when it has ended."""
        self.host.kill()

    def exceed(self, limit: str) -> None:
        """End the child now because it went beyond a limit, in the word of its error; the first one is told."""
        self._cause = self._cause or limit
        self.kill()

    def hang_up(self) -> tuple[ConnectionRecord, ...]:
        """End the connections of a child that has ended; return what it tried to reach."""
        if self._broker is None:
            return ()
        self._broker.close()
        return self._broker.connections()

    def close(self) -> None:
        """End what is left of the child, hear the rest of its log, and remove its folder."""
        self.kill()
        self.host.end()
        self.hang_up()
        self._announcer.close()
        self._pump.join()  # before its descriptors are closed: their numbers may be another file's next
        self.host.close()

    def _run_pump(self) -> None:
        channels, life = self.host.channels, self.host.life()
        readers: dict[int, Callable[[bytes], None]] = {
            channels.control.fileno(): self._on_control,
            channels.log: self._on_log,
        }
        if channels.out is not None:
            readers[channels.out] = lambda data: self._record(STDOUT_STREAM, data)
        if channels.err is not None:
            readers[channels.err] = lambda data: self._record(STDERR_STREAM, data)
        if life is not None:
            readers[life.fileno()] = self._on_life
        try:
            self._listen(readers, life.fileno() if life is not None else channels.control.fileno())
        finally:
            self._ready.set()
            self._prepared.set()
            with self._subscription:  # whoever subscribes later sees that it has ended
                self._done.set()
                on_end = self._on_end
            on_end()

    def _listen(self, readers: dict[int, Callable[[bytes], None]], last: int) -> None:
        """Read all channels until `last` says that the child has ended; then what is still in the others."""
        with selectors.DefaultSelector() as selector:
            for descriptor in readers:
                selector.register(descriptor, selectors.EVENT_READ)
            ended, rounds = False, 0
            while not ended or selector.get_map():
                ready = selector.select(0 if ended else None)
                rounds += ended
                if ended and (not ready or rounds > _LAST_ROUNDS):
                    return  # a process that outlived the child may hold a channel open, or go on writing
                for key, _ in ready:
                    data = _read(key.fd)
                    if data:
                        readers[key.fd](data)
                    else:
                        selector.unregister(key.fd)
                    ended |= key.fd == last and (not data or self._ending is not None)
                    if ended and last in selector.get_map():
                        selector.unregister(last)

    def _on_log(self, data: bytes) -> None:
        self._records += data
        try:
            for stream, records in groupby(unpack_records(self._records), lambda record: record.stream):
                pieces = [record.data for record in records]
                self._record(stream, b"".join(pieces), len(pieces))
        except FrameError as error:
            self.logbook.say(str(error))
            self._records.clear()
            self.kill()

    def _record(self, stream: int, data: bytes, records: int = 1) -> None:
        self.logbook.record(stream, data)
        self._unwritten -= len(data) + records * _RECORD
        if self._unwritten < 0:
            self.exceed("log")

    def _on_life(self, data: bytes) -> None:
        self._life += data
        for line in _lines(self._life):
            self._ending = self.host.ended(line) or self._ending
        self._note_ready()

    def _note_ready(self) -> None:
        """Let `ask` go on once the child is confined and its folder is known; they are heard on two channels."""
        if self._confined and self.host.folder:
            self._ready.set()

    def _on_control(self, data: bytes) -> None:
        self._control += data
        try:
            for line in _lines(self._control):
                self._on_frame(*decode_frame(line))
            if len(self._control) > FRAME_LIMIT:
                raise FrameError("a frame is too long")
        except (FrameError, KeyError, TypeError, ValueError, OverflowError) as error:
            self.logbook.say(f"the child broke the protocol: {error}")
            self._control.clear()
            self.kill()

    def _on_frame(self, name: str, values: dict[str, Any]) -> None:
        match name:
            case "confined" if not self._confined:
                self._measures = tuple(str(each) for each in values.get("measures", ()))
                self._confined = True
                self._note_ready()
            case "unconfined" if not self._confined:
                self._unconfined = str(values["reason"]) or "the child does not say why"
                self._ready.set()
            # Each is said once, and nothing is needed any more once the script has its inputs: what a script says over
            # and over would cost this process more than it costs the script.
            case "prepared" if not self._prepared.is_set():
                self.host.start_clock()
                self._prepared.set()
            case "need" if not self._scripted:
                self._on_need(str(values["port"]), int(values["offset"]), int(values["length"]))
            case "script" if not self._scripted:
                self._scripted = True
            case "ended" if not self._complete:
                self._complete = True
            case _:
                raise FrameError(f"unexpected frame {name!r}"[:_SHOWN])


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, _READ)
    except OSError:
        return b""


def _lines(buffer: bytearray) -> list[bytes]:
    """Take the whole lines off the front of a buffer."""
    *lines, rest = bytes(buffer).split(b"\n")
    buffer[:] = rest
    return lines
