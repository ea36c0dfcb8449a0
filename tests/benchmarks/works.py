"""The works that are measured, each with the commands of blobprep and its peers. A work is one row of `WORKS`."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.benchmarks.data import CONTAINER
from tests.benchmarks.measuring import Command
from tests.benchmarks.peers import ACCOUNT, KEY

__all__ = ["WORKS", "Place", "Work", "serve"]

_ROOT: Final = Path(__file__).parents[2]
_PEERS: Final = str(Path(__file__).with_name("peers.py"))
_PAGES: Final = str(Path(__file__).with_name("pages.py"))
_BATCHES: Final = str(Path(__file__).with_name("batches.py"))
_BLOBPREP: Final = str(Path(sys.executable).with_name("blobprep"))
_OWN: Final = ("sdk_pandas", "sdk_tuned", "pyarrow_azure", "local")  # what blobprep's environment has
_READERS: Final = ("sdk_pandas", "sdk_tuned", "adlfs", "obstore", "polars", "pyarrow_azure", "local")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a work is done.

    Attributes:
        folder: of scripts and outputs.
        endpoint: the account's.
        peers: the interpreter that has the peers.
        reports: the one that has what makes pages of tables.
    """

    folder: Path
    endpoint: str
    peers: str
    reports: str

    @property
    def connection(self) -> str:
        """Return the account's connection string, as blobprep and the SDK take it."""
        return f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={KEY};BlobEndpoint={self.endpoint};"

    def ours(self, name: str, *arguments: str) -> Command:
        """Return a command of blobprep."""
        return Command(name, [_BLOBPREP, *arguments], {"AZURE_STORAGE_CONNECTION_STRING": self.connection})

    def peer(self, name: str, *arguments: str) -> Command:
        """Return a command of a peer."""
        python = sys.executable if name in _OWN else self.peers
        return Command(name, [python, _PEERS, name, self.endpoint, *arguments])


@dataclass(frozen=True, slots=True)
class Work:
    """A work that is measured.

    Attributes:
        title: what it is.
        commands: makes blobprep's and the peers'; the first is what ratios are of.
        link: arguments of the fast account: its round-trip time and rates.
        long: it takes minutes, and is measured only when asked for.
    """

    title: str
    commands: Callable[[Place], Sequence[Command]]
    link: tuple[str, ...] = ()
    long: bool = False


@contextmanager
def serve(account: Path, link: Sequence[str]) -> Iterator[str]:
    """Serve a folder as an account; yield its endpoint."""
    command = [sys.executable, "-m", "tests.server.fast", str(account), *link]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=_ROOT)
    assert process.stdin
    assert process.stdout
    try:
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}/{ACCOUNT}"
    finally:
        process.stdin.close()
        process.wait()


def _table(source: str, script: str) -> Callable[[Place], list[Command]]:
    """Read a table, run a script, write Parquet to a folder."""

    def commands(place: Place) -> list[Command]:
        ours = [
            place.ours(
                f"blobprep {level}",
                *("run", script, f"az://{CONTAINER}/{source}", "--isolation", level),
                *("--output", f"ours/{level}/", "--overwrite", "--quiet"),
            )
            for level in ("strict", "process")
        ]
        peers = [
            place.peer(
                name,
                f"account/{CONTAINER}/{source}" if name == "local" else f"{CONTAINER}/{source}",
                script,
                f"peers/{name}",
            )
            for name in _READERS
        ]
        return ours + peers

    return commands


def _upload(place: Place) -> list[Command]:
    run = ("run", "wide.py", f"az://{CONTAINER}/small.csv", "--output", f"az://{CONTAINER}/out/", "--overwrite", "-q")
    names = ("upload_sdk", "upload_sdk_tuned", "upload_obstore")
    python = {"upload_obstore": place.peers}
    return [
        place.ours("blobprep strict", *run),
        *(
            Command(name, [python.get(name, sys.executable), _PEERS, name, place.endpoint, CONTAINER, "wide.py", ""])
            for name in names
        ),
    ]


def _memory(place: Place) -> list[Command]:
    source = f"{CONTAINER}/huge.csv"
    return [
        place.ours(
            "blobprep strict", "run", "small.py", f"az://{source}", "--output", "ours/huge/", "--overwrite", "-q"
        ),
        place.peer("local", f"account/{source}", "small.py", "peers/huge"),
    ]


def _starts(place: Place) -> list[Command]:
    return [
        place.ours("blobprep --help", "--help"),
        Command("import blobprep", [sys.executable, "-c", "import blobprep"]),
        Command("python -c pass", [sys.executable, "-c", "pass"]),
    ]


def _listing(place: Place) -> list[Command]:
    return [
        place.ours("blobprep ls", "ls", "az://listed/", "--recursive"),
        Command("obstore", [place.peers, _PEERS, "list_obstore", place.endpoint, "listed", "", ""]),
    ]


