"""The whole examination, in the order of its steps."""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from blobprep.account import Account, SasToken
from blobprep.diagnostics import encryption, network, resolution, service
from blobprep.diagnostics.findings import Diagnosis, Examination, StepFinding, skip
from blobprep.diagnostics.interpreter import examine_interpreter
from blobprep.diagnostics.isolation import examine_isolation
from blobprep.diagnostics.local import examine_folder, examine_path
from blobprep.diagnostics.permissions import ACTIONS, Place, probe
from blobprep.diagnostics.refusals import Case
from blobprep.diagnostics.resolution import fail_with
from blobprep.errors import InvalidOption, UsageError
from blobprep.settings import Workspace
from blobprep.settings.account_resolution import AccountResolution, ParsedName
from blobprep.stores import Store

__all__ = ["doctor"]

_STEPS: Final = (
    *("reference", "account", "protocol", "credential", "proxy", "name", "connection", "TLS", "certificate"),
    *("service", "clock", "authentication", *ACTIONS),
)
"""The steps in order; a step that an earlier failure keeps from running is reported as skipped."""

_ENDING: Final = ("SAS", "container")
"""Topics of failures that end an examination without being steps of their own."""


@dataclass(frozen=True, slots=True)
class _Limits:
    """The options of a caller.

    Attributes:
        need: the actions that must be allowed.
        timeout: seconds to wait for each answer.
        now: this machine's clock.
    """

    need: Collection[str]
    timeout: float
    now: Callable[[], datetime]


def doctor(
    reference: str | None = None,
    *,
    need: Collection[str] = ACTIONS,
    interpreter: str | None = None,
    workspace: Workspace | None = None,
    timeout: float = 10.0,
    now: Callable[[], datetime] | None = None,
) -> Diagnosis:
    """Find out why a reference cannot be reached, and what to do; change nothing.

    Args:
        reference: a reference, a name from the settings or a local path; None for every configured account.
        need: the actions among `list`, `read`, `write` and `delete` that must be allowed; if any other is refused, this
            is a warning.
        interpreter: another Python for scripts to examine, and what it lacks for them: a path, or the name of a conda
            environment; None for the one that the settings name, if any.
        workspace: the settings in force; None for those of the working folder and this process.
        timeout: seconds to wait for each answer.
        now: this machine's clock.

    Raises:
        SettingError: the settings file cannot be read.
        InvalidOption: `need` names an unknown action.
    """
    if strange := set(need) - set(ACTIONS):
        raise InvalidOption(f"unknown action {sorted(strange)[0]!r}", remedy=f"use any of {', '.join(ACTIONS)}")
    settings = workspace or Workspace()
    limits = _Limits(need, timeout, now or _utc_now)
    if reference is not None:
        return Diagnosis((_examine_reference(reference, settings, limits),))
    if interpreter is not None:
        return Diagnosis((examine_interpreter(settings, interpreter),))
    accounts = [_examine_account(name, settings, limits) for name in settings.names()]
    if settings.fault is not None:
        accounts = [Examination("the environment", (fail_with("settings", settings.fault),)), *accounts]
    named = settings.script_interpreter()
    machine = [examine_isolation(settings), *([examine_interpreter(settings, named)] if named else [])]
    return Diagnosis((*(accounts or [resolution.report_no_account(settings)]), *machine))


def _examine_reference(text: str, workspace: Workspace, limits: _Limits) -> Examination:
    meaning, finding = resolution.read_reference(text, workspace)
    if meaning is None:
        return Examination("the reference", _add_skipped_steps([finding]))
    if meaning.reference is None:
        return Examination(meaning.printed, (finding, *examine_path(Path(meaning.printed))))
    steps = _account_steps(workspace, meaning.reference.account, meaning, limits)
    return Examination(meaning.printed, _add_skipped_steps([finding, *steps]))


def _examine_account(name: str, workspace: Workspace, limits: _Limits) -> Examination:
    return Examination(f"account {name}", _add_skipped_steps(list(_account_steps(workspace, name, None, limits))))


