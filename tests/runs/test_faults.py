"""The fault matrix: each thing that can go wrong with storage, at each stage of a run, against the real SDK.

Whatever happens, a cell of the matrix loses nothing: no `succeeded` manifest over anything but whole results, nothing
under the prefix that no manifest names, no thread or descriptor left behind, and the next run goes well.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import pytest

from blobprep.cli.exit_codes import code_of
from blobprep.errors import BlobprepError
from blobprep.inputs.sources import Dataset
from blobprep.manifest import MANIFEST_NAME
from blobprep.outputs.claim_kind import named_in
from blobprep.runs.execute import execute
from blobprep.runs.request import Request as Asked
from blobprep.stores.azure import AzureStore
from tests.runs.arranging import CONTAINER, ask, located, manifest_of, names, put
from tests.server import ALWAYS, Behaviour, Request, Server

WHOLE: Final = {"results.csv", "log.txt", "script.py", "report.html", "manifest.json"}
# With as many more than one block, so that results are staged while the script still runs.
ROWS: Final = 1_100_000
SCRIPT: Final = b"""
def azureml_main(frame):
    print("hello")
    return frame.loc[frame.index.repeat(int(blobprep_parameters["rows"]))]
"""


def _table(rows: int) -> bytes:
    return b"a\n" + b"1234567\n" * rows


def _is_put(request: Request, name: str) -> bool:
    comp = request.parameters.get("comp", "")
    return request.method == "PUT" and request.blob == f"out/{name}" and comp != "block"


def _stages(server: Server) -> dict[str, Callable[[Request], bool]]:
    """Return which request begins each stage."""

    def is_late() -> bool:
        return any(_is_put(request, "log.txt") for request in server.requests)

    return {
        "resolve": lambda request: request.method == "HEAD" and request.blob == "a.csv",
        "claim": lambda request: _is_put(request, MANIFEST_NAME) and not is_late(),
        "fetch": lambda request: request.method == "GET" and request.blob == "a.csv",
        "script": lambda request: request.blob == "out/results.csv" and request.parameters.get("comp") == "block",
        "commit": lambda request: _is_put(request, "results.csv"),
        "report": lambda request: _is_put(request, "report.html"),
        "manifest": lambda request: _is_put(request, MANIFEST_NAME) and is_late(),
    }


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong, and how each stage ends.

    Attributes:
        behaviour: of the account, on the requests of the stage.
        ends: exit codes by stage, in order, a set of them where any may be; None where the fault cannot be.
        lasts: nothing of the account can be reached any more from the stage on.
    """

    behaviour: Behaviour
    ends: tuple[int | set[int] | None, ...]
    lasts: bool = False


STAGES: Final = ("resolve", "claim", "fetch", "script", "commit", "manifest", "report")
# A report that cannot be written costs the run nothing else.
DONE: Final = (0,) * 7
LATER: Final = (*(75,) * 6, 0)
FAULTS: Final[Mapping[str, Fault]] = {
    "throttled for a while, 503": Fault(Behaviour(throttling=3, retry_after=1), DONE),
    "throttled for a while, 429": Fault(Behaviour(throttling=3, throttled=429), DONE),
    "an internal error": Fault(Behaviour(throttling=2, throttled=500), DONE),
    "throttled for good": Fault(Behaviour(throttling=ALWAYS), LATER),
    "throttled for an hour": Fault(Behaviour(throttling=ALWAYS, retry_after=3600), LATER),
    "reset": Fault(Behaviour(resetting=2), DONE),
    "reset for good": Fault(Behaviour(resetting=ALWAYS), LATER),
    "the answer lost": Fault(Behaviour(losing=2), DONE),
    # What was done without an answer is seen to be done, where that can be looked at.
    "every answer lost": Fault(Behaviour(losing=ALWAYS), (75, 0, 75, 75, 0, 0, 0)),
    "the body cut": Fault(Behaviour(cut_after=3, cuts=2), DONE),
    "the body short": Fault(Behaviour(shortening=2), DONE),
    "the bytes damaged": Fault(Behaviour(damaging=2), DONE),
    "the bytes damaged for good": Fault(Behaviour(damaging=ALWAYS), (0, 75, 75, 75, 75, 75, 0)),
    "refused": Fault(Behaviour(refusing="AuthorizationFailure"), (*(4,) * 6, 0)),
    "the token expired": Fault(Behaviour(refusing="InvalidAuthenticationInfo"), (*(4,) * 6, 0)),
    "the account disabled": Fault(Behaviour(refusing="AccountIsDisabled"), (4,) * 7, lasts=True),
    "the account gone": Fault(Behaviour(resetting=ALWAYS), (75,) * 7, lasts=True),
    "the blob gone": Fault(Behaviour(refusing="BlobNotFound"), (3, None, 3, None, None, None, None)),
    # The inputs are fetched while the outputs are claimed: either may find out first.
    "the container gone": Fault(Behaviour(refusing="ContainerNotFound"), (3, 6, {3, 6}, 6, 6, 6, 6), lasts=True),
    "the container being deleted": Fault(Behaviour(refusing="ContainerBeingDeleted"), LATER),
    "changed by somebody": Fault(Behaviour(refusing="ConditionNotMet"), (None, 6, 3, None, 6, 6, 0)),
    "leased": Fault(Behaviour(refusing="LeaseIdMissing"), (None, 6, None, 6, 6, 6, 0)),
}
# These differ from another one by a code or a status alone, which `tests/stores` tries row by row.
ALIKE: Final = {
    "reset",
    "the answer lost",
    "the bytes damaged",
    "the account disabled",
    "leased",
    "throttled for a while, 429",
    "an internal error",
    "throttled for an hour",
    "the body short",
    "the token expired",
    "the container being deleted",
}
CELLS: Final = [
    pytest.param(
        fault,
        stage,
        code,
        id=f"{name}, {stage}",
        marks=pytest.mark.slow if name in ALIKE and stage != "fetch" else (),
    )
    for name, fault in FAULTS.items()
    for stage, code in zip(STAGES, fault.ends, strict=True)
    if code is not None
]


