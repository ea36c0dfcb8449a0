"""The child: confine, import, be asked, do it, say what was done, end.

The order matters. Nothing is imported before the process is confined, because confinement holds for the thread that
asks for it only, and libraries start threads.
"""

from __future__ import annotations

import os
import socket
import sys
import time
from typing import TYPE_CHECKING, Final

from blobprep.protocol import BROKER_FD, CONTROL_FD, LOG_FD, Facts, Failure, encode_facts, encode_frame, excess

if TYPE_CHECKING:
    from blobprep.child.channel import Channel
    from blobprep.child.script.streams import Recorder
    from blobprep.protocol import Ask, FailureKind

__all__ = ["main", "serve"]

_PRELOADED: Final = {
    "run": ("numpy", "pandas", "pyarrow", "blobprep.child.operations"),
    "head": ("pyarrow", "blobprep.child.operations"),
    "table": ("pyarrow", "blobprep.child.operations"),
}

_NOT_CONFINED: Final = 78
_STACK: Final = 8 * 1024**2  # bytes


def main(arguments: list[str]) -> None:
    """Be the child process.

    Args:
        arguments: the operation to prepare for; the plan to confine itself by, empty for none; and how the network is
            reached: `brokered` or `direct`.
    """
    _die_with_guard()
    _enlarge_stack()
    for descriptor in (CONTROL_FD, LOG_FD, BROKER_FD):
        os.set_inheritable(descriptor, False)
    control = socket.socket(fileno=CONTROL_FD)
    control.sendall(encode_frame("confined", measures=_confine(control, arguments[1])))
    if arguments[1]:
        from blobprep.child.confined.anonymous_maps import use_private_maps

        use_private_maps()
    if arguments[2] == "brokered":  # before any library keeps for itself what is replaced
        from blobprep.child.confined.socket_shim import install

        install(BROKER_FD)
    for name in _PRELOADED[arguments[0]]:
        __import__(name)
    control.sendall(encode_frame("prepared"))
    status = 0
    try:
        serve(control, LOG_FD)
    except OSError as error:  # a script that closes what it did not open cuts us off; nothing can be handed over
        _complain(f"blobprep: the script closed descriptors that blobprep needs: {error}\n")
        status = 1
    _flush_standard_streams()
    # What a script registered to run at exit, or threads it left, must not undo what has been handed over.
    os._exit(status)


def serve(control: socket.socket, log: int) -> None:
    """Be asked once, and answer.

    Args:
        control: the child's end of the control socket.
        log: descriptor of the log channel.

    Raises:
        OSError: the script closed one of the descriptors.
    """
    from blobprep.child.channel import Channel
    from blobprep.child.script.streams import Recorder

    channel = Channel(control)
    asked = channel.receive_ask()
    if asked is None:
        return
    ask, descriptors = asked
    recorder = Recorder(log)
    try:
        started = time.monotonic()
        facts = _operate(ask, descriptors, channel, recorder)
        facts.timings["child"] = round(time.monotonic() - started, 4)
        with open(descriptors["facts"], "wb", closefd=False) as file:
            file.write(_encoded(facts))
    finally:
        # In the caller's own process, at level `off`, the results would else never end.
        for descriptor in descriptors.values():
            _close(descriptor)
        recorder.close()
    channel.send("ended")


def _operate(ask: Ask, descriptors: dict[str, int], channel: Channel, recorder: Recorder) -> Facts:
    import traceback

    from blobprep.child.confined.resource_errors import find_shortage
    from blobprep.child.operations import OPERATIONS

    try:
        return OPERATIONS[ask.operation](ask, descriptors, channel, recorder)
    except Exception as error:
        # Every failure a user can cause is facts already: this is blobprep's own, unless there was too little for it.
        kind: FailureKind = find_shortage(error) or "defect"
        return Facts(Failure(kind, f"{type(error).__name__}: {error}", traceback=traceback.format_exc()))


def _encoded(facts: Facts) -> bytes:
    data = encode_facts(facts)
    too_much = excess(data)
    if not too_much:
        return data
    message = f"the record of what was done has {too_much}"
    kind: FailureKind = "script" if facts.outputs else "dataset"  # what a script returned is its own
    return encode_facts(Facts(Failure(kind, message, "use fewer rows or columns")))


def _confine(control: socket.socket, plan: str) -> tuple[str, ...]:
    """Confine this process, or end it; return what is in force."""
    if not plan:
        return ()
    from blobprep.confinement.confine import confine
    from blobprep.confinement.plan import NotConfined, Plan

    try:
        return confine(Plan.decode(plan))
    except NotConfined as error:
        control.sendall(encode_frame("unconfined", reason=str(error)))
        os._exit(_NOT_CONFINED)


def _die_with_guard() -> None:
    """Have the kernel end this process when the guard is gone; Linux only, elsewhere the guard alone sees to it."""
    if sys.platform == "linux":
        import ctypes
        import signal

        guard = os.getppid()
        ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)  # PR_SET_PDEATHSIG
        if os.getppid() != guard:
            os._exit(1)


def _enlarge_stack() -> None:
    """Let this thread's stack grow as usual; the guard may have lowered the limit for the sake of the other threads."""
    import resource

    now, most = resource.getrlimit(resource.RLIMIT_STACK)
    usual = _STACK if most == resource.RLIM_INFINITY else min(_STACK, most)
    if now != resource.RLIM_INFINITY and now < usual:
        resource.setrlimit(resource.RLIMIT_STACK, (usual, most))


def _flush_standard_streams() -> None:
    # The C library's streams hold nothing: they are unbuffered because the interpreter was started with -u.
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            pass


def _complain(text: str) -> None:
    try:
        os.write(2, text.encode("utf-8", "backslashreplace"))
    except OSError:
        pass


def _close(descriptor: int) -> None:
    try:
        os.close(descriptor)
    except OSError:  # the script closed it
        pass
