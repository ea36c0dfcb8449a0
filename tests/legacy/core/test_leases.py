"""Leases of containers and blobs, against Azurite."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from azure.common import AzureHttpError

from tests.legacy.core.conftest import Answering, Live, offline

KINDS = pytest.mark.parametrize("kind", ["container", "blob"])


class Leased:
    """The lease operations on one kind of thing, without its kind in their names."""

    def __init__(self, live: Live, kind: str) -> None:
        if kind == "blob":
            live.put()
        self._service, self._kind = live.service, kind
        self._names = (live.container, "blob")[: 1 + (kind == "blob")]

    def __getattr__(self, action: str) -> Any:
        method = getattr(self._service, f"{action}_{self._kind}_lease")
        return lambda *given, **named: method(*self._names, *given, **named)


@KINDS
def test_a_lease_is_acquired_renewed_changed_and_released(live: Live, kind: str) -> None:
    leased, proposed = Leased(live, kind), str(uuid4())

    lease = leased.acquire(15)
    assert len(lease) == 36
    assert leased.renew(lease) == lease
    assert leased.change(lease, proposed) is None
    assert leased.release(proposed) is None
    assert leased.acquire(proposed_lease_id=proposed) == proposed


@KINDS
def test_breaking_says_how_many_seconds_remain(live: Live, kind: str) -> None:
    leased = Leased(live, kind)
    leased.acquire(60)

    end = getattr(leased, "break")
    assert end(5) in (4, 5)
    assert end(0) == 0


@KINDS
def test_a_second_lease_is_refused(live: Live, kind: str) -> None:
    leased = Leased(live, kind)
    leased.acquire()

    with pytest.raises(AzureHttpError) as caught:
        leased.acquire()
    assert caught.value.error_code == "LeaseAlreadyPresent"


def test_what_is_leased_is_changed_and_deleted_with_its_lease_only(live: Live) -> None:
    live.put()
    lease = live.service.acquire_blob_lease(live.container, "blob")

    with pytest.raises(AzureHttpError) as caught:
        live.service.set_blob_metadata(live.container, "blob", {"a": "b"})
    assert (caught.value.status_code, caught.value.error_code) == (412, "LeaseIdMissing")

    live.service.set_blob_metadata(live.container, "blob", {"a": "b"}, lease_id=lease)
    found = live.service.get_blob_properties(live.container, "blob").properties.lease
    assert (found.status, found.state, found.duration) == ("locked", "leased", "infinite")
    live.service.delete_blob(live.container, "blob", lease_id=lease)


@pytest.mark.parametrize("seconds", [0, 14, 61, -2])
@KINDS
def test_a_duration_that_no_lease_has_is_refused(kind: str, seconds: int) -> None:
    session = Answering()
    acquire = getattr(offline(session), f"acquire_{kind}_lease")
    names = ("c", "b")[: 1 + (kind == "blob")]

    with pytest.raises(ValueError, match=r"^lease_duration param needs to be between 15 and 60 or -1\.$"):
        acquire(*names, lease_duration=seconds)
    assert session.asked == []


@pytest.mark.parametrize("seconds", [-1, 61])
@KINDS
def test_a_break_period_that_no_lease_has_is_refused(kind: str, seconds: int) -> None:
    session = Answering()
    names = ("c", "b")[: 1 + (kind == "blob")]

    with pytest.raises(ValueError, match=r"^lease_break_period param needs to be between 0 and 60\.$"):
        getattr(offline(session), f"break_{kind}_lease")(*names, lease_break_period=seconds)
    assert session.asked == []


def test_a_proposed_id_is_sent_only_when_it_is_given() -> None:
    session = Answering()

    offline(session).acquire_container_lease("c")

    headers = {name: value for name, value in session.asked[0][2]["headers"].items() if value is not None}
    assert headers["x-ms-lease-duration"] == "-1"
    assert "x-ms-proposed-lease-id" not in headers
