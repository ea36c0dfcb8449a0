"""What a script with the old storage SDK finds: its names, and an emulator in place of its accounts.

The names are a folder of packages (`blobprep.legacy`), behind the bundle on the import path: a bundle with the real
package in it goes first, as it did in Studio. An emulator is a proxy to whatever speaks http: requests come to it as
they are, signed for an account, which it takes from the host they name.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

__all__ = ["OVERLAY", "explain_storage", "redirected"]

OVERLAY: Final = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "legacy", "overlay")
"""The folder that goes on the import path of a script."""

_PROXY: Final = ("http_proxy", "HTTP_PROXY")
_EXEMPT: Final = ("no_proxy", "NO_PROXY")

_REFUSES_HTTP: Final = (
    'the account takes https only ("secure transfer required"): have the script ask with protocol="https", which needs '
    "port 443 allowed, or turn that setting of the account off"
)
_OTHER_SERVICES: Final = (
    "blobprep has the old names of Blob Storage alone: put the real package into the --bundle, or install the current "
    "one beside blobprep (azure-data-tables, azure-storage-queue, azure-storage-file-share)"
)
_OLD_SIGNATURE: Final = (
    "azure-storage 0.20 in the bundle signs in the way of 2014, which emulators refuse; take it out of the bundle: "
    "blobprep has BlobService itself"
)


@contextmanager
def redirected(emulator: str | None) -> Iterator[None]:
    """Lead what this process asks over http to an emulator; its environment is put back afterwards.

    Args:
        emulator: HOST:PORT, None for none.
    """
    variables = os.environ  # noqa: TID251  these are the script's settings, not ours
    before = {name: variables.pop(name, None) for name in (*_PROXY, *_EXEMPT)} if emulator else {}
    try:
        if emulator:
            variables.update(dict.fromkeys(_PROXY, f"http://{emulator}"))
        yield
    finally:
        for name, value in before.items():
            variables.pop(name, None)
            if value is not None:
                variables[name] = value


def explain_storage(error: BaseException) -> str:
    """Say why a script's own storage client failed, where that is known; else return an empty text."""
    try:
        if isinstance(error, ImportError):
            return _about_import(error.name or "")
        text = str(error)
    except BaseException:  # an exception of the script's own may refuse to be looked at, by leaving too
        return ""
    if "AccountRequiresHttps" in text:
        return _REFUSES_HTTP
    if "AuthorizationFailure" in text or "AuthenticationFailed" in text:
        version = getattr(sys.modules.get("azure.storage"), "__version__", "")
        return _OLD_SIGNATURE if str(version).startswith("0.20.") else ""
    return ""


def _about_import(name: str) -> str:
    """Explain an import below `azure` that failed.

    The SDKs share `azure` and `azure.storage`, folders without an `__init__.py`. Where one has such a file, it is the
    whole package to Python, wherever on the path it lies.
    """
    if name.partition(".")[0] != "azure":
        return ""
    for package in ("azure", "azure.storage"):
        origin = getattr(sys.modules.get(package), "__file__", None)
        if isinstance(origin, str):
            return (
                f"{origin} makes {package} one package of its own and hides all others of that name; remove that file, "
                "or leave in the bundle only what the script needs"
            )
    if name == "azure.storage.blob" and OVERLAY not in str(getattr(sys.modules.get(name), "__path__", "")):
        return (
            "this process has the current azure-storage-blob already, and at isolation off the script shares it; "
            "run it at isolation process or strict, where the old names are"
        )
    return _OTHER_SERVICES if name.startswith("azure.storage") else ""