def _account_steps(
    workspace: Workspace, name: str | None, meaning: ParsedName | None, limits: _Limits
) -> Iterator[StepFinding]:
    """Yield the findings from the settings to the service; end with the step that fails."""
    place = _place(meaning)
    found, finding = resolution.find_account(workspace, name, meaning)
    yield finding
    if found is None:
        return
    if found.account.folder is not None:
        yield from examine_folder(found.account.folder, place.container, place.blob if place.is_blob else "")
        return
    if (passed := workspace.passed(found.account.name)) is not None:
        yield from probe(passed, place, Case(found.account.name, place.container, "key"), limits.need)
        return
    account, finding = resolution.choose_protocol(found, workspace)
    yield finding
    if account is None:
        return
    listed = list(resolution.list_credentials(found))
    yield from listed
    if _failed(listed):
        return
    case = _case(found, account, place)
    yield from _remote_steps(account, case, place, workspace.route(), limits)


def _remote_steps(
    account: Account, case: Case, place: Place, variables: Mapping[str, str], limits: _Limits
) -> Iterator[StepFinding]:
    """Yield the findings from this machine to the service, and on what the credential may do."""
    answered = yield from _answer(account, variables, limits)
    if answered is None:
        return
    moment = answered.date or limits.now()
    walled = answered.code == "AuthorizationFailure" and not answered.is_emulator
    case = replace(case, emulator=answered.is_emulator, walled=walled)
    first = [service.check_state(answered, case), service.check_clock(answered, limits.now(), case.kind)]
    if case.token is not None:
        first.append(service.check_token(case.token, moment, case))
    yield from first
    if _failed(first):
        return
    try:
        store = _open(account, limits.timeout)
    except UsageError as error:
        yield fail_with("authentication", error)
        return
    yield from probe(store, place, case, limits.need)


def _answer(
    account: Account, variables: Mapping[str, str], limits: _Limits
) -> Generator[StepFinding, None, service.ServiceAnswer | None]:
    """Yield the findings on the way to the service; return its answer to one request, None if a step fails."""
    route, findings = network.find_route(account, variables)
    yield from findings
    if _failed(findings):
        return None
    finding = network.look_up(route)
    yield finding
    if finding.mark == "fail":
        return None
    opened, finding = network.connect(route, limits.timeout)
    yield finding
    if opened is None:
        return None
    if route.scheme == "https":
        context, findings = encryption.load_trust(account, variables)
        if context is None:
            opened.close()
            yield from findings
            return None
        opened, findings = encryption.start_tls(opened, route, context, limits.now())
        yield from findings
        if opened is None:
            return None
    else:
        yield skip("TLS", "http does not use it")
    answered, silent = service.ask(opened, route, limits.timeout)
    if silent is not None:
        yield silent
    return answered


def _open(account: Account, timeout: float) -> Store:
    """Open the account as every command does, but without retries: a diagnosis reports the first failure."""
    from blobprep.stores.open import open_store

    network = replace(account.network, retries=0, connect_timeout=timeout, read_timeout=timeout)
    return open_store(replace(account, network=network))


def _place(meaning: ParsedName | None) -> Place:
    reference = meaning.reference if meaning else None
    if reference is None:
        return Place("")
    return Place(reference.container, reference.blob, reference.version_id, reference.snapshot, reference.exact)


def _case(found: AccountResolution, account: Account, place: Place) -> Case:
    credential = account.credential
    return Case(
        account.name,
        place.container,
        credential.kind,
        found.source or "the settings",
        flavor=credential.flavor if credential.kind == "token" else "",
        client_id=credential.identity.client_id,
        protocol=account.protocol,
        token=SasToken.parse(credential.secret) if credential.kind == "sas" else None,
    )


def _failed(findings: Sequence[StepFinding]) -> bool:
    return any(finding.mark == "fail" for finding in findings)


def _add_skipped_steps(findings: Sequence[StepFinding]) -> tuple[StepFinding, ...]:
    """Add the steps that the first failure kept from running."""
    first = next((finding for finding in findings if finding.mark == "fail"), None)
    seen = {finding.topic for finding in findings}
    if first is None or (first.topic not in _STEPS and first.topic not in _ENDING):
        return tuple(findings)
    begun = max((_STEPS.index(topic) for topic in seen if topic in _STEPS), default=-1)
    rest = [topic for topic in _STEPS[begun + 1 :] if topic not in seen]
    return (*findings, *(skip(topic, f"{first.text}") for topic in rest))


def _utc_now() -> datetime:
    return datetime.now(UTC)
