"""Shared access signatures as `BlobService` made them.

Source:
    Microsoft, "Create a service SAS", version 2014-02-14.
"""

from __future__ import annotations

from datetime import date
from typing import Final
from urllib.parse import quote

from blobprep.legacy.early.models import SharedAccessPolicy
from blobprep.legacy.models import AccessPolicy
from blobprep.legacy.wire.conversions import iso_date, signature

__all__ = ["VERSION", "signed_query"]

VERSION: Final = "2014-02-14"

_HEADERS = ("rscc", "rscd", "rsce", "rscl", "rsct")


def signed_query(
    resource: str, kind: str, policy: SharedAccessPolicy, version: str, headers: tuple[str | None, ...], key: str
) -> str:
    """Write and sign the query that opens a resource.

    Args:
        resource: such as `/ACCOUNT/CONTAINER/BLOB`.
        kind: one of `ResourceType`.
        policy: what is permitted.
        version: of the service whose rules hold.
        headers: that the service answers with: cache control, disposition, encoding, language, type.
        key: of the account.
    """
    granted = policy.access_policy or AccessPolicy()
    terms = {"st": _text(granted.start), "se": _text(granted.expiry), "sp": _text(granted.permission)}
    fields = {**terms, "si": policy.id, "sv": version, "sr": kind, **dict(zip(_HEADERS, headers, strict=True))}
    lines = (terms["sp"], terms["st"], terms["se"], resource, policy.id, version, *headers)
    fields["sig"] = signature(key, "\n".join(line or "" for line in lines))
    return "&".join(f"{name}={quote(value)}" for name, value in fields.items() if value)


def _text(value: object) -> str:
    if isinstance(value, date):
        return iso_date(value)
    return str(value or "")
