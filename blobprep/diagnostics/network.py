"""The way from this machine to the service: host name, proxy and connection."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from urllib.parse import unquote, urlsplit

from blobprep.account import Account
from blobprep.diagnostics.findings import StepFinding, fail, ok
from blobprep.errors import SettingError, StoreUnavailable
from blobprep.reference.hosts import PORTS

__all__ = ["Route", "connect", "find_route", "look_up"]


@dataclass(frozen=True, slots=True)
class Route:
    """The way to the service.

    Attributes:
        scheme: `http` or `https`, as the service is addressed.
        host, port: the address of the service.
        path: the path of the account if its address has one, as with emulators; else empty.
        local: whether the service is on this machine.
        proxy: host and port of the proxy on the way, else None.
        variable: the variable or setting that names the proxy.
        login: user name and password for the proxy, else empty; a secret, never shown.
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


def find_route(account: Account, variables: Mapping[str, str]) -> tuple[Route, list[StepFinding]]:
    """Return the way to the service, as the account's address and the environment define it.

    Args:
        account: the account, with the protocol to be used.
        variables: the variables of the environment that name proxies.
    """
    parts = urlsplit(account.url)
    host = parts.hostname or ""
    route = Route(parts.scheme, host, parts.port or PORTS[parts.scheme], parts.path, account.is_local)
    if account.is_local:
        return route, [ok("proxy", "not used: the service is on this machine")]
    if account.network.proxy:
        return _through(route, "the setting network.proxy", account.network.proxy)
    lower, upper = f"{parts.scheme}_proxy", f"{parts.scheme}_proxy".upper()
    variable = next((name for name in (lower, upper, "all_proxy", "ALL_PROXY") if variables.get(name)), "")
    if not variable:
        return route, [ok("proxy", "none is set")]
    excepted = variables.get("no_proxy") or variables.get("NO_PROXY") or ""
    if excepted and _bypasses_proxy(route, excepted):
        return route, [ok("proxy", f"{variable} is set, but no_proxy exempts {host}")]
    return _through(route, variable, variables[variable])


def _bypasses_proxy(route: Route, excepted: str) -> bool:
    """Return whether `no_proxy` covers the host: by itself, a domain above it, a network, or `*`."""
    for entry in filter(None, (part.strip().lower() for part in excepted.split(","))):
        if entry == "*" or entry in (route.host, f"{route.host}:{route.port}"):
            return True
        if route.host.endswith(f".{entry.lstrip('.')}"):
            return True
        try:
            if ip_address(route.host) in ip_network(entry, strict=False):
                return True
        except ValueError:
            continue  # the host or the entry is a name, not an address
    return False


def _through(route: Route, variable: str, address: str) -> tuple[Route, list[StepFinding]]:
    try:
        parts = urlsplit(address if "://" in address else f"http://{address}")
        proxy = (parts.hostname or "", parts.port or PORTS.get(parts.scheme, 0))
    except ValueError:
        parts, proxy = urlsplit(""), ("", 0)
    if parts.scheme != "http" or not proxy[0]:
        remedy = f"set {variable} to http://HOST:PORT, or unset it"
        cause = "blobprep supports only proxies with an http:// address"
        return route, [fail("proxy", f"{variable} does not name a proxy that can be used", cause, remedy, SettingError)]
    login = f"{unquote(parts.username)}:{unquote(parts.password or '')}" if parts.username else ""
    through = Route(route.scheme, route.host, route.port, route.path, route.local, proxy, variable, login)
    return through, [ok("proxy", f"{variable} sends requests through {proxy[0]}:{proxy[1]}")]


def look_up(route: Route) -> StepFinding:
    """Look up the name of the host, or of the proxy if there is one."""
    host, port = route.proxy or (route.host, route.port)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        if route.proxy:
            cause, remedy = f"the proxy's name {host} cannot be looked up", f"correct {route.variable}, or unset it"
        else:
            cause = "the account's name or its suffix is wrong, or this machine's DNS does not resolve it"
            account = route.host.partition(".")[0]
            remedy = f"check the name: az storage account show --name {account} --query primaryEndpoints.blob"
        return fail("name", f"{host} has no address", cause, remedy, StoreUnavailable)
    addresses = sorted({str(entry[4][0]) for entry in found})
    what = f"the proxy {host}" if route.proxy else host
    return ok("name", f"{what} has the address {', '.join(addresses)}")


def connect(route: Route, timeout: float) -> tuple[socket.socket | None, StepFinding]:
    """Connect to the service, through the proxy if there is one.

    Args:
        route: the way to the service.
        timeout: seconds to wait for each step.
    """
    host, port = route.proxy or (route.host, route.port)
    try:
        if route.proxy is None or route.scheme == "http":
            opened = socket.create_connection((host, port), timeout)
        else:
            opened = _tunnel(route, timeout)
    except ConnectionRefusedError:
        return None, _refuse(route, f"nothing listens on port {port} of {host}")
    except TimeoutError:
        return None, _refuse(route, f"no answer within {timeout:g} seconds; a firewall on the way may drop packets")
    except (OSError, http.client.HTTPException) as error:
        reason = str(error) if "Tunnel" in str(error) else error.__class__.__name__
        return None, _refuse(route, f"the connection to {host}:{port} failed ({reason})")
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


def _refuse(route: Route, cause: str) -> StepFinding:
    if route.proxy:
        remedy = f"check {route.variable} and what the proxy allows; set no_proxy={route.host} to bypass it"
    elif route.local:
        remedy = f"start the emulator on port {route.port}, or correct the account's endpoint"
    else:
        remedy = f"allow connections to {route.host}:{route.port}, or set https_proxy to the proxy of this network"
    return fail("connection", f"{route.host}:{route.port} cannot be reached", cause, remedy, StoreUnavailable)
