"""The arguments that choose account and protocol, and come before all other settings. Pure."""

from __future__ import annotations

from blobprep.account import Protocol
from blobprep.errors import InvalidOption
from blobprep.settings.table import ROWS, check_value

__all__ = ["check_account", "check_protocol_name"]


def check_account(text: str | None) -> str | None:
    """Return the name of an account; None for an empty text.

    Raises:
        SettingError: it is not the name of an account.
    """
    name = (text or "").strip()
    if name:
        check_value(ROWS["default_account"], name, "--account")
    return name or None


def check_protocol_name(text: str | None) -> Protocol | None:
    """Return the name of a protocol; None for an empty text.

    Raises:
        InvalidOption: there is no such protocol.
    """
    protocol = (text or "").strip().lower()
    if protocol not in ("", "http", "https"):
        raise InvalidOption(f"{protocol!r} is not a protocol", remedy="use http or https")
    return None if not protocol else "http" if protocol == "http" else "https"
