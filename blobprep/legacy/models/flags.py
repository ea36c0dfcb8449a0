"""Sets of flags that are sent as text: permissions, services, resource types, what a listing includes."""

from __future__ import annotations

from typing import ClassVar, Self

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

    The text lists the flags in the order of `_texts`, whatever order they were given in.
    """

    _texts: ClassVar[dict[str, str]] = {}

    def __init__(self, *, _str: str | None = None) -> None:
        self._set({}, _str)

    def _set(self, flags: dict[str, bool], text: str | None) -> None:
        """Set each flag that is named or found in `text`."""
        for name, part in self._texts.items():
            setattr(self, name, flags.get(name) or self._is_in(part, text or ""))

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

    SERVICE: ClassVar[ResourceTypes]
    CONTAINER: ClassVar[ResourceTypes]
    OBJECT: ClassVar[ResourceTypes]
    _texts: ClassVar = {"service": "s", "container": "c", "object": "o"}

    def __init__(
        self,
        service: bool = False,
        container: bool = False,
        object: bool = False,  # noqa: A002
        _str: str | None = None,
    ) -> None:
        self._set({"service": service, "container": container, "object": object}, _str)


class Services(Flags):
    """Which services an account's shared access signature opens."""

    BLOB: ClassVar[Services]
    QUEUE: ClassVar[Services]
    TABLE: ClassVar[Services]
    FILE: ClassVar[Services]
    _texts: ClassVar = {"blob": "b", "queue": "q", "table": "t", "file": "f"}

    def __init__(
        self,
        blob: bool = False,
        queue: bool = False,
        file: bool = False,
        table: bool = False,
        _str: str | None = None,
    ) -> None:
        self._set({"blob": blob, "queue": queue, "file": file, "table": table}, _str)


class AccountPermissions(Flags):
    """What an account's shared access signature permits."""

    READ: ClassVar[AccountPermissions]
    WRITE: ClassVar[AccountPermissions]
    DELETE: ClassVar[AccountPermissions]
    LIST: ClassVar[AccountPermissions]
    ADD: ClassVar[AccountPermissions]
    CREATE: ClassVar[AccountPermissions]
    UPDATE: ClassVar[AccountPermissions]
    PROCESS: ClassVar[AccountPermissions]
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

    def __init__(
        self,
        read: bool = False,
        write: bool = False,
        delete: bool = False,
        list: bool = False,  # noqa: A002
        add: bool = False,
        create: bool = False,
        update: bool = False,
        process: bool = False,
        _str: str | None = None,
    ) -> None:
        flags = {"read": read, "write": write, "delete": delete, "list": list}
        self._set(flags | {"add": add, "create": create, "update": update, "process": process}, _str)


class BlobPermissions(Flags):
    """What a blob's shared access signature permits."""

    READ: ClassVar[BlobPermissions]
    ADD: ClassVar[BlobPermissions]
    CREATE: ClassVar[BlobPermissions]
    WRITE: ClassVar[BlobPermissions]
    DELETE: ClassVar[BlobPermissions]
    _texts: ClassVar = {"read": "r", "add": "a", "create": "c", "write": "w", "delete": "d"}

    def __init__(
        self,
        read: bool = False,
        add: bool = False,
        create: bool = False,
        write: bool = False,
        delete: bool = False,
        _str: str | None = None,
    ) -> None:
        self._set({"read": read, "add": add, "create": create, "write": write, "delete": delete}, _str)


class ContainerPermissions(Flags):
    """What a container's shared access signature permits."""

    READ: ClassVar[ContainerPermissions]
    ADD: ClassVar[ContainerPermissions]
    CREATE: ClassVar[ContainerPermissions]
    WRITE: ClassVar[ContainerPermissions]
    DELETE: ClassVar[ContainerPermissions]
    LIST: ClassVar[ContainerPermissions]
    _texts: ClassVar = {"read": "r", "add": "a", "create": "c", "write": "w", "delete": "d", "list": "l"}

    def __init__(
        self,
        read: bool = False,
        add: bool = False,
        create: bool = False,
        write: bool = False,
        delete: bool = False,
        list: bool = False,  # noqa: A002
        _str: str | None = None,
    ) -> None:
        flags = {"read": read, "add": add, "create": create, "write": write, "delete": delete, "list": list}
        self._set(flags, _str)


class Include(Flags):
    """What a list of blobs shows beyond the blobs.

    The old SDK joined two of these without a comma, so that `Include.COPY | Include.METADATA` includes neither. It is
    kept: scripts live with what such a list returned. `Include(copy=True, metadata=True)` includes both.
    """

    COPY: ClassVar[Include]
    METADATA: ClassVar[Include]
    SNAPSHOTS: ClassVar[Include]
    UNCOMMITTED_BLOBS: ClassVar[Include]
    DELETED: ClassVar[Include]
    _texts: ClassVar = {
        "snapshots": "snapshots",
        "metadata": "metadata",
        "uncommitted_blobs": "uncommittedblobs",
        "copy": "copy",
        "deleted": "deleted",
    }

    def __init__(
        self,
        snapshots: bool = False,
        metadata: bool = False,
        uncommitted_blobs: bool = False,
        copy: bool = False,
        deleted: bool = False,
        _str: str | None = None,
    ) -> None:
        flags = {"snapshots": snapshots, "metadata": metadata, "uncommitted_blobs": uncommitted_blobs}
        self._set(flags | {"copy": copy, "deleted": deleted}, _str)

    @staticmethod
    def _is_in(part: str, text: str) -> bool:
        return part in text.split(",")

    def __str__(self) -> str:
        return ",".join(part for name, part in self._texts.items() if getattr(self, name))


def _name_constants(*kinds: type[Flags]) -> None:
    """Give each kind a constant for each of its flags, such as `BlobPermissions.READ`."""
    for kind in kinds:
        for name, text in kind._texts.items():
            setattr(kind, name.upper(), kind(_str=text))


_name_constants(ResourceTypes, Services, AccountPermissions, BlobPermissions, ContainerPermissions, Include)
