"""The process of another interpreter: a fork of the child that is confined, executes the interpreter, and serves.

The fork happens before the child is confined, while the child has one thread and knows nothing of the run. The fork
confines itself as the child does, with two differences: it may read what that interpreter needs instead of what this
one does, and it may execute that one file. What the interpreter then runs first is `blobprep.bridge.main`, which takes
the right to execute away again, see there. The child waits for that before it says that it is confined, and hands over
no frame and no script before.
"""

from __future__ import annotations

import base64
import json
import os
import signal
import socket
import sys
from contextlib import suppress
from typing import Any, Final, NoReturn

from blobprep.bridge.stream import Broken, Stream
from blobprep.confinement.plan import NotConfined, Plan
from blobprep.errors import InterpreterUnusable
from blobprep.protocol import BROKER_FD, CONTROL_FD, LOG_FD, OtherInterpreter

__all__ = ["InterpreterProcess", "interpreter_here", "start_interpreter"]

_DATA_FD: Final = 6
_FOLDER: Final = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "bridge")
_START: Final = "import sys; name = sys.argv[1] + '/start.py'; exec(compile(open(name).read(), name, 'exec'))"
# Without packages, since these are found once the process is confined; without variables of the environment, without
# the user's own packages, without compiled files, without buffers.
_OPTIONS: Final = ("-S", "-E", "-s", "-B", "-u")
_NOT_STARTED: Final = 127


class InterpreterProcess:
    """The process of another interpreter.

    Attributes:
        path: of the interpreter.
        control: messages.
        data: frames.
    """

    def __init__(self, path: str, pid: int, control: socket.socket, data: socket.socket) -> None:
        self.path, self._pid = path, pid
        self._sockets = control, data
        self.control, self.data = Stream(control.fileno()), Stream(data.fileno())
        self._problem = ""
        self._versions: dict[str, str] | None = None

    def require_confined(self, plan: Plan | None) -> None:
        """Have it set its second filter, and wait until that holds.

        Raises:
            NotConfined: it does not hold.
        """
        try:
            self.control.write_json({"plan": None if plan is None else self._second_plan(plan)})
            told = {"confined": True} if plan is None else self.control.read_json()
        except (Broken, OSError):  # it never runs a script
            self._problem = self._ending()
            return
        if told.get("confined") is not True:
            raise NotConfined(f"{self.path}: {told.get('unconfined', 'it did not say that it is confined')}")

    def require_ready(self) -> dict[str, str]:
        """Wait until it has imported pandas; return its versions.

        Raises:
            InterpreterUnusable: it did not start, or it lacks something.
        """
        if self._versions is None and not self._problem:
            try:
                told = self.control.read_json()
                self._problem = str(told.get("lacks", ""))
                self._versions = {str(name): str(text) for name, text in told.get("ready", {}).items()}
            except (Broken, OSError, AttributeError):
                self._problem = self._ending()
        if self._problem:
            raise InterpreterUnusable(f"{self.path}: {self._problem}")
        return self._versions or {}

    def end_as_it_did(self) -> NoReturn:
        """End this process in the way in which that one has ended, so that the guard sees what came of the script."""
        code = self._wait()
        if code < 0:
            with suppress(OSError, ValueError):
                signal.signal(-code, signal.SIG_DFL)
            os.kill(os.getpid(), -code)
        os._exit(max(code, 0))

    def _second_plan(self, plan: Plan) -> dict[str, Any]:
        from blobprep.confinement.confine import second_filter

        return {
            "filter": base64.b64encode(second_filter(plan, self._pid)).decode(),
            "landlock": plan.landlock,
            "canary": plan.canary,
            "processes": plan.processes,
        }

    def _ending(self) -> str:
        code = self._wait()
        how = f"was ended by signal {-code}" if code < 0 else f"ended with status {code}"
        if code == _NOT_STARTED:
            return "it could not be executed; the log says why"
        return f"its process {how} before it had begun; the log says why"

    def _wait(self) -> int:
        for end in self._sockets:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        _, status = os.waitpid(self._pid, 0)
        return os.waitstatus_to_exitcode(status)


_here: list[InterpreterProcess] = []


def interpreter_here() -> InterpreterProcess | None:
    """Return the interpreter that runs this child's scripts; None for the child's own."""
    return _here[0] if _here else None


def start_interpreter(interpreter: OtherInterpreter) -> None:
    """Start an interpreter, and wait until it is confined; whether it can be used is told by `require_ready`.

    Raises:
        NotConfined: its confinement does not hold.
    """
    ours, theirs = socket.socketpair()
    our_data, their_data = socket.socketpair()
    pid = os.fork()
    if not pid:
        _become(interpreter, theirs.fileno(), their_data.fileno())
    theirs.close()
    their_data.close()
    process = InterpreterProcess(interpreter.path, pid, ours, our_data)
    _here[:] = [process]
    process.require_confined(Plan.decode(interpreter.plan) if interpreter.plan else None)


def _become(interpreter: OtherInterpreter, control: int, data: int) -> NoReturn:
    """Confine this fork and execute the interpreter in it."""
    try:
        _die_with_child()
        null = os.open(os.devnull, os.O_RDWR)
        sources = (control, LOG_FD, null, data)  # the broker's place is taken: scripts there have no network
        targets = (CONTROL_FD, LOG_FD, BROKER_FD, _DATA_FD)
        for target, source in zip(targets, [_duplicate_above(source) for source in sources], strict=True):
            os.dup2(source, target)
        os.closerange(_DATA_FD + 1, 1 << 16)
        if interpreter.plan:
            from blobprep.confinement.confine import confine

            confine(Plan.decode(interpreter.plan))
        environment = dict(os.environ)  # noqa: TID251  the child's own, which the host made
        os.execve(interpreter.path, [interpreter.path, *_OPTIONS, "-c", _START, _FOLDER], environment)
    except NotConfined as error:
        _say(json.dumps({"unconfined": str(error)}))
        os._exit(_NOT_STARTED)
    except BaseException as error:
        os.write(2, f"blobprep: {interpreter.path}: {error}\n".encode("utf-8", "backslashreplace"))
    os._exit(_NOT_STARTED)


def _say(message: str) -> None:
    Stream(CONTROL_FD).write_bytes(message.encode("ascii"))


def _die_with_child() -> None:
    if sys.platform == "linux":
        import ctypes

        child = os.getppid()
        ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)  # PR_SET_PDEATHSIG, which executing keeps
        if os.getppid() != child:
            os._exit(1)


def _duplicate_above(descriptor: int) -> int:
    import fcntl

    return fcntl.fcntl(descriptor, fcntl.F_DUPFD, _DATA_FD + 1)
