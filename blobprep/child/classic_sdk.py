"""The surroundings of a script that uses the old storage SDK: its module names, and an emulator for its accounts.

The names are a folder of packages (`blobprep.legacy`) that comes after the bundle on the import path, so that a bundle
with the real package takes precedence, as in Studio. The emulator is set as a proxy for http: it receives the requests
unchanged and takes the account from the host that they name.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

__all__ = ["OVERLAY", "explain_storage", "use_emulator"]

OVERLAY: Final = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "legacy", "overlay")
"""The folder that is added to a script's import path."""

_PROXY: Final = ("http_proxy", "HTTP_PROXY")
_EXEMPT: Final = ("no_proxy", "NO_PROXY")

_REFUSES_HTTP: Final = (
    'the account accepts only https ("secure transfer required"): use protocol="https" in the script, which needs port '
    "443 allowed, or turn that setting of the account off"
)
_OTHER_SERVICES: Final = (
    "blobprep provides the old names of Blob Storage only: put the package of the time into the --bundle "
    "(azure-storage-queue or azure-storage-file 2.1), or install the current one beside blobprep (azure-data-tables, "
    "azure-storage-queue, azure-storage-file-share)"
)
_OLD_SIGNATURE: Final = (
    "azure-storage 0.20 in the bundle signs requests as in 2014, which emulators refuse; remove it from the bundle: "
    "blobprep provides BlobService itself"
)


@contextmanager
def use_emulator(emulator: str | None) -> Iterator[None]:
    """Send this process's http requests to an emulator; the environment is restored afterwards.

    Args:
        emulator: HOST:PORT, or None for no emulator.
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
    """Explain why a script's own storage client failed; empty if the reason is not known."""
    try:
        if isinstance(error, ImportError):
            return _explain_import(error.name or "")
        text = str(error)
    except BaseException:  # inspecting a script's own exception may raise anything, even SystemExit
        return ""
    if "AccountRequiresHttps" in text:
        return _REFUSES_HTTP
    if "AuthorizationFailure" in text or "AuthenticationFailed" in text:
        version = getattr(sys.modules.get("azure.storage"), "__version__", "")
        return _OLD_SIGNATURE if str(version).startswith("0.20.") else ""
    return ""


def _explain_import(name: str) -> str:
    """Explain a failed import below `azure`.

    The SDKs share `azure` and `azure.storage`, which are folders without an `__init__.py`. If one of them has such a
    file, Python takes it for the whole package, wherever it is on the path.
    """
    if name.partition(".")[0] != "azure":
        return ""
    for package in ("azure", "azure.storage"):
        origin = getattr(sys.modules.get(package), "__file__", None)
        if isinstance(origin, str):
            return (
                f"{origin} makes {package} a regular package, which hides all other folders of that name; remove that "
                "file, or keep in the bundle only what the script needs"
            )
    if name == "azure.storage.blob" and OVERLAY not in str(getattr(sys.modules.get(name), "__path__", "")):
        return (
            "this process has already imported the current azure-storage-blob, and at isolation off the script shares "
            "it; use isolation process or strict, which provide the old names"
        )
    return _OTHER_SERVICES if name.startswith("azure.storage") else ""
