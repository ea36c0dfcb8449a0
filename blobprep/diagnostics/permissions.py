"""What the credential may do, probed by requests that change nothing.

Listing and reading are done. Writing and deleting are requested for a name that no blob has and with an ETag that no
blob can have (`If-Match`): if the action is allowed, the service answers that the condition is not met; if not, it
refuses the request before it checks the condition.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from blobprep.diagnostics.findings import StepFinding, fail, ok, skip, warn
from blobprep.diagnostics.refusals import LETTERS, Case, explain, explain_missing_container
from blobprep.errors import (
    AccessError,
    BlobNotFound,
    BlobprepError,
    ConditionNotMet,
    ContainerNotFound,
    StoreError,
    StoreUnavailable,
    UsageError,
)
from blobprep.stores import IfMatch, Store
from blobprep.stores.error_codes import CREDENTIAL_CODES, CodeMeaning

__all__ = ["ACTIONS", "Place", "probe"]

ACTIONS: Final = ("list", "read", "write", "delete")
_IMPOSSIBLE: Final = IfMatch("0x0")


@dataclass(frozen=True, slots=True)
class Place:
    """The place to probe.

    Attributes:
        container: the container; empty for the whole account.
        blob: a blob or a prefix; may be empty.
        version_id, snapshot, exact: as in the reference.
    """

    container: str
    blob: str = ""
    version_id: str | None = None
    snapshot: str | None = None
    exact: bool = False

    @property
    def is_blob(self) -> bool:
        """Return whether the place is one blob."""
        return self.exact or (bool(self.blob) and not self.blob.endswith("/"))

    def unused_name(self) -> str:
        """Return a name beside the blob, or below the prefix, that no blob has."""
        return f"{self.blob.rpartition('/')[0]}/blobprep-doctor-{secrets.token_hex(8)}".removeprefix("/")


def probe(store: Store, place: Place, case: Case, need: Collection[str] = ACTIONS) -> Iterator[StepFinding]:
    """Yield whether the credential is accepted, and then what it may do.

    Args:
        store: the open store, with the credential.
        place: what the reference names.
        case: the facts that remedies depend on.
        need: the actions that must be allowed; if any other is refused, this is a warning.
    """
    accepted = False
    for action in ACTIONS:
        if reason := _reason_untried(action, place, case):
            yield _judge_by_letters(action, place, replace(case, action=action), reason, need)
            continue
        error = _attempt(store, place, action)
        if not accepted:
            verdict = _judge_credential(error, replace(case, action=action))
            yield verdict
            if verdict.mark == "fail":
                return
            accepted = True
        finding = _judge(action, error, place, replace(case, action=action), need)
        yield finding
        if isinstance(error, ContainerNotFound):
            return


def _reason_untried(action: str, place: Place, case: Case) -> str:
    """Return why an action is not probed; empty if it is."""
    if not place.container and action != "list":
        return "the reference does not name a container"
    if case.token and case.token.resource in ("b", "bs", "bv") and action != "read":
        return "the SAS token is for one blob, which must not be changed"
    return ""


def _judge_by_letters(action: str, place: Place, case: Case, reason: str, need: Collection[str]) -> StepFinding:
    """Judge an action that is not probed by the letters of the SAS token, as far as they show it."""
    token = case.token
    if not place.container or token is None or not token.permissions or action == "list":
        return skip(action, reason)
    if LETTERS[action] in token.permissions:
        return ok(action, f"may {action} according to the token (sp={token.permissions}); not tried: {reason}")
    return _refuse(action, "", 403, case, need)


def _attempt(store: Store, place: Place, action: str) -> BlobprepError | None:
    try:
        _ATTEMPTS[action](store, place)
    except BlobprepError as error:
        return error
    return None


def _list(store: Store, place: Place) -> None:
    if place.container:
        next(iter(store.list(place.container, place.blob)), None)
    else:
        next(iter(store.list_containers()), None)


def _read(store: Store, place: Place) -> None:
    if not place.is_blob:
        store.properties(place.container, place.unused_name())
    else:
        # The first byte, not the properties: the answer to a refused HEAD has no body and says too little.
        blob, version_id, snapshot = place.blob, place.version_id, place.snapshot
        store.read(place.container, blob, length=1, version_id=version_id, snapshot=snapshot)


def _write(store: Store, place: Place) -> None:
    content_type = "application/octet-stream"
    store.write(place.container, place.unused_name(), b"", content_type=content_type, condition=_IMPOSSIBLE)


def _delete(store: Store, place: Place) -> None:
    store.delete(place.container, place.unused_name(), condition=_IMPOSSIBLE)


_ATTEMPTS: Final[Mapping[str, Callable[[Store, Place], None]]] = {
    "list": _list,
    "read": _read,
    "write": _write,
    "delete": _delete,
}


def _judge_credential(error: BlobprepError | None, case: Case) -> StepFinding:
    """Return whether the first answer shows that the credential was accepted."""
    topic = "authentication"
    if isinstance(error, UsageError) or (isinstance(error, AccessError) and not error.code):
        # No request was sent: no token can be obtained, or the account cannot be opened at all.
        return fail(topic, error.message, "", error.remedy, type(error))
    if isinstance(error, StoreUnavailable):
        return _fail_as(topic, "the first request was not answered", explain(error.code, 503, case))
    code = _code(error)
    suffix = f" ({code})" if code else ""
    if code == "AuthorizationFailure" and (case.walled or case.kind == "key"):
        what = "the key is" if case.emulator else "this network is"
        return _fail_as(topic, f"{what} refused{suffix}", explain(code, 403, case))
    if code in CREDENTIAL_CODES and case.kind != "anonymous":
        return _fail_as(topic, f"the credential is refused{suffix}", explain(code, 403, case))
    if case.kind == "anonymous":
        return skip(topic, "no credential is sent")
    return ok(topic, f"the credential is accepted ({case.kind})")


def _judge(action: str, error: BlobprepError | None, place: Place, case: Case, need: Collection[str]) -> StepFinding:
    if isinstance(error, ContainerNotFound):
        cause, remedy = explain_missing_container(case)
        return fail("container", f"there is no container {place.container}", cause, remedy, ContainerNotFound)
    if isinstance(error, BlobNotFound) and action == "read" and place.is_blob:
        cause = "its name is misspelled (upper and lower case count), or it has been deleted"
        remedy = f"list what is there: blobprep ls az://{case.account}@{place.container}/{_folder(place.blob)}"
        return fail("blob", f"there is no blob {place.blob} in {place.container}", cause, remedy, BlobNotFound)
    code = _code(error)
    if error is None or (isinstance(error, (BlobNotFound, ConditionNotMet)) and code not in CREDENTIAL_CODES):
        return ok(action, f"may {action}{_where(action, place)}")
    if isinstance(error, (AccessError, StoreUnavailable)):
        return _refuse(action, code, 403 if isinstance(error, AccessError) else 503, case, need)
    cause = explain(code, None, case).cause if code else ""
    return fail(action, error.message, cause, error.remedy, type(error))


def _refuse(action: str, code: str, status: int, case: Case, need: Collection[str]) -> StepFinding:
    meaning = explain(code, status, case)
    text = f"may not {action}{f' ({code})' if code else ''}"
    if action not in need and status == 403:
        return warn(action, text, meaning.cause, meaning.remedy)
    return _fail_as(action, text, meaning)


def _fail_as(topic: str, text: str, meaning: CodeMeaning) -> StepFinding:
    return fail(topic, text, meaning.cause, meaning.remedy, meaning.error)


def _where(action: str, place: Place) -> str:
    if action == "list" and not place.container:
        return " containers"
    return " it" if action == "read" and place.is_blob else " here"


def _folder(blob: str) -> str:
    return blob.rpartition("/")[0] + "/" if "/" in blob else ""


def _code(error: BlobprepError | None) -> str:
    return error.code if isinstance(error, StoreError) else ""
