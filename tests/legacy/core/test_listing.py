"""Listings, against Azurite: eager, in pages, and again."""

from __future__ import annotations

from itertools import pairwise

import pytest
from azure.common import AzureMissingResourceHttpError
from dateutil.tz import tzutc

from blobprep.legacy.models import Blob, BlobPrefix, Include
from tests.legacy.core.conftest import Answer, Answering, Live, offline


@pytest.fixture
def five(live: Live) -> Live:
    """A container with five blobs."""
    for name in ("a/1", "a/2", "b", "c", "d"):
        live.put(name)
    live.requests.clear()
    return live


def test_what_is_missing_shows_in_the_call_itself(live: Live) -> None:
    with pytest.raises(AzureMissingResourceHttpError):
        live.service.list_blobs(live.container + "-b")


def test_a_listing_can_be_gone_through_again(five: Live) -> None:
    listed = five.service.list_blobs(five.container)

    names = [blob.name for blob in listed]

    assert names == ["a/1", "a/2", "b", "c", "d"]
    assert [blob.name for blob in listed] == names
    assert listed.next_marker == ""
    assert len(five.requests) == 1


def test_a_number_of_results_is_that_of_all_pages(five: Live) -> None:
    first = five.service.list_blobs(five.container, num_results=2)
    assert [blob.name for blob in first] == ["a/1", "a/2"]

    rest = five.service.list_blobs(five.container, marker=first.next_marker)
    assert [blob.name for blob in rest] == ["b", "c", "d"]


def test_a_prefix_selects_and_a_delimiter_joins(five: Live) -> None:
    assert list(five.service.list_blob_names(five.container, "a/")) == ["a/1", "a/2"]

    prefix, *blobs = five.service.list_blobs(five.container, delimiter="/")

    assert (type(prefix), prefix.name) == (BlobPrefix, "a/")
    assert [(type(blob), blob.name) for blob in blobs] == [(Blob, "b"), (Blob, "c"), (Blob, "d")]
    assert list(five.service.list_blob_names(five.container, delimiter="/")) == ["a/", "b", "c", "d"]
    assert "c" in five.service.list_blob_names(five.container)


def test_a_listed_blob_has_its_properties(live: Live) -> None:
    live.put("blob", b"12345", **{"x-ms-meta-Key": "value", "x-ms-blob-content-type": "text/plain"})

    (blob,) = live.service.list_blobs(live.container, include=Include.METADATA)

    assert (blob.name, blob.metadata, blob.snapshot, blob.content) == ("blob", {"Key": "value"}, None, None)
    properties = blob.properties
    assert (properties.content_length, properties.blob_type) == (5, "BlockBlob")
    assert properties.last_modified.tzinfo == tzutc()
    assert properties.content_settings.content_type == "text/plain"
    assert (properties.lease.status, properties.lease.state) == ("unlocked", "available")
    assert properties.server_encrypted is True


def test_metadata_and_snapshots_are_listed_when_asked_for(live: Live) -> None:
    live.put("blob", b"1", **{"x-ms-meta-key": "value"})
    snapshot = live.service.snapshot_blob(live.container, "blob").snapshot

    assert [blob.metadata for blob in live.service.list_blobs(live.container)] == [None]
    listed = list(live.service.list_blobs(live.container, include="snapshots,metadata"))
    assert [(blob.snapshot, blob.metadata) for blob in listed] == [
        (snapshot, {"key": "value"}),
        (None, {"key": "value"}),
    ]


def test_containers_are_listed_with_flat_leases_and_texts(live: Live) -> None:
    live.service.set_container_metadata(live.container, {"a": "b"})

    (container,) = live.service.list_containers(live.container, include_metadata=True)

    assert (container.name, container.metadata) == (live.container, {"a": "b"})
    assert container.properties.lease_status == "unlocked"
    assert container.properties.lease.status is None
    assert container.properties.has_legal_hold == "false"
    assert container.properties.last_modified.tzinfo == tzutc()
    (plain,) = live.service.list_containers(live.container)
    assert plain.metadata is None


def test_containers_come_in_pages_too(live: Live) -> None:
    for number in range(3):
        live.service.create_container(f"{live.container}-{number}")

    first = live.service.list_containers(live.container, num_results=2)
    names = [container.name for container in first]
    rest = live.service.list_containers(live.container, marker=first.next_marker)
    names += [container.name for container in rest]

    assert len(names) == 4
    assert all(one < other for one, other in pairwise(names))


def test_the_service_may_send_fewer_than_asked_for() -> None:
    def page(name: str, marker: str) -> Answer:
        body = f"<EnumerationResults><Blobs><Blob><Name>{name}</Name></Blob></Blobs><NextMarker>{marker}</NextMarker>"
        return Answer(200, "OK", content=f"{body}</EnumerationResults>".encode())

    session = Answering(page("a", "2"), page("b", "3"), page("c", "4"))

    listed = offline(session).list_blobs("c", num_results=3)

    assert ([blob.name for blob in listed], listed.next_marker) == (["a", "b", "c"], "4")
    assert [options["params"]["maxresults"] for _, _, options in session.asked] == ["3", "2", "1"]


def test_elements_of_later_versions_become_attributes_of_their_names() -> None:
    body = (
        b"<EnumerationResults><Blobs><Blob><Name>a</Name><Deleted>true</Deleted><Properties>"
        b"<Novelty>x</Novelty><RemainingRetentionDays>3</RemainingRetentionDays><AccessTierInferred>True</AccessTierInferred>"
        b"<CopyCompletionTime>Mon, 23 Nov 2026 13:04:09 GMT</CopyCompletionTime></Properties></Blob></Blobs>"
        b"<NextMarker /></EnumerationResults>"
    )

    (blob,) = offline(Answering(Answer(200, "OK", content=body))).list_blobs("c")

    assert blob.deleted is True
    assert blob.properties.Novelty == "x"
    assert (blob.properties.remaining_retention_days, blob.properties.blob_tier_inferred) == (3, True)
    assert blob.properties.copy.completion_time == "Mon, 23 Nov 2026 13:04:09 GMT"
