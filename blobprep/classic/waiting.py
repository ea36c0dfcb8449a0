"""What waits until a script reaches for a name that is missing, or a call is refused: then the registry is put to work.

This is all that a script pays which needs nothing: an attribute that a frame has is found as before, and a method that
takes a call answers it as before.
"""

from __future__ import annotations

import functools
import sys
import types
from collections.abc import Callable, Iterable
from typing import Any, Final

from blobprep.classic.runtime.callers import importing_frame, is_prepared, outer_frame, script_frame

__all__ = ["Waiting"]

_ABSENT: Final = object()
_REFUSING: Final = (TypeError, ValueError)
_CALLED: Final = frozenset(
    """
    abs agg aggregate align all any apply asfreq astype between_time bfill clip concat corr corrwith count cov
    crosstab cummax cummin cumprod cumsum date_range describe diff drop drop_duplicates dropna duplicated eval
    expanding factorize ffill fillna groupby hist interpolate kurt kurtosis lreshape map mask max mean median min
    pct_change pivot pivot_table prod product quantile rank read_csv read_excel read_html read_json read_pickle
    read_stata read_table rename rename_axis repeat replace resample reset_index rolling sem set_axis set_index
    shift skew sort_index sort_values std sum take to_clipboard to_csv to_datetime to_dict to_excel to_feather
    to_hdf to_html to_json to_latex to_numeric to_pickle to_records to_sql to_stata to_string to_timedelta update
    var where xs ewm Grouper idxmax idxmin
    """.split()
)
"""Names of pandas' functions whose calls of then may be refused today."""


@functools.cache
def _kinds_of_indexers(kind: Any) -> dict[str, Any]:
    frame = kind()
    return {name: type(getattr(frame, name)) for name in ("loc", "iloc", "at", "iat")}


class Waiting:
    """The functions that wait, on the libraries that are imported.

    Args:
        wake: puts the registry to work; it is called once.
    """

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._undo: list[Callable[[], None]] = []
        self._placed: list[tuple[Any, str, Any]] = []
        self._words: frozenset[str] = frozenset()
        self._rests = False

    def begin(self, words: Iterable[str]) -> None:
        """Wait on pandas and numpy as far as a script's words concern them."""
        self._words = frozenset(words)
        pandas, numpy = sys.modules.get("pandas"), sys.modules.get("numpy")
        if numpy is not None:
            self._wait_for_name(numpy)
        if pandas is None:
            return
        self._wait_for_name(pandas)
        groups = pandas.api.typing
        for kind in (pandas.DataFrame, pandas.Index, groups.DataFrameGroupBy):
            self._wait_for_attribute(kind)
        owners = {
            "pandas.DataFrame": pandas.DataFrame,
            "pandas.Series": pandas.Series,
            "pandas": pandas,
            "pandas.api.typing.DataFrameGroupBy": groups.DataFrameGroupBy,
            "pandas.api.typing.SeriesGroupBy": groups.SeriesGroupBy,
        }
        self._wait_for_items(pandas)
        for name in _CALLED.intersection(self._words):
            for path, owner in owners.items():
                function = vars(owner).get(name) if owner is pandas else getattr(owner, name, None)
                if isinstance(function, types.FunctionType):
                    self._set(owner, name, self._waiting_call(function, f"{path}.{name}"))

    def end(self) -> None:
        """Take everything back."""
        self._placed.clear()
        while self._undo:
            self._undo.pop()()

    def rest(self) -> None:
        """Let everything pass until `resume`: to change pandas' classes twice a request takes a millisecond."""
        self._rests = True

    def resume(self, wake: Callable[[], None], words: Iterable[str]) -> bool:
        """Wait again, in a process that is one script's; return False where this is not what waits for these words.

        Args:
            wake: puts the registry to work; it is called once.
            words: the script's.
        """
        in_place = all(vars(owner).get(name) is value for owner, name, value in self._placed)
        if not self._placed or not in_place or self._words != frozenset(words):
            self.end()
            return False
        self._wake, self._rests = wake, False
        return True

    def _awake(self) -> None:
        self.end()
        self._wake()

    def _set(self, owner: Any, name: str, value: Any) -> None:
        before = vars(owner).get(name, _ABSENT)
        setattr(owner, name, value)

        def take_back() -> None:
            if vars(owner).get(name) is value:
                if before is _ABSENT:
                    delattr(owner, name)
                else:
                    setattr(owner, name, before)

        self._undo.append(take_back)
        self._placed.append((owner, name, value))

    def _wait_for_name(self, module: types.ModuleType) -> None:
        own = vars(module).get("__getattr__")

        def __getattr__(name: str) -> Any:  # noqa: N807  it becomes the function of that name
            if own is not None:
                try:
                    return own(name)
                except AttributeError:
                    if self._is_known(name, outer_frame()):
                        self._awake()
                        return getattr(module, name)
                    raise
            if self._is_known(name, outer_frame()):
                self._awake()
                return getattr(module, name)
            raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}", name=name, obj=module)

        self._set(module, "__getattr__", __getattr__)

    def _wait_for_items(self, pandas: Any) -> None:
        """Wait on keys that are refused, and on values that do not fit their column."""
        owners = _kinds_of_indexers(pandas.DataFrame)
        read = {"pandas.DataFrame": pandas.DataFrame, "pandas.Series": pandas.Series}
        read["pandas.DataFrame.loc"] = owners["loc"]
        written = {
            "pandas.Series": pandas.Series,
            **{f"pandas.DataFrame.{name}": kind for name, kind in owners.items()},
        }
        for name, kinds in (("__getitem__", read), ("__setitem__", written)):
            for path, kind in kinds.items():
                self._set(kind, name, self._waiting_call(getattr(kind, name), f"{path}.{name}", (KeyError, *_REFUSING)))

    def _wait_for_attribute(self, kind: type) -> None:
        owner = next((parent for parent in kind.__mro__ if "__getattr__" in vars(parent)), kind)
        own = vars(owner).get("__getattr__", object.__getattribute__)

        def __getattr__(instance: Any, name: str) -> Any:  # noqa: N807
            try:
                return own(instance, name)
            except AttributeError:
                if not self._is_known(name, outer_frame()):
                    raise
            self._awake()
            return getattr(instance, name)

        self._set(owner, "__getattr__", __getattr__)

    def _waiting_call(
        self, function: Callable[..., Any], path: str, refusing: tuple[type[Exception], ...] = _REFUSING
    ) -> Callable[..., Any]:
        @functools.wraps(function)
        def waiting(*args: Any, **kwargs: Any) -> Any:
            try:
                return function(*args, **kwargs)
            except refusing as error:
                frame = None if self._rests else script_frame(outer_frame())
                if frame is None or is_prepared(frame, path.rpartition(".")[2], type(error)):
                    raise
                from blobprep.classic.runtime.install import read_again

                self._awake()
                return read_again(path, function, args, kwargs, error, frame)

        return waiting

    def _is_known(self, name: str, frame: types.FrameType) -> bool:
        """Tell whether a script reaches for a name of the registry."""
        if self._rests or name.startswith("__"):
            return False
        if importing_frame(frame) is None:
            return False
        from blobprep.classic.runtime.install import is_registered

        return is_registered(name)
