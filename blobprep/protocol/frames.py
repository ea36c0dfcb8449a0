"""The frames: shapes as lines of JSON, and log records as bytes; what a child sends is checked as it is read."""

from __future__ import annotations

import json
import math
import re
import struct
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast, get_args

from blobprep.protocol.preparation import Network, Operation, OtherInterpreter, Preparation
from blobprep.protocol.shapes import (
    EXAMPLE_LIMIT,
    FACTS_LIMIT,
    NOTE_STREAM,
    PORTS,
    STAGES,
    STDERR_STREAM,
    STDOUT_STREAM,
    TRACEBACK_LIMIT,
    VALUES_LIMIT,
    AskedDataset,
    AskedPart,
    AskedResults,
    Cell,
    ChildRequest,
    Facts,
    Failure,
    FailureKind,
    Figure,
    FrameError,
    LogRecord,
    Restored,
    TableFacts,
    Translation,
)

if TYPE_CHECKING:
    from blobprep.protocol.comparisons import TableComparison
    from blobprep.protocol.divisions import Division
    from blobprep.protocol.profiles import TableProfile

__all__ = [
    "cut_traceback",
    "decode_facts",
    "decode_frame",
    "decode_preparation",
    "decode_request",
    "encode_facts",
    "encode_frame",
    "encode_part",
    "encode_preparation",
    "encode_request",
    "excess",
    "pack_record",
    "unpack_records",
]

_RECORD: Final = struct.Struct("<BI")


def pack_record(stream: int, data: bytes) -> bytes:
    """Return a log record as bytes: stream, length, data."""
    return _RECORD.pack(stream, len(data)) + data


def unpack_records(buffer: bytearray) -> Iterator[LogRecord]:
    """Take the complete records off the front of a buffer; an incomplete one stays.

    Raises:
        FrameError: the bytes are not log records.
    """
    while len(buffer) >= _RECORD.size:
        stream, length = _RECORD.unpack_from(buffer)
        if stream not in (STDOUT_STREAM, STDERR_STREAM, NOTE_STREAM) or length > 1 << 20:
            raise FrameError("the log channel carries something other than log records")
        end = _RECORD.size + length
        if len(buffer) < end:
            return
        yield LogRecord(stream, bytes(buffer[_RECORD.size : end]))
        del buffer[:end]


def cut_traceback(text: str) -> str:
    """Return the start and the end of a text that is too long, and say between them how much was cut."""
    if len(text) <= TRACEBACK_LIMIT:
        return text
    half = TRACEBACK_LIMIT // 2
    return f"{text[:half]}\n… {len(text) - 2 * half} characters cut …\n{text[-half:]}"


def encode_frame(name: str, **values: Any) -> bytes:
    """Return a frame as one line of JSON."""
    return json.dumps({"frame": name, **values}, ensure_ascii=True, default=_attributes).encode() + b"\n"


def decode_frame(line: bytes) -> tuple[str, dict[str, Any]]:
    """Return a frame's name and its values.

    Raises:
        FrameError: the line is not a frame.
    """
    try:
        values = json.loads(line)
        return cast(str, values.pop("frame")), values
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError) as error:
        raise FrameError(f"not a frame: {line[:80]!r}") from error


def encode_preparation(preparation: Preparation) -> bytes:
    """Return the `prepare` frame."""
    return encode_frame("prepare", **asdict(preparation))


def decode_preparation(line: bytes) -> Preparation:
    """Read the `prepare` frame; anything but exactly this one frame is refused.

    Raises:
        FrameError: the bytes are not such a frame, or more than one.
    """
    name, values = decode_frame(line)
    try:
        if name != "prepare" or not isinstance(values["plan"], str):
            raise FrameError(f"expected the frame 'prepare', not {name!r}")
        _one_of(get_args(Operation), values["operation"])
        _one_of(get_args(Network), values["network"])
        if values["interpreter"] is not None:
            values["interpreter"] = OtherInterpreter(**values["interpreter"])
        return Preparation(**values)
    except (KeyError, TypeError) as error:
        raise FrameError(f"not a valid 'prepare' frame: {error}") from error


