"""Start Azurite, Microsoft's emulator of storage, for as long as a test needs it."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Literal

__all__ = ["ACCOUNT", "AZURITE", "KEY", "connection_string", "serve", "serve_kept"]

AZURITE: Final = Path(__file__).parent / "azurite" / "node_modules" / "azurite"

# The account that every Azurite has; its key is published and opens nothing else.
ACCOUNT: Final = "devstoreaccount1"
KEY: Final = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="

_HOST: Final = "127.0.0.1"
_ATTEMPTS: Final = 5
_START_SECONDS: Final = 100.0  # of a machine that has much else to do; one that is free takes one
_LISTENING: Final = re.compile(rb"successfully (?:listens on http://|started on )[^:\s]+:(\d+)\s")


def connection_string(endpoint: str) -> str:
    """Say in Azure's own words how to reach the emulator at `endpoint`."""
    return f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={KEY};BlobEndpoint={endpoint};"


@contextmanager
def serve(folder: Path, port: int = 0, service: Literal["blob", "queue", "table"] = "blob") -> Iterator[str]:
    """Run one Azurite on a free port of this machine, and end it afterwards.

    Args:
        folder: where it keeps its log (`azurite.log`); blobs and messages stay in its memory.
        port: to listen on, to stand in for one that ended; 0 for a free one.
        service: which of its services runs.

    Yields:
        The endpoint of its account, such as `http://127.0.0.1:PORT/devstoreaccount1`.

    Raises:
        RuntimeError: it is not installed, or it did not start; the message ends with its log.
    """
    process, port = _start(folder, port, service)
    try:
        yield f"http://{_HOST}:{port}/{ACCOUNT}"
    finally:
        _end(process)


@contextmanager
def serve_kept(folder: Path, port: int = 0) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Run an Azurite that keeps its blobs in a folder, so that one that is started there later has them.

    Args:
        folder: for blobs and log.
        port: as for `serve`.

    Yields:
        The endpoint of its account, and its process, which may be killed meanwhile.
    """
    process, port = _start(folder, port, "blob", "--location", str(folder))
    try:
        yield f"http://{_HOST}:{port}/{ACCOUNT}", process
    finally:
        _end(process)


def _start(folder: Path, wanted: int, service: str, *persistence: str) -> tuple[subprocess.Popen[bytes], int]:
    node = shutil.which("node")
    if node is None or not AZURITE.is_dir():
        raise RuntimeError("Azurite is not installed; `make setup` installs it")
    log = folder / "azurite.log"
    for _ in range(_ATTEMPTS):
        # The service of tables does not say which port it was given.
        asked = _free_port() if service == "table" and not wanted else wanted
        with log.open("wb") as output:
            process = subprocess.Popen(
                [
                    node,
                    str(AZURITE / "dist" / "src" / service / "main.js"),
                    "--silent",
                    "--skipApiVersionCheck",
                    "--disableTelemetry",
                    *(persistence or ("--inMemoryPersistence",)),
                    f"--{service}Host",
                    _HOST,
                    f"--{service}Port",
                    str(asked),
                ],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                # The emulator must not be sent through a proxy of the machine.
                env={"PATH": os.environ.get("PATH", os.defpath), "HOME": str(folder)},
            )
        try:
            if port := _wait_for_port(process, log):
                return process, port
        except BaseException:
            _end(process)
            raise
        is_slow = process.poll() is None
        _end(process)
        if is_slow:
            break
        # It ended: most likely another process has the port that was asked for.
    told = log.read_text(errors="replace")[-2000:]
    raise RuntimeError(f"Azurite did not start:\n{told}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for_port(process: subprocess.Popen[bytes], log: Path) -> int:
    """Return the port that an emulator says it listens on; 0 when it ended or the time is up.

    What answers on a port that was free a moment ago may be another process.
    """
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if listening := _LISTENING.search(log.read_bytes()):
            return int(listening[1])
        try:
            # The process is asked to end the wait, so that it paces the polling.
            process.wait(0.05)
        except subprocess.TimeoutExpired:
            continue
        return 0
    return 0


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
