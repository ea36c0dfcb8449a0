"""A batch that is kept up to date: what is new or has changed is run once, and nothing else is run at all."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import blobprep
from blobprep.batches.coordination.stop import Stop
from blobprep.batches.records import Counts
from blobprep.errors import BlobNotFound, ContainerNotFound, InvalidOption
from tests.batches.arranging import Account
from tests.batches.test_batch import OUTPUT, SCRIPT, put, summary

_LONG = 60.0  # seconds that a test waits for what must come


def options(account: Account, **changes: Any) -> dict[str, Any]:
    script = account.folder / "prep.py"
    if not script.exists():
        script.write_text(SCRIPT)
    return {"output": OUTPUT, "isolation": "off", "workers": 1, "workspace": account.workspace, **changes}


class Watching:
    """A watch in a thread; what it tells is kept."""

    def __init__(self) -> None:
        self.stop, self.batches, self.said = Stop(), list[blobprep.Batch](), list[str]()
        self.error: BaseException | None = None
        self._changed = threading.Condition()

    def on_cycle(self, batch: blobprep.Batch) -> None:
        with self._changed:
            self.batches.append(batch)
            self._changed.notify_all()

    def say(self, text: str) -> None:
        with self._changed:
            self.said.append(text)
            self._changed.notify_all()

    def wait(self, holds: Callable[[], object]) -> None:
        with self._changed:
            assert self._changed.wait_for(holds, _LONG), (self.said, self.error)


@contextmanager
def watching(account: Account, pattern: str = "az://raw/{day}/*.csv", **changes: Any) -> Iterator[Watching]:
    seen = Watching()

    def work() -> None:
        try:
            blobprep.watch(
                "prep.py", pattern, stop=seen.stop, on_cycle=seen.on_cycle, say=seen.say, **options(account, **changes)
            )
        except BaseException as error:
            seen.error = error
            seen.say("ended")

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield seen
    finally:
        seen.stop.request()
        thread.join(_LONG)
        assert not thread.is_alive()


def test_what_arrives_is_run_and_what_is_there_is_not_run_again(account: Account) -> None:
    put(account, 1, 2)

    with watching(account, every=0.2) as seen:
        seen.wait(lambda: len(seen.batches) == 1)
        put(account, 3)
        seen.wait(lambda: len(seen.batches) == 2)

    assert [batch.counts for batch in seen.batches] == [Counts(done=2), Counts(done=1, skipped=2)]
    assert summary(account)["status"] == "succeeded"


def test_an_item_that_failed_is_run_again_once_it_has_changed_and_not_before(account: Account) -> None:
    put(account, 1, 13)

    with watching(account, every=0.1) as seen:
        seen.wait(lambda: len(seen.batches) == 1)
        put(account, 4)
        seen.wait(lambda: len(seen.batches) == 2)
        attempts = [record.attempt for record in seen.batches[1] if record.status == "failed"]
        account.put("raw/2024-05-02/013.csv", b"a\n14\n")
        seen.wait(lambda: len(seen.batches) == 3)

    assert [batch.counts for batch in seen.batches] == [
        Counts(done=1, failed=1),
        Counts(done=1, skipped=1, failed=1),
        Counts(done=1, skipped=2),
    ]
    assert attempts == [1]


@pytest.mark.slow
def test_a_script_that_has_changed_applies_to_all(account: Account) -> None:
    put(account, 1, 2)

    with watching(account, every=0.1) as seen:
        seen.wait(lambda: len(seen.batches) == 1)
        (account.folder / "prep.py").write_text(SCRIPT + "\n# changed\n")
        seen.wait(lambda: len(seen.batches) == 2)

    assert seen.batches[1].counts == Counts(done=2)


@pytest.mark.slow
def test_a_watch_may_begin_before_anything_is_there(account: Account) -> None:
    with watching(account, every=0.1) as seen:
        seen.wait(lambda: seen.said)
        put(account, 1)
        seen.wait(lambda: seen.batches)

    assert len(seen.said) == 1
    assert seen.said[0].startswith("there is nothing to do yet")
    assert seen.batches[0].counts == Counts(done=1)


def test_once_is_one_cycle_and_a_second_one_does_nothing_twice(account: Account) -> None:
    put(account, 1, 2)

    first = blobprep.watch("prep.py", "az://raw/{day}/*.csv", once=True, **options(account))
    second = blobprep.watch("prep.py", "az://raw/{day}/*.csv", once=True, **options(account))

    assert first is not None
    assert second is not None
    assert (first.counts, second.counts) == (Counts(done=2), Counts(skipped=2))


@pytest.mark.slow
def test_a_blob_is_not_read_before_it_has_settled(account: Account) -> None:
    put(account, 1)

    with watching(account, every=0.2, settle=3) as seen:
        seen.wait(lambda: seen.said)
        assert seen.batches == []
        seen.wait(lambda: seen.batches)

    assert seen.said[0].startswith("there is nothing to do yet")
    assert seen.batches[0].counts == Counts(done=1)


def test_what_a_person_must_change_ends_the_first_cycle(account: Account, tmp_path: Path) -> None:
    put(account, 1)
    given = options(account)
    rows: list[tuple[str, dict[str, Any], type[Exception]]] = [
        ("az://nowhere/*.csv", {}, ContainerNotFound),
        ("az://raw/{day}/*.csv", {"output": "az://prepared/{month}/"}, InvalidOption),
        ("az://raw/{day}/*.csv", {"output": "az://prepared/{date}/{stem}/"}, InvalidOption),
        ("az://raw/{day}/*.csv", {"every": 0}, InvalidOption),
        ("az://raw/{day}/*.csv", {"settle": -1}, InvalidOption),
        ("az://raw/{day}/*.csv", {"queue": "not a queue"}, InvalidOption),
        ("az://raw/", {}, InvalidOption),
    ]
    for pattern, changes, kind in rows:
        with pytest.raises(kind):
            blobprep.watch("prep.py", pattern, **{**given, **changes})
    (tmp_path / "prep.py").unlink()
    with pytest.raises(BlobNotFound):
        blobprep.watch("prep.py", "az://raw/{day}/*.csv", **given)


@pytest.mark.slow
def test_a_script_that_is_gone_for_a_while_is_told_and_the_watch_goes_on(account: Account) -> None:
    put(account, 1)

    with watching(account, every=0.1) as seen:
        seen.wait(lambda: len(seen.batches) == 1)
        (account.folder / "prep.py").rename(account.folder / "away.py")
        seen.wait(lambda: seen.said)
        (account.folder / "away.py").rename(account.folder / "prep.py")
        put(account, 2)
        seen.wait(lambda: len(seen.batches) == 2)

    assert "prep.py" in seen.said[0]
    assert "it is tried again in 0.1 s" in seen.said[0]
    assert seen.batches[1].counts == Counts(done=1, skipped=1)


def test_the_settings_say_how_often_if_nothing_else_does(account: Account) -> None:
    (account.folder / "blobprep.toml").write_text(
        (account.folder / "blobprep.toml").read_text() + '[watch]\nevery = "often"\n'
    )

    with pytest.raises(blobprep.errors.SettingError, match=r"watch\.every"):
        blobprep.Workspace(folder=account.folder, environment={})


@pytest.mark.slow
def test_the_record_of_a_watch_is_that_of_a_batch(account: Account) -> None:
    put(account, 1)
    blobprep.watch("prep.py", "az://raw/{day}/*.csv", once=True, **options(account))

    ended = blobprep.batch("prep.py", "az://raw/{day}/*.csv", resume=True, **options(account))

    assert ended.counts == Counts(skipped=1)
    assert json.dumps(summary(account))
