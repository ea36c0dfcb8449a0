"""Operations on blobs of every kind, against Azurite."""

from __future__ import annotations

from datetime import datetime

import pytest
from azure.common import AzureHttpError, AzureMissingResourceHttpError
from dateutil.tz import tzutc

from blobprep.legacy.models import ContentSettings, DeleteSnapshot
from blobprep.legacy.wire import reading
from blobprep.legacy.wire.conversions import content_md5
from blobprep.legacy.wire.messages import HTTPResponse
from tests.legacy.core.conftest import Answering, Live, offline, written


@pytest.fixture
def blob(live: Live) -> Live:
    """A container with one blob of seven bytes, `blob`."""
    live.put()
    live.requests.clear()
    return live


def test_properties_are_read_without_the_content(blob: Live) -> None:
    found = blob.service.get_blob_properties(blob.container, "blob")

    assert (found.name, found.snapshot, found.content, found.metadata) == ("blob", None, b"", {})
    properties = found.properties
    assert (properties.content_length, properties.blob_type, properties.server_encrypted) == (7, "BlockBlob", True)
    assert properties.etag is not None
    assert properties.etag.startswith('"')
    assert properties.last_modified is not None
    assert properties.last_modified.tzinfo == properties.creation_time.tzinfo == tzutc()  # type: ignore[union-attr]
    assert properties.content_settings.content_md5 == content_md5(b"content")
    assert (properties.lease.status, properties.copy.id) == ("unlocked", None)


def test_setting_properties_replaces_all_content_settings(blob: Live) -> None:
    settings = ContentSettings("text/plain", "gzip", "de", "inline", "no-cache", "AAAAAAAAAAAAAAAAAAAAAA==")
    blob.service.set_blob_properties(blob.container, "blob", settings)
    found = blob.service.get_blob_properties(blob.container, "blob").properties.content_settings
    assert vars(found) == vars(settings)

    written = blob.service.set_blob_properties(blob.container, "blob", ContentSettings(content_language="en"))
    properties = blob.service.get_blob_properties(blob.container, "blob").properties
    assert (properties.content_settings.content_language, properties.content_settings.content_encoding) == ("en", None)
    assert (written.etag, written.last_modified) == (properties.etag, properties.last_modified)


def test_metadata_keeps_its_case(blob: Live) -> None:
    blob.service.set_blob_metadata(blob.container, "blob", {"UPPER": "1", "lower": "2"})

    assert blob.service.get_blob_metadata(blob.container, "blob") == {"UPPER": "1", "lower": "2"}
    assert blob.service.get_blob_properties(blob.container, "blob").metadata == {"UPPER": "1", "lower": "2"}


def test_a_blob_exists_or_does_not(blob: Live) -> None:
    assert blob.service.exists(blob.container, "blob") is True
    assert blob.service.exists(blob.container, "other") is False
    assert blob.service.exists(blob.container + "-b", "blob") is False


def test_a_snapshot_is_read_and_deleted_by_its_time(blob: Live) -> None:
    taken = blob.service.snapshot_blob(blob.container, "blob", {"kept": "1"})

    assert (taken.name, taken.content) == ("blob", b"")
    assert taken.snapshot
    assert blob.service.exists(blob.container, "blob", taken.snapshot)
    assert blob.service.get_blob_metadata(blob.container, "blob", taken.snapshot) == {"kept": "1"}
    blob.service.delete_blob(blob.container, "blob", taken.snapshot)
    assert not blob.service.exists(blob.container, "blob", taken.snapshot)


def test_a_blob_with_snapshots_is_deleted_only_when_that_is_said(blob: Live) -> None:
    blob.service.snapshot_blob(blob.container, "blob")

    with pytest.raises(AzureHttpError) as caught:
        blob.service.delete_blob(blob.container, "blob")
    assert (caught.value.status_code, caught.value.error_code) == (409, "SnapshotsPresent")

    blob.service.delete_blob(blob.container, "blob", delete_snapshots=DeleteSnapshot.Only)
    assert blob.service.exists(blob.container, "blob")
    assert blob.service.delete_blob(blob.container, "blob") is None  # type: ignore[func-returns-value]
    with pytest.raises(AzureMissingResourceHttpError):
        blob.service.delete_blob(blob.container, "blob")


def test_conditions_with_tags_are_asked(blob: Live) -> None:
    etag = blob.service.get_blob_properties(blob.container, "blob").properties.etag

    with pytest.raises(AzureHttpError) as caught:
        blob.service.get_blob_metadata(blob.container, "blob", if_none_match=etag)
    assert caught.value.status_code == 304
    with pytest.raises(AzureHttpError) as caught:
        blob.service.set_blob_metadata(blob.container, "blob", {}, if_match='"0x1"')
    assert caught.value.error_code == "ConditionNotMet"
    blob.service.set_blob_metadata(blob.container, "blob", {}, if_match=etag)
    blob.service.delete_blob(blob.container, "blob", if_modified_since=datetime(2000, 1, 1))


