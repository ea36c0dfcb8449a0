"""A store that lets a test in before and after each operation: to change a blob, to fail, to wait, to count."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from blobprep.stores import Store, Upload

__all__ = ["Hook", "Hooked"]

Hook = Callable[[str, str], object]
"""Called with the operation (`properties`, `read`, `write`, `put`, `commit`, `abandon`, `delete`, …) and the blob."""


def _nothing(operation: str, blob: str) -> None:
    pass


class Hooked:
    """Be another store, with hooks that may be set at any time.

    Args:
        store: does the work.
        before: called before each operation; what it raises is the answer.
        after: called once it has come to pass; what it raises is a lost answer.
    """

    def __init__(self, store: Store, before: Hook = _nothing, after: Hook = _nothing) -> None:
        self.store, self.before, self.after = store, before, after

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.store, name)
        return self._hooked(name.removesuffix("_into"), found) if callable(found) else found

    def upload(self, container: str, blob: str) -> _HookedUpload:
        return _HookedUpload(self, self.store.upload(container, blob), blob)

    def _hooked(self, name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        def hooked(container: str = "", blob: str = "", *arguments: Any, **options: Any) -> Any:
            self.before(name, blob)
            places = [each for each in (container, blob) if each]
            answer = method(*places, *arguments, **options)
            self.after(name, blob)
            return answer

        return hooked


class _HookedUpload:
    def __init__(self, hooked: Hooked, upload: Upload, blob: str) -> None:
        self._hooked, self._upload, self._blob = hooked, upload, blob

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._upload, name)

        def hooked(*arguments: Any, **options: Any) -> Any:
            self._hooked.before(name, self._blob)
            answer = method(*arguments, **options)
            self._hooked.after(name, self._blob)
            return answer

        return hooked
