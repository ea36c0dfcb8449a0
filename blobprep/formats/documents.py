"""Files that are not Python scripts, recognized by their content; tables in text, by their name. Pure."""

from __future__ import annotations

import codecs
import json
import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Final

__all__ = ["Document", "document_in"]


@dataclass(frozen=True, slots=True)
class Document:
    """A kind of file that is not a Python script.

    Attributes:
        kind: its name, with an article.
        remedy: how to get a script from it.
    """

    kind: str
    remedy: str


_PLAIN: Final = "save it as plain text (UTF-8) with the extension .py"
_UNPACK: Final = "unpack it first"
_RAW: Final = "download the file itself: on GitHub, use the button Raw"
_NOTEBOOK: Final = Document(
    "a Jupyter notebook",
    "export its code (in Jupyter: Save and Export Notebook As, Executable Script; or jupyter nbconvert --to script), "
    "and put it into def azureml_main(dataframe1=None)",
)
_JSON: Final = Document("JSON", "name the Python script; data belongs in a dataset or the bundle")
_WORD: Final = Document("a Word document", _PLAIN)
_ZIP: Final = Document("a zip file", "name the script, and pass the zip with --bundle")
_R: Final = Document("an R script", "rewrite it in Python: blobprep has no equivalent of Execute R Script")

_STARTS: Final = (
    (b"{\\rtf", Document("an RTF document", _PLAIN)),
    (b"%PDF-", Document("a PDF document", _PLAIN)),
    (b"\xd0\xcf\x11\xe0", Document("an Office document", _PLAIN)),
    (b"version https://git-lfs", Document("a Git LFS pointer", "fetch the file itself: git lfs pull")),
    (b"\x1f\x8b", Document("a gzip file", _UNPACK)),
    (b"7z\xbc\xaf\x27\x1c", Document("a 7-Zip archive", _UNPACK)),
    (b"Rar!\x1a\x07", Document("a RAR archive", _UNPACK)),
    (codecs.BOM_UTF16_LE, Document("text in UTF-16", _PLAIN)),
    (codecs.BOM_UTF16_BE, Document("text in UTF-16", _PLAIN)),
)
_MARKUP: Final = re.compile(rb"<(?:!doctype|html|head|body|\?xml|!--|svg)\b", re.IGNORECASE)
_R_CALLS: Final = re.compile(rb"\bmaml\.map(?:Input|Output)Port\s*\(")


_TABLES: Final = frozenset({".arff", ".csv", ".svmlight", ".tsv"})
_TABLE: Final = Document("a dataset", "name the script first, then its datasets: SCRIPT DATASET1 DATASET2")


def document_in(data: bytes, name: str = "") -> Document | None:
    """Return the kind of a file that is certainly not a script; None if it may be one.

    Args:
        data: the whole file.
        name: its name, where it is to be a script: a table may be taken for one.
    """
    if PurePosixPath(name).suffix.lower() in _TABLES and b"azureml_main" not in data:
        return _TABLE
    if data.startswith(b"PK\x03\x04"):
        return _WORD if b"word/document.xml" in data else _ZIP
    for start, document in _STARTS:
        if data.startswith(start):
            return document
    text = data.removeprefix(codecs.BOM_UTF8).lstrip()
    if _MARKUP.match(text):
        return Document("a web page" if b"<html" in text[:4096].lower() else "HTML or XML", _RAW)
    if text.startswith((b"{", b"[")) and (value := _json(text)) is not None:
        return _NOTEBOOK if isinstance(value, dict) and "nbformat" in value else _JSON
    return _R if _R_CALLS.search(data) and b"azureml_main" not in data else None


def _json(text: bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
