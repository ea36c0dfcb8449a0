"""Rules about storage, the network, and what Studio itself offered to scripts."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Final

from blobprep.lint.findings import Edit, Finding
from blobprep.lint.walk import Context

__all__ = ["account", "literal", "positions", "studio"]

_SERVICES: Final = frozenset({"BlockBlobService", "AppendBlobService", "PageBlobService", "BaseBlobService",
                              "CloudStorageAccount", "BlobService"})  # fmt: skip
_URL: Final = re.compile(r"(?P<scheme>https?)://(?P<host>[A-Za-z0-9][A-Za-z0-9.-]*)(?::(?P<port>\d{1,5}))?(?=[/?#]|$)")
_CONNECTION: Final = re.compile(r"AccountName=(?P<name>[a-z0-9]{3,24})(?:;|$)", re.IGNORECASE)
_KEY: Final = re.compile(r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{86}==(?![A-Za-z0-9+/=])")
_EMULATOR_KEY: Final = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq"
_REACHING: Final = ("requests.", "urllib.", "urllib2.", "http.client.", "httplib.", "azure.", "pandas.read_",
                    "urllib3.", "aiohttp.", "socket.", "ftplib.")  # fmt: skip
_LETTERS: Final = re.compile(r"[racwdlup]+$")
_OLD_SAS: Final = ("container_name", "blob_name", "permission", "expiry", "start", "id", "ip", "protocol")
_RECIPE: Final = (
    "connect the dataset to a port: blobprep run SCRIPT DATASET, where DATASET is a reference or a name that "
    "[datasets.NAME] in blobprep.toml gives a blob"
)


def account(node: ast.AST, context: Context) -> Iterator[Finding]:
    """Say which account a service object reaches, and what lets the script reach it."""
    assert isinstance(node, ast.Call)
    path = context.name(node.func)
    service = path.rpartition(".")[2]
    if not path.startswith("azure.storage") or service not in _SERVICES:
        return
    given = {each.arg: each.value for each in node.keywords}
    name = given.get("account_name", node.args[0] if node.args else None)
    protocol = given.get("protocol", _argument(node, 2 if service == "BlobService" else 4))
    plain = isinstance(protocol, ast.Constant) and protocol.value == "http"
    emulated = given.get("is_emulated")
    if isinstance(emulated, ast.Constant) and emulated.value is True:
        remedy = "--emulator HOST:PORT sets it up and allows it"
        yield context.finding("BP601", node, "the script reaches the emulator", remedy)
        return
    host = _host(given, _text(name))
    if host is not None:
        reached = f"the script reaches {host or 'an account that is named when it runs'}"
        port = ":80" if plain else ""
        remedy = f"--allow-host {host or 'HOST'}{port}, or --allow-accounts where the run reads or writes it too"
        yield context.finding("BP601", node, reached, f"{remedy}; an emulator: --emulator HOST:PORT")
    if plain:
        message = 'the account must take http: "secure transfer required" off; key and data travel in the clear'
        yield context.finding("BP602", node, message, "leave protocol='http' out where the account takes https")
    if service == "BlobService":
        message = "BlobService is that of azure-storage 0.20; blobprep offers the methods that people used"
        yield context.finding("BP606", node, message, "BlockBlobService has them all")


def _host(given: Mapping[str | None, ast.expr], name: str) -> str | None:
    """Return the host that a service object asks: empty where only a run tells it, None where `literal` does."""
    whole = next((each for key in ("custom_domain", "connection_string") if _is_said(each := given.get(key))), None)
    if whole is not None:
        text = _text(whole)
        if _URL.match(text) or _CONNECTION.search(text):
            return None
        return text.partition("/")[0] if whole is given.get("custom_domain") else ""
    suffix = _text(given["endpoint_suffix"]) if "endpoint_suffix" in given else "core.windows.net"
    return f"{name}.blob.{suffix}" if name and suffix else ""


def _is_said(node: ast.expr | None) -> bool:
    return node is not None and not (isinstance(node, ast.Constant) and node.value is None)


def _text(node: ast.expr | None) -> str:
    """Return a string that stands there, else an empty one."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _argument(node: ast.Call, index: int) -> ast.expr | None:
    return node.args[index] if len(node.args) > index else None


