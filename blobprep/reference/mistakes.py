"""Texts that are not references, and the form that was probably meant. Pure."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import Final

from blobprep.errors import InvalidReference
from blobprep.reference.names import CONTAINER_RULE, is_container_name
from blobprep.reference.sas import quote_text, remove_secrets

__all__ = ["EXAMPLES", "invalid_container", "unknown_reference"]

EXAMPLES: Final = "write az://container/blob or https://ACCOUNT.blob.core.windows.net/container/blob"
_SCHEMES: Final = ("az", "azure", "abfs", "abfss", "abs", "wasb", "wasbs", "azureml", "https", "http")
_ELSEWHERE: Final = {
    **dict.fromkeys(("s3", "s3a", "s3n"), "Amazon S3"),
    **dict.fromkeys(("gs", "gcs"), "Google Cloud Storage"),
    **dict.fromkeys(("hdfs", "viewfs"), "a Hadoop cluster"),
    "dbfs": "a Databricks workspace",
    **dict.fromkeys(("ftp", "ftps", "sftp"), "a file server"),
}
_GEN1: Final = re.compile(r"adl://([a-z0-9]+)(?:\.azuredatalakestore\.net)?(?:/(.*))?", re.IGNORECASE | re.DOTALL)
_SLASHES: Final = re.compile(rf"({'|'.join(sorted(_SCHEMES, reverse=True))}):[/\\]*(.*)", re.IGNORECASE | re.DOTALL)
_BARE: Final = re.compile(r"[a-z0-9-]+\.(?:blob|dfs)\.[a-z0-9.-]+(?:/.*)?", re.IGNORECASE | re.DOTALL)


def unknown_reference(text: str) -> InvalidReference:
    """Return the error for a text that is not in any dialect."""
    plain = remove_secrets(text)
    scheme, colons, rest = plain.partition("://")
    scheme = scheme.lower()
    if not colons:
        return InvalidReference(f"{quote_text(text)} is not a reference to a blob", remedy=_without_scheme(plain))
    if match := _GEN1.match(plain):
        return InvalidReference(
            f"{quote_text(text)} is in Data Lake Storage Gen1, which is retired",
            remedy=f"write abfss://CONTAINER@{match[1]}.dfs.core.windows.net/{match[2] or ''} "
            "with the container and account that it was moved to",
        )
    if scheme == "file":
        return InvalidReference(f"{quote_text(text)} is a local file", remedy=f"write its path: {rest}")
    if scheme in _ELSEWHERE:
        return InvalidReference(
            f"{quote_text(text)} is in {_ELSEWHERE[scheme]} and not in Azure Blob Storage", remedy=EXAMPLES
        )
    near = get_close_matches(scheme, _SCHEMES, n=1, cutoff=0.75)
    remedy = f"did you mean {near[0]}://{rest}" if near else EXAMPLES
    return InvalidReference(f"{quote_text(text)} is not a reference to a blob", remedy=remedy)


def _without_scheme(text: str) -> str:
    if re.match(r"azureml:[^/]", text, re.IGNORECASE):
        return "data assets are not supported; write the path: azureml://datastores/NAME/paths/PATH"
    if match := _SLASHES.fullmatch(text):
        below = match[2].replace("\\", "/")
        return f"write {match[1].lower()}://{below or 'CONTAINER/BLOB'}"
    if _BARE.fullmatch(text):
        return f"write https://{text}"
    return EXAMPLES


def invalid_container(text: str, container: str, path: str) -> InvalidReference:
    """Return the error for a reference with an invalid container name."""
    rule = CONTAINER_RULE
    corrected = re.sub("-{2,}", "-", re.sub(r"[_. ]", "-", container.lower())).strip("-")
    if "*" in container or "?" in container:
        rule, corrected = "wildcards are allowed only in the name of the blob", ""
    where = f"; did you mean container {corrected!r}" if is_container_name(corrected) else ""
    root = f"; a blob in the root container is $root/{container}" if not path and "*" not in container else ""
    return InvalidReference(
        f"{quote_text(text)} has {container!r} in place of its container, which is not a valid container name",
        remedy=f"{rule}{where}{root}; write az://container/blob",
    )
