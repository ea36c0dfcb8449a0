"""TLS: the version, and the certificate that the service shows."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from blobprep.account import Account
from blobprep.account.accounts import SDK_CA_VARIABLES
from blobprep.diagnostics.findings import StepFinding, fail, ok, warn
from blobprep.diagnostics.network import Route
from blobprep.errors import AccessError

__all__ = ["load_trust", "start_tls"]

_SOON: Final = timedelta(days=14)
_EXPIRED: Final = 10
_WRONG_HOST: Final = frozenset({62, 64})


def load_trust(account: Account, variables: Mapping[str, str]) -> tuple[ssl.SSLContext | None, list[StepFinding]]:
    """Return the authorities that certificates are checked against: those the SDK trusts, not those of the system.

    Args:
        account: the account; its settings may name a file or folder of authorities.
        variables: the environment; one of `SDK_CA_VARIABLES` may name a file of authorities.
    """
    import certifi

    variable = next((name for name in SDK_CA_VARIABLES if variables.get(name)), "")
    bundle = account.network.ca_bundle or variables.get(variable, "") or certifi.where()
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        if Path(bundle).is_dir():
            context.load_verify_locations(capath=bundle)
        else:
            context.load_verify_locations(bundle)
    except OSError:
        cause = f"{bundle} is not a readable file of certificates (PEM)"
        remedy = f"correct {variable or 'ca_bundle in [network]'}, or leave it out"
        return None, [fail("certificate", "no authority is trusted", cause, remedy, AccessError)]
    return context, []


def start_tls(
    opened: socket.socket, route: Route, context: ssl.SSLContext, now: datetime
) -> tuple[ssl.SSLSocket | None, list[StepFinding]]:
    """Start TLS and check the certificate.

    Args:
        opened: the connection to the service; it is closed if this fails.
        route: the way to the service.
        context: the trusted authorities, and the versions of TLS on offer.
        now: this machine's clock.
    """
    try:
        secure = context.wrap_socket(opened, server_hostname=route.host)
    except ssl.SSLCertVerificationError as error:
        opened.close()
        agreed = ok("TLS", f"{route.host} supports it")
        return None, [agreed, _explain_untrusted(error, route)]
    except (ssl.SSLError, OSError) as error:
        opened.close()
        return None, [_explain_handshake(error, route, context)]
    cipher = (secure.cipher() or ("",))[0]
    return secure, [ok("TLS", f"{secure.version()}, {cipher}"), _certificate(secure.getpeercert() or {}, route, now)]


def _certificate(shown: Mapping[str, Any], route: Route, now: datetime) -> StepFinding:
    subject, issuer = (_name(shown.get(part, ())) for part in ("subject", "issuer"))
    ends = datetime.fromtimestamp(ssl.cert_time_to_seconds(shown["notAfter"]), UTC)
    text = f"{subject or route.host}, issued by {issuer}, until {ends:%Y-%m-%d}"
    if ends - now > _SOON:
        return ok("certificate", text)
    return warn("certificate", text, "it expires soon", "ask the operator of the service or proxy to renew it")


def _name(parts: Any) -> str:
    names = {key: value for part in parts for key, value in part}
    return str(names.get("commonName") or names.get("organizationName") or "")


def _explain_untrusted(error: ssl.SSLCertVerificationError, route: Route) -> StepFinding:
    if error.verify_code == _EXPIRED:
        cause = "the certificate has expired, or this machine's clock is wrong"
        remedy = "set the clock (timedatectl set-ntp true), or ask the operator of the service or proxy to renew it"
    elif error.verify_code in _WRONG_HOST:
        cause = f"the certificate is for a host other than {route.host}"
        remedy = "correct the account's endpoint; for a private endpoint keep the name ACCOUNT.blob.core.windows.net"
    else:
        cause = f"no trusted authority signed it ({error.verify_message}); a proxy may intercept TLS"
        remedy = "ask the network's administrators for their authority's certificate, and set REQUESTS_CA_BUNDLE to a "
        remedy += "PEM file that contains it"
    return fail(
        "certificate", f"this machine does not trust the certificate of {route.host}", cause, remedy, AccessError
    )


def _explain_handshake(error: OSError, route: Route, context: ssl.SSLContext) -> StepFinding:
    reason = (getattr(error, "reason", None) or "").replace("_", " ").lower()
    offered = _format_versions(context)
    if any(word in reason for word in ("protocol version", "unsupported protocol", "wrong ssl version")):
        cause = f"the service does not accept the versions of TLS that this machine offers ({offered})"
        remedy = "use a Python with OpenSSL 1.1.1 or later, or lower what the account requires: "
        remedy += f"az storage account update --name {route.host.partition('.')[0]} --min-tls-version TLS1_2"
    elif route.local or "wrong version number" in reason:
        cause = f"port {route.port} does not use TLS" + (f" ({reason})" if reason else "")
        remedy = "an emulator uses http unless it was started with a certificate: pass --protocol http"
        if not route.local:
            remedy = "check the port of the endpoint, and any proxy on the way"
    else:
        cause = (
            f"the connection was closed during the handshake{f' ({reason})' if reason else ''}, probably by a proxy or "
        )
        cause += "firewall"
        remedy = f"allow TLS to {route.host}:{route.port} ({offered})"
    return fail("TLS", f"the TLS handshake with {route.host} failed", cause, remedy, AccessError)


def _format_versions(context: ssl.SSLContext) -> str:
    versions = (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)
    highest = context.maximum_version
    return " and ".join(
        version.name.replace("v1_", " 1.")
        for version in versions
        if highest == ssl.TLSVersion.MAXIMUM_SUPPORTED or version <= highest
    )
