"""Where http may be used, and where a credential may be sent. Pure."""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlsplit

from blobprep.account.accounts import Account
from blobprep.account.sas import SasToken
from blobprep.errors import ProtocolForbidden
from blobprep.reference.hosts import CLOUDS, in_clouds, service_in

__all__ = ["AllowHttp", "check_protocol", "is_home_of", "is_in_microsoft_cloud"]

AllowHttp = Literal["never", "emulator", "always"]


def check_protocol(account: Account, allow_http: AllowHttp, *, explicit: bool) -> tuple[Account, str | None]:
    """Check an account's protocol against the policy.

    Args:
        account: the account, with the protocol that is about to be used.
        allow_http: the setting.
        explicit: whether the account's own `protocol`, or `--protocol`, is http.

    Returns:
        The account, and a one-line warning if http leaves this machine, else None.

    Raises:
        ProtocolForbidden: the policy forbids http here, or the credential must not be sent over http.
    """
    if account.folder is not None or account.protocol == "https":
        return account, None
    if allow_http == "never":
        raise ProtocolForbidden(
            f'account {account.name} would be reached over http, which allow_http = "never" forbids',
            remedy='use https, or set allow_http to "emulator" or "always"',
        )
    _require_https_for_secrets(account)
    if account.is_local:
        return account, None
    if allow_http == "emulator" and not explicit:
        raise ProtocolForbidden(
            f"account {account.name} would be reached over http, which is allowed for the emulator only",
            remedy='use https, or ask for http with --protocol http or protocol = "http" for the account',
        )
    exposed = "data, names and the SAS token" if account.credential.kind == "sas" else "data and names"
    return account, f"account {account.name} is reached over http: {exposed} travel in the clear"


def is_home_of(account: Account, endpoint: str) -> bool:
    """Tell whether an address that a reference spelled out belongs to an account, so that it may get its credential.

    The address belongs to it if it is the account's own, if it is that name in one of Microsoft's clouds, or if it is
    on this machine: a SAS token sent anywhere else would be disclosed.
    """
    there, own = urlsplit(endpoint), urlsplit(account.url)
    host = there.hostname or ""
    known = service_in(host)
    return (
        (host, there.port, there.path) == (own.hostname, own.port, own.path)
        or (known is not None and known.account == account.name and known.suffix in (*CLOUDS, account.endpoint_suffix))
        or Account(account.name, endpoint=endpoint).is_local
    )


def is_in_microsoft_cloud(account: Account) -> bool:
    """Tell whether requests go to one of Microsoft's clouds; a token sent elsewhere would open all its identity may."""
    return in_clouds(urlsplit(account.url).hostname or "")


def _require_https_for_secrets(account: Account) -> None:
    """Refuse http, also to the emulator, for a credential that it would disclose or that the service would refuse."""
    if account.credential.kind == "token":
        raise ProtocolForbidden(
            f"account {account.name} would be reached over http, but its credential ({account.credential.describe()}) "
            "is never sent over http",
            remedy='use https, or open the account with a key: credential = "key"',
        )
    if account.credential.kind == "sas" and SasToken.parse(account.credential.secret).https_only:
        raise ProtocolForbidden(
            f"account {account.name} would be reached over http, but its SAS token allows only https",
            remedy="use https, or ask for a SAS token that allows http (spr=https,http)",
        )