def encode_request(request: ChildRequest) -> bytes:
    """Return the `request` frame."""
    return encode_frame("request", **_attributes(request))


def decode_request(values: dict[str, Any]) -> ChildRequest:
    """Read the values of a `request` frame."""
    values["datasets"] = tuple(
        AskedDataset(
            **{
                **row,
                "parts": tuple(AskedPart(**part) for part in row["parts"]),
                "partition_columns": {
                    label: (kind, tuple(values)) for label, (kind, values) in row["partition_columns"].items()
                },
            }
        )
        for row in values["datasets"]
    )
    values["descriptors"] = tuple(values["descriptors"])
    values["artifacts"] = tuple(values["artifacts"])
    if values["results"] is not None:
        values["results"] = AskedResults(**values["results"])
    if values["profile"] is not None:
        from blobprep.protocol.profiles import AskedProfile

        values["profile"] = AskedProfile(**values["profile"])
    if values["comparison"] is not None:
        from blobprep.protocol.comparisons import AskedComparison

        asked = values["comparison"]
        values["comparison"] = AskedComparison(**{**asked, "key": tuple(asked["key"])})
    if values["division"] is not None:
        from blobprep.protocol.divisions import AskedDivision

        values["division"] = AskedDivision(**values["division"])
    if values["combination"] is not None:
        from blobprep.protocol.combinations import AskedCombination

        asked = values["combination"]
        left_out = tuple((label, value) for label, value in asked["left_out"])
        values["combination"] = AskedCombination(asked["step"], left_out, asked["as_text"])
    return ChildRequest(**values)


def encode_facts(facts: Facts) -> bytes:
    """Return facts as JSON."""
    return encode_part(facts)


def encode_part(part: object) -> bytes:
    """Return a part of facts as it is in their JSON."""
    return json.dumps(part, ensure_ascii=True, separators=(",", ":"), default=_attributes).encode()


def _attributes(shape: Any) -> dict[str, Any]:
    return {attribute.name: getattr(shape, attribute.name) for attribute in fields(shape)}


def excess(facts: bytes) -> str:
    """Return what encoded facts have too many of, before they are decoded; empty where they are within the limits."""
    if len(facts) > FACTS_LIMIT:
        return f"{len(facts)} bytes, {FACTS_LIMIT} are allowed"
    count = sum(map(facts.count, (b",", b":", b"[", b"{")))  # in texts too, where they are few
    return f"{count} values and names, {VALUES_LIMIT} are allowed" if count > VALUES_LIMIT else ""


