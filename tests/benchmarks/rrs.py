"""Requests of ten rows to servers of one function: blobprep's, and those of others, in one run.

Every server has the same function and runs on this machine, one beside the other; the client is the same for all, a few
lines over plain sockets, in a process of its own. The servers are measured in turn, so that a drift of the machine hits
all alike.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmarks.measuring import clean_environment

__all__ = ["SERVERS", "Measured", "measure_servers"]

_ROOT = Path(__file__).parents[2]
_ROWS = 10
_BLOBPREP = str(Path(sys.executable).with_name("blobprep"))
_SCRIPT = "def azureml_main(frame):\n    frame['sum'] = frame['a'] + frame['b']\n    return frame,\n"
_NAMES = ("a", "b", "t")
_VALUES = [[at + 0.5, at, f"text {at}"] for at in range(_ROWS)]
_START = 120.0  # seconds that a server may take to answer its first request
_WARM = 100


@dataclass(frozen=True, slots=True)
class Served:
    """A server.

    Attributes:
        command: starts it; `PORT` is filled in.
        path: what is asked.
        body: of the request.
    """

    command: Callable[[str, Path], Sequence[str]]
    path: str
    body: Mapping[str, object]


_CLASSIC = {"Inputs": {"input1": {"ColumnNames": list(_NAMES), "Values": _VALUES}}, "GlobalParameters": {}}
_SPLIT = {"columns": list(_NAMES), "data": _VALUES}

SERVERS: Mapping[str, Served] = {
    "blobprep": Served(
        lambda peers, folder: [
            *(_BLOBPREP, "serve", str(folder / "sum.py"), "--port", "PORT", "--state", str(folder / "state")),
            *("--isolation", "strict", "--access-log"),
        ],
        "/services/sum/execute?api-version=2.0&details=true",
        _CLASSIC,
    ),
    "starlette": Served(
        lambda peers, folder: [sys.executable, "-m", "tests.benchmarks.rrs_starlette", "PORT"], "/execute", _CLASSIC
    ),
    "mlflow": Served(
        lambda peers, folder: [
            *(f"{peers}-mlflow/bin/python", "-m", "mlflow", "models", "serve", "--env-manager", "local"),
            *("--host", "127.0.0.1", "--port", "PORT", "--model-uri", str(folder / "model")),
        ],
        "/invocations",
        {"dataframe_split": _SPLIT},
    ),
    "bentoml": Served(
        lambda peers, folder: [
            *(f"{peers}-bentoml/bin/python", "-m", "bentoml", "serve", "rrs_bentoml:Sum", "--working-dir"),
            *(str(_ROOT / "tests/benchmarks"), "--host", "127.0.0.1", "--port", "PORT"),
        ],
        "/predict",
        {"frame": [dict(zip(_NAMES, row, strict=True)) for row in _VALUES]},
    ),
}
"""The servers by name; ratios are to `starlette`."""


@dataclass(slots=True)
class Measured:
    """What was measured of a server: seconds of each request one after the other, and requests a second of several."""

    alone: list[float] = field(default_factory=list)
    together: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    work: list[float] = field(default_factory=list)

    def as_json(self) -> dict[str, float]:
        """Return the figures: milliseconds, requests a second, milliseconds of processor time of a request."""
        return {
            "p50": round(statistics.median(self.alone) * 1000, 2),
            "p99": round(statistics.quantiles(self.alone, n=100)[98] * 1000, 2),
            "p50_of_8": round(statistics.median(self.together) * 1000, 2),
            "p99_of_8": round(statistics.quantiles(self.together, n=100)[98] * 1000, 2),
            "requests_a_second": round(statistics.median(self.rates), 1),
            "processor_ms": round(statistics.median(self.work) * 1000, 2),
        }


def measure_servers(peers: str, *, rounds: int, seconds: float = 4.0, clients: int = 8) -> dict[str, Measured]:
    """Measure all servers whose environments are there.

    Args:
        peers: where the environments of others are, without `-mlflow` and `-bentoml`.
        rounds: of which each measures every server.
        seconds: of each measurement.
        clients: at a time, where several are measured.
    """
    found: dict[str, Measured] = {}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        places: dict[str, tuple[int, int]] = {}
        keys: dict[str, str] = {}
        for name, server in SERVERS.items():
            keys[name] = _prepare(name, peers, folder)
            places[name] = stack.enter_context(_running(server, peers, folder, keys[name]))
            found[name] = Measured()
        order = list(places)
        for turn in range(rounds):
            first = turn % len(order)
            for name in (*order[first:], *order[:first]):
                port, pid = places[name]
                request = _request(SERVERS[name], port, keys[name])
                found[name].alone += _load(port, request, seconds / 2, 1)
                before = _processor_seconds(pid)
                began = time.perf_counter()
                together = _load(port, request, seconds, clients)
                spent = time.perf_counter() - began
                found[name].together += together
                found[name].rates.append(len(together) / spent)
                found[name].work.append((_processor_seconds(pid) - before) / len(together))
    return found


def _prepare(name: str, peers: str, folder: Path) -> str:
    """Make what a server needs; return the key that a request has, if any."""
    if name == "blobprep":
        (folder / "sum.py").write_text(_SCRIPT)
        command = [_BLOBPREP, "serve", str(folder / "sum.py"), "--new-key", "--state", str(folder / "state")]
        done = subprocess.run(command, check=True, capture_output=True, text=True, env=clean_environment(), cwd=folder)
        return done.stdout.split()[0]
    if name == "mlflow":
        command = [f"{peers}-mlflow/bin/python", str(_ROOT / "tests/benchmarks/rrs_mlflow.py"), str(folder / "model")]
        subprocess.run(command, check=True, capture_output=True, env=clean_environment())
    return ""


def _request(server: Served, port: int, key: str) -> bytes:
    body = json.dumps(server.body).encode()
    head = f"POST {server.path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
    head += f"Authorization: Bearer {key}\r\n" if key else ""
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


@contextmanager
def _running(server: Served, peers: str, folder: Path, key: str) -> Iterator[tuple[int, int]]:
    """Start a server, wait until it has answered a hundred requests, and yield its port and process."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [part.replace("PORT", str(port)) for part in server.command(peers, folder)]
    places = os.pathsep.join([str(Path(command[0]).parent), os.defpath])
    environment = clean_environment() | {"PATH": places, "BENTOML_DO_NOT_TRACK": "1", "MLFLOW_DISABLE_TELEMETRY": "1"}
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            command, env=environment, cwd=_ROOT, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            _await_answers(port, _request(server, port, key), process, output)
            yield port, process.pid
        finally:
            process.terminate()
            process.wait(60)


