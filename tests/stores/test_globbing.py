from __future__ import annotations

import pytest

from blobprep.errors import BlobNotFound, ContainerNotFound, InvalidReference
from blobprep.reference import Reference
from blobprep.settings import Workspace
from blobprep.stores.memory import MemoryStore

NAMES = ["2024/a.csv", "2024/b.csv", "2024/b.txt", "2024/old/a.csv", "2024/*.csv", "2025/a.csv", "a b.csv", "what?.csv"]
DATASTORE = (
    '[datastores.lake]\ncontainer = "az://contoso@raw/2024/"\n[datasets.all]\nblob = "az://contoso@raw/2024/*.csv"'
)


class RecordingStore(MemoryStore):
    """Remember what was asked for."""

    def __init__(self) -> None:
        super().__init__("contoso")
        self.listed: list[tuple[str, str]] = []
        self.seen: list[str] = []

    def list(self, container, prefix="", *, delimiter=""):
        self.listed.append((prefix, delimiter))
        for each in super().list(container, prefix, delimiter=delimiter):
            self.seen.append(getattr(each, "blob", ""))
            yield each


@pytest.fixture
def store():
    made = RecordingStore()
    made.create_container("raw")
    for name in NAMES:
        made.write("raw", name, name.encode(), content_type="text/csv")
    return made


@pytest.fixture
def known(store, tmp_path):
    config = tmp_path / "blobprep.toml"
    config.write_text(DATASTORE)
    return Workspace(config=config, environment={}, stores={"contoso": store})


@pytest.mark.parametrize(
    ("text", "names", "listed"),
    [
        ("az://raw/2024/*.csv", ["2024/*.csv", "2024/a.csv", "2024/b.csv"], ("2024/", "/")),
        ("az://raw/2024/%2A.c?v", ["2024/*.csv"], ("2024/*.c", "/")),
        ("az://raw/2024/b.*", ["2024/b.csv", "2024/b.txt"], ("2024/b.", "/")),
        ("az://raw/*/a.csv", ["2024/a.csv", "2025/a.csv"], ("", "")),
        ("az://raw/2024/**", ["2024/*.csv", "2024/a.csv", "2024/b.csv", "2024/b.txt", "2024/old/a.csv"], ("2024/", "")),
        ("https://contoso.blob.core.windows.net/raw/2025/*", ["2025/a.csv"], ("2025/", "/")),
        ("azureml://datastores/lake/paths/?.csv", ["2024/*.csv", "2024/a.csv", "2024/b.csv"], ("2024/", "/")),
        ("all", ["2024/*.csv", "2024/a.csv", "2024/b.csv"], ("2024/", "/")),
    ],
)
def test_a_wildcard_becomes_the_sorted_blobs_with_their_etags(known, store, text, names, listed):
    found = known.expand(text)

    assert [each.properties.blob for each in found] == names
    assert [each.properties.etag for each in found] == [store.properties("raw", name).etag for name in names]
    assert [each.location.read().decode() for each in found] == names
    assert [Reference.parse(each.location.printed).blob for each in found] == names
    assert store.listed == [listed]


def test_only_names_that_begin_as_the_pattern_does_are_listed(known, store):
    known.expand("az://raw/2024/b*")

    assert store.seen == ["2024/b.csv", "2024/b.txt"]


def test_a_reference_without_wildcards_is_looked_at_and_nothing_is_listed(known, store):
    found = known.expand("az://raw/2024/%2A.csv")

    assert [(each.location.printed, each.properties.etag) for each in found] == [
        ("az://raw/2024/%2A.csv", store.properties("raw", "2024/*.csv").etag)
    ]
    assert store.listed == []


def test_what_only_marks_a_folder_is_no_blob(known, store):
    for name, data in (("2026/north", b""), ("2026/south/", b""), ("2026/kept", b"1")):
        store.write("raw", name, data, content_type="x/y", metadata={"Hdi_IsFolder": "True"})
    for name in ("2026/empty", "2026/none/"):
        store.write("raw", name, b"", content_type="x/y")

    found = [each.location.printed for each in known.expand("az://raw/2026/**")]

    assert found == ["az://raw/2026/empty", "az://raw/2026/kept", "az://raw/2026/none%2F"]
    assert [known.locate(printed).printed for printed in found] == found
    with pytest.raises(BlobNotFound, match="only folders match"):
        known.expand("az://raw/2026/n*h")
    with pytest.raises(BlobNotFound, match="is a folder"):
        known.expand("az://raw/2026/north")


def test_a_local_path_has_no_wildcards(known, tmp_path):
    (tmp_path / "[a]*.csv").write_text("x")

    found = known.expand(tmp_path / "[a]*.csv")

    assert [each.properties.size for each in found] == [1]


def test_a_wildcard_that_matches_nothing_says_how_wildcards_work(known):
    with pytest.raises(BlobNotFound, match=r"az://raw/2024/\*\.json") as caught:
        known.expand("az://raw/2024/*.json")

    assert "** does not" in caught.value.remedy
    with pytest.raises(ContainerNotFound):
        known.expand("az://none/*")


@pytest.mark.parametrize("prefix", [True, False])
def test_where_one_blob_or_prefix_is_wanted_a_wildcard_is_refused(known, prefix):
    with pytest.raises(InvalidReference, match="has a wildcard") as caught:
        known.locate("az://raw/what?.csv", prefix=prefix)

    assert "%3F" in caught.value.remedy
    assert known.locate("az://raw/what%3F.csv").properties().size


def test_a_datastore_is_the_container_that_the_settings_name(known):
    location = known.locate("azureml://datastores/lake/paths/a.csv")

    assert location.printed == "az://contoso@raw/2024/a.csv"
    assert location.read() == b"2024/a.csv"
    with pytest.raises(InvalidReference, match=r"\[datastores\.other\]"):
        known.locate("azureml://datastores/other/paths/a.csv")


@pytest.mark.parametrize("prefix", ["az://raw/", "https://contoso.blob.core.windows.net/raw/"])
@pytest.mark.parametrize("name", NAMES)
def test_a_child_of_a_prefix_prints_a_reference_to_itself(known, prefix, name):
    child = known.locate(prefix).child(name)

    assert Reference.parse(child.printed).blob == child.blob == name


def test_the_settings_list_a_datastore(known):
    assert ("datastores.lake.container", "az://contoso@raw/2024/") in [
        (each.name, each.value) for each in known.settings()
    ]