def _copies(source: str, target: str) -> Callable[[Place], list[Command]]:
    def commands(place: Place) -> list[Command]:
        def clean() -> None:
            copied = place.folder / "copied"
            if copied.exists() and source.endswith("/"):
                # Many files are not removed: ext4 steps over each inode that was freed within the last seconds, which
                # costs more than the copy itself.
                copied.rename(place.folder / f"copied-{time.time_ns()}")
            shutil.rmtree(copied, ignore_errors=True)
            copied.mkdir()

        ours = place.ours("blobprep cp", "cp", source, target, "--overwrite", "--quiet", *_creating(target))
        theirs = [place.peers, _PEERS, "copy_obstore", place.endpoint, source, "", target]
        return [
            Command("blobprep cp", ours.arguments, ours.environment, clean),
            Command("obstore", theirs, {}, clean),
        ]

    return commands


def _creating(target: str) -> tuple[str, ...]:
    return ("--create-container",) if target.startswith("az://") else ()


def _many(place: Place) -> list[Command]:
    return [
        Command(name, [sys.executable, *arguments], {"AZURE_STORAGE_CONNECTION_STRING": place.connection})
        for name, arguments in (
            ("blobprep.Pool", ("pool.py", "kept")),
            ("blobprep.Pool, fresh", ("pool.py", "fresh")),
            ("blobprep.run × 200", ("cold.py",)),
            ("a bare loop in one process", ("loop.py",)),
        )
    ]


def _batch(prefix: str) -> Callable[[Place], list[Command]]:
    """Run a script on each blob of a prefix, and upload what it makes."""

    def commands(place: Place) -> list[Command]:
        # A place of its own each time: what is in place already would not be run again.
        template = f"az://{CONTAINER}/ours/$$/{{stem}}/"
        line = f'exec {_BLOBPREP} batch large.py "az://{CONTAINER}/{prefix}/*.csv" --output "{template}" -q'
        return [
            Command("blobprep batch", ["sh", "-c", line], {"AZURE_STORAGE_CONNECTION_STRING": place.connection}),
            *(
                Command(way, [place.peers, _BATCHES, way, place.endpoint, CONTAINER, f"{prefix}/", "large.py"])
                for way in ("loop", "processes", "joblib", "dask_bag")
            ),
        ]

    return commands


def _pages(*makers: str) -> Callable[[Place], list[Command]]:
    """Make the page of a table of a million rows; blobprep first."""

    def commands(place: Place) -> list[Command]:
        source = str(place.folder / "account" / CONTAINER / "pages.parquet")
        return [
            Command(
                maker,
                [sys.executable if maker == "blobprep" else place.reports, _PAGES, maker, source, f"{maker}.html"],
                {"MPLBACKEND": "agg"},
                made=f"{maker}.html",
            )
            for maker in makers
        ]

    return commands


_SLOW_LINK: Final = ("--round-trip", "0.02", "--rate", "200e6")

WORKS: Final[dict[str, Work]] = {
    "a": Work("768 × 9 CSV, cold", _table("small.csv", "small.py")),
    "a-figure": Work("768 × 9 CSV, cold, with a figure", _table("small.csv", "figure.py")),
    "b": Work("one large CSV", _table("large.csv", "large.py")),
    "c": Work("the same as one Parquet blob", _table("large.parquet", "large.py")),
    "d": Work("the same as 64 Parquet blobs, one wildcard", _table("parts/*.parquet", "large.py")),
    "e-csv": Work("the CSV at 20 ms and 200 MB/s a connection", _table("large.csv", "large.py"), _SLOW_LINK),
    "e-parquet": Work("the Parquet at 20 ms and 200 MB/s", _table("large.parquet", "large.py"), _SLOW_LINK),
    "f": Work("a result of 1 GB, uploaded", _upload, long=True),
    "g": Work("a CSV of 4 GB", _memory, long=True),
    "h-starts": Work("starts", _starts),
    "h-ls": Work("ls of 100,000 blobs", _listing),
    "h-down": Work("cp of 1 GB from the account", _copies(f"az://{CONTAINER}/one.bin", "copied/one.bin"), long=True),
    "h-up": Work(
        "cp of 1 GB to the account", _copies(f"account/{CONTAINER}/one.bin", "az://uploads/one.bin"), long=True
    ),
    "h-small": Work("cp of 2,000 small blobs", _copies(f"az://{CONTAINER}/small/", "copied/"), long=True),
    "i": Work("200 runs from Python", _many, long=True),
    "k": Work("a script on 500 blobs of 1 MB", _batch("k500"), long=True),
    "k-small": Work("a script on 500 blobs of 20 kB", _batch("ksmall"), long=True),
    "j": Work("the page of 1,000,000 × 30", _pages("blobprep", "skrub", "ydata_minimal"), long=True),
    "j-full": Work("the same, with all that ydata-profiling has", _pages("blobprep", "ydata_full"), long=True),
}
