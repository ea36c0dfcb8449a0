"""Describe models and retries of the old SDK as plain values, the same way for the real ones and for ours.

`golden_models.json` and `golden_retries.json` are what it said of azure-storage-blob 2.1.0. Written by
`python -m tests.legacy.models.describing FOLDER` in an environment that has it; nothing of blobprep is imported for
that.
"""

from __future__ import annotations

import inspect
import io
import itertools
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tests.legacy.lines import in_lines

MODELS = [
    "AccessPolicy",
    "AccountInformation",
    "AccountPermissions",
    "AppendBlockProperties",
    "BatchDeleteSubRequest",
    "BatchSetBlobTierSubRequest",
    "BatchSubResponse",
    "Blob",
    "BlobBlock",
    "BlobBlockList",
    "BlobBlockState",
    "BlobPermissions",
    "BlobPrefix",
    "BlobProperties",
    "BlockListType",
    "Container",
    "ContainerPermissions",
    "ContainerProperties",
    "ContentSettings",
    "CopyProperties",
    "CorsRule",
    "CustomerProvidedEncryptionKey",
    "DeleteRetentionPolicy",
    "DeleteSnapshot",
    "GeoReplication",
    "Include",
    "LeaseProperties",
    "LocationMode",
    "Logging",
    "Metrics",
    "PageBlobProperties",
    "PageRange",
    "PremiumPageBlobTier",
    "Protocol",
    "PublicAccess",
    "RehydratePriority",
    "ResourceProperties",
    "ResourceTypes",
    "RetentionPolicy",
    "RetryContext",
    "SequenceNumberAction",
    "ServiceProperties",
    "ServiceStats",
    "Services",
    "StandardBlobTier",
    "StaticWebsite",
    "UserDelegationKey",
]
FLAGS = ("AccountPermissions", "BlobPermissions", "ContainerPermissions", "Include", "ResourceTypes", "Services")


def describe(model: type) -> dict[str, Any]:
    """Describe a class: its parameters, its constants, and one made with as little as it takes."""
    parameters = _parameters(model)
    needed = [name for name, default in parameters if default == "required"]
    return {
        "parameters": parameters,
        "constants": {name: _plain(value) for name, value in vars(model).items() if _is_constant(name, value)},
        "made": _plain(model(*needed)),
    }


def refusals(models: Any) -> dict[str, str]:
    """Try what the constructors refuse."""
    tries = {
        "RetentionPolicy": [{"enabled": None}, {"enabled": True}],
        "DeleteRetentionPolicy": [{"enabled": None}, {"enabled": True}],
        "Logging": [{"read": None, "write": None}, {"write": None, "delete": None}, {"delete": None}],
        "Metrics": [{"enabled": None}, {"enabled": True}],
        "CorsRule": [
            {"allowed_origins": None, "allowed_methods": None},
            {"allowed_origins": ["*"], "allowed_methods": None},
            {"allowed_origins": ["*"], "allowed_methods": ["GET"], "max_age_in_seconds": None},
        ],
        "StaticWebsite": [{"enabled": None}],
    }
    return {
        f"{name}(**{given})": _refusal(getattr(models, name), given) for name, all_ in tries.items() for given in all_
    }


def combinations(flags: Any) -> dict[str, Any]:
    """Combine each two constants of a class of flags, and read some texts."""
    constants = [name for name, value in vars(flags).items() if isinstance(value, flags)]
    combined = {}
    for one, other in itertools.product(sorted(constants), repeat=2):
        both = getattr(flags, one) | getattr(flags, other)
        also = getattr(flags, one) + getattr(flags, other)
        combined[f"{one} {other}"] = [str(both), _plain(both), str(also)]
    for text in ("", "rw", "wr", "sco", "x", "racwdlup", "copy", "copy,metadata", "metadata,snapshots,deleted"):
        combined[repr(text)] = [str(flags(_str=text)), str(flags.__or__(flags(), text))]
    return combined


def settings_headers(models: Any) -> dict[str, Any]:
    """Write content settings as headers, some of them set and all of them."""
    some = models.ContentSettings("text/csv", cache_control="no-cache")
    every = models.ContentSettings("a", "b", "c", "d", "e", "f")
    return {"some": some._to_headers(), "every": every._to_headers()}


