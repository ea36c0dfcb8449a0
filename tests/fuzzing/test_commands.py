"""Generated tables and damaged files through the commands: whatever they are, no command has a defect or hangs."""

from __future__ import annotations

import random
import re
import subprocess
import sys
from pathlib import Path

import pytest

from blobprep.cli import main
from tests.fuzzing import tables
from tests.fuzzing.commands import finding

_ALLOWED = range(10)  # without the codes of a defect, of a storage that does not answer, and of signals
_OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_SCRIPT = "def azureml_main(frame):\n    return frame,\n"


def _slow(*values: object) -> object:
    return pytest.param(*values, marks=pytest.mark.slow)


@pytest.mark.parametrize(("first", "count"), [(0, 25), _slow(10_000, 3000)])
@pytest.mark.timeout(900)
def test_every_table_is_read_shown_and_written_or_refused(first: int, count: int) -> None:
    assert [found for seed in range(first, first + count) if (found := finding(seed))] == []


@pytest.mark.parametrize(("first", "count"), [(0, 25), _slow(10_000, 6000)])
@pytest.mark.timeout(900)
def test_damaged_files_end_no_process_and_are_never_a_defect(first: int, count: int) -> None:
    """In a process of its own, which a damaged file might end."""
    command = [sys.executable, "-m", "tests.fuzzing.commands", str(first), str(count)]

    ended = subprocess.run(command, capture_output=True, text=True, check=False)

    assert ended.returncode == 0, f"seed {ended.stdout.split()[-1]}: {ended.stderr[-4000:]}"
    assert int(ended.stdout.split()[-1]) == first + count - 1


@pytest.fixture
def account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder of an account that is a folder, with an empty container `raw`."""
    (tmp_path / "blobprep.toml").write_text('default_account = "dev"\n[accounts.dev]\nfolder = "blobs"\n')
    (tmp_path / "seen.py").write_text(_SCRIPT)
    (tmp_path / "blobs" / "raw").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "blobs" / "raw"


def _files(first: int, count: int) -> list[tuple[str, bytes]]:
    """Return files, each second one damaged, with names that no terminal should obey."""
    files = []
    for seed in range(first, first + count):
        rng = random.Random(seed)
        written = tables.file(rng, tables.table(rng))
        if written is not None:
            name, data = written
            stem = ("\x1b[31mred\x9b2J", "\u202etxt", "a b\x7f", "é😀", "%2A", "a'\"\t", "-n", "a#b")[seed % 8]
            files.append((f"{seed}{stem}.{name}", tables.damaged(rng, data) if seed % 2 else data))
    return files


@pytest.mark.parametrize(("first", "count"), [(0, 3), _slow(500, 100)])
@pytest.mark.timeout(900)
def test_no_command_has_a_defect_or_sends_control_characters_to_the_terminal(
    first: int, count: int, account: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for at, (name, data) in enumerate(_files(first, count)):
        (account / name).write_bytes(data)
        reference = f"blobs/raw/{name}"
        with_a_child = (
            ["head", reference, "--json"],
            ["head", reference],
            ["run", "seen.py", reference, "--output", "out/", "--overwrite"],
        )
        for command in (
            with_a_child[at % 3],
            ["check", reference],
            ["check", reference, "--json"],
            ["cp", reference, f"copies/{name}"],
            ["ls", "blobs/raw/"],
            ["ls", "az://raw", "-r", "--json"],
            ["settings", "--config", reference],
            ["doctor", reference],
            ["cat", reference, "--json"],
        ):
            code = main(command)

            shown = capfd.readouterr()
            assert code in _ALLOWED, (command, shown)
            assert not _OBEYED.search(shown.out + shown.err), (command, shown)
        (account / name).unlink()
