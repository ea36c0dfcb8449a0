"""The models are what they were in 2.1.0, and can be used with the current SDK."""

from __future__ import annotations

import pytest
from azure.storage import blob as current
from azure.storage.blob import BlobServiceClient
from hypothesis import given
from hypothesis import strategies as st

from blobprep.legacy import models
from blobprep.legacy.models import AttributedList, HeaderDict, ListGenerator
from tests import emulator
from tests.legacy.models import describing
from tests.legacy.models.golden import golden

# What the current SDK calls these in its enumerations of the same names.
_ADDED = {
    "PublicAccess": {"BLOB", "CONTAINER"},
    "RehydratePriority": {"HIGH", "STANDARD"},
    "SequenceNumberAction": {"INCREMENT", "MAX", "UPDATE"},
}


@pytest.mark.parametrize("name", describing.MODELS)
def test_a_model_has_the_parameters_constants_and_attributes_it_had(name: str) -> None:
    recorded = golden("models")["classes"][name]

    described = describing.describe(getattr(models, name))

    for added in _ADDED.get(name, ()):
        assert described["constants"].pop(added) == getattr(getattr(models, name), added.capitalize())
    assert described == recorded


@pytest.mark.parametrize("name", describing.FLAGS)
def test_flags_are_combined_and_written_as_they_were(name: str) -> None:
    recorded = golden("models")["flags"][name]

    combined = describing.combinations(getattr(models, name))

    assert combined == recorded


@given(st.sampled_from(describing.FLAGS), st.data())
def test_flags_written_as_text_and_read_again_are_the_same(name: str, data: st.DataObject) -> None:
    kind = getattr(models, name)
    chosen = data.draw(st.sets(st.sampled_from(sorted(vars(kind())))))

    flags = kind(**dict.fromkeys(chosen, True))

    assert {flag for flag, value in vars(flags).items() if value} == chosen
    assert vars(kind(_str=str(flags))) == vars(flags)


def test_combining_what_a_list_includes_still_loses_both() -> None:
    either = models.Include.COPY | models.Include.METADATA

    assert str(either) == ""
    assert str(models.Include(copy=True, metadata=True)) == "metadata,copy"


def test_constructors_refuse_what_they_refused_in_the_same_words() -> None:
    assert describing.refusals(models) == golden("models")["refusals"]


def test_content_settings_are_written_as_the_same_headers() -> None:
    assert describing.settings_headers(models) == golden("models")["headers"]


def test_models_are_equal_only_to_themselves() -> None:
    one = models.ContentSettings("text/csv")

    assert one != models.ContentSettings("text/csv")
    assert one in {one}


def test_an_answer_to_a_write_takes_over_what_another_says() -> None:
    source, answer = models.ResourceProperties(), models.AppendBlockProperties()
    source.etag, source.request_server_encrypted = '"0x8"', True

    answer.clone(source)

    assert vars(answer) == vars(source) | {"append_offset": None, "committed_block_count": None}


def test_a_block_has_a_size_only_once_it_is_set() -> None:
    block = models.BlobBlock("a")

    assert not hasattr(block, "size")
    block._set_size(3)

    assert block.size == 3


def test_headers_are_found_in_any_case() -> None:
    assert HeaderDict({"x-ms-version": "1"})["X-Ms-Version"] == "1"


class Pages:
    """A service that lists the letters of a text, `most` at a time."""

    def __init__(self, letters: str, most: int) -> None:
        self.letters, self.most = letters, most
        self.asked: list[tuple[str | None, int | None]] = []

    def first(self, **kwargs: int | None) -> ListGenerator:
        return ListGenerator(self.page(**kwargs), self.page, (), dict(kwargs))

    def page(self, marker: str | None = None, max_results: int | None = None) -> AttributedList:
        self.asked.append((marker, max_results))
        start = int(marker or 0)
        end = min(start + min(self.most, max_results or self.most), len(self.letters))
        page = AttributedList(self.letters[start:end])
        page.next_marker = str(end) if end < len(self.letters) else ""
        return page


def test_a_list_asks_for_its_pages_one_after_the_other() -> None:
    pages = Pages("abcde", most=2)

    listed = pages.first()

    assert pages.asked == [(None, None)]
    assert list(listed) == ["a", "b", "c", "d", "e"]
    assert pages.asked == [(None, None), ("2", None), ("4", None)]
    assert listed.next_marker == ""


def test_a_list_of_one_page_can_be_read_twice() -> None:
    listed = Pages("ab", most=5).first()

    assert (list(listed), list(listed), "b" in listed) == (["a", "b"], ["a", "b"], True)


def test_a_second_pass_starts_with_the_page_fetched_last() -> None:
    listed = Pages("abcde", most=2).first()

    assert list(listed) == ["a", "b", "c", "d", "e"]
    assert list(listed) == ["e"]


def test_a_list_ends_with_the_results_wanted_and_says_where_to_go_on() -> None:
    pages = Pages("abcdef", most=2)

    listed = pages.first(max_results=3)

    assert list(listed) == ["a", "b", "c"]
    assert pages.asked == [(None, 3), ("2", 1)]
    assert listed.next_marker == "3"


@pytest.mark.parametrize("name", ["BlobProperties", "ContainerProperties", "ContentSettings", "CopyProperties"])
def test_what_the_current_sdk_makes_is_an_instance_too(name: str) -> None:
    made = getattr(current, name)()

    assert isinstance(made, getattr(models, name))
    assert not isinstance(made, models.BlobPrefix)


def test_the_current_sdk_takes_blocks_settings_and_access_of_the_old_one(azurite: str) -> None:
    with BlobServiceClient.from_connection_string(emulator.connection_string(azurite)) as service:
        container = service.create_container("dual", public_access=models.PublicAccess.Container)
        with container, container.get_blob_client("a.csv") as blob:
            blob.stage_block("1", b"a,b\n")
            settings = models.ContentSettings(content_type="text/csv", content_language="de")
            blob.commit_block_list([models.BlobBlock("1"), models.BlobBlock(block_id="1")], content_settings=settings)

            found = blob.get_blob_properties().content_settings
            access = container.get_container_properties().public_access
            content = blob.download_blob().readall()

    assert content == b"a,b\na,b\n"
    assert (found.content_type, found.content_language) == ("text/csv", "de")
    assert access == models.PublicAccess.CONTAINER
