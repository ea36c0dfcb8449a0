"""What a script may set for its whole process, taken down and put back between two requests to one child.

Each row of `_SETTINGS` is one such thing: how it is read, and how it is set. A setting of a library counts once the
library is loaded.
"""

from __future__ import annotations

import copy
import decimal
import functools
import gc
import importlib
import locale
import os
import random
import select
import signal
import socket
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

__all__ = ["ProcessState", "finders", "hooks_in_place", "open_descriptors", "random_state", "seed_anew"]

_DESCRIPTORS: Final = 1024  # that are looked at; one beyond them is the lowest that was free, so they are all taken


@dataclass(frozen=True, slots=True)
class _Setting:
    """One thing that holds for the whole process.

    Attributes:
        read: returns it, as a value that later changes do not reach.
        write: sets it.
        module: the library that must be loaded for it; empty for none.
        default: returns it as it was when that library was loaded, for a state taken down before.
    """

    read: Callable[[], Any]
    write: Callable[[Any], Any]
    module: str = ""
    default: Callable[[], Any] | None = None


def _restore_environment(values: dict[str, str]) -> None:
    variables = os.environ  # noqa: TID251  the script's own
    for name in variables.keys() - values.keys():
        del variables[name]
    for name, value in values.items():
        if variables.get(name) != value:
            variables[name] = value


def _umask() -> int:
    value = os.umask(0o077)
    os.umask(value)
    return value


def _set_collection(enabled: bool) -> None:
    (gc.enable if enabled else gc.disable)()


def _restore_list(target: Callable[[], list[Any]]) -> Callable[[list[Any]], None]:
    def restore(values: list[Any]) -> None:
        target()[:] = values

    return restore


def _pandas_options(options: Any = None, prefix: str = "") -> dict[str, Any]:
    pandas = sys.modules["pandas"]
    options = pandas.options if options is None else options
    found: dict[str, Any] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # some are deprecated, and say so when they are read
        for name in dir(options):
            value = getattr(options, name)
            is_group = isinstance(value, type(pandas.options))
            found.update(_pandas_options(value, f"{prefix}{name}.") if is_group else {f"{prefix}{name}": value})
    return found


def _restore_pandas_options(values: dict[str, Any]) -> None:
    changed = {name: value for name, value in _pandas_options().items() if values.get(name, value) != value}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in changed:
            sys.modules["pandas"].set_option(name, values[name])


def _parameters() -> Any:
    return _matplotlib().rcParams.copy()


def _restore_parameters(values: Any) -> None:
    parameters = _matplotlib().rcParams
    if parameters != values:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # some are deprecated, and say so when they are set
            parameters.update(values)


def _restore_warnings(filters: list[Any]) -> None:
    warnings.resetwarnings()
    warnings.filters = list(filters)


def _numpy() -> Any:
    return sys.modules["numpy"]


def _matplotlib() -> Any:
    return sys.modules["matplotlib"]


_SETTINGS: Final[dict[str, _Setting]] = {
    "environment": _Setting(lambda: dict(os.environ), _restore_environment),  # noqa: TID251
    "import path": _Setting(lambda: list(sys.path), _restore_list(lambda: sys.path)),
    "arguments": _Setting(lambda: list(sys.argv), _restore_list(lambda: sys.argv)),
    "recursion limit": _Setting(sys.getrecursionlimit, sys.setrecursionlimit),
    "garbage collection": _Setting(gc.isenabled, _set_collection),
    "umask": _Setting(_umask, os.umask),
    "timeout of sockets": _Setting(socket.getdefaulttimeout, socket.setdefaulttimeout),
    "locale": _Setting(lambda: locale.setlocale(locale.LC_ALL), lambda value: locale.setlocale(locale.LC_ALL, value)),
    "decimals": _Setting(lambda: decimal.getcontext().copy(), lambda value: decimal.setcontext(value.copy())),
    "warnings": _Setting(lambda: list(warnings.filters), _restore_warnings),
    "errors of numpy": _Setting(lambda: _numpy().geterr(), lambda value: _numpy().seterr(**value), "numpy"),
    "printing of numpy": _Setting(
        lambda: dict(_numpy().get_printoptions()), lambda value: _numpy().set_printoptions(**value), "numpy"
    ),
    "options of pandas": _Setting(_pandas_options, _restore_pandas_options, "pandas"),
    "parameters of matplotlib": _Setting(
        _parameters,
        _restore_parameters,
        "matplotlib",
        lambda: _matplotlib().rcParamsOrig,
    ),
}


class ProcessState:
    """The settings of this process as they are now."""

    def __init__(self) -> None:
        self._values = {name: setting.read() for name, setting in _current_settings()}

    def restore(self, now: ProcessState | None = None) -> None:
        """Put them back.

        Args:
            now: the state that this process is in, if that is known; what both have in common is left alone.
        """
        for name, setting in _current_settings():
            if name in self._values:
                if now is None or now._values.get(name, self) != self._values[name]:
                    setting.write(copy.copy(self._values[name]))
            elif setting.default is not None:
                setting.write(setting.default())


def _current_settings() -> Iterator[tuple[str, _Setting]]:
    return ((name, setting) for name, setting in _SETTINGS.items() if not setting.module or _is_loaded(setting.module))


def _is_loaded(module: str) -> bool:
    """Return whether a library is loaded, and not only begun to be."""
    loaded = sys.modules.get(module)
    return loaded is not None and not getattr(getattr(loaded, "__spec__", None), "_initializing", False)


def finders() -> frozenset[int]:
    """Return the identities of what finds modules; one that leaves once it has found its module is no change."""
    return frozenset(map(id, (*sys.meta_path, *sys.path_hooks)))


def hooks_in_place() -> tuple[object, ...]:
    """Return what else a script may set for its process, to be compared only: few scripts do."""
    changeable = sorted(signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP})
    return (
        *(sys.excepthook, sys.displayhook, warnings.showwarning),
        *(sys.gettrace(), sys.getprofile(), sys.getswitchinterval(), threading.stack_size()),
        *map(signal.getsignal, changeable),
    )


def open_descriptors() -> frozenset[int]:
    """Return the numbers of this process's open descriptors, among the first thousand; by a single call."""
    closed = {number for number, event in _watch().poll(0) if event & select.POLLNVAL}
    return frozenset(range(_DESCRIPTORS)) - closed


@functools.cache
def _watch() -> select.poll:
    watch = select.poll()
    for number in range(_DESCRIPTORS):
        watch.register(number, 0)
    return watch


def random_state() -> object:
    """Return the state of the generators of random numbers that a process has one of."""
    generator = getattr(sys.modules.get("numpy.random"), "get_state", None)
    numpy_state = None if generator is None else generator()
    return random.getstate(), None if numpy_state is None else (numpy_state[1].tobytes(), *numpy_state[2:])


def seed_anew() -> None:
    """Seed them as a process does that begins: children of one template have the same state until then."""
    random.seed()
    if "numpy.random" in sys.modules:
        importlib.import_module("numpy.random").seed()
