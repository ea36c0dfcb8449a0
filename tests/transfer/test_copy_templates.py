"""`cp` to targets that are made of parts of the sources' names."""

from __future__ import annotations

import json

import pytest

from blobprep.batches.copies.jobs import cp
from blobprep.cli import main
from blobprep.errors import BlobNotFound, InvalidOption, OutputExists
from blobprep.settings import Workspace
from tests import emulator
from tests.transfer.stores import HookedStore
from tests.transfer.test_copy_jobs import alone, contents, statuses, write

FILES = {"in__north__1.csv": b"n1", "in__north__2.csv": b"n2", "in__south__1.csv": b"s1", "in__south__x.txt": b"x"}


@pytest.mark.parametrize(
    ("pattern", "target", "made"),
    [
        ("in/{region}/*.csv", "to/{region}-{stem}.csv", {"north-1.csv", "north-2.csv", "south-1.csv"}),
        ("in/{region}/{day}.csv", "to/{day}/{region}", {"1/north", "2/north", "1/south"}),
        ("in/{region}/1.*", "to/{region}/", {"north/1.csv", "south/1.csv"}),
        ("in/**.csv", "to/{folder}/x-{name}", {"north/x-1.csv", "north/x-2.csv", "south/x-1.csv"}),
        ("in/south/", "to/{stem}.bak", {"1.bak", "x.bak"}),
        ("in/south/x.txt", "to/{stem}-{container}.bak", {"x-CONTAINER.bak"}),
    ],
)
def test_targets_are_made_of_parts(store, container, workspace, pattern, target, made):
    write(store, container, **FILES)

    copies = cp(f"az://{container}/{pattern}", f"az://{container}/{target}", workspace=workspace)

    there = contents(store, container, "to/")
    assert there.keys() == {f"to/{name}".replace("CONTAINER", container) for name in made}
    assert copies.counts.copied == len(made)
    for each in copies:
        assert there[each.target.partition(f"{container}/")[2]] == store.read(
            container, each.source.partition(f"{container}/")[2]
        )


def test_hive_folders_are_parts_and_files_too_have_names(store, container, workspace, tmp_path):
    write(store, container, **{"t__year=2024__a.csv": b"1", "t__year=2025__a.csv": b"2"})

    cp(f"az://{container}/t/**", f"{tmp_path}/out/{{year}}-{{name}}", workspace=workspace)
    cp(f"{tmp_path}/out/*.csv", f"az://{container}/back/{{stem}}", workspace=workspace)
    cp(f"{tmp_path}/out/", f"az://{container}/all/{{name}}.x", workspace=workspace)
    cp(f"{tmp_path}/out/2024-a.csv", f"az://{container}/one-{{stem}}", workspace=workspace)

    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == {
        "2024-a.csv": b"1",
        "2025-a.csv": b"2",
    }
    assert contents(store, container, "back/") == {"back/2024-a": b"1", "back/2025-a": b"2"}
    assert contents(store, container, "all/") == {"all/2024-a.csv.x": b"1", "all/2025-a.csv.x": b"2"}
    assert store.read(container, "one-2024-a") == b"1"


def test_what_a_part_captured_stays_one_piece_of_a_name(store, container, workspace):
    write(store, container, **{"x__100%25": b"1", "x__{b}": b"2"})

    cp(f"az://{container}/x/{{part}}", f"az://{container}/to/{{part}}/v", workspace=workspace)

    assert contents(store, container, "to/") == {"to/100%2525/v": b"1", "to/{b}/v": b"2"}


