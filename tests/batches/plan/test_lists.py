from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

import blobprep
from blobprep.batches.worker.pins import pin_blobs
from blobprep.errors import BlobNotFound, BlobprepError, InputError, InvalidOption, InvalidReference
from tests.batches.plan.conftest import Account, names_of


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def listed(place: Path, *lines: str, name: str = "list.txt") -> str:
    (place / name).write_text("\n".join(lines), encoding="utf-8")
    return name


def test_a_list_names_a_blob_in_each_line(account: Account, place: Path) -> None:
    account.put("b.csv", "a.csv", "x/c d.csv", "other.csv")
    text = listed(
        place, "\ufeff# what to read", "az://raw/b.csv", "", "  az://contoso@raw/a.csv\r", "az://raw/x/c%20d.csv"
    )
    items = account.items(None, list=text)
    assert names_of(items) == ["a.csv", "b.csv", "x/c d.csv"]
    assert items[2].output == "az://contoso@prepared/x/c d.csv/"
    assert items[0].inputs[0].etag == account.store.properties("raw", "a.csv").etag


def test_a_blob_that_is_listed_twice_is_read_once(account: Account, place: Path) -> None:
    account.put("a.csv")
    with account.plan(None, list=listed(place, "az://raw/a.csv", "az://contoso@raw/a.csv")) as plan:
        assert plan.matched == 1
        assert plan.notes == ("1 blobs were listed twice, and are read once",)


def test_many_blobs_are_looked_up_by_a_listing(account: Account, place: Path) -> None:
    names = [f"x/{number:04}.csv" for number in range(3000)]
    account.put(*names, "y.csv")
    items = account.items(None, list=listed(place, "az://raw/y.csv", *(f"az://raw/{name}" for name in names)))
    assert names_of(items) == [*names, "y.csv"]
    assert all(item.inputs[0].etag for item in items)


def test_blobs_among_many_others_are_looked_up_one_by_one(account: Account, place: Path) -> None:
    account.put(*(f"{number:05}.csv" for number in range(6000)))
    wanted = [f"{number:05}.csv" for number in range(0, 6000, 100)]
    items = account.items(None, list=listed(place, *(f"az://raw/{name}" for name in wanted)))
    assert names_of(items) == wanted
    assert all(item.inputs[0].etag for item in items)


def test_a_list_may_be_lines_of_json_which_may_know_the_state_of_blobs(account: Account, place: Path) -> None:
    account.put("a.csv", "b.csv")
    text = listed(
        place,
        '{"reference": "az://raw/a.csv", "etag": "0xOLD", "size": 7, "more": [1]}',
        '{"reference": "az://raw/b.csv", "etag": "0xOLD"}',
    )
    first, second = account.items(None, list=text)
    assert (first.inputs[0].etag, first.inputs[0].size) == ("0xOLD", 7)
    assert (second.inputs[0].etag, second.inputs[0].size) == (account.store.properties("raw", "b.csv").etag, 4)


def test_a_list_may_come_by_the_standard_input(account: Account) -> None:
    account.put("a.csv", "b.csv")
    pieces: Iterable[bytes] = (b"az://raw/a.c", b"sv\naz://raw/b.csv")
    assert names_of(account.items(None, list="-", standard_input=[b"".join(pieces)])) == ["a.csv", "b.csv"]
    assert names_of(account.items(None, list="-", standard_input=pieces)) == ["a.csv", "b.csv"]


def test_a_list_may_be_a_blob(account: Account) -> None:
    account.put("a.csv")
    account.put("list", data=b"az://raw/a.csv\n")
    assert names_of(account.items(None, list="az://raw/list")) == ["a.csv"]
    account.put("list", data=b"/etc/passwd\n")
    with pytest.raises(InvalidReference, match=r"line 1 of az://raw/list is not a reference: '/etc/passwd'"):
        account.plan(None, list="az://raw/list")


