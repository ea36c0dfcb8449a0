"""Shared access signatures as `BlobService` made them.

Source:
    Microsoft, "Create a service SAS", version 2014-02-14.
"""

from __future__ import annotations

from datetime import date
from typing import Final
from urllib.parse import quote

from blobprep.legacy.methods import Arguments
from blobprep.legacy.models import AccessPolicy
from blobprep.legacy.sharedaccess import ANSWERED_HEADERS
from blobprep.legacy.wire.conversions import iso_date, signature

__all__ = ["VERSION", "signed_query"]

VERSION: Final = "2014-02-14"


def signed_query(resource: str, kind: str, asked: Arguments, key: str) -> str:
    """Write and sign the query that opens a resource.

    Args:
        resource: such as `/ACCOUNT/CONTAINER/BLOB`.
        kind: one of `ResourceType`.
        asked: the `shared_access_policy`, the `sas_version` whose rules hold, and the headers to answer with.
        key: of the account.
    """
    policy, version = asked["shared_access_policy"], asked["sas_version"]
    granted = policy.access_policy or AccessPolicy()
    terms = {"st": _text(granted.start), "se": _text(granted.expiry), "sp": _text(granted.permission)}
    headers = {field: asked[name] for name, field in ANSWERED_HEADERS.items()}
    fields = {**terms, "si": policy.id, "sv": version, "sr": kind, **headers}
    lines = (terms["sp"], terms["st"], terms["se"], resource, policy.id, version, *headers.values())
    fields["sig"] = signature(key, "\n".join(line or "" for line in lines))
    return "&".join(f"{name}={quote(value)}" for name, value in fields.items() if value)


def _text(value: object) -> str:
    if isinstance(value, date):
        return iso_date(value)
    return str(value or "")
