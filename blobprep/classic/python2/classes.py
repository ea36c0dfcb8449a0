"""Classes of Python 2: their special methods under today's names, and how instances were compared."""

from __future__ import annotations

from typing import Any, Final

from blobprep.classic.python2.errors import Python2Error, users_line

__all__ = ["exception", "finish_class"]

_RENAMED: Final = {
    "__nonzero__": "__bool__",
    "__div__": "__truediv__",
    "__rdiv__": "__rtruediv__",
    "next": "__next__",
}
_COMPARISONS: Final = ("__lt__", "__le__", "__gt__", "__ge__", "__eq__", "__ne__")


def finish_class(made: type) -> type:
    """Give a class the special methods that Python 3 looks for; a decorator, applied first.

    Raises:
        Python2Error: it defines a special method that nothing calls any more.
    """
    own = vars(made)
    for old, new in _RENAMED.items():
        if old in own and new not in own and (old != "next" or "__iter__" in dir(made)):
            _set(made, new, own[old])
    if "__cmp__" in own:
        _compare_by_cmp(made)
    if "__eq__" in own and own.get("__hash__", made) is None:
        _set(made, "__hash__", _inherited_hash(made))
    if "__eq__" in own and "__ne__" not in own:
        # Without `__ne__`, Python 2 compared addresses.
        _set(made, "__ne__", lambda self, other: self is not other)
    for gone in ("__getslice__", "__setslice__", "__delslice__", "__coerce__"):
        if gone in own and {"__getslice__": "__getitem__"}.get(gone, "") not in own:
            raise Python2Error(f"{users_line()}{made.__name__}.{gone} is not called by Python 3; define __getitem__")
    return made


def _set(made: type, name: str, value: Any) -> None:
    setattr(made, name, value)


def _inherited_hash(made: type) -> Any:
    return next(vars(base)["__hash__"] for base in made.__mro__[1:] if vars(base).get("__hash__") is not None)


def _compare_by_cmp(made: type) -> None:
    """Compare by `__cmp__` where a class has no method of its own for a comparison."""

    def by_cmp(test: Any) -> Any:
        def compare(self: Any, other: Any) -> Any:
            order = self.__cmp__(other)
            return order if order is NotImplemented else test(order)

        return compare

    tests = (
        lambda order: order < 0,
        lambda order: order <= 0,
        lambda order: order > 0,
        lambda order: order >= 0,
        lambda order: order == 0,
        lambda order: order != 0,
    )
    own = vars(made)
    had_hash = "__hash__" in own
    for name, test in zip(_COMPARISONS, tests, strict=True):
        if name not in own:
            _set(made, name, by_cmp(test))
    if not had_hash:
        _set(made, "__hash__", _inherited_hash(made))


def exception(kind: Any, value: Any = None, traceback: Any = None) -> BaseException:
    """Return what `raise kind, value, traceback` raised."""
    if isinstance(kind, BaseException):
        made = kind
    elif isinstance(value, kind):
        made = value
    elif value is None:
        made = kind()
    else:
        made = kind(*value) if isinstance(value, tuple) else kind(value)
    return made if traceback is None else made.with_traceback(traceback)
