"""The fields of a SAS token, without its signature. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from urllib.parse import parse_qs

__all__ = ["SasKind", "SasToken"]

SasKind = Literal["account", "service", "user delegation"]


@dataclass(frozen=True, slots=True)
class SasToken:
    """The fields of a SAS token, without its signature.

    Attributes:
        kind: the kind of token: account and service SAS are signed with the account key, a user delegation SAS with the
            key of an identity.
        starts, expires: aware UTC; None if they are missing (a stored access policy may set them) or not readable.
        permissions: letters, such as `rl`; empty if a stored access policy sets them.
        services: letters of an account SAS, `b` for blob; empty for the other kinds.
        https_only: whether it refuses http.
        resource: what a service or user delegation SAS is for: `b` a blob, `c` a container, `d` a prefix; else empty.
        resource_types: letters of an account SAS: `s` service, `c` container, `o` blob; empty for the other kinds.
        policy: name of the stored access policy; empty for none.

    Source:
        Microsoft, "Create an account SAS", "Create a service SAS" and "Create a user delegation SAS".
    """

    kind: SasKind
    starts: datetime | None
    expires: datetime | None
    permissions: str
    services: str
    https_only: bool
    resource: str
    resource_types: str
    policy: str

    @classmethod
    def parse(cls, text: str) -> SasToken:
        """Parse a token.

        >>> token = SasToken.parse("ss=b&srt=o&sp=r&se=2024-05-01T12:00Z&sig=…")
        >>> token.kind, token.permissions, f"{token.expires:%Y-%m-%d %H:%M}"
        ('account', 'r', '2024-05-01 12:00')
        """
        fields = {name: values[0] for name, values in parse_qs(text).items()}
        ends = [end for end in (_moment(fields.get("se")), _moment(fields.get("ske"))) if end is not None]
        kind: SasKind = "user delegation" if "skoid" in fields else "account" if "srt" in fields else "service"
        return cls(
            kind,
            starts=_moment(fields.get("st")),
            # A user delegation SAS ends with the key that signed it, if that is earlier.
            expires=min(ends, default=None),
            permissions=fields.get("sp", ""),
            services=fields.get("ss", ""),
            https_only=fields.get("spr") == "https",
            resource=fields.get("sr", ""),
            resource_types=fields.get("srt", ""),
            policy=fields.get("si", ""),
        )


def _moment(text: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text or "")
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):  # in UTC it may be before the first year, or after the last
        return None
