"""Where http may be used. Pure."""

from __future__ import annotations

from typing import Literal

from blobprep.account.accounts import Account
from blobprep.account.sas import SasToken
from blobprep.errors import ProtocolForbidden

__all__ = ["AllowHttp", "allowed_protocol"]

AllowHttp = Literal["never", "emulator", "always"]


def allowed_protocol(account: Account, allow_http: AllowHttp, *, explicit: bool) -> tuple[Account, str | None]:
    """Hold an account's protocol against the policy.

    Args:
        account: with the protocol that is about to be used.
        allow_http: the setting.
        explicit: the account's own `protocol`, or `--protocol`, says http.

    Returns:
        The account, and a one-line warning where http leaves this machine, else None.

    Raises:
        ProtocolForbidden: the policy forbids http here, or what opens the account must not travel over it.
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
            remedy='use https, or say it explicitly with --protocol http or protocol = "http" for the account',
        )
    shown = "data, names and the SAS token travel" if account.credential.kind == "sas" else "data and names travel"
    return account, f"account {account.name} is reached over http: {shown} in the clear"


def _require_https_for_secrets(account: Account) -> None:
    """Refuse http, to the emulator too, for what is lost to whoever listens, or would be refused anyway."""
    if account.credential.kind == "token":
        raise ProtocolForbidden(
            f"account {account.name} would be reached over http, and its credential ({account.credential.describe()}) "
            "is never sent over http",
            remedy='use https, or open the account with a key: credential = "key"',
        )
    if account.credential.kind == "sas" and SasToken.parse(account.credential.secret).https_only:
        raise ProtocolForbidden(
            f"account {account.name} would be reached over http, and its SAS token allows https only",
            remedy="use https, or ask for a SAS token that allows http (spr=https,http)",
        )
