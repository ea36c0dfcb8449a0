"""The queue against a model of it, through whatever clients and servers do, in any order, with servers that die."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from blobprep.service.jobs.job import Job
from blobprep.service.jobs.queue import MOST_LOSSES, SUSPICIOUS, JobQueue
from blobprep.service.jobs.states import ACTIVE, ENDED, State, next_state
from tests.service.jobs.queues import HIDDEN, World, another_spec

MOST = 3
SERVERS = ("1:1", "2:2", "3:3")


@dataclass
class Modeled:
    """What a job should be."""

    state: State = "NotStarted"
    started: int = 0
    losses: int = 0
    holder: str = ""
    handles: list[tuple[Job, str]] = field(default_factory=list)
    finished: int = 0


class Machine(RuleBasedStateMachine):
    jobs = Bundle("jobs")

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.world = World(self.folder)
        self.queues: dict[str, JobQueue] = {name: self.world.queue(name) for name in SERVERS}
        self.model: dict[str, Modeled] = {}
        self.ticks = 0

    def teardown(self) -> None:
        for queue in self.queues.values():
            queue.close()
        shutil.rmtree(self.folder)

    @rule(target=jobs, server=st.sampled_from(SERVERS))
    def create(self, server: str) -> str:
        job = self.queues[server].create("churn", another_spec(), HIDDEN)
        self.model[job] = Modeled()
        return job

    @rule(job=jobs, server=st.sampled_from(SERVERS))
    def start(self, job: str, server: str) -> None:
        self.world.now += 1
        if job not in self.model:
            return
        modeled = self.model[job]
        refused = self.queues[server].start(job)
        if modeled.state == "NotStarted":
            assert refused is None
            self.ticks += 1
            modeled.state, modeled.started = "Queued", self.ticks
        else:
            assert refused == modeled.state

    @rule(job=jobs, server=st.sampled_from(SERVERS))
    def cancel(self, job: str, server: str) -> None:
        if job not in self.model:
            return
        modeled = self.model[job]
        refused = self.queues[server].cancel(job)
        if modeled.state in ENDED:
            assert refused == modeled.state
        else:
            assert refused is None
            modeled.state = next_state(modeled.state, "cancel") or modeled.state

    @rule(server=st.sampled_from(SERVERS))
    def take(self, server: str) -> None:
        active = sum(modeled.state in ACTIVE for modeled in self.model.values())
        queued = {
            job: (modeled.losses >= SUSPICIOUS, modeled.started)
            for job, modeled in self.model.items()
            if modeled.state == "Queued"
        }
        taken = self.queues[server].take(["churn"], MOST)
        if active >= MOST or not queued:
            assert taken is None
            return
        assert taken is not None
        assert taken.id == min(queued, key=lambda job: queued[job])
        modeled = self.model[taken.id]
        modeled.state, modeled.holder = "Running", server
        modeled.handles.append((taken, server))

    @rule(job=jobs, which=st.integers(0, 5), what=st.sampled_from(["finish", "fail", "release"]))
    def settle(self, job: str, which: int, what: str) -> None:
        """A server says how a job ended: the one that has it, or one that only thinks so."""
        modeled = self.model.get(job)
        if modeled is None or not modeled.handles:
            return
        handle, server = modeled.handles[which % len(modeled.handles)]
        queue = self.queues[server]
        counts = modeled.state in ACTIVE and handle is modeled.handles[-1][0]
        match what:
            case "finish":
                assert queue.finish(handle, "{}") == counts
            case "fail":
                assert queue.fail(handle, "why") == counts
            case _:
                assert queue.release(handle) == counts
        if counts:
            after = next_state(modeled.state, what)  # type: ignore[arg-type]
            assert after is not None
            modeled.state = after
            modeled.finished += after == "Finished"

    @rule(server=st.sampled_from(SERVERS), watcher=st.sampled_from(SERVERS))
    def die(self, server: str, watcher: str) -> None:
        """A server is killed, another one sees it, and a new one starts in its place."""
        if server == watcher:
            return
        self.queues[server].close()
        self.world.alive.discard(server)
        self.queues[watcher].recover({job for job, modeled in self.model.items() if modeled.holder == watcher})
        for modeled in self.model.values():
            if modeled.state in ACTIVE and modeled.holder == server:
                modeled.losses += 1
                event = "fail" if modeled.losses >= MOST_LOSSES else "release"
                modeled.state = next_state(modeled.state, event) or modeled.state  # type: ignore[arg-type]
        self.queues[server] = self.world.queue(server)

    @rule(job=jobs, server=st.sampled_from(SERVERS))
    def remove(self, job: str, server: str) -> None:
        modeled = self.model.get(job)
        is_ended = modeled is not None and modeled.state in ENDED
        assert self.queues[server].remove(job) == is_ended
        if is_ended:
            del self.model[job]

    @invariant()
    def the_queue_is_as_the_model(self) -> None:
        found = {job.id: job for job in self.queues["1:1"].list_jobs()}
        assert {job: row.state for job, row in found.items()} == {job: row.state for job, row in self.model.items()}

    @invariant()
    def no_job_finishes_twice(self) -> None:
        assert all(modeled.finished <= 1 for modeled in self.model.values())

    @invariant()
    def secrets_are_there_as_long_as_they_are_needed(self) -> None:
        queue = self.queues["1:1"]
        for job in queue.list_jobs():
            try:
                assert queue.secrets_of(job) == HIDDEN
                assert job.state not in ENDED
            except LookupError:
                assert job.state in ENDED


TestQueue = Machine.TestCase
TestQueue.settings = settings(
    max_examples=25, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
