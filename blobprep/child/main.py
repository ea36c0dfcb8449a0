"""The child's main function: confine the process, import the libraries, answer requests, end.

The order matters. Confinement holds only for the thread that asks for it, and libraries start threads. So this process
is confined while it has one thread: either before it imports a library, or as a fork of a guard that has imported them
(`preload_run`), of which only the thread that forks goes on. No code of a user runs before. Until then this module uses
the standard library, `blobprep.protocol` and `blobprep.confinement` alone.
"""

from __future__ import annotations

import gc
import os
import socket
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from blobprep.protocol import (
    BROKER_FD,
    CONTROL_FD,
    LOG_FD,
    Facts,
    Failure,
    decode_preparation,
    encode_facts,
    encode_frame,
    excess,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from blobprep.child.channel import Channel, ReceivedRequest
    from blobprep.child.kept_script import KeptScript
    from blobprep.child.script.streams import Recorder
    from blobprep.protocol import FailureKind, Preparation

__all__ = ["answer", "main", "preload_run", "serve"]

_PRELOADED: Final = {
    "run": (
        "numpy",
        "pandas",
        "pyarrow",
        "pyarrow.pandas_compat",  # which pyarrow imports when it makes the first frame
        "blobprep.child.operations.table",
        "blobprep.tables.translation",
        "blobprep.tables.codecs.columnar.parquet",  # of the results, unless another format is asked for
        "blobprep.child.confined.anonymous_maps",
        "blobprep.child.confined.socket_shim",
    ),
    "head": ("pyarrow", "blobprep.child.operations.table"),
    "table": ("pyarrow", "blobprep.child.operations.table"),
    "profile": ("numpy", "pyarrow", "blobprep.child.operations.table", "blobprep.child.profile.table"),
    "compare": ("numpy", "pyarrow", "blobprep.child.operations.table", "blobprep.child.comparison.tables"),
    "picture": ("numpy", "PIL.PngImagePlugin", "blobprep.child.operations.table"),
    "interpreter": ("blobprep.child.operations.table",),
    "divide": ("numpy", "pyarrow", "blobprep.child.operations.table", "blobprep.tables.codecs.division"),
    "combine": ("numpy", "pyarrow", "blobprep.child.operations.table", "blobprep.child.operations.combination"),
}

_NOT_CONFINED: Final = 78
_STACK: Final = 8 * 1024**2  # bytes


def main() -> None:
    """Be the child process; what it is for comes in the first frame."""
    _die_with_guard()
    _enlarge_stack()
    for descriptor in (CONTROL_FD, LOG_FD, BROKER_FD):
        os.set_inheritable(descriptor, False)
    control = socket.socket(fileno=CONTROL_FD)
    preparation = _receive_preparation(control)
    _start_interpreter(control, preparation)
    control.sendall(encode_frame("confined", measures=_confine(control, preparation.plan)))
    if preparation.plan:
        from blobprep.child.confined.anonymous_maps import use_private_maps

        use_private_maps()
    if preparation.network == "brokered":  # of what it replaces, numpy, pandas and pyarrow keep nothing for themselves
        from blobprep.child.confined.socket_shim import install

        install(BROKER_FD)
    _preload(preparation.operation)
    os.environ.pop("OPENBLAS_THREAD_TIMEOUT", None)  # noqa: TID251  numpy has read it
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


def preload_run(life: int | None = None) -> None:
    """Import the libraries of a run, in the guard; what cannot be imported is left to the child, which reports it.

    Once there are orders, blobprep's own modules are left to the child, too: it imports them while the parent claims
    the outputs.

    Args:
        life: the guard's end of the socket that the orders come through; None in a template.
    """
    import select

    orders = select.poll()
    if life is not None:
        orders.register(life, select.POLLIN)
    with suppress(Exception):
        _preload("run", until=lambda name: name.startswith("blobprep.") and bool(orders.poll(0)))


def _preload(operation: str, until: Callable[[str], bool] = lambda name: False) -> None:
    """Import the libraries, without looking for garbage: there is none, and the looks take a sixth of the time."""
    gc.disable()
    try:
        for name in _PRELOADED[operation]:
            if until(name):
                break
            __import__(name)
    finally:
        gc.freeze()  # nor is there any later in what they have made
        gc.enable()


def serve(control: socket.socket, log: int) -> None:
    """Answer requests until the last one is answered or the parent is gone.

    Args:
        control: the child's end of the control socket.
        log: descriptor of the log channel.

    Raises:
        OSError: the script closed one of the descriptors.
    """
    from blobprep.child.channel import Channel
    from blobprep.child.kept_script import KeptScript
    from blobprep.child.script.streams import Recorder

    # A script that is kept may have kept the streams, so they are the same for every request.
    channel, recorder, kept = Channel(control), Recorder(log), KeptScript()
    while answer(channel, recorder, kept):
        pass
    recorder.close()


def answer(channel: Channel, recorder: Recorder, kept: KeptScript, *, alone: bool = True) -> bool:
    """Wait for a request and answer it; return whether another one may follow.

    Args:
        channel: to the parent.
        recorder: of the streams.
        kept: what stays from one request to the next.
        alone: whether this process, and all that it has started, is here for requests only.

    Raises:
        OSError: the script closed one of the descriptors.
    """
    from blobprep.child.interpreter.process import interpreter_here
    from blobprep.child.kept_script import has_children

    received = channel.receive()
    if received is None:
        return False
    request = received.request
    try:
        started = time.monotonic()
        facts = _operate(received, recorder, kept)
        facts.timings["child"] = round(time.monotonic() - started, 4)
        with open(received.descriptors["facts"], "wb", closefd=False) as file:
            file.write(_encoded(facts))
    finally:
        # Before `ended`, since the results end with their descriptor where this process goes on.
        received.close()
        recorder.flush()
    stays = not request.last and (not request.identity or kept.ends_clean(received.descriptors.values()))
    if stays and request.identity and request.operation == "run" and (changed := kept.changed_globals()):
        recorder.say(f"the next run in this process sees the globals that this one changed: {', '.join(changed)}")
        recorder.flush()
    goes_on = stays or (request.keep_results and not request.last)  # the profile ends what this request would have
    if goes_on and request.keep_results and alone and interpreter_here() is None and has_children():
        goes_on = False  # they may hold the streams of the results, and only end with this process
    received.send("ended", goes_on=goes_on)
    if goes_on and kept.results:
        with suppress(Exception):  # the profile itself will say what is wrong
            from blobprep.child.operations.datasets import prepare_profile

            prepare_profile(kept)
    return goes_on


def _receive_preparation(control: socket.socket) -> Preparation:
    """Read the first frame; anything that follows it is refused, since this process is not confined yet."""
    line = b""
    while not line.endswith(b"\n"):
        data = control.recv(1 << 16)
        if not data:  # the parent is gone
            os._exit(_NOT_CONFINED)
        line += data
    return decode_preparation(line)


def _operate(received: ReceivedRequest, recorder: Recorder, kept: KeptScript) -> Facts:
    import traceback

    from blobprep.child.confined.resource_errors import find_shortage
    from blobprep.child.operations.table import OPERATIONS

    try:
        return OPERATIONS[received.request.operation](received, recorder, kept)
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
    kind: FailureKind = "script" if facts.outputs else "dataset"  # the script made a result of that size
    return encode_facts(Facts(Failure(kind, message, "use fewer rows or columns")))


def _start_interpreter(control: socket.socket, preparation: Preparation) -> None:
    """Start the interpreter that the script runs in, if it is another one, or end this process.

    The interpreter is confined before it is executed, and this process must not be confined yet to start it.
    """
    if preparation.interpreter is None:
        return
    from blobprep.child.interpreter.process import start_interpreter
    from blobprep.confinement.plan import NotConfined

    try:
        start_interpreter(preparation.interpreter)
    except NotConfined as error:
        control.sendall(encode_frame("unconfined", reason=str(error)))
        os._exit(_NOT_CONFINED)


def _confine(control: socket.socket, plan: str) -> tuple[str, ...]:
    """Confine this process, or end it; return the measures in force."""
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
    """Have the kernel end this process with the guard; Linux only, elsewhere the guard alone ends it."""
    if sys.platform == "linux":
        import ctypes
        import signal

        guard = os.getppid()
        ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)  # PR_SET_PDEATHSIG
        if os.getppid() != guard:
            os._exit(1)


def _enlarge_stack() -> None:
    """Let this thread's stack grow as usual; the guard may have lowered the limit to save memory in other threads."""
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
