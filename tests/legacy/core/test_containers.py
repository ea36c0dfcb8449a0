"""Operations on containers, against Azurite."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from azure.common import AzureException, AzureHttpError, AzureMissingResourceHttpError
from dateutil.tz import tzutc

from blobprep.legacy.models import AccessPolicy, ContainerPermissions, PublicAccess
from tests.legacy.core.conftest import Answering, Live, offline

LONG_AGO = datetime(2000, 1, 1)


def test_creating_says_whether_there_was_none_before(live: Live) -> None:
    name = live.container + "-b"

    assert live.service.create_container(name) is True
    assert live.service.create_container(name) is False
    with pytest.raises(AzureHttpError) as caught:
        live.service.create_container(name, fail_on_exist=True)
    assert caught.value.error_code == "ContainerAlreadyExists"


def test_deleting_says_whether_there_was_one(live: Live) -> None:
    assert live.service.delete_container(live.container) is True
    assert live.service.delete_container(live.container) is False
    with pytest.raises(AzureMissingResourceHttpError, match=r"^The specified container does not exist"):
        live.service.delete_container(live.container, fail_not_exist=True)


def test_properties_and_metadata_are_what_was_created(live: Live) -> None:
    name = live.container + "-b"
    live.service.create_container(name, {"Hello": "world"}, PublicAccess.Container)

    container = live.service.get_container_properties(name)

    assert (container.name, container.metadata) == (name, {"Hello": "world"})
    properties = container.properties
    assert properties.etag is not None
    assert properties.etag.startswith('"')
    assert properties.last_modified is not None
    assert properties.last_modified.tzinfo == tzutc()
    assert properties.public_access == "container"
    assert (properties.lease.status, properties.lease.state, properties.lease.duration) == (
        "unlocked",
        "available",
        None,
    )
    assert (properties.has_immutability_policy, properties.has_legal_hold) == (False, False)


def test_metadata_is_replaced_and_removed(live: Live) -> None:
    written = live.service.set_container_metadata(live.container, {"a": "1"})
    assert live.service.get_container_metadata(live.container) == {"a": "1"}
    assert written.etag == live.service.get_container_properties(live.container).properties.etag

    live.service.set_container_metadata(live.container)
    assert live.service.get_container_metadata(live.container) == {}


def test_conditions_are_asked(live: Live) -> None:
    with pytest.raises(AzureHttpError) as caught:
        live.service.delete_container(live.container, if_unmodified_since=LONG_AGO)

    assert (caught.value.status_code, caught.value.error_code) == (412, "ConditionNotMet")
    assert live.service.delete_container(live.container, if_modified_since=LONG_AGO)


def test_access_policies_and_public_access_come_back(live: Live) -> None:
    start = datetime(2030, 1, 1, tzinfo=tzutc())
    policies = {
        "one": AccessPolicy(ContainerPermissions.READ, start + timedelta(days=1), start),
        "two": AccessPolicy("rwl", "2030-06-01"),
    }

    live.service.set_container_acl(live.container, policies, PublicAccess.Blob)
    access = live.service.get_container_acl(live.container)

    assert access.public_access == "blob"
    assert {name: (policy.permission, policy.start) for name, policy in access.items()} == {
        "one": ("r", start),
        "two": ("rwl", None),
    }
    assert access["one"].expiry == start + timedelta(days=1)


def test_without_policies_nothing_is_sent_and_all_are_removed(live: Live) -> None:
    live.service.set_container_acl(live.container, {"one": AccessPolicy("r", "2030-01-01")}, PublicAccess.Container)

    live.service.set_container_acl(live.container)

    access = live.service.get_container_acl(live.container)
    assert (access, access.public_access) == ({}, None)


def test_more_than_five_policies_are_refused_before_anything_is_sent() -> None:
    session = Answering()

    with pytest.raises(AzureException, match=r"^Too many access policies provided\. The server does not support"):
        offline(session).set_container_acl("c", {str(number): AccessPolicy() for number in range(6)})
    assert session.asked == []


def test_a_policy_is_written_as_the_service_reads_it() -> None:
    session = Answering()

    offline(session).set_container_acl("c", {"i": AccessPolicy("r", "2030-01-01", datetime(2020, 1, 2))})

    assert session.asked[0][2]["data"] == (
        b"<?xml version='1.0' encoding='utf-8'?>\n<SignedIdentifiers><SignedIdentifier><Id>i</Id><AccessPolicy>"
        b"<Start>2020-01-02T00:00:00Z</Start><Expiry>2030-01-01</Expiry><Permission>r</Permission>"
        b"</AccessPolicy></SignedIdentifier></SignedIdentifiers>"
    )


def test_a_container_exists_or_does_not(live: Live) -> None:
    assert live.service.exists(live.container) is True
    assert live.service.exists(live.container + "-b") is False


def test_other_refusals_of_exists_are_raised(live: Live) -> None:
    live.service.authentication = None  # nothing signs
    with pytest.raises(AzureException):
        live.service.exists(live.container)