def test_a_local_list_may_name_local_files(account: Account, place: Path) -> None:
    (place / "data").mkdir()
    (place / "data" / "a b%41.csv").write_text("n\n1\n")
    (item,) = account.items(None, list=listed(place, "data/a b%41.csv"))
    assert (item.key, item.output) == (f"{place}/data/a b%41.csv", "az://contoso@prepared/data/a b%252541.csv/")
    assert account.workspace.locate(item.key).properties().etag == item.inputs[0].etag


def test_parts_come_from_the_pattern_beside_a_list(account: Account, place: Path) -> None:
    account.put("north/a.csv", "south/b.csv", "c.csv")
    text = listed(place, "az://raw/north/a.csv", "az://raw/south/b.csv", "az://raw/c.csv")
    items = account.items("az://raw/{region}/*.csv", "az://prepared/{region}/", list=text)
    assert [item.parts for item in items] == [{"region": "north"}, {"region": "south"}]
    with account.plan("az://raw/{region}/*.csv", list=text) as plan:
        assert plan.notes == ("1 of 3 listed blobs do not match az://raw/{region}/*.csv, and are left out",)
    with pytest.raises(BlobNotFound, match=r"no blob of it matches az://raw/\{region\}/\*\.tsv"):
        account.plan("az://raw/{region}/*.tsv", list=text)


def test_a_local_pattern_gives_parts_to_a_list_of_local_files(account: Account, place: Path) -> None:
    (place / "data" / "north").mkdir(parents=True)
    (place / "data" / "north" / "a.csv").write_text("n\n1\n")
    (item,) = account.items("data/{region}/*.csv", list=listed(place, "data/north/a.csv"))
    assert item.parts == {"region": "north"}


def test_folders_of_hive_are_parts_of_listed_blobs(account: Account, place: Path) -> None:
    account.put("year=2024/a.csv", "year=2025/a.csv")
    text = listed(place, "az://raw/year=2024/a.csv", "az://raw/year=2025/a.csv")
    items = account.items(None, "az://prepared/{year}/", list=text, where=("year>2024",))
    assert [item.parts for item in items] == [{"year": "2025"}]


def test_a_listed_blob_that_is_not_there_is_an_item_that_fails(account: Account, place: Path) -> None:
    account.put("a.csv")
    text = listed(place, "az://raw/a.csv", "az://raw/gone.csv")
    with account.plan(None, list=text) as plan:
        assert plan.notes == ("1 of 2 items will fail, as their dataset1 is not there: az://contoso@raw/gone.csv",)
        _, gone = plan
    with pytest.raises(BlobNotFound, match=r"raw/gone\.csv was not there when the batch was planned"):
        pin_blobs(account.workspace, gone.inputs)


def test_a_list_of_blobs_none_of_which_is_there_is_refused(account: Account, place: Path) -> None:
    with pytest.raises(BlobNotFound, match=r"dataset1: none of the 2 items has it; the first is az://.*raw/a\.csv"):
        account.plan(None, list=listed(place, "az://raw/a.csv", "az://raw/b.csv"))
    with pytest.raises(BlobNotFound, match="it names no blob"):
        account.plan(None, list=listed(place, "# nothing"))
    with pytest.raises(BlobNotFound):
        account.plan(None, list="missing.txt")


@pytest.mark.parametrize(
    ("line", "error", "message"),
    [
        ("az://raw/*.csv", InvalidReference, "line 2 of list.txt does not name one blob"),
        ("az://raw/x/", InvalidReference, "line 2 of list.txt does not name one blob"),
        ("data/", InvalidReference, "line 2 of list.txt does not name one blob"),
        ("az://RAW/a.csv", InvalidReference, "line 2 of list.txt: "),
        ("az://raw/a.csv?sv=1&sig=c2VjcmV0", InvalidOption, "line 2 of list.txt has a SAS token"),
        ('{"name": "az://raw/a.csv"}', InvalidOption, "line 2 of list.txt does not name a blob"),
        ('{"reference": "az://raw/a.csv", "size": "7"}', InvalidOption, "line 2 of list.txt does not name a blob"),
        ('{"reference": "az://raw/a.csv"', InvalidOption, "line 2 of list.txt begins with a brace and is no JSON"),
        ("x" * 70_000, InvalidOption, "a line of more than"),
    ],
)
def test_a_line_that_names_no_blob_is_refused_with_its_number(
    account: Account, place: Path, line: str, error: type[BlobprepError], message: str
) -> None:
    account.put("a.csv")
    with pytest.raises(error, match=message) as caught:
        account.plan(None, list=listed(place, "az://raw/a.csv", line))
    assert "c2VjcmV0" not in str(caught.value)