def test_two_sources_with_one_target_are_refused_and_both_named(store, container, workspace):
    write(store, container, **FILES)

    both = f"az://{container}/in/north/1.csv and az://{container}/in/south/1.csv have the same target"
    with pytest.raises(InvalidOption, match=f"{both}, az://{container}/to/1.csv"):
        cp(f"az://{container}/in/{{region}}/*.csv", f"az://{container}/to/{{stem}}.csv", workspace=workspace)

    assert contents(store, container, "to/") == {}


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ("to/{country}.csv", r"names \{country\}, which is not a part \(use \{name\}, \{stem\}"),
        ("to/{stem}*", "has a wildcard"),
    ],
)
def test_targets_that_cannot_be_made_are_refused(store, container, workspace, target, told):
    write(store, container, **FILES)

    with pytest.raises(InvalidOption, match=told):
        cp(f"az://{container}/in/{{region}}/*.csv", f"az://{container}/{target}", workspace=workspace)
    with pytest.raises(BlobNotFound):
        cp(f"az://{container}/in/{{region}}/*.pdf", f"az://{container}/to/{{region}}", workspace=workspace)


def test_names_in_braces_that_are_no_parts_are_names(store, container, workspace):
    write(store, container, **{"{x}": b"1"})

    cp(f"az://{container}/{{x}}", f"az://{container}/y{{1}}", workspace=workspace)
    cp(f"az://{container}/y{{1}}", f"az://{container}/%7Bz%7D", workspace=workspace)

    assert contents(store, container) == dict.fromkeys(("{x}", "y{1}", "{z}"), b"1")


def test_they_are_gone_on_with_and_nothing_is_replaced_unasked(store, container, workspace):
    write(store, container, **FILES)
    how = f"az://{container}/in/{{region}}/*.csv", f"az://{container}/to/{{stem}}/{{region}}"
    write(store, container, to__1__south=b"s1")

    with pytest.raises(OutputExists, match="to/1/south exists already"):
        cp(*how, workspace=workspace)
    dry = cp(*how, resume=True, dry_run=True, workspace=workspace)
    copies = cp(*how, resume=True, workspace=workspace)

    assert (dry.counts.pending, dry.counts.skipped) == (2, 1)
    assert copies.counts.copied == 2
    assert copies.counts.skipped == 1
    write(store, container, to__1__south=b"other")
    with pytest.raises(OutputExists, match="is not equal to its source"):
        cp(*how, resume=True, workspace=workspace)
    assert cp(*how, resume=True, overwrite=True, workspace=workspace).counts.copied == 1


def test_the_record_has_the_names_of_the_sources_and_is_known_again(tmp_path):
    store = HookedStore("contoso")
    workspace = alone(store, tmp_path)
    write(store, "raw", **FILES)
    how = "az://raw/in/{region}/*.csv", "az://copy/{stem}/{region}.csv"

    cp(*how, record="az://copy-record/r/", create_container=True, workspace=workspace)
    again = cp(*how, record="az://copy-record/r/", resume=True, workspace=workspace)

    lines = [json.loads(line) for line in store.read("copy-record", "r/items.jsonl").splitlines()]
    assert [(line["key"], line["output"].rpartition("@")[2]) for line in lines] == [
        ("north/1.csv", "copy/1/north.csv"),
        ("north/2.csv", "copy/2/north.csv"),
        ("south/1.csv", "copy/1/south.csv"),
    ]
    assert json.loads(store.read("copy-record", "r/batch.json"))["options"]["target"] == how[1]
    assert set(statuses(again).values()) == {"skipped"}


def test_a_dry_run_of_the_command_lists_the_pairs(azurite, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("AZURE_STORAGE_CONNECTION_STRING", emulator.connection_string(azurite))
    monkeypatch.chdir(tmp_path)
    store = Workspace().store()
    store.create_container("templates")
    write(store, "templates", **FILES)

    assert main(["cp", "az://templates/in/{region}/1.csv", "az://templates/{region}-{stem}.csv", "--dry-run"]) == 0

    assert capsys.readouterr().out.splitlines() == [
        "would copy az://templates/in/north/1.csv → az://templates/north-1.csv  2 B",
        "would copy az://templates/in/south/1.csv → az://templates/south-1.csv  2 B",
        "2 matched: 2 to do",
    ]
