"""The way out of a child: Python's sockets, led through the parent's broker.

A script, and every library that uses Python's sockets, connects as it always did. What it holds is one end of a socket
pair whose other end the broker has (see `blobprep.dialing`): a real descriptor, so that TLS, `makefile`, selectors and
asyncio work on it. The class `socket.socket` is changed in place, because others derive from it and hold on to it.

Names are not resolved here. `getaddrinfo` answers with the name itself in place of an address, so that the broker is
asked for what the script meant, and resolves it once.
"""

from __future__ import annotations

import errno
import os
import socket
from array import array
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from blobprep.dialing import (
    ANSWER_HEAD,
    Answer,
    Dial,
    DialError,
    answer_length,
    decode_answer,
    encode_dial,
)

if TYPE_CHECKING:
    from typing_extensions import Buffer

__all__ = ["install"]

_INET: Final = (socket.AF_INET, socket.AF_INET6)
_AT_ONCE: Final = 1 << 18
_FLAGS: Final = getattr(socket, "SOCK_NONBLOCK", 0) | getattr(socket, "SOCK_CLOEXEC", 0)


def install(descriptor: int) -> None:
    """Lead this process's TCP connections through the broker, and refuse its other internet sockets.

    Args:
        descriptor: the child's end of the broker's socket.
    """
    way = _Way(descriptor)
    for name, replacement in {**_opening(way), **_serving(), **_naming(way), **_options(), **_messages()}.items():
        setattr(socket.socket, name, replacement)
    for name, replacement in _lookups().items():
        setattr(socket, name, replacement)


class _Way:
    """Hold the broker's socket, and remember whom each connection leads to.

    Connections are known by their inode: TLS takes a descriptor out of one object and into another.
    """

    def __init__(self, descriptor: int) -> None:
        os.set_inheritable(descriptor, False)
        self._broker = socket.socket(fileno=descriptor)
        self._peers: dict[int, tuple[str, int]] = {}

    def peer(self, number: int) -> tuple[str, int] | None:
        """Return whom a socket leads to, by its descriptor; None where it is not connected."""
        return self._peers.get(os.fstat(number).st_ino)

    def forget(self, number: int) -> None:
        """Forget a socket that is closed."""
        self._peers.pop(os.fstat(number).st_ino, None)

    def lead(self, number: int, host: str, port: int, seconds: float | None) -> None:
        """Connect the socket behind a descriptor; `seconds` is its time limit, as `socket.gettimeout` has it."""
        with self._dial(Dial(host, port, wait=seconds != 0), seconds) as end:
            os.set_blocking(end.fileno(), seconds is None)
            os.dup2(end.fileno(), number, inheritable=False)
        self._peers[os.fstat(number).st_ino] = (host, port)

    def _dial(self, dial: Dial, seconds: float | None) -> socket.socket:
        """Ask for a connection.

        Returns:
            The end that leads there.

        Raises:
            OSError: as `connect` does; `PermissionError` where the rules refuse it.
        """
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                rights = (socket.SOL_SOCKET, socket.SCM_RIGHTS, array("i", [theirs.fileno()]))
                self._broker.sendmsg([encode_dial(dial)], [rights])
            ours.settimeout(seconds or None)  # one that does not wait is answered at once
            _raise(_answer(ours))
        except DialError as error:
            ours.close()
            raise OSError(errno.ENETDOWN, f"blobprep's way to the network is closed: {error}") from None
        except BaseException:
            ours.close()
            raise
        return ours


def _answer(end: socket.socket) -> Answer:
    return decode_answer(_receive(end, answer_length(_receive(end, ANSWER_HEAD))))


def _receive(end: socket.socket, size: int) -> bytes:
    """Receive exactly so many bytes: what follows them is the connection's."""
    data = b""
    while len(data) < size:
        part = end.recv(size - len(data))
        if not part:
            raise DialError("no answer")
        data += part
    return data


