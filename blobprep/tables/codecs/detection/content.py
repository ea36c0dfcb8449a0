"""The content of a blob, detected from a sample of its bytes, whatever its name says.

Files that are not text are recognized by their signatures (`signatures`). Text is recognized from whole lines of its
start, its middle and its end, so that neither a preamble nor one unusual line decides.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any, Final

from blobprep.tables.codecs.csv.delimiters import describe_delimiter, format_for, likely_delimiter, separator_hint
from blobprep.tables.codecs.detection.signatures import Content, detect_signature
from blobprep.tables.codecs.sources import BlobSource
from blobprep.tables.codecs.text.repairs import ERROR
from blobprep.tables.codecs.text.sample import START, Sample, read_sample

__all__ = ["detect_content"]

_RUNS: Final = re.compile(rb"[\x80-\xff]{2,}")
_ACCENTS: Final = bytes(range(0x80, 0x100))
_OWN_ENCODING: Final = "give its own encoding in this option, such as cp1251, gb18030 or shift_jis"
_EXCERPT: Final = 60

_TAG: Final = re.compile(r"(?i)<(?:!doctype\s|\?xml\b|!--|(?P<tag>[a-z][\w:.-]*)(?:\s[^<>]*)?/?>)")
_CLOSED: Final = re.compile("</[A-Za-z]|/>")
_HTML: Final = re.compile(r"(?i)<!doctype\s+html|<(?:html|head|body|table|tr|td|div|p|br|span|meta|script|style)[\s/>]")
_OFFICE: Final = "urn:schemas-microsoft-com:office:spreadsheet"
_AZURE_ERROR: Final = re.compile(r"<Error>\s*<Code>(\w{1,60})</Code>")

_PREAMBLE: Final = r"(?i)(?:[ \t]*(?:%[^\n]*)?\n)*[ \t]*"
_RELATION: Final = re.compile(_PREAMBLE + r"@relation\b[^\n]*\n(?:.*\n)*?[ \t]*@(?:attribute|data)\b")
_ATTRIBUTE: Final = re.compile(
    _PREAMBLE
    + r"""@attribute[ \t]+(?:'[^'\n]*'|"[^"\n]*"|\S+)[ \t]+(?:\{|numeric|real|integer|string|date|relational)"""
)
_HEADERS: Final = re.compile(
    r"(?i)(?:from|to|subject|date|received|return-path|message-id|mime-version|content-type|delivered-to|x-[\w-]+):\s"
)
_HEADERS_ENOUGH: Final = 3
_LFS_POINTER: Final = "version https://git-lfs.github.com/spec/"

_NUMBER: Final = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?"
_SVMLIGHT: Final = re.compile(
    rf"{_NUMBER}(?:,{_NUMBER})*(?P<query>\s+qid:\d+)?(?P<pairs>(?:\s+\d+:{_NUMBER})*)\s*(?:#.*)?"
)

_OBJECT: Final = re.compile(r"""\{\s*(?:"|'[^'\n]*'\s*:|\}|\Z)""")
_ARRAY: Final = re.compile(r"\[\s*(?:\{|\[|\]|\Z)")
_DELTA: Final = frozenset(("commitInfo", "protocol", "metaData", "add", "remove", "txn", "domainMetadata"))


def detect_content(blob: BlobSource) -> Content:
    """Detect what the bytes of a blob are, from its start and, for a large text, its middle and end."""
    start = blob.source.read_at(0, START)
    if not start:
        return Content("empty", "empty")
    known = detect_signature(start, blob.source)
    if known is not None:
        return known
    sample = read_sample(blob)
    if sample is None:
        return Content("unknown", "binary data of no known kind")
    if sample.nuls and not (sample.start or sample.lines) and not _left_to_reader(blob, len(start)):
        return Content("file", "nothing but NUL bytes", advice="fetch or write it again")
    text = replace(sample, start=sample.start.lstrip(" \t\n"))
    content = _detect_text(text)
    encoding = () if text.marked or text.encoding == "utf-8" else (f"encoding={text.encoding}",)
    foreign = text.encoding == "cp1252" and _mostly_in_runs(start)
    return replace(
        content,
        options=(*content.options, *encoding),
        example=text.start.partition("\n")[0].rstrip()[:_EXCERPT],
        advice=content.advice or (_OWN_ENCODING if foreign else ""),
        sample=sample,
    )


def _left_to_reader(blob: BlobSource, seen: int) -> bool:
    """Tell whether NUL bytes are left to the reader: an option says so, or only part of the text was examined."""
    way = blob.asked.options.get("nul_bytes")
    return way is not None and (way != ERROR or seen == START)


def _mostly_in_runs(start: bytes) -> bool:
    """Tell whether most bytes beyond ASCII are side by side, unlike in the languages of Western Europe."""
    beyond = len(start) - len(start.translate(None, _ACCENTS))
    return 2 * sum(map(len, _RUNS.findall(start))) > beyond