def literal(node: ast.AST, context: Context) -> Iterator[Finding]:
    """Find addresses and account keys in strings."""
    assert isinstance(node, ast.Constant)
    if not isinstance(node.value, str) or isinstance(context.parent, ast.Expr):
        return
    if _KEY.search(node.value) and _EMULATOR_KEY not in node.value:
        message = "an account key stands in the script: whoever reads the script has the account"
        yield context.finding("BP607", node, message, "pass it with --param, or let blobprep read and write the blobs")
    named = _CONNECTION.search(node.value)
    if named:
        host = f"{named['name']}.blob.core.windows.net"
        yield context.finding("BP601", node, f"the script reaches {host}", f"--allow-host {host}, or --allow-accounts")
    found = _URL.match(node.value)
    if found and _is_reached(context):
        port = found["port"] or ("80" if found["scheme"] == "http" else "")
        host = f"{found['host']}:{port}" if port else found["host"]
        yield context.finding("BP601", node, f"the script reaches {host}", f"--allow-host {host}")


def _is_reached(context: Context) -> bool:
    """Tell whether an address is used in a call that reaches it, or is set down for one."""
    for parent in reversed(context.parents):
        if isinstance(parent, ast.Call) and (path := context.name(parent.func)):
            return path.startswith(_REACHING)
        if isinstance(parent, ast.Assign):
            top = context.parents[0]
            return any(_imports_network(each) for each in ast.walk(top))
        if isinstance(parent, ast.stmt):
            return False
    return False


def _imports_network(node: ast.AST) -> bool:
    if isinstance(node, ast.Import):
        return any(f"{alias.name}.".startswith(_REACHING) for alias in node.names)
    return isinstance(node, ast.ImportFrom) and f"{node.module}.".startswith(_REACHING)


def positions(node: ast.AST, context: Context) -> Iterator[Finding]:
    """Find calls by position whose positions changed in 2.0."""
    assert isinstance(node, ast.Call)
    if not isinstance(node.func, ast.Attribute) or any(isinstance(each, ast.Starred) for each in node.args):
        return
    if node.func.attr == "generate_blob_shared_access_signature" and len(node.args) > 2:
        third = node.args[2]
        if isinstance(third, ast.Constant) and third.value is None:
            return  # the snapshot of 2.0
        message = "the third argument is the snapshot since azure-storage-blob 2.0, and was the permission before"
        edits = _named_sas(node, context) if _is_permission(third, context) else ()
        yield context.finding("BP603", node, message, "name the arguments: permission=…, expiry=…", edits)
    if node.func.attr == "put_block_from_url" and len(node.args) > 3:
        message = "the fourth argument is block_id since azure-storage-blob 2.0, and was source_range_start before"
        yield context.finding("BP604", node, message, "name the arguments behind copy_source_url")


def _is_permission(node: ast.expr, context: Context) -> bool:
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and _LETTERS.match(node.value) is not None
    return context.name(node.func if isinstance(node, ast.Call) else node).find("BlobPermissions") >= 0


def _named_sas(node: ast.Call, context: Context) -> tuple[Edit, ...]:
    if len(node.args) > len(_OLD_SAS):
        return ()
    pairs = list(zip(node.args, _OLD_SAS, strict=False))[2:]
    return tuple(Edit(context.start(each), context.start(each), f"{name}=") for each, name in pairs)


def studio(node: ast.AST, context: Context) -> Iterator[Finding]:
    """Find the client of Studio's workspaces and services, which have been switched off."""
    assert isinstance(node, ast.Import | ast.ImportFrom)
    modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
    for module in modules:
        if module == "azureml.services":
            message = "azureml.services published functions as web services of Studio, which is gone"
            yield context.finding(
                "BP605",
                node,
                message,
                "have azureml_main do what the service did, and run it: blobprep run SCRIPT DATASET",
            )
        elif module.partition(".")[0] == "azureml" and not getattr(node, "level", 0):
            message = "azureml.Workspace read datasets of Studio's workspaces, which are gone"
            yield context.finding("BP605", node, message, _RECIPE)