def _raise(answer: Answer) -> None:
    match answer.outcome:
        case "refused":
            raise PermissionError(errno.EACCES, f"blobprep: {answer.text}")
        case "unresolved":
            raise socket.gaierror(answer.number, answer.text)
        case "failed":
            raise OSError(answer.number, answer.text)


def _no_network(what: str) -> PermissionError:
    return PermissionError(
        errno.EACCES, f"blobprep: a script {what}: its network is TCP connections to hosts that are allowed"
    )


def _opening(way: _Way) -> dict[str, Any]:
    """Return what replaces the methods that open and close."""
    make, connect, really_close = socket.socket.__init__, socket.socket.connect, socket.socket._real_close  # type: ignore[attr-defined]

    def initialize(
        self: socket.socket,
        family: int = -1,
        type: int = -1,  # noqa: A002  # the name of the parameter it replaces
        proto: int = -1,
        fileno: int | None = None,
    ) -> None:
        if fileno is not None or family not in (-1, *_INET):
            make(self, family, type, proto, fileno)
            return
        if type != -1 and type & ~_FLAGS != socket.SOCK_STREAM:
            raise _no_network("has no UDP and no raw sockets")
        # A socket that leads nowhere yet; connecting puts another in its place, under the same number.
        near, far = socket.socketpair()
        far.close()
        make(self, socket.AF_INET if family == -1 else family, socket.SOCK_STREAM, max(proto, 0), near.detach())
        if type != -1 and type & getattr(socket, "SOCK_NONBLOCK", 0):
            self.setblocking(False)

    def lead(self: socket.socket, address: Any) -> None:
        if self.family not in _INET:
            connect(self, address)
            return
        host, port = _host_and_port(address)
        if way.peer(self.fileno()) is not None:
            raise OSError(errno.EISCONN, os.strerror(errno.EISCONN))
        way.lead(self.fileno(), host, port, self.gettimeout())

    def lead_ex(self: socket.socket, address: Any) -> int:
        try:
            self.connect(address)
        except TimeoutError:
            return errno.EAGAIN  # as Python's own
        except socket.gaierror:
            raise
        except OSError as error:
            return error.errno or errno.EIO
        return 0

    def close(self: socket.socket) -> None:
        if self.family in _INET and self.fileno() >= 0:
            way.forget(self.fileno())
        really_close(self)

    return {"__init__": initialize, "connect": lead, "connect_ex": lead_ex, "_real_close": close}


def _serving() -> dict[str, Any]:
    """Return what replaces the methods of servers: a script is none."""
    bind, listen = socket.socket.bind, socket.socket.listen

    def refuse_bind(self: socket.socket, address: Any) -> None:
        if self.family not in _INET:
            bind(self, address)
        elif _host_and_port(address)[1]:  # without a port of its own a client means nothing by it
            raise _no_network("cannot listen")

    def refuse_listen(self: socket.socket, *backlog: int) -> None:
        if self.family in _INET:
            raise _no_network("cannot listen")
        listen(self, *backlog)

    return {"bind": refuse_bind, "listen": refuse_listen}


def _naming(way: _Way) -> dict[str, Any]:
    """Return what replaces the methods that tell both ends' addresses."""
    peername, sockname = socket.socket.getpeername, socket.socket.getsockname

    def getpeername(self: socket.socket) -> Any:
        if self.family not in _INET:
            return peername(self)
        peer = way.peer(self.fileno())
        if peer is None:
            raise OSError(errno.ENOTCONN, os.strerror(errno.ENOTCONN))
        return _as_address(self.family, *peer)

    def getsockname(self: socket.socket) -> Any:
        name = sockname(self)  # raises for one that is closed
        return name if self.family not in _INET else _as_address(self.family, "", 0)

    return {"getpeername": getpeername, "getsockname": getsockname}


