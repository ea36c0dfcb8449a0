"""What surrounds a process may be missing, full or closed: an error says so, and it is none of blobprep's."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from blobprep.cli.process_start import shortage
from blobprep.errors import AccessError, LimitError, OutputError

PROGRAM = f"{sys.executable} -c 'import sys; from blobprep.cli import main; sys.exit(main())'"


def shell(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command line, in which `blobprep` is the program, by a shell."""
    text = f'blobprep() {{ {PROGRAM} "$@"; }}; {command}'
    return subprocess.run(["bash", "-c", text], check=False, cwd=folder, capture_output=True, text=True, timeout=60)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "data.csv").write_text("a\n1\n")
    return tmp_path


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize(
    "command", ["--help", "--version", "ls .", "ls . --json", "cat data.csv", "settings --json", "nonsense --json"]
)
def test_a_full_standard_output_is_an_output_that_could_not_be_written(command: str, folder: Path) -> None:
    done = shell(f"blobprep {command} > /dev/full", folder)

    if command.startswith("nonsense"):
        assert (done.returncode, done.stderr.splitlines()[0]) == (2, "blobprep: No such command 'nonsense'.")
    else:
        said = "blobprep: standard output cannot be written: No space left on device"
        assert (done.returncode, done.stderr.splitlines()[0]) == (6, said)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("streams", [">&-", "2>&-", "<&- >&- 2>&-", "2> /dev/full"])
def test_streams_that_are_closed_or_full_change_nothing_else(streams: str, folder: Path) -> None:
    done = shell(f"blobprep cp data.csv az://out/copy.csv {streams}; echo $?", folder_account(folder))

    assert (done.stdout.splitlines()[-1], done.stderr) == ("0", "")
    assert (folder / "blobs" / "out" / "copy.csv").read_text() == "a\n1\n"


def folder_account(folder: Path) -> Path:
    (folder / "blobs" / "out").mkdir(parents=True)
    (folder / "blobprep.toml").write_text('[accounts.dev]\nfolder = "blobs"\n')
    return folder


@pytest.mark.parametrize(
    ("command", "code", "said"),
    [
        ("ls {}/", 0, ""),
        ("settings", 0, ""),
        ("cat data.csv", 3, "data.csv"),
        ("run script.py", 2, "the working folder does not exist any more"),
    ],
)
def test_a_working_folder_that_was_removed_is_told_where_it_is_wanted(
    command: str, code: int, said: str, folder: Path
) -> None:
    gone = folder / "gone"
    gone.mkdir()

    done = shell(f"cd gone; rmdir {gone}; blobprep {command.format(folder)} >/dev/null", folder)

    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert "defect" not in done.stderr


def test_few_descriptors_are_told_of(folder: Path) -> None:
    (folder / "script.py").write_text("")

    done = shell("ulimit -n 10; blobprep run script.py --output out/", folder)

    assert (done.returncode, done.stderr.splitlines()[0]) == (5, "blobprep: too many files are open at once")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a folder that it then may not enter")
@pytest.mark.parametrize("command", ["ls .", "cat data.csv", "run data.csv", "demo"])
def test_a_working_folder_that_may_not_be_entered_is_a_refused_access(command: str, folder: Path) -> None:
    os.chown(folder, 65534, 65534)
    folder.chmod(0o700)

    done = shell(f"setpriv --bounding-set=-all --inh-caps=-all {PROGRAM} {command}", folder)

    assert done.returncode == 4, done.stderr
    assert done.stderr.splitlines()[-2].startswith("blobprep: access was refused: ")


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (MemoryError(), LimitError),
        (RuntimeError("can't start new thread"), LimitError),
        (OSError(errno.ENFILE, "x"), LimitError),
        (OSError(errno.ENOSPC, "x", "/there"), LimitError),
        (OSError(errno.EROFS, "x", b"/there"), OutputError),
        (PermissionError(errno.EACCES, "x", "/there"), AccessError),
        (PermissionError(errno.EACCES, "x"), None),
        (FileNotFoundError(errno.ENOENT, "x", "/there"), None),
        (OSError("x"), None),
        (RuntimeError("another"), None),
        (ValueError(), None),
    ],
)
def test_what_the_machine_lacks_is_told_from_defects(error: BaseException, kind: type | None) -> None:
    assert type(shortage(error)) is (kind or type(None))
