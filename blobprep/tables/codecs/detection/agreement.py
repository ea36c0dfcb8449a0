"""Whether the content of a dataset agrees with its format, and the format of a dataset without one.

Only a format guessed from the name or content type is checked in full: with `format=`, any text is read as requested.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from blobprep.errors import DatasetError
from blobprep.formats import FORMATS, format_named, read_options
from blobprep.protocol import AskedDataset
from blobprep.tables.codecs.detection.signatures import Content, ContentKind
from blobprep.tables.codecs.errors import dataset_error, option
from blobprep.tables.codecs.sources import BlobSource

__all__ = ["require_agreement", "with_format"]

_EXCERPT: Final = 60
_BYTES: Final = 16
_BLANKS: Final = b" \t\r\n\0\xef\xbb\xbf\xff\xfe"
_ANY_TEXT: Final = ("csv", "tsv", "plaintext")
"""Formats in which any text can be read."""

_PACKED: Final = ("a gzip file", "a zip file")
_BINARY: Final = ("parquet", "excel", "arrow")
"""Formats that are never text."""

_OTHERS: Final[Mapping[str, tuple[ContentKind, ...]]] = {
    "csv": ("foreign", "message", "rows"),
    "tsv": ("foreign", "message", "rows"),
    "plaintext": ("foreign", "rows"),
}
"""Kinds of text that a format guessed by name would misread. Separators are checked elsewhere; messages can be read as
lines; and text that does not look like rows is left to the reader, which names the line.
"""


def with_format(blob: BlobSource, content: Content) -> BlobSource:
    """Return the blob with a format, detected from its content if options, name and content type do not give one.

    Raises:
        DatasetError: the content does not show the format; quotes the first bytes.
        InvalidOption: the format does not have one of the options.
    """
    asked = blob.asked
    if asked.found == "name in the zip":
        return BlobSource(blob.source, _complete_options(asked, asked.format, {}))
    if asked.format:
        return blob
    if not content.formats:
        raise _unknown_format_error(blob, content)
    options = dict(text.split("=") for text in content.options if not text.startswith("encoding="))
    return BlobSource(blob.source, replace(_complete_options(asked, content.formats[0], options), found="first bytes"))


def require_agreement(blob: BlobSource, content: Content) -> None:
    """Refuse a blob whose content is not in its format.

    Raises:
        DatasetError: says what it is, and which options read it or what else to do.
    """
    asked = blob.asked
    if asked.format in content.formats or not _contradicts(content, blob):
        return
    raise dataset_error(asked, f"is {content.description}, not {asked.format}", _remedy(content, asked))


def _contradicts(content: Content, blob: BlobSource) -> bool:
    name = blob.asked.format
    if content.kind == "file":
        return True
    if content.kind == "empty":
        return name in _BINARY
    if content.kind == "unknown":  # Arrow streams from before the signature was added are unknown
        return name in ("parquet", "excel") or (not blob.asked.found.startswith("asked") and name != "arrow")
    if name in _BINARY:
        return True
    if blob.asked.found.startswith("asked"):
        return content.kind in ("foreign", "message") and name not in _ANY_TEXT
    if name in ("json", "jsonl") and content.kind in ("delimited", "text"):
        return blob.source.read_at(0, _EXCERPT).strip(_BLANKS)[:1] not in (b"{", b"[")
    return content.kind in _OTHERS.get(name, ("foreign", "message", "rows", "delimited"))


def _remedy(content: Content, asked: AskedDataset) -> str:
    """Return the options that read the content: in its own format, or unchanged if it is text."""
    ways = [content.advice] if content.advice else []
    if content.formats:
        ways.insert(0, option(asked, _format_options(content.formats[0], content.options)))
    elif content.description in _PACKED and asked.options.get("compression") == "none":
        ways = [option(asked, "compression=auto")]
    elif content.kind == "text":
        ways.insert(0, option(asked, _format_options("csv", content.options)))
    encoding = [text for text in content.options if text.startswith("encoding=")]
    if asked.format in _ANY_TEXT and content.is_text:
        ways.append(f"{option(asked, _format_options(asked.format, encoding))} to read it unchanged")
    elif content.is_text and not content.formats:
        ways.append(f"{option(asked, _format_options('plaintext', encoding))} to read its lines")
    return ", or ".join(ways) or "name a blob that holds a table"


def _format_options(name: str, needed: Sequence[str]) -> str:
    """Return the options that read a dataset in a format: those needed that the format has."""
    known = FORMATS[name].reads
    return ",".join([f"format={name}", *(text for text in needed if text.partition("=")[0] in known)])


def _complete_options(asked: AskedDataset, name: str, options: dict[str, str]) -> AskedDataset:
    complete = read_options(format_named(name), options | asked.options)
    return replace(asked, format=name, options=complete)


def _unknown_format_error(blob: BlobSource, content: Content) -> DatasetError:
    asked = blob.asked
    if content.kind == "empty":
        return dataset_error(asked, "is empty, and its format is unknown", "check the program that wrote it")
    if content.formats or content.kind not in ("text", "unknown"):
        return dataset_error(asked, f"is {content.description}, so its format is unknown", _remedy(content, asked))
    start = blob.source.read_at(0, _EXCERPT)
    excerpt = repr(start[:_BYTES]) if content.kind == "unknown" else repr(content.example)
    remedy = f"give the format: {option(asked, 'format=csv')}, or another of {', '.join(FORMATS)}"
    return dataset_error(asked, f"begins with {excerpt}, so its format is unknown", remedy)
