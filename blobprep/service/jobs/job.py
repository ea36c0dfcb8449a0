"""A job as the queue keeps it. Plain data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from blobprep.service.jobs.states import State

__all__ = ["Job", "JobSecrets", "JobSpec", "OutputPlace"]


@dataclass(frozen=True, slots=True)
class OutputPlace:
    """Where an output of a job goes.

    Attributes:
        output: its name, as clients call it: `output1`.
        blob: the reference, without secret.
        is_given: whether the request says so; if not, it is the service's own place.
    """

    output: str
    blob: str
    is_given: bool


@dataclass(frozen=True, slots=True)
class JobSpec:
    """What a job is to do; no secret.

    Attributes:
        options: those of the service's runs, with the names of parameters in braces.
        fixed: those of this run alone, by name, which have no such names in them.
        inputs: what the request feeds to the script: the name of the input by port.
        outputs: where the tables go; the first one is the script's first.
        record: the prefix of the run: its manifest, log and figures; a reference without secret.
        record_output: the output whose credential opens that prefix; empty for the service's own.
    """

    options: Mapping[str, Any]
    fixed: Mapping[str, Any]
    inputs: Mapping[str, str]
    outputs: tuple[OutputPlace, ...]
    record: str
    record_output: str = ""

    def encode(self) -> str:
        """Return the specification as JSON."""
        return json.dumps(asdict(self), default=str)

    @classmethod
    def decode(cls, text: str) -> JobSpec:
        """Read what `encode` returned."""
        values = json.loads(text)
        outputs = tuple(OutputPlace(**place) for place in values.pop("outputs"))
        return cls(**values, outputs=outputs)


@dataclass(frozen=True, slots=True)
class JobSecrets:
    """What of a request may hold secrets; sealed in the queue, and wiped when the job ends.

    Attributes:
        inputs, outputs: the references to blobs as the request had them, by name.
        parameters: the values of all parameters.
    """

    inputs: Mapping[str, Mapping[str, str]] = field(default_factory=dict, repr=False)
    outputs: Mapping[str, Mapping[str, str]] = field(default_factory=dict, repr=False)
    parameters: Mapping[str, str] = field(default_factory=dict, repr=False)

    def encode(self) -> str:
        """Return the secrets as JSON."""
        return json.dumps(asdict(self))

    @classmethod
    def decode(cls, text: str) -> JobSecrets:
        """Read what `encode` returned."""
        return cls(**json.loads(text))


@dataclass(frozen=True, slots=True)
class Job:
    """A job, as it was at one moment.

    Attributes:
        id: 32 hexadecimal digits.
        service: the name of its service.
        state: see `TRANSITIONS`.
        spec: what it is to do.
        created, started, taken, ended: when it was created, was asked to start, was last taken by a server, and ended;
            aware UTC.
        attempts: how often a server took it.
        runs: the run ids of these attempts, as far as they came to a run.
        details: why it failed or was cancelled; empty where there is nothing to say.
        owner: the process that has it, or had it last.
    """

    id: str
    service: str
    state: State
    spec: JobSpec
    created: datetime
    started: datetime | None = None
    taken: datetime | None = None
    ended: datetime | None = None
    attempts: int = 0
    runs: tuple[str, ...] = ()
    details: str = ""
    owner: str = ""
