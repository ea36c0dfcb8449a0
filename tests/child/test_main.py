from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from blobprep.child import main
from blobprep.child.operations import table as operations
from blobprep.protocol import (
    FACTS_LIMIT,
    AskedDataset,
    ChildRequest,
    Facts,
    decode_facts,
    decode_frame,
    encode_frame,
    encode_request,
)
from blobprep.unnamed_files import memory_file
from tests.sandbox.running import csv_options


@pytest.fixture
def facts() -> Iterator[int]:
    descriptor = memory_file("facts")
    yield descriptor
    os.close(descriptor)


def serve(request: ChildRequest, descriptors: dict[str, int]) -> list[str]:
    """Ask this process as a parent would; return the names of the frames it answers with."""
    ours, theirs = socket.socketpair()
    log = os.open(os.devnull, os.O_WRONLY)
    with ours, theirs:
        complete = encode_request(replace(request, number=1, descriptors=tuple(descriptors)))
        socket.send_fds(ours, [complete[:10]], [*descriptors.values()])
        ours.sendall(complete[10:])  # a frame may come in pieces
        for asked in request.datasets:
            ours.sendall(encode_frame("filled", number=1, port=asked.port, offset=0, end=asked.size))
        main.serve(theirs, log)
        theirs.shutdown(socket.SHUT_RDWR)
        answer = b"".join(iter(lambda: ours.recv(1 << 16), b""))
    os.close(log)
    return [decode_frame(line)[0] for line in answer.splitlines()]


def read(facts: int) -> Facts:
    return decode_facts(os.pread(facts, FACTS_LIMIT, 0))


def operation(monkeypatch: pytest.MonkeyPatch, does: Callable[..., Facts]) -> ChildRequest:
    monkeypatch.setitem(operations.OPERATIONS, "head", does)
    return ChildRequest("head")


def test_head_shows_the_first_rows_as_text(facts: int) -> None:
    data = b"a,b\n1,x\n2,\n3,z\n"
    dataset = memory_file("dataset1")
    os.write(dataset, data)
    asked = AskedDataset("dataset1", "az://c/t.csv", len(data), "csv", csv_options())

    frames = serve(ChildRequest("head", datasets=(asked,), rows=2), {"dataset1": dataset, "facts": facts})

    os.close(dataset)
    assert frames[-1] == "ended"
    assert read(facts).head == (("1", "x"), ("2", None))
    assert read(facts).inputs["dataset1"].names == ("a", "b")
    assert "child" in read(facts).timings


def test_what_no_operation_understands_is_a_defect_with_its_traceback(
    facts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> Facts:
        raise KeyError("ours")

    assert serve(operation(monkeypatch, fail), {"facts": facts}) == ["ended"]

    failure = read(facts).failure
    assert failure is not None
    assert (failure.kind, failure.message) == ("defect", "KeyError: 'ours'")
    assert "in fail" in failure.traceback


@pytest.mark.parametrize(
    ("error", "kind"), [(MemoryError(), "memory"), (RuntimeError("can't start new thread"), "threads")]
)
def test_memory_that_ran_out_anywhere_is_no_defect(
    facts: int, monkeypatch: pytest.MonkeyPatch, error: Exception, kind: str
) -> None:
    def fail(*_: Any) -> Facts:
        raise error

    serve(operation(monkeypatch, fail), {"facts": facts})

    failure = read(facts).failure
    assert failure is not None
    assert failure.kind == kind


def test_a_record_too_large_for_the_parent_is_a_failure_that_says_so(
    facts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def flood(*_: Any) -> Facts:
        return Facts(head=(("x" * FACTS_LIMIT,),))

    serve(operation(monkeypatch, flood), {"facts": facts})

    failure = read(facts).failure
    assert failure is not None
    assert failure.kind == "dataset"
    assert f"{FACTS_LIMIT} are allowed" in failure.message


def test_descriptors_are_closed_even_when_the_operation_is_interrupted(
    facts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading, writing = os.pipe()

    def interrupt(*_: Any) -> Facts:
        raise KeyboardInterrupt

    ask = operation(monkeypatch, interrupt)
    with pytest.raises(KeyboardInterrupt):
        serve(ask, {"results": writing, "facts": facts})

    os.close(writing)
    assert os.read(reading, 1) == b""  # the results have ended
    os.close(reading)


def test_a_parent_that_is_gone_asks_nothing() -> None:
    ours, theirs = socket.socketpair()
    ours.close()

    with theirs:
        main.serve(theirs, -1)
