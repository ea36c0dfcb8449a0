from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from blobprep.errors import SettingError
from blobprep.service.jobs.seal import Seal


def test_what_was_sealed_is_opened_with_the_key_in_the_file(tmp_path: Path) -> None:
    sealed = Seal(tmp_path / "key").seal("secret …", "job", "request")
    assert Seal(tmp_path / "key").open(sealed, "job", "request") == "secret …"
    assert b"secret" not in sealed
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


@pytest.mark.parametrize(("job", "purpose"), [("other", "request"), ("job", "results")])
def test_what_was_sealed_for_one_thing_opens_nothing_else(tmp_path: Path, job: str, purpose: str) -> None:
    seal = Seal(tmp_path / "key")
    sealed = seal.seal("secret", "job", "request")
    with pytest.raises(SettingError, match="not sealed with the key"):
        seal.open(sealed, job, purpose)


def test_what_was_changed_or_sealed_with_another_key_is_refused(tmp_path: Path) -> None:
    seal = Seal(tmp_path / "key")
    sealed = seal.seal("secret", "job", "request")
    for wrong in (
        sealed[:-1] + bytes([sealed[-1] ^ 1]),
        sealed[:5],
        Seal(tmp_path / "two").seal("a", "job", "request"),
    ):
        with pytest.raises(SettingError):
            seal.open(wrong, "job", "request")


def test_servers_that_start_at_once_have_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        seals = list(pool.map(lambda _: Seal(tmp_path / "key"), range(16)))
    sealed = seals[0].seal("secret", "job", "request")
    assert {seal.open(sealed, "job", "request") for seal in seals} == {"secret"}


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    Seal(tmp_path / "key")
    (tmp_path / "key").chmod(0o640)
    with pytest.raises(SettingError, match="read by others") as caught:
        Seal(tmp_path / "key")
    assert "chmod 600" in caught.value.remedy


def test_a_file_that_is_no_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"short")
    (tmp_path / "key").chmod(0o600)
    with pytest.raises(SettingError, match="not a key"):
        Seal(tmp_path / "key")


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="cannot be used"):
        Seal(tmp_path / "none" / "key")
