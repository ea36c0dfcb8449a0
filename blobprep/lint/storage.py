"""Rules about storage, the network, and the services that Studio offered to scripts."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Final

from blobprep.lint.findings import Edit, Finding
from blobprep.lint.walk import Context

__all__ = ["check_literal", "check_positions", "check_service", "check_studio_import"]

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
    "connect the dataset to a port: blobprep run SCRIPT DATASET, where DATASET is a reference, or a NAME from "
    "[datasets.NAME] in blobprep.toml"
)


def check_service(node: ast.AST, context: Context) -> Iterator[Finding]:
    """Report which account a service object connects to, and which option allows it."""
    assert isinstance(node, ast.Call)
    path = context.name(node.func)
    service = path.rpartition(".")[2]
    if not path.startswith("azure.storage") or service not in _SERVICES:
        return
    given = {argument.arg: argument.value for argument in node.keywords}
    name = given.get("account_name", node.args[0] if node.args else None)
    protocol = given.get("protocol", _argument(node, 2 if service == "BlobService" else 4))
    plain = isinstance(protocol, ast.Constant) and protocol.value == "http"
    emulated = given.get("is_emulated")
    if isinstance(emulated, ast.Constant) and emulated.value is True:
        remedy = "run with --emulator HOST:PORT, which sets it up and allows it"
        yield context.finding("BP601", node, "the script connects to the emulator", remedy)
        return
    host = _host(given, _text(name))
    if host is not None:
        reached = f"the script connects to {host or 'an account that is known only when it runs'}"
        port = ":80" if plain else ""
        remedy = (
            f"allow it with --allow-host {host or 'HOST'}{port}, or --allow-accounts if the run also reads or writes it"
        )
        yield context.finding("BP601", node, reached, f"{remedy}; for an emulator, use --emulator HOST:PORT")
    if plain:
        message = 'http works only if the account has "secure transfer required" off; data is sent unencrypted'
        yield context.finding("BP602", node, message, "remove protocol='http', unless the account only accepts http")
    if service == "BlobService":
        message = "BlobService comes from azure-storage 0.20; blobprep supports its most used methods"
        yield context.finding("BP606", node, message, "if one is missing, use BlockBlobService")


def _host(given: Mapping[str | None, ast.expr], name: str) -> str | None:
    """Return the host of a service object: empty if only a run shows it, None if `check_literal` reports it."""
    whole = next((value for key in ("custom_domain", "connection_string") if _is_given(value := given.get(key))), None)
    if whole is not None:
        text = _text(whole)
        if _URL.match(text) or _CONNECTION.search(text):
            return None
        return text.partition("/")[0] if whole is given.get("custom_domain") else ""
    suffix = _text(given["endpoint_suffix"]) if "endpoint_suffix" in given else "core.windows.net"
    return f"{name}.blob.{suffix}" if name and suffix else ""


def _is_given(node: ast.expr | None) -> bool:
    return node is not None and not (isinstance(node, ast.Constant) and node.value is None)


def _text(node: ast.expr | None) -> str:
    """Return the value of a string constant; empty for anything else."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _argument(node: ast.Call, index: int) -> ast.expr | None:
    return node.args[index] if len(node.args) > index else None


def check_literal(node: ast.AST, context: Context) -> Iterator[Finding]:
    """Find addresses and account keys in strings."""
    assert isinstance(node, ast.Constant)
    if not isinstance(node.value, str) or isinstance(context.parent, ast.Expr):
        return
    if _KEY.search(node.value) and _EMULATOR_KEY not in node.value:
        message = "the script contains an account key, which gives full access to the account"
        yield context.finding(
            "BP607", node, message, "pass the key with --param, or let blobprep read and write the blobs"
        )
    named = _CONNECTION.search(node.value)
    if named:
        host = f"{named['name']}.blob.core.windows.net"
        yield context.finding(
            "BP601", node, f"the script connects to {host}", f"allow it with --allow-host {host}, or --allow-accounts"
        )
    found = _URL.match(node.value)
    if found and _is_reached(context):
        port = found["port"] or ("80" if found["scheme"] == "http" else "")
        host = f"{found['host']}:{port}" if port else found["host"]
        yield context.finding("BP601", node, f"the script connects to {host}", f"allow it with --allow-host {host}")


def _is_reached(context: Context) -> bool:
    """Return whether an address is passed to a call that connects, or assigned in a script that imports such calls."""
    for parent in reversed(context.parents):
        if isinstance(parent, ast.Call) and (path := context.name(parent.func)):
            return path.startswith(_REACHING)
        if isinstance(parent, ast.Assign):
            top = context.parents[0]
            return any(_imports_network(inner) for inner in ast.walk(top))
        if isinstance(parent, ast.stmt):
            return False
    return False


def _imports_network(node: ast.AST) -> bool:
    if isinstance(node, ast.Import):
        return any(f"{alias.name}.".startswith(_REACHING) for alias in node.names)
    return isinstance(node, ast.ImportFrom) and f"{node.module}.".startswith(_REACHING)


def check_positions(node: ast.AST, context: Context) -> Iterator[Finding]:
    """Find positional arguments whose positions changed in azure-storage-blob 2.0."""
    assert isinstance(node, ast.Call)
    if not isinstance(node.func, ast.Attribute) or any(isinstance(argument, ast.Starred) for argument in node.args):
        return
    if node.func.attr == "generate_blob_shared_access_signature" and len(node.args) > 2:
        third = node.args[2]
        if isinstance(third, ast.Constant) and third.value is None:
            return  # the snapshot, as in 2.0
        message = "since azure-storage-blob 2.0 the third argument is the snapshot; before, it was the permission"
        edits = _name_sas_arguments(node, context) if _is_permission(third, context) else ()
        yield context.finding("BP603", node, message, "pass the arguments by name: permission=…, expiry=…", edits)
    if node.func.attr == "put_block_from_url" and len(node.args) > 3:
        message = "since azure-storage-blob 2.0 the fourth argument is block_id; before, it was source_range_start"
        yield context.finding("BP604", node, message, "pass the arguments after copy_source_url by name")


def _is_permission(node: ast.expr, context: Context) -> bool:
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and _LETTERS.match(node.value) is not None
    return context.name(node.func if isinstance(node, ast.Call) else node).find("BlobPermissions") >= 0


def _name_sas_arguments(node: ast.Call, context: Context) -> tuple[Edit, ...]:
    if len(node.args) > len(_OLD_SAS):
        return ()
    pairs = list(zip(node.args, _OLD_SAS, strict=False))[2:]
    return tuple(Edit(context.start(value), context.start(value), f"{name}=") for value, name in pairs)


def check_studio_import(node: ast.AST, context: Context) -> Iterator[Finding]:
    """Find imports of the client of Studio's workspaces and web services, which were shut down."""
    assert isinstance(node, ast.Import | ast.ImportFrom)
    modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
    for module in modules:
        if module == "azureml.services":
            message = "azureml.services published functions as web services of Studio, which was shut down"
            yield context.finding(
                "BP605",
                node,
                message,
                "do the service's work in azureml_main, and run it: blobprep run SCRIPT DATASET",
            )
        elif module.partition(".")[0] == "azureml" and not getattr(node, "level", 0):
            message = "azureml.Workspace read datasets from Studio, which was shut down"
            yield context.finding("BP605", node, message, _RECIPE)
