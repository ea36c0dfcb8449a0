"""What a SAS token says of itself; its signature is never looked at. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from urllib.parse import parse_qs

__all__ = ["SasKind", "SasToken"]

SasKind = Literal["account", "service", "user delegation"]


@dataclass(frozen=True, slots=True)
class SasToken:
    """Describe a SAS token, without its signature.

    Attributes:
        kind: what signed it: an account SAS and a service SAS the account key, a user delegation SAS an identity's.
        starts, expires: aware UTC; None where a stored access policy says, or nothing that can be read.
        permissions: letters, as `rl`; empty where a stored access policy says.
        services: of an account SAS, letters, `b` for blob; empty for the others.
        https_only: whether it refuses http.
        resource: of the others, what it is for: `b` a blob, `c` a container, `d` a prefix; empty for an account SAS.
        resource_types: of an account SAS, letters: `s` service, `c` container, `o` blob; empty for the others.
        policy: name of the stored access policy; empty where there is none.

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
        """Read a token.

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
    except (ValueError, OverflowError):  # in UTC it may be before the first year, or behind the last
        return None
