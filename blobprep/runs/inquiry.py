"""Questions about datasets, put to a child outside of any run: a dataset is not trusted either."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from blobprep.inputs.fetch import Fetch
from blobprep.inputs.resolve import ResolvedDataset
from blobprep.limits import Limits
from blobprep.protocol import ChildRequest, Facts, Operation
from blobprep.runs.verdict import Verdict, judge
from blobprep.sandbox.isolation import DEFAULT_LEVEL, require_level, require_namespace
from blobprep.sandbox.launch import start
from blobprep.sandbox.run_log import RunLog
from blobprep.sandbox.session import ChildSession

if TYPE_CHECKING:
    from blobprep.settings import Workspace

__all__ = ["Answer", "Inquiry"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a child answered.

    Attributes:
        verdict: with its facts, or why there are none.
        checksums: by port, the SHA-256 of the blobs that were read, in order; empty for those read on demand.
    """

    verdict: Verdict
    checksums: Mapping[str, tuple[str, ...]]

    @property
    def facts(self) -> Facts:
        """Return what the child reported."""
        return self.verdict.facts


class Inquiry:
    """A child that answers one question after the other; a context manager that leaves no process.

    It starts with the first question. One that has ended, such as at a limit, is replaced at the next question.

    Args:
        operation: of the questions.
        workspace: its level of isolation is the child's; `off` means a process of its own all the same.
        limits: of the child.
    """

    def __init__(self, operation: Operation, workspace: Workspace, limits: Limits) -> None:
        self._operation, self._limits = operation, limits
        level = require_level(str(workspace.setting("script.isolation") or DEFAULT_LEVEL))
        self._level = "process" if level == "off" else level
        self._namespace = require_namespace(str(workspace.setting("script.namespace") or "auto"))
        self._session: ChildSession | None = None
        self._was_asked = False
        self._stack = ExitStack()

    def __enter__(self) -> Inquiry:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def begin(self) -> None:
        """Start the child, which imports its libraries while its datasets are looked up."""
        if self._session is not None and self._was_asked and not self._session.lives:
            self._stack.pop_all().close()
            self._session, self._was_asked = None, False
        if self._session is None:
            started = start(self._operation, self._level, self._limits, namespace=self._namespace)
            self._session = self._stack.enter_context(started)

    def ask(
        self,
        request: ChildRequest,
        datasets: Sequence[ResolvedDataset],
        *,
        descriptors: Mapping[str, int] | None = None,
        needs: str = "",
        last: bool = True,
        on_demand: int = 0,
        progress: Callable[[int, int], None] | None = None,
        begun: Fetch | None = None,
    ) -> Answer:
        """Ask the child about datasets, which are fetched meanwhile; their files stay the caller's.

        Args:
            request: what to do; the datasets are filled in here.
            datasets: what it is about.
            descriptors: of files that the child reads or writes besides, by name.
            needs: the output that it must have written.
            last: whether nothing more will be asked.
            on_demand: fetch only what the child asks for, in ranges of so many bytes; 0 to fetch everything.
            progress: called with the bytes fetched so far and the bytes to fetch in all.
            begun: the transfer of the datasets, if it has begun already; then the two options before have no effect.

        Raises:
            IsolationUnavailable: the settings' level of isolation is not available.
            BlobChanged, StoreError, LimitError: a blob could not be fetched.
        """
        self.begin()
        assert self._session is not None
        self._was_asked = True  # one that did not even start is asked too, which says why
        inputs = [dataset.input for dataset in datasets]
        fetch = begun or Fetch(inputs, range_size=on_demand or None, on_demand=bool(on_demand), progress=progress)
        files = {item.port: item.bytes.readable for item in inputs}
        result = self._session.call(
            replace(request, datasets=tuple(dataset.asked for dataset in datasets)),
            {**files, **(descriptors or {})},
            log=RunLog(),
            inputs=fetch,
            seconds=self._limits.timeout,
            last=last,
        )
        checksums = fetch.finish()
        verdict = judge(result.ending, result.facts, self._limits, needs=needs, lossless=request.lossless)
        return Answer(verdict, checksums)
