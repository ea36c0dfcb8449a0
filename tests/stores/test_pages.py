"""Pages of a listing, in the shapes in which services write them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape

import pytest
from azure.core.exceptions import DecodeError
from hypothesis import given
from hypothesis import strategies as st

from blobprep.stores import BlobPrefix, BlobProperties
from blobprep.stores.azure.listing import parse_page, read_pages

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
THEN = datetime(2026, 11, 2, 3, 4, 5, tzinfo=UTC)
ENDS = ["", "<Metadata />", "<Metadata/><OrMetadata />", "\n  <OrMetadata />\n", "<Metadata></Metadata>"]
TEXTS = st.text(st.characters(min_codepoint=32, exclude_categories=("Cs", "Cc")), min_size=1, max_size=20)


def blob(
    name: str, *, size: int = 7, kind: str = "text/csv", behind: str = "", version: str = "", encoded: bool = False
) -> str:
    """Return a blob as the service writes it."""
    mark = ' Encoded="true"' if encoded else ""
    return (
        f"<Blob><Name{mark}>{name}</Name>{version}<Properties>"
        "<Creation-Time>Sun, 01 Nov 2026 00:00:00 GMT</Creation-Time>"
        "<Last-Modified>Mon, 02 Nov 2026 03:04:05 GMT</Last-Modified><Etag>0x8D1</Etag>"
        f"<Content-Length>{size}</Content-Length><Content-Type>{kind}</Content-Type><Content-Encoding />"
        "<BlobType>BlockBlob</BlobType><LeaseStatus>unlocked</LeaseStatus>"
        f"</Properties>{behind}</Blob>"
    )


def page(*items: str, marker: str = "<NextMarker />") -> bytes:
    return (
        '\ufeff<?xml version="1.0" encoding="utf-8"?><EnumerationResults ContainerName="raw"><Prefix>a</Prefix>'
        f"<Blobs>{''.join(items)}</Blobs>{marker}</EnumerationResults>"
    ).encode()


def parse(*items: str) -> list[BlobProperties | BlobPrefix]:
    return parse_page(page(*items), "raw", NOW)


def properties(name: str, **given: Any) -> BlobProperties:
    usual = {"size": 7, "etag": "0x8D1", "last_modified": THEN, "as_of": NOW, "content_type": "text/csv"}
    return BlobProperties("raw", name, **(usual | given))


@pytest.mark.parametrize("behind", ENDS)
def test_a_blob_without_metadata_is_read_whatever_stands_behind_its_properties(behind: str) -> None:
    assert parse(blob("a.csv", behind=behind), blob("b.csv", behind=behind)) == [
        properties("a.csv"),
        properties("b.csv"),
    ]


@pytest.mark.parametrize("behind", ["", "<Metadata><k>v</k></Metadata>"])
def test_an_md5_is_read_from_a_blob_of_any_shape(behind: str) -> None:
    written = blob("a.csv", behind=behind)

    (found,) = parse(written.replace("<Content-Encoding />", "<Content-Encoding /><Content-MD5>1B2M+/==</Content-MD5>"))

    assert isinstance(found, BlobProperties)
    assert found.md5 == "1B2M+/=="


@given(names=st.lists(TEXTS, min_size=1, max_size=4), kind=TEXTS)
def test_every_name_and_content_type_is_read_as_it_was_written(names: list[str], kind: str) -> None:
    found = parse(*(blob(escape(name), kind=escape(kind)) for name in names))

    assert found == sorted((properties(name, content_type=kind) for name in names), key=lambda item: item.blob)


@pytest.mark.parametrize("name", ["a\x01b", "a\ufffeb", "100%"])
def test_a_name_that_xml_has_no_place_for_is_decoded(name: str) -> None:
    assert parse(blob(quote(name), encoded=True), blob("z")) == [properties(name), properties("z")]


@pytest.mark.parametrize(
    "metadata",
    [
        {"Key": "value"},
        {"Blob": "a", "Name": "b"},
        {"BlobPrefix": "a", "Properties": "b"},
        {"Etag": "a", "Content_Type": "x & <y>"},
        {"hdi_isfolder": "true"},
        {"empty": ""},
    ],
)
def test_metadata_is_read_under_any_name(metadata: Mapping[str, str]) -> None:
    written = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in metadata.items())
    items = [blob("a", behind=f"<Metadata>{written}</Metadata>"), blob("b"), "<BlobPrefix><Name>c/</Name></BlobPrefix>"]

    assert parse(*items) == [properties("a", metadata=metadata), properties("b"), BlobPrefix("raw", "c/")]


def test_a_version_and_an_absent_content_type_are_read() -> None:
    version = "<VersionId>2026-11-02T03:04:05.0Z</VersionId><IsCurrentVersion>true</IsCurrentVersion>"
    plain = blob("b").replace("<Content-Type>text/csv</Content-Type>", "<Content-Type />")
    bare = blob("c").replace("<Content-Type>text/csv</Content-Type>", "")

    assert parse(blob("a", version=version), plain, bare) == [
        properties("a", version_id="2026-11-02T03:04:05.0Z"),
        properties("b", content_type="application/octet-stream"),
        properties("c", content_type="application/octet-stream"),
    ]


def test_prefixes_and_blobs_come_in_the_order_of_their_names() -> None:
    prefix = "<BlobPrefix><Name>{}</Name><Properties><Etag>0x1</Etag></Properties></BlobPrefix>"

    found = parse(prefix.format("d&amp;e/"), blob("a"), prefix.format("b/"), blob("c"))

    assert found == [properties("a"), BlobPrefix("raw", "b/"), properties("c"), BlobPrefix("raw", "d&e/")]


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"<html>a proxy's page</html>",
        page(blob("a"))[:-10],
        page(blob("a").replace("<Content-Length>7", "<Content-Length>seven")),
        page(blob("a").replace("<Last-Modified>Mon, 02 Nov 2026 03:04:05 GMT</Last-Modified>", "")),
        page(blob("a").replace("Mon, 02 Nov 2026", "2026-11-02")),
        page(blob("a").replace("02 Nov", "31 Nov")),
        page(blob("a&nbsp;b")),
        page(blob("a")).replace(b"<Name>", b"<Name>\xff"),
        page("<BlobPrefix><Name>a/</BlobPrefix>"),
    ],
)
def test_what_is_not_a_listing_is_an_error(document: bytes) -> None:
    with pytest.raises(DecodeError, match="the listing cannot be read"):
        parse_page(document, "raw", NOW)


def test_each_page_asks_for_the_next_by_its_marker() -> None:
    documents = {
        "": page(blob("a"), marker="<NextMarker>2 &amp; b</NextMarker>"),
        "2 & b": page(blob("b"), marker="<NextMarker>3</NextMarker>"),
        "3": page(blob("c"), marker="<NextMarker></NextMarker>"),
    }

    def fetch(marker: str) -> object:
        document = documents.pop(marker)
        return SimpleNamespace(body=lambda: document, headers={"Date": "Mon, 30 Nov 2026 12:00:00 GMT"})

    assert [item for items in read_pages(fetch, "raw") for item in items] == [*map(properties, "abc")]
    assert documents == {}