class Account:
    """An account behind the server, with a dataset, and how long its client would have waited."""

    def __init__(self, server: Server) -> None:
        self.server, self.waits, self.begun = server, list[float](), threading.Event()
        server.store.create_container(CONTAINER)
        self.store = AzureStore(server.remote_account(), sleep=self.waits.append)
        put(server.store, "a.csv", b"a\n1234567\n")

    def ask(self, rows: int) -> Asked:
        given = Dataset(located(self.store, "a.csv"))
        return ask(self.store, SCRIPT, dataset1=given, parameters={"rows": str(rows)}, format="csv", isolation="off")

    def requests_of(self, stage: str, *, lasting: bool) -> Callable[[Request], bool]:
        """Return which requests a fault concerns: those of its stage, or all from the first of them on."""
        begins = _stages(self.server)[stage]

        def concerns(request: Request) -> bool:
            if begins(request):
                self.begun.set()
                return True
            return lasting and self.begun.is_set()

        return concerns


@contextmanager
def leaving_nothing(folder: Path) -> Iterator[None]:
    """Check that a block leaves no thread, and nothing in the folder for temporary files."""

    def ours() -> set[threading.Thread]:
        return {each for each in threading.enumerate() if "process_request_thread" not in each.name}  # the server's

    before = ours()
    yield
    assert ours() == before
    assert list(folder.iterdir()) == []


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files."""
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    return tmp_path / "temporary"


@pytest.fixture
def account(server: Server) -> Account:
    return Account(server)


@pytest.mark.parametrize(("fault", "stage", "code"), CELLS)
def test_whatever_storage_does_nothing_is_lost(
    fault: Fault, stage: str, code: int | set[int], account: Account, temporary: Path
) -> None:
    rows = ROWS if stage == "script" else 3
    behaviour = replace(fault.behaviour, concerns=account.requests_of(stage, lasting=fault.lasts))

    request = account.ask(rows)
    with account.server.behave(behaviour), leaving_nothing(temporary):
        ended = _exit_code(request)

    assert ended in code if isinstance(code, set) else ended == code
    assert account.begun.is_set(), "the fault never came to pass"
    _require_nothing_lost(account.server.store, rows, succeeded=code == 0, may_lack="report.html" * (stage == "report"))
    assert sum(account.waits) <= 60, "a refusal, or an end, that takes a minute"
    if code not in (0, 75):
        assert account.waits == []
    request = account.ask(3)
    again = execute(replace(request, options=replace(request.options, overwrite=code == 0)))
    assert again.status == "succeeded", again.log
    _require_nothing_lost(account.server.store, 3, succeeded=True)


def _exit_code(request: Asked) -> int:
    try:
        run = execute(request)
    except BlobprepError as error:
        return code_of(error)
    return 0 if run.status == "succeeded" else -1


def _require_nothing_lost(store: Any, rows: int, *, succeeded: bool, may_lack: str = "") -> None:
    left = names(store)
    if not left:
        assert not succeeded
        return
    manifest = manifest_of(store)
    assert (manifest.status == "succeeded") == succeeded
    planned = {name.removeprefix(f"az://{CONTAINER}/out/") for name in named_in(manifest)}
    assert left <= planned | {"manifest.json"}
    if "results.csv" in left:
        assert store.read(CONTAINER, "out/results.csv") == _table(rows)
    if succeeded:
        assert left == {"manifest.json", *(each.name for each in manifest.outputs)}
        assert WHOLE - left <= {may_lack}
        for each in manifest.outputs:
            assert hashlib.sha256(store.read(CONTAINER, f"out/{each.name}")).hexdigest() == each.sha256
