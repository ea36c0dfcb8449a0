"""What the ledger shows of values: one example, short, printable, and never a secret."""

from __future__ import annotations

import base64
import datetime
import hashlib
import os
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blobprep.protocol import EXAMPLE_LIMIT, Facts, Translation, decode_facts, encode_facts
from blobprep.tables.redaction import format_example, format_losses, redact, tally
from blobprep.tables.translation import to_frame, to_table

CANARY = "TheCanarySingsAtDawn"
KEY = base64.b64encode(CANARY.encode() * 4).decode()


def entry(example: str, column: str = "a") -> Translation:
    return Translation("results", column, "cast", "It changed.", count=1, example=example)


@pytest.mark.parametrize(
    "text",
    [
        f"https://contoso.blob.core.windows.net/c/b?sv=2024&sig={CANARY}",
        f"SharedAccessSignature=sv=2024&sig={CANARY}",
        f"DefaultEndpointsProtocol=https;AccountName=a;AccountKey={CANARY}==;EndpointSuffix=core.windows.net",
        f"Endpoint=sb://a.servicebus.windows.net/;SharedAccessKeyName=k;SharedAccessKey={CANARY}",
        f"Server=tcp:a,1433;User ID=u;Password={CANARY};",
        f"Authorization: Bearer {CANARY}",
        f"basic {CANARY}",
        f"eyJhbGciOiJIUzI1NiJ9.{CANARY}.x",
        f"postgresql://user:{CANARY}@host/db",
        f"-----BEGIN PRIVATE KEY-----\n{CANARY}",
        f"{{'password': '{CANARY}'}}",
        f'{{"client_secret": "{CANARY}"}}',
        f"API key: {CANARY}",
        f"[('password', '{CANARY}')]",
        f"['raw', b'{CANARY}']",
        f"token={CANARY}",
        KEY,
        f"x {KEY} y",
    ],
)
def test_what_looks_like_a_secret_is_no_example_and_in_no_detail(text: str) -> None:
    shown = redact(Translation("results", "a", "cast", f"Became {text}.", example=text))

    assert shown.example == ""
    assert text not in shown.detail
    assert shown.detail.startswith("Became ")


_KEYS = [hashlib.sha512(bytes([number])).digest() for number in range(20)]


@pytest.mark.parametrize(
    "key", [text for key in _KEYS for text in (key[:32].hex(), base64.urlsafe_b64encode(key).decode().rstrip("="))]
)
def test_random_keys_are_no_example(key: str) -> None:
    assert redact(entry(key)).example == ""


@pytest.mark.parametrize("label", ["password", "API Key", "client_secret", "dbPassword", "AccessToken", "sas"])
def test_a_column_that_is_called_a_secret_gives_no_example(label: str) -> None:
    assert redact(entry("hunter2", label)).example == ""
    assert redact(entry("hunter2", label)).count == 1


@pytest.mark.parametrize("text", ["1.10", "2024-05-30 12:00:00+02:00", "a b", "Größe", "['x', 1]", "{'a': 1}"])
def test_what_is_no_secret_is_shown_as_it_is(text: str) -> None:
    assert redact(entry(text)) == entry(text)


def test_a_long_example_is_cut_and_one_of_control_characters_escaped() -> None:
    assert redact(entry("word " * 20)).example == ("word " * 20)[:39] + "…"
    assert redact(entry("a\x1b[2J\n\u202eb")).example == "a\\x1b[2J\\n\\u202eb"


@given(st.text(), st.text())
def test_whatever_a_value_is_its_entry_crosses_to_the_parent_and_stays_as_it_is(text: str, detail: str) -> None:
    shown = redact(Translation("results", "a", "cast", detail, example=text))

    assert len(shown.example) <= EXAMPLE_LIMIT
    assert decode_facts(encode_facts(Facts(translations=(shown,)))).translations == (shown,)
    assert redact(shown) == shown


def test_bytes_are_counted_and_not_shown() -> None:
    assert [format_example(value) for value in (CANARY.encode(), bytearray(3), memoryview(b""))] == [
        "20 bytes",
        "3 bytes",
        "0 bytes",
    ]


def test_values_are_counted_with_the_first_that_changed() -> None:
    column = pa.chunked_array([pa.array([None, 5]), pa.array([7, 9])])

    assert tally(column) == (3, "5")
    assert tally(column, pa.chunked_array([[None, False, True, True]])) == (2, "7")
    assert tally(column, pa.chunked_array([[False] * 4])) == (0, "")
    assert tally(column.slice(0, 1)) == (0, "")
    assert tally(pa.array([None, b"ab"])) == (1, "2 bytes")
    assert tally(pa.array([[b"ab"]])) == (1, "")


@pytest.mark.parametrize(
    ("number", "kind", "example"),
    [
        (2**60, pa.timestamp("s"), "+36534630048-05-13T13:56:16"),
        (-(2**63), pa.timestamp("ns"), "1677-09-21T00:12:43.145224192"),
        (0, pa.timestamp("us", "Nowhere/City"), "1970-01-01T00:00:00Z"),
        (-(2**63), pa.duration("ns"), "-P106751DT23H47M16.854775808S"),
        (1, pa.date64(), "1970-01-01T00:00:00.001"),
        (999, pa.time64("ns"), "00:00:00.000000999"),
    ],
    ids=str,
)
def test_a_value_that_python_has_not_is_shown_as_its_text(number: int, kind: Any, example: str) -> None:
    assert tally(pa.array([number]).view(kind)) == (1, example)


def test_a_secret_in_any_cell_reaches_no_entry_of_a_translation() -> None:
    cells: list[Any] = [f"sig={CANARY}", f"AccountKey={CANARY}", KEY, CANARY.encode(), {"password": CANARY}]
    frame = pd.DataFrame(
        {
            "mixed": [1, *cells[1:]],
            "objects": [{each} if isinstance(each, str) else {1} for each in cells],
            "half": pd.Series([f"{cells[0]}\ud800"] * len(cells), cells[:1] * len(cells), dtype=object),
            "token": [CANARY, *range(len(cells) - 1)],
            "shapes": [{"secret": CANARY}, {"a": 1}, {"b": 2}, None, None],
            "level": pd.Categorical([f"token: {CANARY}", 1, 1, 1, 1]),
        },
        index=cells[:1] * len(cells),
    )

    _, ledger = to_table(frame, "results")

    assert {each.column for each in ledger} == {"", *frame.columns}
    assert CANARY in " ".join(each.example for each in ledger)  # the canary is there to be hidden
    assert CANARY.encode() not in encode_facts(Facts(translations=tuple(map(redact, ledger))))
    assert CANARY not in format_losses(map(redact, ledger))


def test_a_secret_in_a_dataset_reaches_no_entry_either() -> None:
    table = pa.table(
        {
            "categories": pa.DictionaryArray.from_arrays(pa.array([0, 1]), pa.array([f"sig={CANARY}"] * 2)),
            "map": pa.array([[("password", CANARY)], None], pa.map_(pa.string(), pa.string())),
        }
    )

    _, ledger = to_frame(table, "dataset1", {})

    assert [each.count for each in ledger] == [2, 1]
    assert CANARY.encode() not in encode_facts(Facts(translations=tuple(map(redact, ledger))))


def test_examples_of_times_are_their_iso_text() -> None:
    assert format_example(datetime.datetime(2024, 5, 30, 12)) == "2024-05-30 12:00:00"
    assert os.linesep not in format_example(datetime.date(2024, 5, 30))