def test_a_list_that_is_no_text_is_refused(account: Account, place: Path) -> None:
    (place / "list.txt").write_bytes(b"az://raw/a.csv\n\xff\xfe\n")
    with pytest.raises(InvalidOption, match=r"list\.txt is not text in UTF-8"):
        account.plan(None, list="list.txt")


def test_a_prefix_without_a_record_is_named(account: Account, place: Path) -> None:
    (place / "none").mkdir()
    for prefix in ("none/", "az://raw/none/"):
        with pytest.raises(BlobNotFound, match=r"none/ has neither batch\.json nor manifest\.json"):
            account.plan(None, list=prefix)


def run(account: Account, script: str, **options: Any) -> blobprep.Run:
    Path("prep.py").write_text(f"def azureml_main(frame=None, other=None):\n    {script}\n", encoding="utf-8")
    return blobprep.run(
        "prep.py",
        "az://raw/a.csv",
        output="az://raw/out/",
        workspace=account.workspace,
        isolation="process",
        report=False,
        **options,
    )


def test_the_results_of_a_run_are_a_list(account: Account, place: Path) -> None:
    account.put("a.csv")
    run(account, "return frame, frame", second_output=True).raise_for_failure()
    for text in ("az://raw/out/manifest.json", "az://raw/out/"):
        (item,) = account.items(None, list=text)
        assert item.key == "az://contoso@raw/out/results.parquet"
        assert item.inputs[0].etag == account.store.properties("raw", "out/results.parquet").etag


def test_the_results_of_a_batch_are_a_list(account: Account, place: Path) -> None:
    account.put("a.csv", "b.csv", "bad.csv")
    script = place / "prep.py"
    script.write_text(
        "def azureml_main(frame=None, other=None):\n"
        "    if blobprep_parameters['stem'] == 'bad':\n"
        "        raise ValueError\n"
        "    return frame\n",
        encoding="utf-8",
    )
    done = blobprep.batch(
        script, "az://raw/{stem}.csv", output="az://prepared/{stem}/", workspace=account.workspace, isolation="process"
    )
    assert (done.counts.done, done.counts.failed) == (2, 1)
    for text in ("az://prepared/_batch/", "az://prepared/_batch/batch.json"):
        items = account.items(None, "az://prepared/again/{folder}/", list=text)
        assert [item.inputs[0].reference for item in items] == [
            "az://contoso@prepared/a/results.parquet",
            "az://contoso@prepared/b/results.parquet",
        ]
        assert items[0].inputs[0].etag == account.store.properties("prepared", "a/results.parquet").etag
        assert items[0].output == "az://contoso@prepared/again/a/"


def test_a_run_without_results_is_no_list(account: Account, place: Path) -> None:
    account.put("a.csv")
    run(account, "raise ValueError")
    with pytest.raises(InputError, match=r"the run of az://raw/out/manifest\.json has no results"):
        account.plan(None, list="az://raw/out/")


@pytest.mark.parametrize("data", ['{"schema": "other/1"}', '{\n"a": 1}', "[\n]", '{"schema": "blobprep/run/1"}'])
def test_a_document_that_is_no_list_is_refused(account: Account, place: Path, data: str) -> None:
    (place / "list.json").write_text(data)
    with pytest.raises(InvalidOption, match=r"list\.json|no JSON"):
        account.plan(None, list="list.json")


def test_a_list_can_be_written_with_what_it_reads(account: Account, place: Path) -> None:
    account.put("a.csv", "b.csv")
    items = account.items("az://raw/*.csv")
    lines = [
        json.dumps({"reference": blob.reference, "etag": blob.etag, "size": blob.size})
        for item in items
        for blob in item.inputs
    ]
    assert account.items(None, list=listed(place, *lines, name="list.jsonl")) == items
