"""A batch as a text for a terminal."""

from __future__ import annotations

from dataclasses import replace

from blobprep.batches.records import ItemError
from blobprep.batches.report.view import gather_batch
from blobprep.report.text.batch_text import batch_text
from blobprep.report.text.cells import width
from blobprep.report.text.lines import Paper, plain
from tests.batches.report.building import HEAD, many, record


def test_a_batch_begins_with_how_it_ended_and_what_failed() -> None:
    view = gather_batch(HEAD, [record("a"), record("b", "failed"), record("c", "pending")])

    text = plain(batch_text(view, Paper()))

    assert text.splitlines()[:4] == [
        "failed  az://contoso@prepared/2024/_batch/",
        "started 2026-11-30 18:00:00 UTC, took 10 min 0 s, 2 workers (local)",
        "",
        "3 items: 1 done, 1 failed, 1 pending",
    ]
    assert "1 ×       KeyError: 'mass' (0085)" in text
    assert 'File "prep.py", line 8, in azureml_main' in text
    assert "b.csv\n" in text
    assert "Look at 'mass'." in text


def test_every_line_fits_the_paper_and_ascii_is_ascii() -> None:
    view = gather_batch(replace(HEAD, message="it was stopped: " + "x" * 200), many(500, failing=0.1))

    narrow = plain(batch_text(view, Paper(60)))
    for_ascii = plain(batch_text(view, Paper(60, in_ascii=True)))

    assert all(width(line) <= 60 for line in narrow.splitlines() if "File " not in line and "x" * 60 not in line)
    assert for_ascii.isascii()


def test_nothing_of_an_item_reaches_the_terminal_as_more_than_text() -> None:
    hostile = "\x1b[31m\u202e\x07"
    made = record("a", "failed", error=ItemError(hostile, hostile, f"File {hostile}\n{hostile}", hostile))
    head = replace(HEAD, name=hostile, engine=hostile, script=hostile, options={hostile: hostile}, message=hostile)

    text = plain(batch_text(gather_batch(head, [replace(made, key=hostile, worker=hostile)]), Paper(80)))

    assert not {"\x1b", "\u202e", "\x07"} & set(text)


def test_a_batch_without_items_is_told() -> None:
    assert "0 items" in plain(batch_text(gather_batch(HEAD, []), Paper()))
