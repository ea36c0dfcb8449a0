"""An account to examine, and what an examination says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from blobprep.account import Account, Credential, Protocol
from blobprep.diagnostics import Diagnosis, StepFinding
from blobprep.diagnostics.examination import doctor
from blobprep.settings import Workspace
from tests import emulator
from tests.server import Certificates, Server


def found(diagnosis: Diagnosis, topic: str) -> StepFinding:
    """The finding of a topic; the first where there are several."""
    return next(finding for finding in diagnosis if finding.topic == topic)


def marks(diagnosis: Diagnosis) -> dict[str, str]:
    """The mark of each topic; the first where there are several."""
    return {finding.topic: finding.mark for finding in reversed(list(diagnosis))}


@dataclass
class Patient:
    """The stand-in account with a container `raw`, that holds `iris.csv`."""

    server: Server
    folder: Path
    variables: dict[str, str]

    def examine(
        self,
        reference: str | None = "az://raw/iris.csv",
        credential: Credential | None = None,
        protocol: Protocol = "https",
        **options: Any,
    ) -> Diagnosis:
        account = self.server.account(protocol, credential)
        workspace = Workspace(
            account=account.name,
            accounts={account.name: account},
            environment=self.variables,
            folder=self.folder,
        )
        return doctor(reference, workspace=workspace, **options)


@pytest.fixture
def patient(server: Server, authority: Certificates, trusting: None, tmp_path: Path) -> Patient:
    server.store.create_container("raw")
    server.store.write("raw", "iris.csv", b"a,b\n1,2\n", content_type="text/csv")
    return Patient(server, tmp_path, {"REQUESTS_CA_BUNDLE": str(authority.authority)})


@pytest.fixture
def through_proxy(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """Settings under which the account has its real address, and the stand-in is the proxy on the way there."""
    patient.variables |= {
        "https_proxy": patient.server.proxy,
        "AZURE_STORAGE_ACCOUNT": "contoso",
        "AZURE_STORAGE_KEY": patient.server.key,
    }
    monkeypatch.setenv("https_proxy", patient.server.proxy)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    return Workspace(environment=patient.variables, folder=patient.folder)


def emulated(endpoint: str, folder: Path, *, key: str = emulator.KEY, environment: Mapping[str, str] = {}) -> Workspace:
    """Settings whose only account is that of an emulator."""
    account = Account(emulator.ACCOUNT, protocol="http", endpoint=endpoint, credential=Credential("key", key))
    return Workspace(
        accounts={account.name: account}, account=account.name, environment=dict(environment), folder=folder
    )
