"""What a script may set for its whole process, taken down and put back between two requests to one child.

Each row of `_SETTINGS` is one such thing: how it is read, and how it is set. A setting of a library counts once the
library is loaded.
"""

from __future__ import annotations

import builtins
import copy
import csv
import decimal
import gc
import importlib
import locale
import os
import random
import socket
import sys
import tempfile
import time
import types
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import compress
from operator import is_not
from typing import Any, Final

from blobprep.child.log_settings import read_log_settings, restore_log_settings
from blobprep.child.windows.functions import Replacement

__all__ = ["ProcessState", "random_state", "seed_anew"]

_SEED: Final = 624 * 4  # bytes of the state of a generator


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


def _environment() -> dict[Any, Any]:
    """Return the variables as they are held, which is encoded: to decode all of them takes a hundred times as long."""
    variables: Any = os.environ  # noqa: TID251  the script's own
    return dict(variables._data if hasattr(variables, "_data") else variables)


def _restore_environment(held: dict[Any, Any]) -> None:
    if _environment() == held:
        return
    variables = os.environ  # noqa: TID251  the script's own
    values = {os.fsdecode(name): os.fsdecode(value) for name, value in held.items()}
    for name in variables.keys() - values.keys():
        del variables[name]
    for name, value in values.items():
        if variables.get(name) != value:
            variables[name] = value


@dataclass(frozen=True, eq=False, slots=True)
class _Names:
    """The names in a module; never equal to others, since comparing the values would run a script's code."""

    values: dict[str, Any]


def _names_in(module: types.ModuleType) -> tuple[Callable[[], _Names], Callable[[_Names], None]]:
    """Return how the names in a module are read, and how they are set.

    Functions that understand Windows paths are there only while a script runs, and are put back elsewhere.
    """

    def read() -> _Names:
        return _Names({name: value for name, value in vars(module).items() if not isinstance(value, Replacement)})

    def restore(names: _Names) -> None:
        now, before = vars(module), names.values
        for name in now.keys() - before.keys():
            if not isinstance(now[name], Replacement):
                del now[name]
        changed = compress(before, map(is_not, map(now.get, before), before.values()))  # in a third of a loop's time
        for name in (*(before.keys() - now.keys()), *changed):
            if not isinstance(now.get(name), Replacement):
                now[name] = before[name]

    return read, restore


def _restore_traceback_limit(limit: int | None) -> None:
    if limit is not None:
        sys.tracebacklimit = limit
    elif hasattr(sys, "tracebacklimit"):
        del sys.tracebacklimit


def _restore_dialects(dialects: dict[str, Any]) -> None:
    for name in csv.list_dialects():
        csv.unregister_dialect(name)
    for name, dialect in dialects.items():
        csv.register_dialect(name, dialect)


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


def _kept_options() -> dict[str, Any]:
    """Return the options of pandas where it keeps them, in groups, which takes a tenth of asking for each."""
    kept: dict[str, Any] = importlib.import_module("pandas._config.config")._global_config
    return kept


def _copied(group: dict[str, Any]) -> dict[str, Any]:
    return {name: _copied(value) if isinstance(value, dict) else value for name, value in group.items()}