def test_the_text_of_a_refused_head_has_no_body(blob: Live) -> None:
    with pytest.raises(AzureMissingResourceHttpError) as caught:
        blob.service.get_blob_properties(blob.container, "other")

    assert str(caught.value) == "The specified blob does not exist. ErrorCode: BlobNotFound\n"


def test_a_copy_is_made_from_a_url_and_from_a_short_name(blob: Live) -> None:
    url = blob.service.make_blob_url(blob.container, "blob")

    copied = blob.service.copy_blob(blob.container, "copy", url, {"of": "blob"})
    again = blob.service.copy_blob(blob.container, "again", f"/any/{blob.container}/blob")

    assert (copied.status, again.status) == ("success", "success")
    found = blob.service.get_blob_properties(blob.container, "copy")
    assert found.metadata == {"of": "blob"}
    assert (found.properties.copy.id, found.properties.copy.source) == (copied.id, url)
    assert found.properties.copy.completion_time is not None
    assert found.properties.copy.completion_time.tzinfo == tzutc()


def test_the_source_of_a_copy_that_is_missing_is_missing(blob: Live) -> None:
    with pytest.raises(AzureMissingResourceHttpError):
        blob.service.copy_blob(blob.container, "copy", blob.service.make_blob_url(blob.container, "other"))


def test_a_copy_that_has_ended_cannot_be_aborted(blob: Live) -> None:
    copied = blob.service.copy_blob(blob.container, "copy", blob.service.make_blob_url(blob.container, "blob"))

    with pytest.raises(AzureHttpError) as caught:
        blob.service.abort_copy_blob(blob.container, "copy", str(copied.id))
    assert caught.value.error_code == "NoPendingCopyOperation"


def test_conditions_on_the_source_are_sent_as_the_text_they_have() -> None:
    session = Answering()

    offline(session).copy_blob(
        "c",
        "b",
        "/x/c/a",
        source_if_modified_since=datetime(2020, 1, 2),
        destination_if_modified_since=datetime(2020, 1, 2),
    )

    headers = session.asked[0][2]["headers"]
    assert headers["x-ms-source-if-modified-since"] == "2020-01-02 00:00:00"
    assert headers["If-Modified-Since"] == "Thu, 02 Jan 2020 00:00:00 GMT"
    assert headers["x-ms-copy-source"] == "http://contoso.blob.core.windows.net/c/a"


def test_undeleting_asks_for_it() -> None:
    session = Answering()

    offline(session).undelete_blob("c", "b", 3)

    ((method, url, options),) = session.asked
    assert (method, url[-4:], options["params"]) == ("PUT", "/c/b", {"comp": "undelete", "timeout": "3"})


def test_urls_are_written_with_the_name_as_it_is() -> None:
    service = offline(Answering(written()))

    assert service.make_blob_url("c", "a b") == "http://contoso.blob.core.windows.net/c/a b"
    assert service.make_blob_url("c", "b", "https", "sig=1", "time").endswith("/c/b?snapshot=time&sig=1")
    assert service.make_blob_url("c", "b", snapshot="time").endswith("/c/b?snapshot=time")
    assert service.make_container_url("c") == "http://contoso.blob.core.windows.net/c?restype=container"
    assert service.make_container_url("c", "https", "sig=1").endswith("/c?restype=container&sig=1")


def test_the_sum_of_a_range_is_not_that_of_the_blob() -> None:
    headers = {"content-range": "bytes 0-1/7", "content-md5": "cmFuZ2U=", "x-ms-meta-Key": "value"}

    part = reading.blob(HTTPResponse(206, "", dict(headers), b"ab"), "b")
    whole = reading.blob(HTTPResponse(206, "", headers | {"x-ms-blob-content-md5": "YmxvYg=="}, b"ab"), "b")

    assert not hasattr(part.properties.content_settings, "content_md5")
    assert whole.properties.content_settings.content_md5 == "YmxvYg=="
    assert (part.content, part.metadata, part.properties.content_range) == (b"ab", {"Key": "value"}, "bytes 0-1/7")


def test_the_tier_of_a_page_blob_is_in_capitals() -> None:
    headers = {"x-ms-blob-type": "PageBlob", "x-ms-access-tier": "p10", "x-ms-access-tier-inferred": "true"}

    properties = reading.blob(HTTPResponse(200, "", headers, b""), "b").properties

    assert (properties.blob_tier, properties.blob_tier_inferred) == ("P10", True)
