"""What is around an attack, and what became of it: the judge, who believes nothing that a script says of itself.

Every attack gets things of its own to aim at, all of them open to everyone as far as permissions go, so that what
stops an attack is the confinement: a file with a secret, a folder, servers of each kind, a process, a signal that the
parent counts.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import sys
from contextlib import ExitStack, suppress
from pathlib import Path
from resource import RLIMIT_NOFILE, prlimit
from tempfile import mkdtemp
from typing import Any

from tests.attacks.table import Attack

__all__ = ["World"]

_THEN = 1_000_000  # seconds; when every file was last written
_SPARE = "BLOBPREP_ATTACK_"


class World:
    """Arrange what attacks aim at; a context manager."""

    def __init__(self, attacks: tuple[Attack, ...]) -> None:
        self._stack = ExitStack()
        self.folder = Path(mkdtemp(prefix="attacked-"))
        self.folder.chmod(0o755)
        self._stack.callback(shutil.rmtree, self.folder)
        numbers = iter(range(signal.SIGRTMIN + 1, signal.SIGRTMAX))
        self.targets = {each.name: Target(each, self.folder, self._stack, numbers) for each in attacks}

    def __enter__(self) -> World:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @property
    def inherited(self) -> tuple[int, ...]:
        """Descriptors that whoever starts a child carelessly hands on."""
        return tuple(each.inherited for each in self.targets.values())

    @property
    def aims(self) -> dict[str, dict[str, Any]]:
        """What the scripts are told."""
        return {name: target.aim for name, target in self.targets.items()}

    def came_through(self, artefacts: dict[str, bytes], said: dict[str, str]) -> dict[str, list[str]]:
        """Say of each attack that did anything what it did.

        Args:
            artefacts: by attack, all bytes in which its secret is looked for.
            said: what the script says of each attack; of one that says nothing, something has gone wrong.
        """
        found = {
            name: target.evidence(artefacts.get(name, b""), said.get(name)) for name, target in self.targets.items()
        }
        return {name: evidence for name, evidence in found.items() if evidence}


class Target:
    """What one attack aims at."""

    def __init__(self, attack: Attack, folder: Path, stack: ExitStack, signals: Any) -> None:
        self._token = secrets.token_hex(16)
        self._folder = folder / attack.name
        self._file = self._folder / "secret.txt"
        self._make_files()
        self.aim: dict[str, Any] = {
            "file": str(self._file),
            "folder": str(self._folder),
            "empty": str(self._folder / "empty"),
            "listed": str(self._folder / "listed"),
            "other_run": str(self._folder / "blobprep-other" / "work" / "dataset.csv"),
            "parent": os.getpid(),
            "cwd": os.getcwd(),
        }
        self.inherited = os.open(self._file, os.O_RDONLY)
        os.set_inheritable(self.inherited, True)
        stack.callback(os.close, self.inherited)
        os.environ[_SPARE + attack.name] = self._token
        stack.callback(os.environ.pop, _SPARE + attack.name)
        self._servers = stack.enter_context(_Servers(self._folder, self._token)) if attack.group == "network" else None
        if self._servers is not None:
            self.aim |= self._servers.aim
        self._victim = stack.enter_context(_Victim(self._token, self._folder)) if attack.aims_at_processes else None
        self.aim["victim"] = self._victim.pid if self._victim else 0
        self._signals: list[int] = []
        if attack.signals:
            self.aim["signal"] = number = next(signals)
            before = signal.signal(number, lambda *_: self._signals.append(number))
            stack.callback(signal.signal, number, before)
        self._before = self._seen()

    def evidence(self, artefacts: bytes, said: str | None) -> list[str]:
        """Return what the attack did; nothing if it was stopped."""
        found = []
        if said is None:
            found.append("it was not heard of again")
        if self._token.encode() in artefacts:
            found.append("its secret came out")
        if self._seen() != self._before:
            found.append("its files are not as they were")
        if self._servers is not None:
            found += self._servers.hits()
        if self._victim is not None:
            found += self._victim.changes()
        if self._signals:
            found.append("the parent was signaled")
        if said == "did it":
            found.append("it did it")
        return found

    def _make_files(self) -> None:
        for folder in (".", "empty", "listed", ".azure", "blobprep-other/work"):
            (self._folder / folder).mkdir(parents=True, exist_ok=True)
            (self._folder / folder).chmod(0o777)
        files = (
            self._file,
            self._folder / ".azure/msal_token_cache.json",
            Path(self._folder, "blobprep-other/work/dataset.csv"),
        )
        for path in (*files, self._folder / "listed" / self._token):
            path.write_text(f"secret {self._token}\n")
            path.chmod(0o666)
            os.utime(path, (_THEN, _THEN))

    def _seen(self) -> list[object]:
        """Return all that can be seen of the folder: names, kinds, owners, modes, times, attributes, bytes."""
        found: list[object] = []
        for path in (self._folder, *sorted(self._folder.rglob("*"))):
            status = path.lstat()
            about = (status.st_mode, status.st_uid, status.st_gid, status.st_nlink)
            regular = stat.S_ISREG(status.st_mode)
            bytes_ = (path.read_bytes(), status.st_mtime, os.listxattr(path)) if regular else ()
            found.append((str(path), *about, bytes_))
        return found


class _Servers:
    """Servers that count who comes, on ports and under names of their own."""

    def __init__(self, folder: Path, token: str) -> None:
        self._stream = socket.create_server(("127.0.0.1", 0))
        port = self._stream.getsockname()[1]
        datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        datagrams.bind(("127.0.0.1", port))
        abstract = f"blobprep-attack-{token[:8]}"
        self._listening = {
            "TCP": self._stream,
            "UDP": datagrams,
            "local stream": _bound(socket.SOCK_STREAM, str(folder / "stream")),
            "local datagram": _bound(socket.SOCK_DGRAM, str(folder / "datagram")),
            "abstract stream": _bound(socket.SOCK_STREAM, f"\0{abstract}"),
            "abstract datagram": _bound(socket.SOCK_DGRAM, f"\0{abstract}-datagram"),
        }
        for each in self._listening.values():
            each.setblocking(False)
        self.aim = {
            "port": port,
            "stream": str(folder / "stream"),
            "datagram": str(folder / "datagram"),
            "abstract": abstract,
        }

    def __enter__(self) -> _Servers:
        return self

    def __exit__(self, *_: object) -> None:
        for each in self._listening.values():
            each.close()

    def hits(self) -> list[str]:
        return [f"its server was reached: {name}" for name, each in self._listening.items() if _is_reached(each)]


def _bound(kind: int, name: str) -> socket.socket:
    made = socket.socket(socket.AF_UNIX, kind)
    made.bind(name)
    if not name.startswith("\0"):
        Path(name).chmod(0o777)
    if kind == socket.SOCK_STREAM:
        made.listen()
    return made


def _is_reached(server: socket.socket) -> bool:
    try:
        if server.type == socket.SOCK_STREAM:
            server.accept()[0].close()
        else:
            server.recv(4000)
    except BlockingIOError:
        return False
    return True


class _Victim:
    """A process that waits, with the secret in its arguments, its environment and behind a descriptor."""

    def __init__(self, token: str, folder: Path) -> None:
        command = 'exec 9< secret.txt; echo; read answer; : "$0"'
        self._process = subprocess.Popen(
            ["/bin/sh", "-c", command, f"secret-{token}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={"SECRET": token, "PATH": os.defpath},
            cwd=folder,
            start_new_session=True,
        )
        assert self._process.stdout is not None
        self._process.stdout.readline()  # it has begun to wait
        self.pid = self._process.pid
        self._before = self._state()

    def __enter__(self) -> _Victim:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            os.kill(self.pid, signal.SIGKILL)
        self._process.communicate()

    def changes(self) -> list[str]:
        now = self._state()
        return [f"its process has another {name}" for name, value in now.items() if value != self._before.get(name)]

    def _state(self) -> dict[str, object]:
        try:
            words = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
            return {
                "life": words[0] in "SR",
                "group": words[2],
                "priority": words[16],
                "scheduler": (os.sched_getscheduler(self.pid), os.sched_getaffinity(self.pid)),
                "tracer": _tracer(self.pid),
                "limit": prlimit(self.pid, RLIMIT_NOFILE),
                "disk priority": _disk_priority(self.pid),
                "place in the line to be ended": Path(f"/proc/{self.pid}/oom_score_adj").read_text(),
            }
        except (OSError, ProcessLookupError):
            return {"life": False}


def _tracer(pid: int) -> str:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(line for line in lines if line.startswith("TracerPid"))


def _disk_priority(pid: int) -> int:
    import ctypes

    from blobprep.confinement.syscalls import MACHINES

    number = MACHINES[os.uname().machine].numbers["ioprio_get"]
    return ctypes.CDLL(None).syscall(number, 1, pid)  # type: ignore[no-any-return]


if sys.platform != "linux":  # what is asked of the kernel above, others do not have
    raise ImportError("the attacks are for Linux")
