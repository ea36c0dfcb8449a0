"""A shim for Python's sockets that connects through the parent's broker.

A script, and every library that uses Python's sockets, connects as usual. It gets one end of a socket pair whose other
end the broker has (see `blobprep.dialing`). That is a real descriptor, so TLS, `makefile`, selectors and asyncio work.
The class `socket.socket` is changed in place, because libraries subclass it and keep references to it.

Names are not resolved here. `getaddrinfo` returns the name itself instead of an address, so that the broker gets the
name that the script meant and resolves it once.

Threads: `install` is called once by `child/main.py`, before any code of a user runs. After that, any thread of the
script may connect or close. No lock is needed: each dial sends one message, with its own socket pair, on the shared
broker socket and waits for the answer on that pair, and each entry of `_peers` belongs to one open socket.

Descriptors: the broker's socket stays open for the life of the process, and sub-processes do not inherit it. The end
passed to the broker is closed here as soon as it has been sent.
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
    """Route this process's TCP connections through the broker, and refuse its other internet sockets.

    Args:
        descriptor: the child's end of the broker's socket.
    """
    broker = _BrokerClient(descriptor)
    methods = {
        **_connection_methods(broker),
        **_server_methods(),
        **_address_methods(broker),
        **_option_methods(),
        **_message_methods(),
    }
    for name, replacement in methods.items():
        setattr(socket.socket, name, replacement)
    for name, replacement in _lookup_functions().items():
        setattr(socket, name, replacement)


class _BrokerClient:
    """The broker's socket, and the peer of each connection.

    Connections are identified by inode, because TLS moves a descriptor from one object to another.
    """

    def __init__(self, descriptor: int) -> None:
        os.set_inheritable(descriptor, False)
        self._broker = socket.socket(fileno=descriptor)
        self._peers: dict[int, tuple[str, int]] = {}

    def peer(self, number: int) -> tuple[str, int] | None:
        """Return the peer of a socket, given its descriptor; None if it is not connected."""
        return self._peers.get(os.fstat(number).st_ino)

    def forget(self, number: int) -> None:
        """Forget the peer of a socket that is about to be closed."""
        self._peers.pop(os.fstat(number).st_ino, None)

    def connect(self, number: int, host: str, port: int, seconds: float | None) -> None:
        """Connect the socket of a descriptor; `seconds` is its time limit, as `socket.gettimeout` returns it."""
        with self._dial(Dial(host, port, wait=seconds != 0), seconds) as end:
            os.set_blocking(end.fileno(), seconds is None)
            os.dup2(end.fileno(), number, inheritable=False)
        self._peers[os.fstat(number).st_ino] = (host, port)

    def _dial(self, dial: Dial, seconds: float | None) -> socket.socket:
        """Ask the broker for a connection.

        Returns:
            The connected end.

        Raises:
            OSError: as `connect`; `PermissionError` if the rules refuse the connection.
        """
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                rights = (socket.SOL_SOCKET, socket.SCM_RIGHTS, array("i", [theirs.fileno()]))
                self._broker.sendmsg([encode_dial(dial)], [rights])
            ours.settimeout(seconds or None)  # a dial that does not wait is answered at once
            _raise_for(_receive_answer(ours))
        except DialError as error:
            ours.close()
            raise OSError(errno.ENETDOWN, f"blobprep's connection to the network is closed: {error}") from None
        except BaseException:
            ours.close()
            raise
        return ours


def _receive_answer(end: socket.socket) -> Answer:
    return decode_answer(_receive(end, answer_length(_receive(end, ANSWER_HEAD))))


def _receive(end: socket.socket, size: int) -> bytes:
    """Receive exactly `size` bytes; what follows belongs to the connection."""
    data = b""
    while len(data) < size:
        part = end.recv(size - len(data))
        if not part:
            raise DialError("no answer")
        data += part
    return data


def _raise_for(answer: Answer) -> None:
    match answer.outcome:
        case "refused":
            raise PermissionError(errno.EACCES, f"blobprep: {answer.text}")
        case "unresolved":
            raise socket.gaierror(answer.number, answer.text)
        case "failed":
            raise OSError(answer.number, answer.text)


def _network_error(what: str) -> PermissionError:
    return PermissionError(
        errno.EACCES, f"blobprep: a script cannot {what}; it can only make TCP connections to allowed hosts"
    )


def _connection_methods(broker: _BrokerClient) -> dict[str, Any]:
    """Return replacements for the methods that open, connect and close."""
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
            raise _network_error("use UDP or raw sockets")
        # This socket is not connected yet; connecting replaces it under the same descriptor.
        near, far = socket.socketpair()
        far.close()
        make(self, socket.AF_INET if family == -1 else family, socket.SOCK_STREAM, max(proto, 0), near.detach())
        if type != -1 and type & getattr(socket, "SOCK_NONBLOCK", 0):
            self.setblocking(False)

    def connect_inet(self: socket.socket, address: Any) -> None:
        if self.family not in _INET:
            connect(self, address)
            return
        host, port = _host_and_port(address)
        if broker.peer(self.fileno()) is not None:
            raise OSError(errno.EISCONN, os.strerror(errno.EISCONN))
        broker.connect(self.fileno(), host, port, self.gettimeout())

    def connect_inet_ex(self: socket.socket, address: Any) -> int:
        try:
            self.connect(address)
        except TimeoutError:
            return errno.EAGAIN  # as Python's own `connect_ex`
        except socket.gaierror:
            raise
        except OSError as error:
            return error.errno or errno.EIO
        return 0

    def close(self: socket.socket) -> None:
        if self.family in _INET and self.fileno() >= 0:
            broker.forget(self.fileno())
        really_close(self)

    return {"__init__": initialize, "connect": connect_inet, "connect_ex": connect_inet_ex, "_real_close": close}


def _server_methods() -> dict[str, Any]:
    """Return replacements for the methods of servers, which a script cannot be."""
    bind, listen = socket.socket.bind, socket.socket.listen

    def refuse_bind(self: socket.socket, address: Any) -> None:
        if self.family not in _INET:
            bind(self, address)
        elif _host_and_port(address)[1]:  # binding to port 0 is harmless: some clients do it
            raise _network_error("listen")

    def refuse_listen(self: socket.socket, *backlog: int) -> None:
        if self.family in _INET:
            raise _network_error("listen")
        listen(self, *backlog)

    return {"bind": refuse_bind, "listen": refuse_listen}


def _address_methods(broker: _BrokerClient) -> dict[str, Any]:
    """Return replacements for the methods that return both ends' addresses."""
    peername, sockname = socket.socket.getpeername, socket.socket.getsockname

    def getpeername(self: socket.socket) -> Any:
        if self.family not in _INET:
            return peername(self)
        peer = broker.peer(self.fileno())
        if peer is None:
            raise OSError(errno.ENOTCONN, os.strerror(errno.ENOTCONN))
        return _make_address(self.family, *peer)

    def getsockname(self: socket.socket) -> Any:
        name = sockname(self)  # raises if the socket is closed
        return name if self.family not in _INET else _make_address(self.family, "", 0)

    return {"getpeername": getpeername, "getsockname": getsockname}


