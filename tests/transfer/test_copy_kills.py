"""Copies of many blobs that are killed in the middle, and gone on with."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from blobprep.batches.copies.jobs import cp, sync
from blobprep.settings import Workspace
from blobprep.stores import BLOCK_SIZE
from tests import emulator

COUNT = 2000
LARGE = os.urandom(2 * BLOCK_SIZE + 5)

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def fill(workspace, container, count, stated):
    store = workspace.store()
    for name in (container, f"{container}-copy", f"{container}-record"):
        store.create_container(name)

    def write(number):
        store.write(container, f"d/{number:05}.csv", f"{number},".encode() * 100, content_type="text/csv")

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(write, range(count)))
    upload = store.upload(container, "d/large.csv")
    for index in range(3):
        upload.put(index, LARGE[index * BLOCK_SIZE : (index + 1) * BLOCK_SIZE])
    upload.commit(3, content_type="text/csv", md5=stated)


def contents(store, container):
    names = [item.blob for item in store.list(container)]
    with ThreadPoolExecutor(16) as pool:
        return dict(zip(names, pool.map(lambda name: store.read(container, name), names), strict=True))


def killed_after(command, arguments, options, environment, folder, count):
    """Run a copy in a process of its own, which kills itself once so much progress has been told."""
    code = (
        "import os, signal, sys\n"
        "from blobprep.batches.copies import jobs as copies\n"
        "done = []\n"
        "def count(moved, total):\n"
        "    done.append(moved)\n"
        f"    if len(done) == {count}: os.kill(os.getpid(), signal.SIGKILL)\n"
        f"copies.{command}(*{arguments!r}, **{options!r}, progress=count)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=folder, capture_output=True, check=False, timeout=300
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr


@pytest.mark.parametrize("where", ["account", "disk", "record"])
def test_copies_that_are_killed_are_gone_on_with_and_nothing_is_half_written(azurite, tmp_path, where):
    settings = {"AZURE_STORAGE_CONNECTION_STRING": emulator.connection_string(azurite)}
    workspace = Workspace(environment=settings, folder=tmp_path)
    container = f"kill-{where}"
    # With a record even a blob without an MD5 is known again.
    stated = "" if where == "record" else b64encode(hashlib.md5(LARGE).digest()).decode()
    fill(workspace, container, COUNT, stated)
    target = f"{tmp_path}/copy/" if where == "disk" else f"az://{container}-copy/"
    record = {"record": f"az://{container}-record/job/"} if where == "record" else {}
    store = workspace.store()

    def there():
        if where != "disk":
            return contents(store, f"{container}-copy")
        found = (path for path in (tmp_path / "copy").rglob("*.csv") if path.is_file())
        return {f"{path.relative_to(tmp_path / 'copy')}": path.read_bytes() for path in found}

    expected = contents(store, container)
    before: dict[str, bytes] = {}
    for command, count in (("cp", 300), ("sync", 900)):
        killed_after(command, (f"az://{container}/**", target), record, {**os.environ, **settings}, tmp_path, count)
        now = there()
        assert len(before) < len(now) < len(expected)
        assert now == {name: expected[name] for name in now}
        before = now

    copies = cp(f"az://{container}/**", target, resume=True, overwrite=True, workspace=workspace, **record)

    assert copies.status == "succeeded"
    assert (copies.counts.skipped, copies.counts.copied) == (len(before), len(expected) - len(before))
    assert there() == expected
    last = sync(f"az://{container}/", target, delete=True, workspace=workspace, **record)
    assert last.counts.skipped == len(expected)
    if record:
        lines = [json.loads(line) for line in store.read(f"{container}-record", "job/items.jsonl").splitlines()]
        assert [line["key"] for line in lines] == sorted(expected)


def test_a_job_whose_service_dies_accounts_for_every_copy_and_is_gone_on_with(tmp_path):
    folder = tmp_path / "azurite"
    folder.mkdir()
    (tmp_path / "in").mkdir()
    for number in range(400):
        (tmp_path / "in" / f"{number:03}").write_bytes(b"%d" % number * 100)
    (tmp_path / "blobprep.toml").write_text("[network]\nretries = 1\n")
    life = ExitStack()
    endpoint = life.enter_context(emulator.serve(folder))
    settings = {"AZURE_STORAGE_CONNECTION_STRING": emulator.connection_string(endpoint)}
    workspace = Workspace(environment=settings, folder=tmp_path)
    how = {"create_container": True, "resume": True, "attempts": 1, "workspace": workspace}

    def die(done, total):
        if done > total // 3:
            life.close()

    copies = cp(f"{tmp_path}/in/", "az://away/", max_failures=30, progress=die, **how)

    counts = copies.counts
    assert counts.matched == 400
    assert counts.copied > 100
    assert 30 < counts.failed < 50
    assert {each.error.code for each in copies if each.error} == {"StoreUnavailable"}
    with emulator.serve(folder, int(endpoint.rsplit(":", 1)[1].partition("/")[0])):  # which has forgotten everything
        copies = cp(f"{tmp_path}/in/", "az://away/", **how)
        store = workspace.store()
        there = {item.blob: store.read("away", item.blob) for item in store.list("away")}
    assert copies.counts.copied == 400
    assert there == {path.name: path.read_bytes() for path in (tmp_path / "in").iterdir()}
