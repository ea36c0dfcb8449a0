"""What a child says: its frames, its log and its guard's reports, heard by the pump and kept for the session."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from itertools import groupby
from typing import Any, Final

from blobprep.protocol import (
    FRAME_LIMIT,
    STDERR_STREAM,
    STDOUT_STREAM,
    FrameError,
    decode_frame,
    unpack_records,
)
from blobprep.sandbox.call import Call, Inputs
from blobprep.sandbox.host import Host, Report
from blobprep.sandbox.pump import Pump, Reader, take_lines
from blobprep.sandbox.session_log import SessionLog

__all__ = ["Listener"]

_RECORD: Final = 64  # bytes that a record counts besides its own: an empty one costs us time too
_SHOWN: Final = 80  # characters of an unexpected frame's name


class Listener:
    """The child's words so far.

    The caller's thread starts it, begins calls and joins it. All else, and all changes of the attributes, are the
    pump's; the other threads read them, each after the event that it waits for.

    Args:
        host: of the child.
        log: takes what the child writes.
        most_log: bytes it may write to its streams during a call and until the next one, None for any number.
        exceed: called with the word of a limit that the child goes beyond.

    Attributes:
        ready: set when the child is confined, with its folder known, or never will be.
        prepared: set when it has imported its libraries, or has ended.
        gone: set when it has ended.
        checked: set when its limits were checked, as asked for, or it has ended.
        measures: by which it says it is confined.
        unconfined: why it could not confine itself; empty where it could.
        scripted: whether code of the user's has begun to run.
        report: how it ended, None where that is not known.
        crowded: whether it came near its limit of threads and processes, as far as was checked.
    """

    def __init__(self, host: Host, log: SessionLog, most_log: int | None, exceed: Callable[[str], None]) -> None:
        self.ready, self.prepared, self.gone = threading.Event(), threading.Event(), threading.Event()
        self.checked = threading.Event()
        self.crowded = False
        self.measures: tuple[str, ...] = ()
        self.unconfined = ""
        self.scripted = False
        self._observer: Callable[[str], None] = lambda doing: None
        self.report: Report | None = None
        self._host, self._log, self._exceed = host, log, exceed
        self._most_log = self._unwritten = float("inf") if most_log is None else most_log
        self._lock = threading.Lock()  # guards `_call` against `gone`
        self._call = Call(0, None, last=False)  # none yet; frames before the first one are about this
        self._confined = False
        self._broken: set[str] = set()  # channels that carried what the protocol does not have
        self._control, self._life, self._records = bytearray(), bytearray(), bytearray()
        self._pump = self._made_pump()

    def start(self) -> None:
        """Begin to listen."""
        self._pump.start()

    def join(self) -> None:
        """Wait until the child has ended and all it wrote was read."""
        self._pump.join()

    def observe(self, observer: Callable[[str], None]) -> None:
        """Tell an observer, from any thread, that the child begins to read its inputs, or its script."""
        self._observer = observer
        if self.prepared.is_set() and not self.scripted:  # it may be told twice, which is as true
            observer("read")

    def begin(self, inputs: Inputs | None, *, last: bool) -> Call:
        """Begin a call; of a child that has ended it is finished at once."""
        self._unwritten = self._most_log
        with self._lock:  # the child may end now: then either the pump finishes this call, or we do
            call = self._call = Call(self._call.number + 1, inputs, last=last, suspect=self.scripted)
            gone = self.gone.is_set()
        if gone:
            call.finish()
        elif self.scripted:  # of the first call it is told once the child is prepared
            self._observer("read")
        return call

    def _made_pump(self) -> Pump:
        channels, life = self._host.channels, self._host.life()
        streams: dict[int, Reader] = {channels.log: self._on_log}
        if channels.out is not None:
            streams[channels.out] = partial(self._record, STDOUT_STREAM)
        if channels.err is not None:
            streams[channels.err] = partial(self._record, STDERR_STREAM)
        control = channels.control.fileno()
        others: dict[int, Reader] = {control: self._on_control}
        if life is not None:
            others[life.fileno()] = self._on_life
        last = control if life is None else life.fileno()
        return Pump(streams, others, last, lambda: self.report is not None, self._on_end)

    def _on_end(self) -> None:
        self.ready.set()
        self.prepared.set()
        with self._lock:  # a call that begins later sees that the child has ended
            self.gone.set()
            call = self._call
        self.checked.set()
        call.finish()

    def _on_log(self, data: bytes) -> None:
        if "log" in self._broken:
            return
        self._records += data
        try:
            for stream, records in groupby(unpack_records(self._records), lambda record: record.stream):
                pieces = [record.data for record in records]
                self._record(stream, b"".join(pieces), len(pieces))
        except FrameError as error:
            self._break("log", str(error))

    def _record(self, stream: int, data: bytes, records: int = 1) -> None:
        self._log.record(stream, data)
        self._unwritten -= len(data) + records * _RECORD
        if self._unwritten < 0:
            self._exceed("log")

    def _on_life(self, data: bytes) -> None:
        self._life += data
        for line in take_lines(self._life):
            report = self._host.ended(line)
            if report is not None and report.goes_on:
                self.crowded = report.crowded
                self.checked.set()
            else:
                self.report = report or self.report
        self._note_ready()

    def _note_ready(self) -> None:
        """Let a call go on once the child is confined and its folder is known; they are heard on two channels."""
        if self._confined and self._host.folder:
            self.ready.set()

    def _on_control(self, data: bytes) -> None:
        if "control" in self._broken:
            return
        self._control += data
        try:
            for line in take_lines(self._control):
                name, values = decode_frame(line)
                if not (self._is_of_preparation(name, values) or self._is_of_call(name, values)):
                    raise FrameError(f"unexpected frame {name!r}"[:_SHOWN])
            if len(self._control) > FRAME_LIMIT:
                raise FrameError("a frame is too long")
        except (FrameError, KeyError, TypeError, ValueError, OverflowError) as error:
            self._break("control", f"the child broke the protocol: {error}")

    def _break(self, channel: str, reason: str) -> None:
        """End the child, and listen no more to this channel: what still comes before it is dead would be said again."""
        self._broken.add(channel)
        self._log.say(reason)
        self._host.kill()

    def _is_of_preparation(self, name: str, values: dict[str, Any]) -> bool:
        """Take what a child says once, before it is asked; return whether it was that.

        Said again, it is refused: what a script says over and over costs this process more than the script.
        """
        match name:
            case "confined" if not self._confined:
                self.measures = tuple(str(measure) for measure in values.get("measures", ()))
                self._confined = True
                self._note_ready()
            case "unconfined" if not self._confined:
                self.unconfined = str(values["reason"]) or "the child does not say why"
                self.ready.set()
            case "prepared" if not self.prepared.is_set():
                self._host.start_clock()
                self.prepared.set()
                self._observer("read")
            case _:
                return False
        return True

    def _is_of_call(self, name: str, values: dict[str, Any]) -> bool:
        """Take what a child says about a request; return whether it was that."""
        if name not in ("need", "release", "script", "ended"):
            return False
        if name == "script":
            self.scripted = True  # late or not
        call = self._call
        if call.is_late(int(values["number"])):
            return True
        match name:
            case "need":
                call.need(str(values["port"]), int(values["offset"]), int(values["length"]))
            case "release":
                call.release(str(values["port"]), int(values["end"]))
            case "script":
                call.start_script()
                self._observer("script")
            case _:
                call.complete_once()
                call.last |= values.get("goes_on") is not True
                if not call.last:  # else the child ends now, and the call with it
                    self._pump.drain()  # what it wrote before it said so belongs to this call
                    call.finish()
        return True
