"""Whether a dataset is what it is called, and what one is that nothing names.

Only a guess is doubted, by name or content type: who says `format=` gets text as it is.
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
"""Formats that any text can be read as."""

_PACKED: Final = ("a gzip file", "a zip file")
_BINARY: Final = ("parquet", "excel", "arrow")
"""Formats that no text is in."""

_OTHERS: Final[Mapping[str, tuple[ContentKind, ...]]] = {
    "csv": ("foreign", "message", "rows"),
    "tsv": ("foreign", "message", "rows"),
    "plaintext": ("foreign", "rows"),
}
"""Texts that a format by name would make nonsense of. Delimiters are doubted elsewhere; a message may well be read as
lines, and what looks like no rows at all is left to the reader, which names the line.
"""


def with_format(blob: BlobSource, content: Content) -> BlobSource:
    """Return the blob with a format: by its content, where neither option, name nor content type told it.

    Raises:
        DatasetError: its content does not tell it; shows what was seen.
        InvalidOption: an option that the format does not have.
    """
    asked = blob.asked
    if asked.found == "name in the zip":
        return BlobSource(blob.source, _complete_options(asked, asked.format, {}))
    if asked.format:
        return blob
    if not content.formats:
        raise _unknown_format_error(blob, content)
    options = dict(each.split("=") for each in content.options if not each.startswith("encoding="))
    return BlobSource(blob.source, replace(_complete_options(asked, content.formats[0], options), found="first bytes"))


def require_agreement(blob: BlobSource, content: Content) -> None:
    """Refuse what is called something else than it is.

    Raises:
        DatasetError: says what it is, and the options that read it, or what else helps.
    """
    asked = blob.asked
    if asked.format in content.formats or not _contradicts(content, blob):
        return
    raise dataset_error(asked, f"is {content.words} and not {asked.format}", _remedy(content, asked))


def _contradicts(content: Content, blob: BlobSource) -> bool:
    name = blob.asked.format
    if content.kind == "file":
        return True
    if content.kind == "empty":
        return name in _BINARY
    if content.kind == "unknown":  # streams of Arrow that are older than their signature are
        return name in ("parquet", "excel") or (not blob.asked.found.startswith("asked") and name != "arrow")
    if name in _BINARY:
        return True
    if blob.asked.found.startswith("asked"):
        return content.kind in ("foreign", "message") and name not in _ANY_TEXT
    if name in ("json", "jsonl") and content.kind in ("delimited", "text"):
        return blob.source.read_at(0, _EXCERPT).strip(_BLANKS)[:1] not in (b"{", b"[")
    return content.kind in _OTHERS.get(name, ("foreign", "message", "rows", "delimited"))


def _remedy(content: Content, asked: AskedDataset) -> str:
    """Return what reads it: as what it is, and any text as it is."""
    ways = [content.advice] if content.advice else []
    if content.formats:
        ways.insert(0, option(asked, _format_options(content.formats[0], content.options)))
    elif content.words in _PACKED and asked.options.get("compression") == "none":
        ways = [option(asked, "compression=auto")]
    elif content.kind == "text":
        ways.insert(0, option(asked, _format_options("csv", content.options)))
    encoding = [each for each in content.options if each.startswith("encoding=")]
    if asked.format in _ANY_TEXT and content.legible:
        ways.append(f"{option(asked, _format_options(asked.format, encoding))} to take it as it is")
    elif content.legible and not content.formats:
        ways.append(f"{option(asked, _format_options('plaintext', encoding))} for its lines")
    return ", or ".join(ways) or "name a blob that holds a table"


def _format_options(name: str, needed: Sequence[str]) -> str:
    """Return the options that read a dataset as a format: of those needed, the ones it has."""
    known = FORMATS[name].reads
    return ",".join([f"format={name}", *(each for each in needed if each.partition("=")[0] in known)])


def _complete_options(asked: AskedDataset, name: str, options: dict[str, str]) -> AskedDataset:
    complete = read_options(format_named(name), options | asked.options)
    return replace(asked, format=name, options=complete)


def _unknown_format_error(blob: BlobSource, content: Content) -> DatasetError:
    asked = blob.asked
    if content.kind == "empty":
        return dataset_error(asked, "is empty, and nothing tells its format", "check what wrote it")
    if content.formats or content.kind not in ("text", "unknown"):
        return dataset_error(asked, f"is {content.words}, which tells no format", _remedy(content, asked))
    start = blob.source.read_at(0, _EXCERPT)
    shown = repr(start[:_BYTES]) if content.kind == "unknown" else repr(content.example)
    remedy = f"say it with {option(asked, 'format=csv')} or another of {', '.join(FORMATS)}"
    return dataset_error(asked, f"begins with {shown}, which tells no format", remedy)
