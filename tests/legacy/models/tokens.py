"""A grid of shared access signatures; every case is a call that is the same for the old SDK and for the overlay.

`golden_sas.json` holds what azure-storage-blob 2.1.0 wrote. Written by `python -m tests.legacy.models.tokens > FILE`
in an environment that has it; nothing of blobprep is imported for that.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

from tests.legacy.lines import in_lines

ACCOUNT = "devstoreaccount1"
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="  # the emulator's
SNAPSHOT = "2026-01-02T03:04:05.0000006Z"
NAIVE = datetime(2030, 1, 2, 3, 4, 5)
AWARE = datetime(2030, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=5, minutes=30)))
HEADERS = {
    "cache_control": "no-cache",
    "content_disposition": 'attachment; filename="ä b.csv"',
    "content_encoding": "gzip",
    "content_language": "de, en",
    "content_type": "text/csv; charset=utf-8",
}


def calls(models: Any) -> Iterator[tuple[str, str, tuple[Any, ...], dict[str, Any]]]:
    """Yield each case: its name, the method, and what it is called with.

    Args:
        models: has `BlobPermissions` and the rest.
    """
    blob, container = models.BlobPermissions, models.ContainerPermissions
    moments = {"naive": NAIVE, "aware": AWARE, "text": "2030-01-02", "none": None}
    permissions = {
        "one": blob.READ,
        "several": blob.WRITE | blob.READ + blob.DELETE,
        "text": "rw",
        "none given": blob(),
        "container's": container.LIST,
        "missing": None,
    }
    for when, moment in moments.items():
        for which, permission in permissions.items():
            yield f"blob {which} until {when}", "blob", ("c", "b", None, permission, moment), {}
            yield f"container {which} from {when}", "container", ("c", permission, NAIVE, moment), {}
    for name in ("a/b c.csv", "ümlaut.csv", "100%.csv", "a+b&c=d?e#f"):
        yield f"blob named {name}", "blob", ("$root", name, None, blob.READ, NAIVE), {}
    yield "snapshot", "blob", ("c", "b", SNAPSHOT, blob.READ, NAIVE), {}
    yield "policy", "blob", ("c", "b"), {"id": "a policy"}
    yield "policy of a container", "container", ("c",), {"id": "a policy"}
    for name, value in {**HEADERS, "ip": "168.1.5.60-168.1.5.70", "protocol": models.Protocol.HTTPS}.items():
        yield f"blob with {name}", "blob", ("c", "b", None, blob.READ, NAIVE), {name: value}
        yield f"container with {name}", "container", ("c", container.READ, NAIVE), {name: value}
    yield "all headers", "blob", ("c", "b", SNAPSHOT, blob.READ, NAIVE, AWARE), HEADERS
    yield "all headers of a container", "container", ("c", container.READ, NAIVE, AWARE), HEADERS
    yield from _account_calls(models)


def _account_calls(models: Any) -> Iterator[tuple[str, str, tuple[Any, ...], dict[str, Any]]]:
    services, kinds, may = models.Services, models.ResourceTypes, models.AccountPermissions
    for which, permission in {"one": may.READ, "several": may.UPDATE | may.READ, "text": "rwl"}.items():
        for types in (kinds.SERVICE, kinds.OBJECT + kinds.CONTAINER, "sco"):
            yield f"account {which} {types}", "account", (services.BLOB, types, permission, NAIVE), {}
    combined = services.FILE | services.BLOB
    others = {"start": AWARE, "ip": "1.2.3.4", "protocol": models.Protocol.HTTPS_HTTP}
    yield "account with everything", "account", (combined, "sco", may(read=True, process=True), "2030-01-02"), others


def delegation_key(models: Any) -> Any:
    """Make a key as the service gives it out; its value is made up."""
    key = models.UserDelegationKey()
    key.signed_oid, key.signed_tid = "an-oid", "a-tid"
    key.signed_start, key.signed_expiry = "2030-01-01T00:00:00Z", "2030-01-03T00:00:00Z"
    key.signed_service, key.signed_version, key.value = "b", "2019-02-02", "bm90IGEga2V5"
    return key


def tokens(models: Any, signature: Any) -> dict[str, str]:
    """Write every token, with the key of the account and, where that can be, with a user delegation key."""
    written = {}
    signers = {
        "key": signature(ACCOUNT, KEY),
        "delegated": signature(ACCOUNT, user_delegation_key=delegation_key(models)),
    }
    for signer, signing in signers.items():
        for name, method, args, kwargs in calls(models):
            if not (signer == "delegated" and method == "account"):
                written[f"{name}, {signer}"] = getattr(signing, f"generate_{method}")(*args, **kwargs)
    return written


if __name__ == "__main__":
    from types import SimpleNamespace

    from azure.storage.blob import models as of_blobs
    from azure.storage.blob.sharedaccesssignature import BlobSharedAccessSignature
    from azure.storage.common import models as of_all

    every = SimpleNamespace(**vars(of_all) | vars(of_blobs))
    print(in_lines(tokens(every, BlobSharedAccessSignature)), end="")
