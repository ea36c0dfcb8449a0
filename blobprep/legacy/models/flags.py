"""Sets of flags that are sent as text: permissions, services, resource types, what a listing includes."""

from __future__ import annotations

from typing import ClassVar, Self

from blobprep.legacy.methods import Arguments, takes

__all__ = [
    "AccountPermissions",
    "BlobPermissions",
    "ContainerPermissions",
    "Flags",
    "Include",
    "ResourceTypes",
    "Services",
]


class Flags:
    """One attribute per flag, combined with `|` or `+`; its text is what the service is sent.

    The text lists the flags in the order of `_texts`, whatever order they were given in. Each kind has a constant for
    each of its flags, such as `BlobPermissions.READ`.
    """

    _texts: ClassVar[dict[str, str]] = {}

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        for name, text in cls._texts.items():
            setattr(cls, name.upper(), cls(_str=text))

    @takes("*, _str=None")
    def __init__(self, asked: Arguments) -> None:
        self._set(asked)

    def _set(self, asked: Arguments) -> None:
        """Set each flag that was asked for, or that is in the text `_str`."""
        text = asked["_str"] or ""
        for name, part in self._texts.items():
            setattr(self, name, asked.get(name) or self._is_in(part, text))

    @staticmethod
    def _is_in(part: str, text: str) -> bool:
        return part in text

    def __or__(self, other: object) -> Self:
        return type(self)(_str=str(self) + str(other))

    __add__ = __or__

    def __str__(self) -> str:
        return "".join(part for name, part in self._texts.items() if getattr(self, name))


class ResourceTypes(Flags):
    """What an account's shared access signature opens: the service, containers, blobs."""

    _texts: ClassVar = {"service": "s", "container": "c", "object": "o"}

    @takes("service=False, container=False, object=False, _str=None")
    def __init__(self, asked: Arguments) -> None:
        self._set(asked)


class Services(Flags):
    """Which services an account's shared access signature opens."""

    BLOB: ClassVar[Services]
    _texts: ClassVar = {"blob": "b", "queue": "q", "table": "t", "file": "f"}

    @takes("blob=False, queue=False, file=False, table=False, _str=None")
    def __init__(self, asked: Arguments) -> None:
        self._set(asked)


class AccountPermissions(Flags):
    """What an account's shared access signature permits."""

    _texts: ClassVar = {
        "read": "r",
        "write": "w",
        "delete": "d",
        "list": "l",
        "add": "a",
        "create": "c",
        "update": "u",
        "process": "p",
    }

    @takes(
        "read=False, write=False, delete=False, list=False, add=False, create=False, update=False, process=False,"
        " _str=None"
    )
    def __init__(self, asked: Arguments) -> None:
        self._set(asked)


class BlobPermissions(Flags):
    """What a blob's shared access signature permits."""

    _texts: ClassVar = {"read": "r", "add": "a", "create": "c", "write": "w", "delete": "d"}

    @takes("read=False, add=False, create=False, write=False, delete=False, _str=None")
    def __init__(self, asked: Arguments) -> None:
        self._set(asked)


class ContainerPermissions(Flags):
    """What a container's shared access signature permits."""

    _texts: ClassVar = {"read": "r", "add": "a", "create": "c", "write": "w", "delete": "d", "list": "l"}

    @takes("read=False, add=False, create=False, write=False, delete=False, list=False, _str=None")
    def __init__(self, asked: Arguments) -> None:
        self._set(asked)


class Include(Flags):
    """What a list of blobs shows beyond the blobs.

    The old SDK joined two of these without a comma, so that `Include.COPY | Include.METADATA` includes neither. It is
    kept: scripts live with what such a list returned. `Include(copy=True, metadata=True)` includes both.
    """

    _texts: ClassVar = {
        "snapshots": "snapshots",
        "metadata": "metadata",
        "uncommitted_blobs": "uncommittedblobs",
        "copy": "copy",
        "deleted": "deleted",
    }

    @takes("snapshots=False, metadata=False, uncommitted_blobs=False, copy=False, deleted=False, _str=None")
    def __init__(self, asked: Arguments) -> None:
        self._set(asked)

    @staticmethod
    def _is_in(part: str, text: str) -> bool:
        return part in text.split(",")

    def __str__(self) -> str:
        return ",".join(part for name, part in self._texts.items() if getattr(self, name))
