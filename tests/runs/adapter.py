"""A small client of the Debug Adapter Protocol, as an editor is one."""

from __future__ import annotations

import json
import socket
from types import TracebackType
from typing import Any

__all__ = ["Editor"]

Message = dict[str, Any]


class Editor:
    """Attach to a debugger that listens, and answer what it asks.

    Source: Microsoft, "Debug Adapter Protocol", sections "Base protocol" and "Launch sequencing".
    """

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._stream = self._socket.makefile("rb")
        self._number = 0
        self._waiting: list[Message] = []

    def __enter__(self) -> Editor:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.close()
        self._socket.close()

    def attach(self, breakpoints: dict[str, list[int]], filters: tuple[str, ...] = ()) -> None:
        """Go through the whole beginning; the script goes on behind it."""
        self.ask("initialize", adapterID="test", clientID="test")
        attached = self.send("attach", justMyCode=True)
        self.event("initialized")
        for path, lines in breakpoints.items():
            set_ = self.ask("setBreakpoints", source={"path": path}, breakpoints=[{"line": line} for line in lines])
            assert all(each["verified"] for each in set_["body"]["breakpoints"])
        self.ask("setExceptionBreakpoints", filters=list(filters))
        self.ask("configurationDone")
        assert self._answer(attached)["success"]

    def stop(self) -> tuple[str, list[Message], int]:
        """Wait until the script stops: the reason, its frames, and its thread."""
        stopped = self.event("stopped")["body"]
        frames = self.ask("stackTrace", threadId=stopped["threadId"])["body"]["stackFrames"]
        return stopped["reason"], frames, stopped["threadId"]

    def evaluate(self, expression: str, frame: Message) -> str:
        """Return what an expression is in a frame, as text."""
        return str(self.ask("evaluate", expression=expression, frameId=frame["id"])["body"]["result"])

    def send(self, command: str, **arguments: Any) -> int:
        """Send a request; return its number."""
        self._number += 1
        content = json.dumps(
            {"seq": self._number, "type": "request", "command": command, "arguments": arguments}
        ).encode()
        self._socket.sendall(b"Content-Length: %d\r\n\r\n%b" % (len(content), content))
        return self._number

    def ask(self, command: str, **arguments: Any) -> Message:
        """Send a request and wait for its answer, which must be success."""
        answer = self._answer(self.send(command, **arguments))
        assert answer["success"], answer
        return answer

    def event(self, name: str) -> Message:
        """Wait for an event."""
        return self._await(lambda message: message["type"] == "event" and message["event"] == name)

    def _answer(self, number: int) -> Message:
        return self._await(lambda message: message["type"] == "response" and message["request_seq"] == number)

    def _await(self, wanted: Any) -> Message:
        while True:
            for message in self._waiting:
                if wanted(message):
                    self._waiting.remove(message)
                    return message
            self._waiting.append(self._read())

    def _read(self) -> Message:
        length = 0
        while line := self._stream.readline().strip():
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        assert length, "the debugger has hung up"
        message: Message = json.loads(self._stream.read(length))
        return message