def decode_facts(data: bytes) -> Facts:
    """Read and check facts; what a child wrote is not trusted to have any shape.

    Raises:
        FrameError: the bytes are not valid facts.
    """
    if too_much := excess(data):
        raise FrameError(f"the child left facts of {too_much}")
    try:
        values = json.loads(data)
        failure = values["failure"]
        return Facts(
            failure=None if failure is None else _checked(Failure, failure),
            inputs={_text(port): _table(row) for port, row in values["inputs"].items()},
            outputs={_text(port): _table(row) for port, row in values["outputs"].items()},
            translations=tuple(_checked(Translation, row) for row in values["translations"]),
            figures=tuple(_checked(Figure, row) for row in values["figures"]),
            environment={_text(key): _text(value) for key, value in values["environment"].items()},
            timings={_one_of(STAGES, key): _seconds(value) for key, value in values["timings"].items()},
            head=tuple(tuple(None if cell is None else _text(cell) for cell in row) for row in values["head"]),
            total=None if values["total"] is None else int(values["total"]),
            artifacts=tuple(_checked(Cell, row) for row in values["artifacts"]),
            classic=tuple(_checked(Restored, row) for row in values["classic"]),
            interpreter={_text(key): _text(value) for key, value in values["interpreter"].items()},
            profiles=_profiles(values["profiles"]),
            comparison=_comparison(values["comparison"]),
            division=_division(values["division"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        raise FrameError("the child left no valid facts") from error


# All control characters but line ends and tabs, and those that reverse the direction of text.
_CONTROLS: Final = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_T = TypeVar("_T", Failure, Translation, Figure, Cell, Restored)
# The command line prints these words at the starts of lines, where a script must not be able to forge one.
_WORDS: Final[Mapping[tuple[type, str], Collection[str]]] = {
    (Figure, "origin"): ("saved", "open"),
    (Failure, "kind"): get_args(FailureKind),
    (Translation, "port"): PORTS,
}


def _checked(shape: type[_T], row: Mapping[str, Any]) -> _T:
    """Build a flat shape of text, booleans and counts, refusing anything else."""
    values: dict[str, Any] = {}
    for attribute in fields(shape):
        value = row[attribute.name]
        if not _fits(attribute.name, value):
            raise TypeError(attribute.name)
        values[attribute.name] = _text(value) if isinstance(value, str) else value
    if shape is Failure:  # shown on terminals
        values = {name: _tame(cut_traceback(text)) for name, text in values.items()}
    for (limited, name), words in _WORDS.items():
        if shape is limited:
            _one_of(words, values[name])
    return shape(**values)


def _fits(name: str, value: object) -> bool:
    match name:
        case "lossy":
            return isinstance(value, bool)
        case "count":
            return value is None or (type(value) is int and 0 <= value < 2**63)
        case "offset" | "size" | "line":
            return type(value) is int and value >= 0
        case "example":
            return isinstance(value, str) and len(value) <= EXAMPLE_LIMIT and value.isprintable()
        case _:
            return isinstance(value, str)


def _profiles(rows: Mapping[str, Any]) -> dict[str, TableProfile]:
    if not rows:
        return {}
    from blobprep.protocol.profile_checks import decode_profile

    return {_one_of(PORTS, port): decode_profile(row) for port, row in rows.items()}


def _comparison(row: Mapping[str, Any] | None) -> TableComparison | None:
    if row is None:
        return None
    from blobprep.protocol.comparison_checks import decode_comparison

    return decode_comparison(row)


def _division(row: Mapping[str, Any] | None) -> Division | None:
    if row is None:
        return None
    from blobprep.protocol.divisions import MOST_PIECES, PLACES, DividedPiece, Division

    pieces = tuple(
        DividedPiece(_text(piece["place"]), _count(piece["first"]), _count(piece["rows"])) for piece in row["pieces"]
    )
    if len(pieces) > MOST_PIECES:
        raise TypeError("too many pieces")
    options, last = ({_text(name): _text(value) for name, value in row[part].items()} for part in ("options", "last"))
    return Division(pieces, _one_of(("", *PLACES), row["option"]), options, last, _tame(_text(row["reason"])))


def _count(value: object) -> int:
    if type(value) is not int or not 0 <= value < 2**63:
        raise TypeError("a number of rows is a count")
    return value


def _table(row: Mapping[str, Any]) -> TableFacts:
    rows, columns = row["rows"], row["columns"]
    if type(rows) is not int or type(columns) is not int or rows < 0 or columns < 0:
        raise TypeError("a table's rows and columns are counts")
    return TableFacts(
        rows, columns, tuple(map(_text, row["names"])), tuple(map(_text, row["types"])), _text(row["format"])
    )


def _text(value: object) -> str:
    """Return text that can be written as UTF-8: JSON can carry lone surrogates, which no log and no manifest holds."""
    return str(value).encode("utf-8", "backslashreplace").decode()


def _tame(text: str) -> str:
    """Return text with its control characters escaped, so that a terminal shows them and does not obey them."""
    return _CONTROLS.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def _one_of(words: Collection[str], value: str) -> str:
    if value not in words:
        raise TypeError(f"unknown word {value!r}")
    return value


def _seconds(value: object) -> float:
    if not isinstance(value, int | float) or not math.isfinite(value):  # Python's JSON accepts NaN, others do not
        raise TypeError("a timing is a number of seconds")
    return float(value)