def _options() -> dict[str, Any]:
    """Return what replaces the methods for options: those of TCP and IP are the broker's matter."""
    put, get = socket.socket.setsockopt, socket.socket.getsockopt

    def setsockopt(self: socket.socket, level: int, *option: Any) -> None:
        if self.family not in _INET or level == socket.SOL_SOCKET:
            put(self, level, *option)

    def getsockopt(self: socket.socket, level: int, *option: Any) -> Any:
        if self.family not in _INET or level == socket.SOL_SOCKET:
            return get(self, level, *option)
        return b"\0" * option[1] if len(option) > 1 else 0

    return {"setsockopt": setsockopt, "getsockopt": getsockopt}


def _messages() -> dict[str, Any]:
    """Return what replaces the method for messages: it is refused, as it takes descriptors along."""
    send_message = socket.socket.sendmsg

    def sendmsg(
        self: socket.socket, buffers: Iterable[Buffer], ancdata: Any = (), flags: int = 0, address: Any = None
    ) -> int:
        ancdata = [*ancdata]
        if ancdata or address is not None:
            return send_message(self, buffers, ancdata, flags, address)
        data = bytearray()
        for buffer in buffers:
            data += memoryview(buffer).cast("B")
            if len(data) >= _AT_ONCE and self.type == socket.SOCK_STREAM:  # which may take less than is offered
                break
        return self.send(data, flags)

    return {"sendmsg": sendmsg}


def _lookups() -> dict[str, Any]:
    """Return what replaces the functions that look names up: nothing is looked up here."""
    look_up, name_of = socket.getaddrinfo, socket.getnameinfo

    def getaddrinfo(
        host: Any,
        port: Any,
        family: int = 0,
        type: int = 0,  # noqa: A002
        proto: int = 0,
        flags: int = 0,
    ) -> list[tuple[Any, ...]]:
        numeric = flags | socket.AI_NUMERICHOST
        try:
            return [*look_up(host, port, family, type, proto, numeric)]
        except socket.gaierror as error:
            if error.errno != socket.EAI_NONAME or not host or flags & socket.AI_NUMERICHOST:
                raise
        name = _text(host)
        found = look_up("::" if family == socket.AF_INET6 else "0.0.0.0", port, family, type, proto, numeric)  # noqa: S104
        canonical = name if flags & socket.AI_CANONNAME else ""
        return [(*each[:3], canonical, (name, *each[4][1:])) for each in found]

    def gethostbyname(host: Any) -> str:
        return str(getaddrinfo(host, None, socket.AF_INET, socket.SOCK_STREAM)[0][4][0])

    def gethostbyname_ex(host: Any) -> tuple[str, list[str], list[str]]:
        return _text(host), [], [gethostbyname(host)]

    def gethostbyaddr(host: Any) -> tuple[str, list[str], list[str]]:
        raise socket.herror(1, f"blobprep: the name of {_text(host)} is not looked up in a script")

    def getnameinfo(address: Any, flags: int) -> tuple[str, str]:
        return name_of(address, flags | socket.NI_NUMERICHOST)

    replacements = (getaddrinfo, gethostbyname, gethostbyname_ex, gethostbyaddr, getnameinfo)
    return {each.__name__: each for each in replacements}


def _host_and_port(address: Any) -> tuple[str, int]:
    """Take the host and the port of an address, as `connect` takes it.

    Raises:
        TypeError, OverflowError: as Python's own.
    """
    if not isinstance(address, tuple) or len(address) < 2 or not isinstance(address[1], int):
        raise TypeError("the address of an internet socket is a tuple of host and port")
    if not 0 <= address[1] < 1 << 16:
        raise OverflowError("a port is from 0 to 65535")
    return _text(address[0]), int(address[1])


def _as_address(family: int, host: str, port: int) -> tuple[Any, ...]:
    if family == socket.AF_INET6:
        return (host or "::", port, 0, 0)
    return (host or "0.0.0.0", port)  # noqa: S104


def _text(host: Any) -> str:
    if isinstance(host, (bytes, bytearray)):
        return host.decode("ascii")
    if not isinstance(host, str):
        raise TypeError(f"a host is a text and not a {type(host).__name__}")
    return host