def decisions(policies: Any, models: Any) -> dict[str, Any]:
    """Ask policies without jitter about each kind of failure, at each count and location."""
    made = {
        "exponential": policies.ExponentialRetry(2, 3, 3, False, 0),
        "exponential, secondary": policies.ExponentialRetry(1, 2, 2, True, 0),
        "linear": policies.LinearRetry(4, 3, False, 0),
        "none": SimpleNamespace(retry=policies.no_retry),
    }
    failures = [(status, "primary", False, "bytes") for status in _STATUSES]
    failures += [(404, "secondary", False, "bytes"), (412, "secondary", False, "bytes")]
    failures += [(500, *rest) for rest in itertools.product(("primary", "secondary"), (False, True), _BODIES)]
    asked = {}
    for (name, policy), failure, count in itertools.product(made.items(), failures, (None, 1, 3)):
        context = _context(models, count, *failure)
        waits = policy.retry(context)
        asked[", ".join(map(str, (name, count, *failure)))] = " ".join(map(str, (waits, *_state(context))))
    return asked


_STATUSES = (None, 0, 100, 200, 206, 299, 300, 304, 400, 404, 408, 409, 412, 499, 500, 501, 503, 505, 599)


def _no_position() -> Any:
    class Unseekable(io.BytesIO):
        def seek(self, *where: int) -> int:
            raise io.UnsupportedOperation("seek")

    return Unseekable(b"body")


_BODIES = {
    "bytes": (lambda: b"body", None),
    "stream": (lambda: io.BytesIO(b"body"), 1),
    "stream without position": (lambda: io.BytesIO(b"body"), None),
    "stream that stays": (_no_position, 1),
}


def _context(models: Any, count: int | None, status: int | None, location: str, emulated: bool, body: str) -> Any:
    context = models.RetryContext()
    make, context.body_position = _BODIES[body]
    hosts = {"primary": "a.blob", "secondary": "a-secondary.blob"}
    path = "/devstoreaccount1/c" if location == "primary" else "/devstoreaccount1-secondary/c"
    context.request = SimpleNamespace(host_locations=hosts, host=hosts[location], path=path, body=make())
    context.response = SimpleNamespace(status=status)
    context.location_mode, context.is_emulated = location, emulated
    if count is not None:
        context.count = count
    return context


def _state(context: Any) -> list[Any]:
    body = context.request.body
    where = body.tell() if hasattr(body, "tell") else None
    return [getattr(context, "count", None), context.location_mode, context.request.host, context.request.path, where]


def _parameters(model: type) -> list[list[Any]]:
    if "__init__" not in vars(model):
        return []
    signature = inspect.signature(vars(model)["__init__"])
    positional = [p for p in signature.parameters.values() if p.kind is p.POSITIONAL_OR_KEYWORD][1:]
    return [[p.name, "required" if p.default is p.empty else _plain(p.default)] for p in positional]


def _is_constant(name: str, value: object) -> bool:
    return not name.startswith("_") and (isinstance(value, str) or type(value).__name__ in MODELS)


def _plain(value: Any) -> Any:
    if isinstance(value, str | int | float | None):
        return value
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return {type(value).__name__: {name: _plain(item) for name, item in sorted(vars(value).items())}}


def _refusal(model: Any, given: dict[str, Any]) -> str:
    try:
        model(**given)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "accepted"


def everything(models: Any) -> dict[str, Any]:
    """Describe all of them."""
    return {
        "classes": {name: describe(getattr(models, name)) for name in MODELS},
        "flags": {name: combinations(getattr(models, name)) for name in FLAGS},
        "refusals": refusals(models),
        "headers": settings_headers(models),
    }


if __name__ == "__main__":
    from azure.storage.blob import models as of_blobs
    from azure.storage.common import models as of_all
    from azure.storage.common import retry

    every, folder = SimpleNamespace(**vars(of_all) | vars(of_blobs)), Path(sys.argv[1])
    for file, said in {"models": everything(every), "retries": decisions(retry, every)}.items():
        (folder / f"golden_{file}.json").write_text(in_lines(said, 2), encoding="utf-8")