def _option_methods() -> dict[str, Any]:
    """Return replacements for the methods for options; those of TCP and IP are up to the broker and ignored."""
    put, get = socket.socket.setsockopt, socket.socket.getsockopt

    def setsockopt(self: socket.socket, level: int, *option: Any) -> None:
        if self.family not in _INET or level == socket.SOL_SOCKET:
            put(self, level, *option)

    def getsockopt(self: socket.socket, level: int, *option: Any) -> Any:
        if self.family not in _INET or level == socket.SOL_SOCKET:
            return get(self, level, *option)
        return b"\0" * option[1] if len(option) > 1 else 0

    return {"setsockopt": setsockopt, "getsockopt": getsockopt}


def _message_methods() -> dict[str, Any]:
    """Return a replacement for `sendmsg`, which the kernel refuses because it can pass descriptors."""
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
            if len(data) >= _AT_ONCE and self.type == socket.SOCK_STREAM:  # a stream may send less than it is given
                break
        return self.send(data, flags)

    return {"sendmsg": sendmsg}


def _lookup_functions() -> dict[str, Any]:
    """Return replacements for the functions that look names up; nothing is looked up here."""
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
        name = _decode_host(host)
        found = look_up("::" if family == socket.AF_INET6 else "0.0.0.0", port, family, type, proto, numeric)  # noqa: S104
        canonical = name if flags & socket.AI_CANONNAME else ""
        return [(*entry[:3], canonical, (name, *entry[4][1:])) for entry in found]

    def gethostbyname(host: Any) -> str:
        return str(getaddrinfo(host, None, socket.AF_INET, socket.SOCK_STREAM)[0][4][0])

    def gethostbyname_ex(host: Any) -> tuple[str, list[str], list[str]]:
        return _decode_host(host), [], [gethostbyname(host)]

    def gethostbyaddr(host: Any) -> tuple[str, list[str], list[str]]:
        raise socket.herror(1, f"blobprep: a script cannot look up the name of {_decode_host(host)}")

    def getnameinfo(address: Any, flags: int) -> tuple[str, str]:
        return name_of(address, flags | socket.NI_NUMERICHOST)

    replacements = (getaddrinfo, gethostbyname, gethostbyname_ex, gethostbyaddr, getnameinfo)
    return {function.__name__: function for function in replacements}


def _host_and_port(address: Any) -> tuple[str, int]:
    """Return the host and the port of an address given to `connect`.

    Raises:
        TypeError, OverflowError: as Python's own.
    """
    if not isinstance(address, tuple) or len(address) < 2 or not isinstance(address[1], int):
        raise TypeError("the address of an internet socket must be a tuple of host and port")
    if not 0 <= address[1] < 1 << 16:
        raise OverflowError("a port must be from 0 to 65535")
    return _decode_host(address[0]), int(address[1])


def _make_address(family: int, host: str, port: int) -> tuple[Any, ...]:
    if family == socket.AF_INET6:
        return (host or "::", port, 0, 0)
    return (host or "0.0.0.0", port)  # noqa: S104


def _decode_host(host: Any) -> str:
    if isinstance(host, (bytes, bytearray)):
        return host.decode("ascii")
    if not isinstance(host, str):
        raise TypeError(f"a host must be a string, not {type(host).__name__}")
    return host
