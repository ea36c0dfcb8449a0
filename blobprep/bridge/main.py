"""Be the process in which scripts run: confine it, import pandas, and run what the child asks for.

Descriptors: 1 and 2 as every child has them; 3 is a socket to the child for messages, 4 the log, 6 a socket for frames.
The frames have a socket of their own, so that either end can say what went wrong in the middle of one: it closes that
socket, and says it on the other.

    child   `plan`        how to confine this process, null for not at all
    bridge  `confined`; or `unconfined`, and why, and it ends
    bridge  `ready`       the versions of this interpreter and its packages; or `lacks`, a sentence
    child   `run`         the script's name, its parameters and folders, how many frames come; then the script
    bridge  `ended`       what the script returned or how it failed, and its figures; the frames come before
"""

from __future__ import absolute_import

import errno
import fcntl
import os
import re
import sys

from .stream import Broken, Stream

__all__ = ["main"]

_CONTROL, _LOG, _DATA = 3, 4, 6
_NOT_CONFINED = 78
_DRAWING = re.compile(b"matplotlib|pylab|seaborn")
_STACK = 8 * 1024**2  # bytes


def main():
    """Serve scripts until the child is gone."""
    for number in (_CONTROL, _LOG, _DATA):
        fcntl.fcntl(number, fcntl.F_SETFD, fcntl.FD_CLOEXEC)
    control = Stream(_CONTROL)
    try:
        _confine(control)
        _become_usual()
        from .versions import find_lack, list_versions

        lack = find_lack()
        control.write_json({"lacks": lack} if lack else {"ready": list_versions()})
        if not lack:
            _serve(control)
    except Broken:  # the child is gone
        pass
    except EnvironmentError as error:
        if error.errno != errno.EPIPE:  # that too means that the child is gone
            raise
    os._exit(0)  # what the script registered to run at exit must not undo what has been handed over


def _confine(control):
    plan = control.read_json()["plan"]
    if plan is None:
        return
    try:
        from .confinement import NotConfined, confine
    except ImportError as error:
        control.write_json({"unconfined": "the interpreter cannot confine itself: %s" % error})
        os._exit(_NOT_CONFINED)
    try:
        confine(plan)
    except NotConfined as error:
        control.write_json({"unconfined": str(error)})
        os._exit(_NOT_CONFINED)
    control.write_json({"confined": True})
    from .maps import use_private_maps

    use_private_maps()  # before a library keeps the original


def _become_usual():
    """Do what starting an interpreter does without its options: find packages, and say what ends it."""
    sys.path[:] = [entry for entry in sys.path if entry]
    sys.argv[:] = [""]
    import site

    if hasattr(sys.flags, "isolated") or sys.version_info >= (3,):  # in Python 2 the import does it
        site.main()
    try:
        import faulthandler

        faulthandler.enable()
    except (ImportError, EnvironmentError, AttributeError, ValueError):
        pass
    import resource

    now, most = resource.getrlimit(resource.RLIMIT_STACK)
    usual = _STACK if most == resource.RLIM_INFINITY else min(_STACK, most)
    if now != resource.RLIM_INFINITY and now < usual:
        resource.setrlimit(resource.RLIMIT_STACK, (usual, most))


def _serve(control):
    from .output import Recorder, record_output

    recorder = Recorder(_LOG)
    record_output(recorder)
    while True:
        _Request(control.read_json()["run"], control, recorder).answer()


class _Request(object):
    """One script to run."""

    def __init__(self, told, control, recorder):
        self._told, self._control, self._recorder = told, control, recorder
        self._data = Stream(_DATA)

    def answer(self):
        """Run it, send the frames, and say how it ended."""
        from .figures import FigureWatch
        from .versions import list_versions

        source = self._control.read_bytes()
        watch = FigureWatch(self._told["folder"])
        ended = {"failure": None, "returned": None, "images": [], "notes": []}
        frames = self._receive(ended)
        if frames is not None:
            returned = self._run(source, frames, watch, ended)
            del frames
            ended["images"], ended["notes"] = self._close_figures(watch)
            self._send(returned, ended)
        sys.stdout.flush()
        sys.stderr.flush()
        self._recorder.flush()
        ended["versions"] = list_versions()
        stage = ended["failure"]["stage"] if ended["failure"] else "none"
        if stage != "none" and stage != "script":  # the other end may wait in the middle of a frame
            os.close(_DATA)
        self._control.write_json({"ended": ended})

    def _receive(self, ended):
        from .failure import describe_shortage
        from .frames import read_frame

        try:
            return [read_frame(self._data) for _ in range(self._told["frames"])]
        except OverflowError:
            ended["failure"] = dict(
                describe_shortage(OverflowError()),
                line="it has times that neither this interpreter's pandas nor Python itself can hold",
                stage="frames",
            )
        except MemoryError as error:
            ended["failure"] = dict(describe_shortage(error), stage="frames")
        return None

    def _run(self, source, frames, watch, ended):
        """Run the script; return what it returned, None where it failed."""
        from .failure import describe
        from .paths import understand_windows
        from .screen import keep_agg
        from .script import call, describe_return, load

        told = self._told
        os.chdir(told["folder"])
        if told["bundle"]:
            sys.path[:0] = [str(told["bundle"]), str(told["windows"])]
        try:
            understand_windows(str(told["folder"]), watch.note)
            if _DRAWING.search(source):
                keep_agg(self._recorder.say)
            entry = load(source, told["script"], told["parameters"])
            if entry is None:
                ended["failure"] = {"missing": True, "stage": "script"}
                return None
            value = call(entry, frames)
            ended["returned"], returned = describe_return(value)
            return returned
        except BaseException:
            ended["failure"] = dict(describe(*sys.exc_info()), stage="script")
        return None

    def _close_figures(self, watch):
        try:
            return watch.close_figures()
        except Exception as error:  # figures are not worth losing the results
            return [], ["figures could not be looked for: %s" % type(error).__name__]

    def _send(self, frames, ended):
        from .failure import describe
        from .frames import write_frame

        if frames is None:
            return
        self._control.write_json({"frames": len(frames)})
        try:
            for frame in frames:
                write_frame(self._data, frame)
        except (Broken, EnvironmentError):
            raise
        except Exception:  # objects of the script run code when they are read
            ended["failure"] = dict(describe(*sys.exc_info()), stage="results")