def _await_answers(port: int, request: bytes, process: subprocess.Popen[bytes], output: object) -> None:
    deadline = time.monotonic() + _START
    while True:
        try:
            asyncio.run(_client(port, request, time.perf_counter() + 60, _WARM, []))
            return
        except (OSError, ValueError, asyncio.IncompleteReadError) as error:
            if process.poll() is not None or time.monotonic() > deadline:
                output.seek(0)  # type: ignore[attr-defined]
                sys.exit(f"a server does not answer: {error}\n{output.read().decode()[-3000:]}")  # type: ignore[attr-defined]
            time.sleep(0.2)


def _load(port: int, request: bytes, seconds: float, clients: int) -> list[float]:
    """Send requests for a while; return the seconds that each took."""

    async def run() -> list[float]:
        taken: list[float] = []
        end = time.perf_counter() + seconds
        await asyncio.gather(*(_client(port, request, end, None, taken) for _ in range(clients)))
        return taken

    return asyncio.run(run())


async def _client(port: int, request: bytes, end: float, most: int | None, taken: list[float]) -> None:
    """Send requests over one connection, the next when the one before is answered."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        while time.perf_counter() < end and (most is None or len(taken) < most):
            began = time.perf_counter()
            writer.write(request)
            await _read_answer(reader)
            taken.append(time.perf_counter() - began)
    finally:
        writer.close()


async def _read_answer(reader: asyncio.StreamReader) -> bytes:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    if not head.startswith(b"http/1.1 200"):
        raise ValueError(f"answered {head.partition(bytes([13]))[0]!r}: {await reader.read(500)!r}")
    if b"transfer-encoding: chunked" in head:
        pieces = []
        while size := int(await reader.readuntil(b"\r\n"), 16):
            pieces.append(await reader.readexactly(size))
            await reader.readexactly(2)
        await reader.readexactly(2)
        return b"".join(pieces)
    _, _, rest = head.partition(b"content-length:")
    return await reader.readexactly(int(rest.partition(b"\r\n")[0]))


def _processor_seconds(pid: int) -> float:
    """Return the processor time of all processes of a server: it leads a session, and what it forks stays in it."""
    total, sessions = 0.0, {pid}
    processes = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                words = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            processes[int(entry.name)] = (int(words[1]), int(words[3]), sum(map(int, words[11:15])))
    below = {pid}
    while more := {number for number, (parent, session, _) in processes.items()
                   if (parent in below or session in sessions) and number not in below}:  # fmt: skip
        below |= more
    total = sum(ticks for number, (_, _, ticks) in processes.items() if number in below)
    return total / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Measure, print and keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peers", default=".venv/bench", help="where the environments of others are, without -NAME")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4.0, help="of each measurement")
    parser.add_argument("--clients", type=int, default=8, help="at a time")
    parser.add_argument("--json", type=Path, default=Path("build/benchmarks-service.json"), help="where the figures go")
    given = parser.parse_args()
    peers = str(Path(given.peers).absolute())
    measured = measure_servers(peers, rounds=given.rounds, seconds=given.seconds, clients=given.clients)
    rows = {name: figures.as_json() for name, figures in measured.items()}
    given.json.parent.mkdir(parents=True, exist_ok=True)
    given.json.write_text(json.dumps(rows, indent=2) + "\n")
    print(f"{'':12}", *(f"{name:>18}" for name in next(iter(rows.values()))))
    for name, row in rows.items():
        print(f"{name:12}", *(f"{value:>18}" for value in row.values()))
    ours = rows["blobprep"]["requests_a_second"]
    print(
        "of their requests a second:", *(f"{name} {ours / row['requests_a_second']:.2f}" for name, row in rows.items())
    )


if __name__ == "__main__":
    main()
