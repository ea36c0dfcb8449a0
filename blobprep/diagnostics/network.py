"""From this machine to the service: names, proxy, connection."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from urllib.parse import unquote, urlsplit

from blobprep.account import Account
from blobprep.diagnostics.findings import Finding, failed, ok
from blobprep.errors import SettingError, StoreUnavailable
from blobprep.reference.hosts import PORTS

__all__ = ["Route", "connected", "resolved", "route_of"]


@dataclass(frozen=True, slots=True)
class Route:
    """Say how the service is reached.

    Attributes:
        scheme: `http` or `https`, between us and the service.
        host, port: of the service.
        path: of the account, where its address has one (emulators), else empty.
        local: it stays on this machine.
        proxy: host and port of the proxy in between, else None.
        variable: the one that names the proxy.
        login: user name and password for the proxy, else empty; shown nowhere.
    """

    scheme: str
    host: str
    port: int
    path: str
    local: bool
    proxy: tuple[str, int] | None = None
    variable: str = ""
    login: str = ""

    def __repr__(self) -> str:
        return f"Route({self.scheme!r}, {self.host!r}, {self.port}, proxy={self.proxy!r})"


def route_of(account: Account, variables: Mapping[str, str]) -> tuple[Route, list[Finding]]:
    """Read off the account's address and the environment how the service is reached.

    Args:
        account: with the protocol that is used.
        variables: those of the environment that name proxies.
    """
    parts = urlsplit(account.url)
    host = parts.hostname or ""
    route = Route(parts.scheme, host, parts.port or PORTS[parts.scheme], parts.path, account.is_local)
    if account.is_local:
        return route, [ok("proxy", "none: it is on this machine")]
    if account.network.proxy:
        return _through(route, "the setting network.proxy", account.network.proxy)
    lower, upper = f"{parts.scheme}_proxy", f"{parts.scheme}_proxy".upper()
    named = next((each for each in (lower, upper, "all_proxy", "ALL_PROXY") if variables.get(each)), "")
    if not named:
        return route, [ok("proxy", "none is set")]
    excepted = variables.get("no_proxy") or variables.get("NO_PROXY") or ""
    if excepted and _is_excepted(route, excepted):
        return route, [ok("proxy", f"{named} is set, and no_proxy excepts {host}")]
    return _through(route, named, variables[named])


def _is_excepted(route: Route, excepted: str) -> bool:
    """Tell whether `no_proxy` holds the host: itself, a domain above it, a network, or everything."""
    for entry in filter(None, (part.strip().lower() for part in excepted.split(","))):
        if entry == "*" or entry in (route.host, f"{route.host}:{route.port}"):
            return True
        if route.host.endswith(f".{entry.lstrip('.')}"):
            return True
        try:
            if ip_address(route.host) in ip_network(entry, strict=False):
                return True
        except ValueError:
            continue  # a name, here or there
    return False


def _through(route: Route, variable: str, address: str) -> tuple[Route, list[Finding]]:
    try:
        parts = urlsplit(address if "://" in address else f"http://{address}")
        proxy = (parts.hostname or "", parts.port or PORTS.get(parts.scheme, 0))
    except ValueError:
        parts, proxy = urlsplit(""), ("", 0)
    if parts.scheme != "http" or not proxy[0]:
        remedy = f"set {variable} to http://HOST:PORT, or unset it"
        cause = f"blobprep understands proxies that are spoken to in http; {variable} holds something else"
        return route, [failed("proxy", f"{variable} names no such proxy", cause, remedy, SettingError)]
    login = f"{unquote(parts.username)}:{unquote(parts.password or '')}" if parts.username else ""
    through = Route(route.scheme, route.host, route.port, route.path, route.local, proxy, variable, login)
    return through, [ok("proxy", f"{variable} sends requests through {proxy[0]}:{proxy[1]}")]


def resolved(route: Route) -> Finding:
    """Look the host's name up; that of the proxy where there is one."""
    host, port = route.proxy or (route.host, route.port)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        if route.proxy:
            cause, remedy = f"there is no proxy of the name {host}", f"correct {route.variable}, or unset it"
        else:
            cause = "the account's name or suffix is wrong, or this machine's name service does not know it"
            account = route.host.partition(".")[0]
            remedy = f"check the name: az storage account show --name {account} --query primaryEndpoints.blob"
        return failed("name", f"{host} has no address", cause, remedy, StoreUnavailable)
    addresses = sorted({str(each[4][0]) for each in found})
    what = f"the proxy {host}" if route.proxy else host
    return ok("name", f"{what} is {', '.join(addresses)}")


def connected(route: Route, timeout: float) -> tuple[socket.socket | None, Finding]:
    """Connect to the service, through the proxy where there is one.

    Args:
        route: how it is reached.
        timeout: seconds to wait for each step.
    """
    host, port = route.proxy or (route.host, route.port)
    try:
        if route.proxy is None or route.scheme == "http":
            opened = socket.create_connection((host, port), timeout)
        else:
            opened = _tunnel(route, timeout)
    except ConnectionRefusedError:
        return None, _refused(route, f"nothing listens on port {port} of {host}")
    except TimeoutError:
        return None, _refused(route, f"no answer within {timeout:g} seconds; a firewall on the way may drop packets")
    except (OSError, http.client.HTTPException) as error:
        told = str(error) if "Tunnel" in str(error) else error.__class__.__name__
        return None, _refused(route, f"the way to {host}:{port} is closed ({told})")
    through = f" through {host}:{port}" if route.proxy else ""
    return opened, ok("connection", f"port {route.port} of {route.host} answers{through}")


def _tunnel(route: Route, timeout: float) -> socket.socket:
    from base64 import b64encode

    assert route.proxy is not None
    tunnel = http.client.HTTPConnection(*route.proxy, timeout=timeout)
    login = {"Proxy-Authorization": f"Basic {b64encode(route.login.encode()).decode()}"} if route.login else {}
    tunnel.set_tunnel(route.host, route.port, headers=login)
    try:
        tunnel.connect()
    except BaseException:
        tunnel.close()
        raise
    opened: socket.socket = tunnel.sock
    return opened


def _refused(route: Route, cause: str) -> Finding:
    if route.proxy:
        remedy = f"check {route.variable} and what the proxy allows; no_proxy={route.host} goes past it"
    elif route.local:
        remedy = f"start the emulator on port {route.port}, or correct the account's endpoint"
    else:
        remedy = f"allow connections to {route.host}:{route.port}, or set https_proxy to the proxy of this network"
    return failed("connection", f"{route.host}:{route.port} cannot be reached", cause, remedy, StoreUnavailable)