def _by_name(group: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in group.items():
        if isinstance(value, dict):
            yield from _by_name(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _restore_pandas_options(group: dict[str, Any]) -> None:
    if _kept_options() == group:
        return
    values = dict(_by_name(group))
    changed = [name for name, value in _by_name(_kept_options()) if values.get(name, value) != value]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in changed:
            sys.modules["pandas"].set_option(name, values[name])


def _printing() -> dict[str, Any]:
    return dict(_numpy().get_printoptions())


def _restore_printing(values: dict[str, Any]) -> None:
    if _printing() != values:  # which takes a tenth of setting them
        _numpy().set_printoptions(**values)


def _parameters() -> Any:
    return _matplotlib().rcParams.copy()


def _restore_parameters(values: Any) -> None:
    parameters = _matplotlib().rcParams
    if parameters != values:
        other = parameters["backend"] != values["backend"]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # some are deprecated, and say so when they are set
            if other and _is_loaded("matplotlib.pyplot"):
                importlib.import_module("matplotlib.pyplot").switch_backend(values["backend"])
            parameters.update(values)


def _restore_warnings(filters: list[Any]) -> None:
    warnings.resetwarnings()
    warnings.filters = list(filters)
    once: dict[Any, Any] = vars(warnings)["onceregistry"]
    once.clear()


def _numpy() -> Any:
    return sys.modules["numpy"]


def _matplotlib() -> Any:
    return sys.modules["matplotlib"]


def _generators() -> Any:
    return sys.modules["numpy.random"]


def _special() -> Any:
    return sys.modules["scipy.special"]


def _sklearn() -> Any:
    return sys.modules["sklearn"]


_SETTINGS: Final[dict[str, _Setting]] = {
    "environment": _Setting(_environment, _restore_environment),
    "time zone": _Setting(lambda: (time.tzname, time.timezone), lambda _: time.tzset()),  # the environment's
    "import path": _Setting(lambda: list(sys.path), _restore_list(lambda: sys.path)),
    "arguments": _Setting(lambda: list(sys.argv), _restore_list(lambda: sys.argv)),
    "recursion limit": _Setting(sys.getrecursionlimit, sys.setrecursionlimit),
    "digits of integers": _Setting(sys.get_int_max_str_digits, sys.set_int_max_str_digits),
    "lines of tracebacks": _Setting(lambda: getattr(sys, "tracebacklimit", None), _restore_traceback_limit),
    "standard input": _Setting(lambda: (sys.stdin,), lambda value: setattr(sys, "stdin", *value)),
    "built-in names": _Setting(*_names_in(builtins)),
    "names of the main module": _Setting(*_names_in(sys.modules["__main__"])),
    "garbage collection": _Setting(gc.isenabled, _set_collection),
    "thresholds of it": _Setting(gc.get_threshold, lambda value: gc.set_threshold(*value)),
    "umask": _Setting(_umask, os.umask),
    "timeout of sockets": _Setting(socket.getdefaulttimeout, socket.setdefaulttimeout),
    "locale": _Setting(lambda: locale.setlocale(locale.LC_ALL), lambda value: locale.setlocale(locale.LC_ALL, value)),
    "decimals": _Setting(lambda: decimal.getcontext().copy(), lambda value: decimal.setcontext(value.copy())),
    "folder for temporary files": _Setting(lambda: tempfile.tempdir, lambda value: setattr(tempfile, "tempdir", value)),
    "dialects of csv": _Setting(
        lambda: {name: csv.get_dialect(name) for name in csv.list_dialects()}, _restore_dialects
    ),
    "fields of csv": _Setting(csv.field_size_limit, csv.field_size_limit),
    "logging": _Setting(read_log_settings, restore_log_settings),
    "warnings": _Setting(lambda: list(warnings.filters), _restore_warnings),
    "errors of numpy": _Setting(lambda: _numpy().geterr(), lambda value: _numpy().seterr(**value), "numpy"),
    "printing of numpy": _Setting(_printing, _restore_printing, "numpy"),
    "generator of numpy": _Setting(
        lambda: (_generators().get_bit_generator(),),
        lambda value: _generators().set_bit_generator(*value),
        "numpy.random",
    ),
    "options of pandas": _Setting(lambda: _copied(_kept_options()), _restore_pandas_options, "pandas"),
    "parameters of matplotlib": _Setting(
        _parameters,
        _restore_parameters,
        "matplotlib",
        lambda: _matplotlib().rcParamsOrig,
    ),
    "errors of scipy": _Setting(
        lambda: dict(_special().geterr()),
        lambda value: _special().seterr(**value),
        "scipy.special",
    ),
    "options of sklearn": _Setting(
        lambda: dict(_sklearn().get_config()), lambda value: _sklearn().set_config(**value), "sklearn"
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


def random_state() -> object:
    """Return the state of the generators of random numbers that a process has one of."""
    read = getattr(sys.modules.get("numpy.random"), "get_state", None)
    return random.getstate(), None if read is None else _comparable(read(legacy=False))


def _comparable(state: Any) -> object:
    if isinstance(state, dict):
        return tuple((name, _comparable(value)) for name, value in state.items())
    return state.tobytes() if hasattr(state, "tobytes") else state


def seed_anew() -> None:
    """Seed them as a process does that begins: children of one template have the same state until then."""
    random.seed()
    if "numpy.random" in sys.modules:
        entropy = _numpy().frombuffer(os.urandom(_SEED), "uint32")  # numpy takes five times as long to find its own
        importlib.import_module("numpy.random").seed(entropy)
