from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blobprep.protocol import (
    NOTE_STREAM,
    PORTS,
    STAGES,
    STDERR_STREAM,
    STDOUT_STREAM,
    TRACEBACK_LIMIT,
    VALUES_LIMIT,
    AskedDataset,
    AskedResults,
    Cell,
    ChildRequest,
    Facts,
    Failure,
    Figure,
    FrameError,
    LogRecord,
    Preparation,
    TableFacts,
    Translation,
    decode_facts,
    decode_frame,
    decode_preparation,
    decode_request,
    encode_facts,
    encode_frame,
    encode_preparation,
    encode_request,
    excess,
    pack_record,
    unpack_records,
)
from tests.generating import json_values, spoiled

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
plain = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cf"]), max_size=20)  # what may be shown on a terminal
tables = st.dictionaries(texts, st.builds(TableFacts, st.integers(0), st.integers(0), st.just(()), st.just(())))
facts = st.builds(
    Facts,
    failure=st.none() | st.builds(Failure, st.sampled_from(["script", "memory"]), plain, plain, plain, plain),
    inputs=tables,
    outputs=tables,
    translations=st.lists(
        st.builds(Translation, st.sampled_from(PORTS), texts, texts, texts, st.booleans(), texts)
    ).map(tuple),
    figures=st.lists(st.builds(Figure, texts, st.sampled_from(["saved", "open"]))).map(tuple),
    environment=st.dictionaries(texts, texts),
    timings=st.dictionaries(st.sampled_from(STAGES), st.floats(0, 1e9)),
    head=st.lists(st.lists(st.none() | texts).map(tuple)).map(tuple),
    total=st.none() | st.integers(0),
    artifacts=st.lists(st.builds(Cell, texts, st.integers(0), st.integers(0))).map(tuple),
)


@given(facts)
def test_facts_read_back_as_they_were_written(said: Facts) -> None:
    assert decode_facts(encode_facts(said)) == said


def test_a_failure_is_shown_and_does_not_act_on_a_terminal() -> None:
    forged = Facts(Failure("dataset", "a\x1b[2J\r\n\tb\x9b\u202ec", "x" * 1_000_000))

    failure = decode_facts(encode_facts(forged)).failure

    assert failure is not None
    assert failure.message == "a\\x1b[2J\\r\n\tb\\x9b\\u202ec"
    assert "940000 characters cut" in failure.remedy


@given(st.text(st.characters(), max_size=20))
def test_no_text_of_facts_can_break_a_file_it_is_written_to(text: str) -> None:
    said = Facts(
        Failure("script", text, text, text),
        inputs={text: TableFacts(0, 0, (text,), (text,))},
        environment={text: text},
        head=((text,),),
    )

    read = decode_facts(encode_facts(said))

    assert json.dumps(asdict(read), ensure_ascii=False).encode()


VALID: dict[str, Any] = json.loads(encode_facts(Facts()))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe",
        b"null",
        b"[]",
        b"{}",
        b"[" * 100_000,
        b'{"failure": ' + b"1" * 5000 + b"}",
        *(
            json.dumps({**VALID, **changed}).encode()
            for changed in (
                {"failure": False},
                {"failure": {"kind": "script"}},
                {"failure": {**asdict(Failure("script", "x")), "kind": "succeeded"}},
                {"failure": {**asdict(Failure("script", "x")), "message": 1}},
                {"inputs": []},
                {"outputs": {"results": {"rows": -1, "columns": 1, "names": [], "types": []}}},
                {"outputs": {"results": {"rows": True, "columns": 1, "names": [], "types": []}}},
                {"outputs": {"results": {"rows": 1.5, "columns": 1, "names": [], "types": []}}},
                {"translations": [{}]},
                {"translations": [{**asdict(Translation("results", "c", "k", "d")), "lossy": "no"}]},
                *(
                    {"translations": [{**asdict(Translation("results", "c", "k", "d")), **wrong}]}
                    for wrong in (
                        {"port": "manifest  az://elsewhere/manifest.json"},
                        {"count": -1},
                        {"count": True},
                        {"count": 1.0},
                        {"count": 2**63},
                        {"example": None},
                        {"example": "x" * 41},
                        {"example": "\x1b[2J"},
                        {"example": "\ud800"},
                    )
                ),
                {"figures": [{"path": "a.png", "origin": "stolen"}]},
                {"figures": [{"path": ["a.png"], "origin": "saved"}]},
                {"timings": {"child": float("nan")}},
                {"timings": {"child": float("inf")}},
                {"timings": {"child": "1"}},
                {"timings": {"succeeded  run 1": 1}},
                {"total": float("inf")},
                {"total": "many"},
                {"head": 5},
                {"artifacts": [{"name": "m", "offset": -1, "size": 1}]},
                {"artifacts": [{"name": "m", "offset": 0, "size": True}]},
                {"artifacts": [{"name": 1, "offset": 0, "size": 1}]},
                {"artifacts": None},
            )
        ),
    ],
    ids=lambda data: repr(data[:60]),
)
def test_facts_of_a_wrong_shape_are_refused(data: bytes) -> None:
    with pytest.raises(FrameError):
        decode_facts(data)


@pytest.mark.parametrize("many", ["[],", "{},", "1,", '"":"",'])
def test_facts_of_too_many_values_are_refused_before_they_are_read(many: str) -> None:
    data = ("[" + many * VALUES_LIMIT).encode()

    assert excess(data)
    with pytest.raises(FrameError, match=r"values and names|bytes"):
        decode_facts(data)


