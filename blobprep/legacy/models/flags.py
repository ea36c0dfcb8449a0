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
    each of its flags, such as `BlobPermissions.READ`, and takes them in the order of `_texts` too, unless it has
    `_taken`.
    """

    _texts: ClassVar[dict[str, str]] = {}
    _taken: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *, _str: str | None = None) -> None:
        """Set the flags that are in the text."""

    def __init_subclass__(cls) -> None:
        if "_texts" not in vars(cls):
            return  # a script's own class
        parameters = "".join(f"{name}=False, " for name in cls._taken or cls._texts)

        @takes(f"{parameters}_str=None")
        def __init__(self: Flags, asked: Arguments) -> None:  # noqa: N807
            text = asked["_str"] or ""
            for name, part in self._texts.items():
                setattr(self, name, asked[name] or self._is_in(part, text))

        __init__.__qualname__, __init__.__module__ = f"{cls.__qualname__}.__init__", cls.__module__
        cls.__init__ = __init__  # type: ignore[method-assign]
        for name, text in cls._texts.items():
            setattr(cls, name.upper(), cls(_str=text))

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


class Services(Flags):
    """Which services an account's shared access signature opens."""

    BLOB: ClassVar[Services]
    _texts: ClassVar = {"blob": "b", "queue": "q", "table": "t", "file": "f"}
    _taken: ClassVar = ("blob", "queue", "file", "table")


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


class BlobPermissions(Flags):
    """What a blob's shared access signature permits."""

    _texts: ClassVar = {"read": "r", "add": "a", "create": "c", "write": "w", "delete": "d"}


class ContainerPermissions(Flags):
    """What a container's shared access signature permits."""

    _texts: ClassVar = {"read": "r", "add": "a", "create": "c", "write": "w", "delete": "d", "list": "l"}


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

    @staticmethod
    def _is_in(part: str, text: str) -> bool:
        return part in text.split(",")

    def __str__(self) -> str:
        return ",".join(part for name, part in self._texts.items() if getattr(self, name))
