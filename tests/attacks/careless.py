"""What a careless program suffers from scripts: the control of the attacks that have a child of their own.

It believes that exit status 0 is success, waits as long as the child takes, follows every name the child leaves, holds
whatever it prints, removes folders by recursion, and unpickles results.
"""

from __future__ import annotations

import json
import os
import pickle
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from tempfile import TemporaryDirectory
from typing import Any

from tests.attacks.plain import ROOT, SCRIPTS

__all__ = ["run_carelessly"]

_PATIENCE = 6.0  # seconds; who has not ended by then will not
_MUCH = 100 << 20
_MANY = 1000


def run_carelessly(group: str, names: Iterable[str]) -> dict[str, list[str]]:
    """Return by attack what a careless program suffers from it; they run at the same time, a few of them."""
    found: dict[str, list[str]] = {}
    waiting = list(names)
    while waiting:
        some, waiting = waiting[:6], waiting[6:]
        with TemporaryDirectory(prefix="careless-", ignore_cleanup_errors=True) as folder:
            homes = {name: Path(folder, name) for name in some}
            running = {name: _start(group, name, homes[name]) for name in some}
            for name, process in running.items():
                found[name] = _suffered(process, homes[name])
            for home in homes.values():
                subprocess.run(["rm", "-rf", home], check=False)
    return found


def _start(group: str, name: str, home: Path) -> subprocess.Popen[bytes]:
    for each in ("work/outputs", "home", "tmp"):
        (home / each).mkdir(parents=True)
    (home / "secret.txt").write_text("the secret")
    with (home / "out").open("wb") as out, (home / "err").open("wb") as err:
        return subprocess.Popen(
            [sys.executable, "-X", "faulthandler", "-m", "tests.attacks.careless", group, name],
            cwd=home / "work",
            env={
                **os.environ,
                "PYTHONPATH": f"{ROOT}:{SCRIPTS}",
                "HOME": str(home / "home"),
                "TMPDIR": str(home / "tmp"),
            },
            stdout=out,
            stderr=err,
            start_new_session=True,
        )


def _suffered(process: subprocess.Popen[bytes], home: Path) -> list[str]:
    deadline = time.monotonic() + _PATIENCE
    memory = 0
    while (code := process.poll()) is None and time.monotonic() < deadline:
        memory = max(memory, _resident(process.pid))
        time.sleep(0.05)
    suffered = ["it does not end"] if code is None else []
    with suppress(ProcessLookupError):  # where it has ended, and left nobody
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    out = (home / "out").read_bytes()
    if code == 0 and b"returned" not in out:
        suffered.append("what counts as success returned nothing")
    if code:
        suffered.append(f"it ended with {code}")
    memory = max([memory, *(int(line.split()[1]) for line in out.splitlines() if line.startswith(b"peak "))])
    if memory > 5 * _MUCH:
        suffered.append("it took much memory")
    if len(out) + (home / "err").stat().st_size > _MUCH // 3:
        suffered.append("it wrote much")
    suffered += [f"it {line}" for line in out.decode(errors="replace").splitlines() if _took_many(line)]
    if b"\x1b[" in out:
        suffered.append("it acts on the terminal")
    if (home / "planted").exists():
        suffered.append("a file was planted")
    return suffered + _regretted(home)


def _took_many(line: str) -> bool:
    return line.startswith("took ") and int(line.removeprefix("took ")) >= _MANY


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0


def _regretted(home: Path) -> list[str]:
    """Collect by name, and clear away by recursion."""
    regrets = set()
    work = home / "work"
    if not work.is_dir() or not (work / "outputs").is_dir() or (work / "outputs").is_symlink():
        return ["a folder is not where it was"]
    count, size = 0, 0
    for path in map(Path, _all_below(str(work))):
        status = path.lstat()
        count, size = count + 1, size + status.st_size
        regrets |= _regrets_of(path, status, str(path.relative_to(work)))
    if count > _MANY or size > _MUCH:
        regrets.add("it left much")
    try:
        shutil.rmtree(work)
    except (OSError, RecursionError):
        regrets.add("its folder cannot be removed")
    return sorted(regrets)


def _all_below(work: str) -> list[str]:
    found = subprocess.run(["find", work, "-mindepth", "1", "-print0"], capture_output=True, check=False).stdout
    return [os.fsdecode(name) for name in found.split(b"\0") if name and len(name) < 4000]


def _regrets_of(path: Path, status: os.stat_result, name: str) -> set[str]:
    regrets = set()
    if not name.isprintable() or "\\" in name or len(name) > 1024:
        regrets.add("an odd name")
    if os.path.basename(name) in ("manifest.json", "results.parquet", "log.txt"):
        regrets.add("a name of somebody else's")
    if not stat.S_ISREG(status.st_mode) and not stat.S_ISDIR(status.st_mode):
        regrets.add("it is no file")
    if stat.S_ISREG(status.st_mode) and status.st_nlink > 1:
        regrets.add("it is another file too")
    if stat.S_ISDIR(status.st_mode) and name.endswith(".png"):
        regrets.add("it is no figure")
    if status.st_mode & stat.S_ISUID or not status.st_mode & 0o777:
        regrets.add("odd permissions")
    if stat.S_ISLNK(status.st_mode) and path.is_file() and b"secret" in path.read_bytes():
        regrets.add("the secret was collected")
    return regrets


def main(group: str, name: str) -> None:
    """Run one attack, unpickle what it returns as the careless program would, and end as programs do."""
    home = Path(os.getcwd()).parent
    parameters = {"attack": name, "secret": str(home / "secret.txt"), "plant": str(home / "planted")}
    functions: dict[str, Any] = {"blobprep_parameters": parameters, "__name__": "script"}
    exec(compile((SCRIPTS / f"{group}.py").read_text(), f"{group}.py", "exec"), functions)
    returned = functions["azureml_main"]()
    if group == "results":
        sys.modules["script"] = type(sys)("script")
        vars(sys.modules["script"]).update(functions)
        str(next(iter(returned["a"])) if "a" in returned else "")
        pickle.loads(pickle.dumps(returned))
    print("peak", getrusage(RUSAGE_SELF).ru_maxrss * 1024)
    print("returned", json.dumps(type(returned).__name__), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