@given(st.binary(max_size=200))
def test_any_bytes_are_facts_or_refused(data: bytes) -> None:
    with pytest.raises(FrameError):
        decode_facts(data)


@given(texts, st.dictionaries(texts.filter(lambda text: text not in ("frame", "name")), st.integers() | texts))
def test_frames_read_back_as_they_were_written(name: str, values: dict[str, Any]) -> None:
    line = encode_frame(name, **values)

    assert line.count(b"\n") == 1
    assert decode_frame(line) == (name, values)


@pytest.mark.parametrize("line", [b"", b"{}", b"[]", b"1", b'"frame"', b"\xff", b"[" * 10_000, b"9" * 9_999])
def test_a_line_that_is_no_frame_is_refused(line: bytes) -> None:
    with pytest.raises(FrameError, match="not a frame"):
        decode_frame(line)


@pytest.mark.parametrize("plan", ["", '{"landlock": 4}'])
def test_a_preparation_reads_back_as_it_was_written(plan: str) -> None:
    preparation = Preparation("head", plan, "brokered")

    assert decode_preparation(encode_preparation(preparation)) == preparation


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"garbage\n",
        encode_frame("request", operation="run", plan="", network="brokered"),
        encode_frame("prepare", operation="run", network="brokered"),
        encode_frame("prepare", operation="run", plan=None, network="brokered"),
        encode_frame("prepare", operation="run", plan=[], network="brokered"),
        encode_frame("prepare", operation="other", plan="", network="brokered"),
        encode_frame("prepare", operation="run", plan="", network="anyhow"),
        encode_frame("prepare", operation="run", plan="", network="direct", more=1),
        encode_preparation(Preparation("run", "", "direct")) * 2,
    ],
)
def test_a_child_prepares_by_exactly_one_valid_frame_or_not_at_all(line: bytes) -> None:
    with pytest.raises(FrameError):
        decode_preparation(line)


def test_a_request_reads_back_as_it_was_written() -> None:
    request = ChildRequest(
        "run",
        number=3,
        last=False,
        descriptors=("script", "facts"),
        datasets=(AskedDataset("dataset1", "az://c/é.csv", 7, "csv", {"header": "true"}),),
        parameters={"year": "2024"},
        results=AskedResults("parquet", {}),
        artifacts=("model", "**.pkl"),
    )

    name, values = decode_frame(encode_request(request))

    assert (name, decode_request(values)) == ("request", request)


records = st.builds(LogRecord, st.sampled_from([STDOUT_STREAM, STDERR_STREAM, NOTE_STREAM]), st.binary(max_size=50))


@given(st.lists(records), st.integers(1, 40))
def test_log_records_come_out_whole_however_they_are_cut(written: list[LogRecord], size: int) -> None:
    stream = b"".join(pack_record(record.stream, record.data) for record in written)
    buffer, read = bytearray(), []

    for start in range(0, len(stream), size):
        buffer += stream[start : start + size]
        read += unpack_records(buffer)

    assert read == written
    assert not buffer


@pytest.mark.parametrize("data", [b"\0\0\0\0\0", b"hello world", b"\x01\xff\xff\xff\xff"])
def test_bytes_that_are_no_log_records_are_refused(data: bytes) -> None:
    with pytest.raises(FrameError):
        list(unpack_records(bytearray(data)))


WHOLE_FACTS = Facts(
    Failure("script", "m", "r", "t", "p"),
    {"dataset1": TableFacts(1, 2, ("a",), ("int64",))},
    {"results": TableFacts(1, 2, ("a",), ("int64",))},
    (Translation("p", "c", "k", "d", True, "r"),),
    (Figure("a.png", "saved"),),
    {"python": "3.11"},
    {"child": 1.5},
    (("a", None),),
    3,
)


@given(spoiled(asdict(WHOLE_FACTS) | {"head": [["a", None]]}))
def test_spoiled_facts_are_refused_or_can_be_recorded(values: object) -> None:
    try:
        said = decode_facts(json.dumps(values, default=list).encode())
    except FrameError:
        return
    assert decode_facts(encode_facts(said)) == said
    json.dumps(asdict(said), ensure_ascii=False, allow_nan=False).encode()


@given(st.binary(max_size=200) | json_values.map(lambda value: json.dumps(value).encode()))
def test_any_line_is_a_frame_or_refused(line: bytes) -> None:
    try:
        decode_frame(line)
    except FrameError:
        pass


@given(st.binary(max_size=300), st.integers(1, 64))
def test_any_bytes_are_log_records_or_refused_and_none_is_taken_twice(data: bytes, size: int) -> None:
    buffer, taken = bytearray(), 0
    try:
        for start in range(0, len(data), size):
            buffer += data[start : start + size]
            taken += sum(len(pack_record(each.stream, each.data)) for each in unpack_records(buffer))
            assert data[taken : start + size] == bytes(buffer)
    except FrameError:
        pass


def test_a_traceback_that_is_too_long_is_cut_whoever_wrote_it():
    facts = encode_facts(Facts(Failure("script", "m" * 10**6, traceback="start" + "x" * 10**6 + "end")))

    failure = decode_facts(facts).failure

    assert len(failure.message) < TRACEBACK_LIMIT + 100
    assert len(failure.traceback) < TRACEBACK_LIMIT + 100
    assert failure.traceback.startswith("startxxx")
    assert failure.traceback.endswith("xxxend")
    assert "\n… 940008 characters cut …\n" in failure.traceback
