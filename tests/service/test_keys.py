"""Keys in a file: made once, stored as hashes, found, replaced and revoked while others use them."""

from __future__ import annotations

import json
import stat
import threading
from pathlib import Path

import pytest

from blobprep.errors import SettingError
from blobprep.service.access.keys import SLOTS, KeyFile


@pytest.fixture
def keys(tmp_path: Path) -> KeyFile:
    return KeyFile(tmp_path / "state" / "keys.json")


def test_both_keys_of_a_service_are_found_and_no_other(keys: KeyFile) -> None:
    made = {slot: keys.create("iris", slot) for slot in SLOTS}
    keys.create("other", "primary")

    assert {slot: keys.find("iris", key) for slot, key in made.items()} == {slot: slot for slot in SLOTS}
    assert keys.find("other", made["primary"]) is None
    assert keys.find("iris", made["primary"][:-1]) is None
    assert keys.find("iris", "") is None
    assert keys.find("missing", made["primary"]) is None


def test_a_key_is_in_no_file_and_the_file_is_the_owners(keys: KeyFile, tmp_path: Path) -> None:
    key = keys.create("iris", "primary")

    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files
    for path in files:
        assert key not in path.read_text()
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0 or path.suffix == ".lock"


def test_a_key_that_is_replaced_holds_for_others_from_the_next_look_on(keys: KeyFile, tmp_path: Path) -> None:
    other = KeyFile(tmp_path / "state" / "keys.json")
    first = keys.create("iris", "primary")
    assert other.find("iris", first) == "primary"

    second = keys.create("iris", "primary")

    assert other.find("iris", first) is None
    assert other.find("iris", second) == "primary"
    assert keys.revoke("iris", "primary")
    assert other.find("iris", second) is None
    assert not keys.revoke("iris", "primary")


def test_keys_made_at_once_are_all_kept(keys: KeyFile) -> None:
    threads = [threading.Thread(target=keys.create, args=(f"service{at}", "primary")) for at in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [keys.slots(f"service{at}") for at in range(8)] == [("primary",)] * 8


@pytest.mark.parametrize("text", ["", "[]", '{"services": {"iris": {"primary": {"salt": "zz"}}}}', "\0"])
def test_a_file_that_is_no_file_of_keys_is_told_as_such(keys: KeyFile, tmp_path: Path, text: str) -> None:
    path = tmp_path / "state" / "keys.json"
    path.parent.mkdir()
    path.write_text(text)

    with pytest.raises(SettingError, match=r"keys\.json cannot be used: it is no file of keys"):
        keys.find("iris", "x")


def test_two_equal_keys_have_different_hashes(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    KeyFile(path).create("a", "primary")
    KeyFile(path).create("a", "secondary")
    rows = json.loads(path.read_text())["services"]["a"]

    assert rows["primary"]["salt"] != rows["secondary"]["salt"]