def _detect_text(text: Sample) -> Content:
    for detect in (_detect_markup, _detect_lfs_pointer, _detect_message, _detect_arff, _detect_json, _detect_svmlight):
        content = detect(text)
        if content is not None:
            return content
    if text.lines and separator_hint(text.lines[0]) is not None:
        return Content("delimited", "text whose first line names a separator", ("csv",))
    delimiter = likely_delimiter(text.lines)
    if not delimiter:
        return Content("text", "text")
    name, options = format_for(delimiter)
    return Content("delimited", f"text with {describe_delimiter(delimiter)}", (name,), options)


def _detect_markup(text: Sample) -> Content | None:
    """Detect HTML or XML by the first tag; a header like `<DATE>,<OPEN>` has no closing tags."""
    match = _TAG.match(text.start)
    if match is None:
        return None
    tag = (match["tag"] or "").lower()
    sure = match[0].lower().startswith(("<!d", "<?x")) or tag == "html"
    if not sure and not (_CLOSED.search(text.start) and text.last[-1:] in (">", "")):
        return None
    if _OFFICE in text.start:
        return _foreign_content("an XML spreadsheet of Excel 2003", "open it in Excel and save it as .xlsx")
    if _HTML.search(text.start):
        return _foreign_content("an HTML page", "use a blob with the rows themselves, or save it from Excel as .xlsx")
    error = _AZURE_ERROR.search(text.start)
    if error is not None:
        return _foreign_content(
            "an XML document", f"write the blob again: it contains an error of Azure Storage, {error[1]}"
        )
    return _foreign_content("an XML document", "use a blob with the rows themselves")


def _detect_lfs_pointer(text: Sample) -> Content | None:
    if not text.start.startswith(_LFS_POINTER):
        return None
    return _foreign_content("a Git LFS pointer", "upload the file that it points to, which `git lfs pull` fetches")


def _detect_message(text: Sample) -> Content | None:
    answer = text.start.startswith("HTTP/")
    if not (answer or _HEADERS.match(text.start.partition("\n")[0])):
        return None
    head = text.start.partition("\n\n")[0].split("\n")
    if sum(_HEADERS.match(line) is not None for line in head) + answer < _HEADERS_ENOUGH:
        return None
    return Content("message", "a message with headers, such as an email", advice="save its attachment as .xlsx or CSV")


def _foreign_content(words: str, advice: str) -> Content:
    return Content("foreign", words, advice=advice)


def _detect_arff(text: Sample) -> Content | None:
    found = _RELATION.match(text.start) or _ATTRIBUTE.match(text.start)
    return Content("rows", "ARFF", ("arff",)) if found else None


def _detect_svmlight(text: Sample) -> Content | None:
    """Detect SvmLight data; rows with only one pair each may also be times of day."""
    matches = []
    for line in text.lines:
        if not (row := line.strip()).startswith("#"):
            match = _SVMLIGHT.fullmatch(row)
            if match is None:
                return None
            matches.append(match)
    certain = sum(bool(match["query"]) or match["pairs"].count(":") > 1 for match in matches)
    if not certain or 2 * sum(bool(match["pairs"]) for match in matches) < len(matches):
        return None
    return Content("rows", "SvmLight data (label index:value …)", ("svmlight",))


def _detect_json(text: Sample) -> Content | None:
    """Detect JSON, as opposed to delimited text with JSON in its first cell."""
    if not text.start.startswith(("{", "[")) or not text.lines:
        return None
    first = _parse_json(text.lines[0])
    if isinstance(first, dict):
        return _json_object_content(text, first)
    if isinstance(first, list) and len(text.lines) > 1:
        advice = "write one array of objects, or one object per line"
        return _foreign_content("JSON arrays, one per line", advice)
    try:
        _, end = json.JSONDecoder().raw_decode(text.start)
    except (ValueError, RecursionError):
        return _detect_cut_json(text)
    rest = text.start[end:].lstrip()
    if not rest:
        return Content("rows", "a JSON document", ("json",))
    if text.start.startswith("{") and _OBJECT.match(rest):
        advice = "write one object per line, as `jq -c .` does, and use format=jsonl"
        return _foreign_content("several JSON documents, one after the other", advice)
    return None if rest[:1] in ",;|\t" or text.start.startswith("[") else _detect_cut_json(text)


def _json_object_content(text: Sample, first: dict[str, Any]) -> Content:
    if len(text.lines) == 1:
        columns = any(isinstance(value, (list, dict)) for value in first.values())
        return Content("rows", "a JSON object", ("json", "jsonl") if columns else ("jsonl", "json"))
    words = "JSON Lines"
    if set(first) <= _DELTA and first:
        words = "JSON Lines (the log of a Delta table, whose rows are in the Parquet files next to it)"
    return Content("rows", words, ("jsonl",))


def _detect_cut_json(text: Sample) -> Content | None:
    """Detect JSON that is damaged, or whose first value does not end within the sample."""
    if _ARRAY.match(text.start):
        return Content("rows", "a JSON document", ("json",))
    if not _OBJECT.match(text.start):
        return None
    alike = sum(line.startswith("{") for line in text.lines)
    name = "jsonl" if 2 * alike > len(text.lines) and alike > 1 else "json"
    return Content("rows", "JSON Lines" if name == "jsonl" else "a JSON document", (name,))


def _parse_json(line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None
