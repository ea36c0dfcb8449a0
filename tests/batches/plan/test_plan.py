from __future__ import annotations

from pathlib import Path

import pytest

from blobprep.batches.items import InputBlob, Item
from blobprep.errors import BlobNotFound, ContainerNotFound, InvalidOption, InvalidReference, LimitError
from blobprep.inputs.match import MAX_BLOBS
from blobprep.reference import Reference
from blobprep.settings.workspace import Workspace
from tests.batches.plan.conftest import Account, names_of


def test_each_blob_that_matches_is_an_item_pinned_to_its_listing(account: Account) -> None:
    account.put("2024/b.csv", "2024/a.csv", "2025/c.csv", "2024/x/d.csv")
    items = account.items("az://raw/2024/*.csv", "az://prepared/{stem}/")
    assert names_of(items) == ["2024/a.csv", "2024/b.csv"]
    etag = account.store.properties("raw", "2024/a.csv").etag
    assert items[0] == Item(
        "az://contoso@raw/2024/a.csv",
        (InputBlob("az://contoso@raw/2024/a.csv", etag, 4),),
        "az://contoso@prepared/a/",
    )


def test_named_parts_go_to_outputs_and_parameters(account: Account) -> None:
    account.put("north/2024-05-30/a.csv")
    (item,) = account.items(
        "az://raw/{region}/{day}/*.csv",
        "az://prepared/{day}/{region}-{stem}/",
        figures="az://prepared/figures/{region}/{stem}",
        parameters={"label": "{region} on {day}", "limit": '{"a": {}}', "today": "{date}"},
    )
    assert item.output == "az://contoso@prepared/2024-05-30/north-a/"
    assert item.figures == "az://contoso@prepared/figures/north/a/"
    assert item.parts == {"region": "north", "day": "2024-05-30"}
    assert item.parameters == {
        **item.parts,
        "label": "north on 2024-05-30",
        "limit": '{"a": {}}',
        "today": "2026-11-30",
    }


def test_an_output_may_be_the_container_itself(account: Account) -> None:
    account.put("a.csv")
    (item,) = account.items("az://raw/a.csv", "az://prepared/")
    assert item.output == "az://contoso@prepared/"


def test_folders_of_hive_are_parts_by_themselves(account: Account) -> None:
    account.put("sales/year=2024/region=north%20west/part-0.parquet")
    (item,) = account.items("az://raw/sales/**/*.parquet", "az://prepared/{year}/{region}/")
    assert item.parts == {"year": "2024", "region": "north west"}
    assert item.output == "az://contoso@prepared/2024/north west/"


def test_a_part_that_the_pattern_names_comes_before_a_folder_of_the_same_name(account: Account) -> None:
    account.put("year=2024/a-7.csv")
    (item,) = account.items("az://raw/*/a-{year}.csv", "az://prepared/{year}/")
    assert item.parts == {"year": "7"}


def test_a_parameter_that_was_given_comes_before_a_folder_of_the_same_name(account: Account) -> None:
    account.put("limit=9/a.csv")
    (item,) = account.items("az://raw/*/*.csv", parameters={"limit": "5"})
    assert item.parameters == {"limit": "5"}


def test_a_parameter_and_a_part_that_the_pattern_names_cannot_have_one_name(account: Account) -> None:
    with pytest.raises(InvalidOption, match=r"--param region is also a part"):
        account.plan("az://raw/{region}.csv", parameters={"region": "x"})


def test_there_are_always_parts(account: Account) -> None:
    account.put("2024/x/y/iris.csv.gz")
    (item,) = account.items("az://raw/2024/**", "az://prepared/{container}/{date}/{folder}/{name}/{stem}")
    assert item.output == "az://contoso@prepared/raw/2026-11-30/x/y/iris.csv.gz/iris/"
    assert (item.parts, item.parameters) == ({}, {})


def test_a_blob_without_folder_leaves_none_in_its_output(account: Account) -> None:
    account.put("a.csv", "x/b.csv")
    items = account.items("az://raw/**", "az://prepared/all/{folder}/{stem}/")
    assert [item.output for item in items] == ["az://contoso@prepared/all/a/", "az://contoso@prepared/all/x/b/"]


def test_an_unknown_part_is_refused_with_the_list_of_those_there_are(account: Account) -> None:
    account.put("north/year=2024/a.csv")
    with pytest.raises(InvalidOption, match=r"names {regoin}, which is not a part") as caught:
        account.plan("az://raw/{region}/**", "az://prepared/{regoin}/")
    assert "{name}, {stem}, {folder}, {container}, {date}, {region}, {year}" in caught.value.remedy
    with pytest.raises(InvalidOption, match=r"--param label names {regoin}, which is not a part"):
        account.plan("az://raw/{region}/**", parameters={"label": "{regoin}"})


def test_a_blob_without_the_part_that_others_have_is_named(account: Account) -> None:
    account.put("year=2024/a.csv", "z/b.csv")
    with pytest.raises(InvalidOption, match=r"for az://contoso@raw/z/b\.csv, names {year}, which is not a part"):
        account.plan("az://raw/*/*.csv", "az://prepared/{year}/{name}/")


def test_two_items_with_one_output_are_both_named(account: Account) -> None:
    account.put("a.csv", "a.tsv", "b.csv")
    with pytest.raises(InvalidOption) as caught:
        account.plan("az://raw/*", "az://prepared/{stem}/")
    assert caught.value.message == (
        "az://contoso@raw/a.csv and az://contoso@raw/a.tsv have the same output, az://contoso@prepared/a/"
    )
    assert "put {name} in place of {stem}" in caught.value.remedy
    assert len(account.items("az://raw/*", "az://prepared/{name}/")) == 3


def test_two_items_with_one_prefix_for_figures_are_both_named(account: Account) -> None:
    account.put("a.csv", "b.csv")
    with pytest.raises(InvalidOption, match=r"raw/a\.csv and .*raw/b\.csv have the same prefix for figures, .*pics/"):
        account.plan("az://raw/*", "az://prepared/{stem}/", figures="az://prepared/pics/")
    assert account.items("az://raw/*", "az://prepared/{stem}/", figures="az://prepared/{stem}/")


def test_outputs_that_meet_far_from_each_other_are_found_too(account: Account) -> None:
    account.put(*(f"{place}/{place}.csv" for place in range(1500)), "zz/7.csv")
    with pytest.raises(InvalidOption, match=r"raw/7/7\.csv and az://contoso@raw/zz/7\.csv have the same output"):
        account.plan("az://raw/*/*.csv", "az://prepared/{stem}/")


def test_values_that_only_look_alike_in_an_output_are_told_apart(account: Account) -> None:
    account.put("r=a%2Fb/x.csv", "r=a%252Fb/x.csv")
    outputs = [item.output for item in account.items("az://raw/*/*.csv", "az://prepared/{r}/")]
    assert [Reference.parse(output).blob for output in outputs] == ["a%252Fb/", "a%2Fb/"]


@pytest.mark.parametrize("value", ["..", ".", "...", "a%2Fb", "%2e%2e", "{run_id}", "{stem}", "a\\b", "ü", " ", "a*?b"])
def test_no_value_adds_a_folder_or_leads_out_of_one(account: Account, value: str) -> None:
    account.put(f"{value}/a.csv")
    (item,) = account.items("az://raw/{part}/*.csv", "az://prepared/in/{part}/x/")
    assert item.parts == {"part": value}
    output = account.workspace.locate(item.output, prefix=True, names=())
    folders = output.blob.split("/")
    assert (folders[0], folders[2:]) == ("in", ["x", ""])
    assert folders[1] not in ("", ".", "..")
    assert not {"{", "}"}.intersection(item.output)


def test_results_that_would_be_inputs_of_the_next_batch_are_refused(account: Account) -> None:
    account.put("a.csv")
    with pytest.raises(InvalidOption, match="results would be inputs of the next batch"):
        account.plan("az://raw/**", "az://raw/out/{stem}/")
    account.put("x/a.csv", "x/a.txt")
    for pattern, results in (("az://raw/**/*.csv", "csv"), ("az://raw/**/*.txt", "parquet")):  # and its log.txt
        with pytest.raises(InvalidOption, match="results would be inputs of the next batch"):
            account.plan(pattern, "az://raw/out/{stem}/", format=results)
    assert account.items("az://raw/**/*.csv", "az://raw/out/{stem}/")
    assert account.items("az://raw/**", "az://raw/out/{folder}/{name}/", where=("folder!=out**", "size>0"))
    with pytest.raises(InvalidOption, match="results would be inputs of the next batch"):
        account.plan("az://raw/**", "az://raw/out/{folder}/{name}/", where=("size>0",))
    assert account.items("az://raw/*.csv", "az://raw/out/{stem}/", format="csv")


def test_an_output_in_the_place_of_the_record_is_refused(account: Account) -> None:
    account.put("_batch/a.csv", "x/b.csv")
    with pytest.raises(InvalidOption, match=r"raw/_batch/a\.csv is .*prepared/_batch/a/, which is the place of the"):
        account.plan("az://raw/{part}/*.csv", "az://prepared/{part}/{stem}/")
    with pytest.raises(InvalidOption, match=r"prepared/x/b/, which is the place of the batch's record"):
        account.plan("az://raw/{part}/*.csv", "az://prepared/{part}/{stem}/", record="az://contoso@prepared/x")
    assert account.items("az://raw/{part}/*.csv", "az://prepared/{part}/{stem}/", record="az://raw/_batch/")


@pytest.mark.parametrize(
    ("pattern", "output", "message"),
    [
        ("az://raw/2024/", "az://prepared/{stem}/", "is a prefix"),
        ("az://raw/", "az://prepared/{stem}/", "is a prefix"),
        ("az://raw/*", "runs/{run_id}/", "no place for its results"),
        ("az://raw/*", "az://prepared/{run_id}/{stem}/", "names the run"),
        ("az://raw/*", "az://prepared/*/{stem}/", "has a wildcard"),
        (None, "az://prepared/{stem}/", "nothing to read"),
    ],
)
def test_what_no_batch_can_be_is_refused(account: Account, pattern: str | None, output: str, message: str) -> None:
    account.put("a.csv", "2024/b.csv")
    with pytest.raises(InvalidOption, match=message):
        account.plan(pattern, output)


def test_a_pattern_that_matches_nothing_is_an_error(account: Account) -> None:
    with pytest.raises(BlobNotFound, match=r"no blob matches az://raw/\{a\}\.csv"):
        account.plan("az://raw/{a}.csv")
    with pytest.raises(ContainerNotFound):
        account.plan("az://missing/{a}.csv")
    with pytest.raises(InvalidReference):
        account.plan("az://raw/{a.csv")


def test_blobs_that_only_mark_a_folder_are_no_items(account: Account) -> None:
    account.store.write("raw", "x", b"", content_type="", metadata={"hdi_isfolder": "true"})
    account.put("y/", data=b"")
    account.put("z.csv")
    assert names_of(account.items("az://raw/**")) == ["z.csv"]


def test_the_content_type_goes_along_only_where_the_name_shows_no_format(account: Account) -> None:
    account.put("a", "b.csv", content_type="text/csv")
    assert [item.inputs[0].content_type for item in account.items("az://raw/*")] == ["text/csv", ""]


def test_keys_are_sorted_as_they_are_written(account: Account) -> None:
    account.put("a%41.csv", "a*.csv", "a!.csv", "a\n.csv", "aé.csv", "a\U0001f600.csv", "a\uffee.csv")
    items = account.items("az://raw/*")
    assert len(items) == 7
    for item in items:
        assert account.workspace.locate(item.key).properties().etag == item.inputs[0].etag


def test_blobs_that_have_parts_in_common_are_one_item(account: Account) -> None:
    account.put("north/2024/b.csv", "south/2024/c.csv", "north/2025/d.csv", "north/2024/a.csv")
    items = account.items(
        "az://raw/{region}/{year}/*.csv", "az://prepared/{year}/{region}/", group_by=("year", "region")
    )
    assert [item.key for item in items] == [
        "year=2024/region=north",
        "year=2024/region=south",
        "year=2025/region=north",
    ]
    assert names_of(items[:1]) == ["north/2024/a.csv", "north/2024/b.csv"]
    assert items[0].parts == items[0].parameters == {"year": "2024", "region": "north"}
    assert items[0].output == "az://contoso@prepared/2024/north/"


def test_a_group_by_a_part_that_there_always_is(account: Account) -> None:
    account.put("x/y/a.csv", "x/y/b.csv", "x/c.csv")
    items = account.items("az://raw/**", "az://prepared/{folder}/all/", group_by=("folder",))
    assert [(item.key, item.output) for item in items] == [
        ("folder=x", "az://contoso@prepared/x/all/"),
        ("folder=x%2Fy", "az://contoso@prepared/x/y/all/"),
    ]


def test_what_differs_within_a_group_cannot_be_in_its_output(account: Account) -> None:
    account.put("north/a.csv", "north/b.csv")
    with pytest.raises(InvalidOption, match=r"names {stem}, which the blobs of a group need not have in common"):
        account.plan("az://raw/{region}/*.csv", "az://prepared/{stem}/", group_by=("region",))
    with pytest.raises(InvalidOption, match=r"--group-by, .*names {area}, which is not a part"):
        account.plan("az://raw/{region}/*.csv", "az://prepared/{region}/", group_by=("area",))


def test_a_group_of_more_blobs_than_one_run_reads_is_refused(account: Account) -> None:
    account.put(*(f"x/{place}.csv" for place in range(MAX_BLOBS + 1)), data=b"")
    with pytest.raises(LimitError, match=r"the group region=x has more than 10000 blobs"):
        account.plan("az://raw/{region}/*.csv", "az://prepared/{region}/", group_by=("region",))


def test_the_plan_knows_its_largest_items(account: Account) -> None:
    for place in range(100):
        account.put(f"{place:03}.csv", data=b"a")
    account.put("large.csv", data=b"b" * 100)
    with account.plan("az://raw/*") as plan:
        assert (plan.matched, plan.size, plan.fixed_output) == (101, 200, "az://contoso@prepared/")
        assert plan.largest(2) == [("az://contoso@raw/large.csv", 100), ("az://contoso@raw/000.csv", 1)]
        assert plan.share_of_largest() == 0.5


def test_options_that_a_name_in_the_settings_has_go_along_unless_they_were_given(tmp_path: Path) -> None:
    account = Account()
    account.put("a.csv")
    config = tmp_path / "blobprep.toml"
    config.write_text(
        '[datasets.sales]\nblob = "az://raw/{stem}.csv"\nread = { header = false, delimiter = ";" }\n', encoding="utf-8"
    )
    account.workspace = Workspace(config=config, environment={}, account="contoso", stores={"contoso": account.store})
    (item,) = account.items("sales", read1={"delimiter": ","})
    assert item.read1 == {"header": "false"}


def test_local_files_match_too(tmp_path: Path, account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("north/a.csv", "north/b.csv", "south/{x}%41.csv"):
        file = tmp_path / "data" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("n\n1\n")
    items = account.items("data/{region}/*.csv", "out/{region}/{stem}/")
    assert [item.key for item in items] == [
        f"{tmp_path}/data/north/a.csv",
        f"{tmp_path}/data/north/b.csv",
        f"{tmp_path}/data/south/{{x}}%41.csv",
    ]
    assert [item.output for item in items] == [
        f"{tmp_path}/out/north/a/",
        f"{tmp_path}/out/north/b/",
        f"{tmp_path}/out/south/%7Bx%7D%2541/",
    ]
    for item in items:
        assert account.workspace.locate(item.key, names=()).properties().etag == item.inputs[0].etag
    with pytest.raises(BlobNotFound, match=r"no blob matches data/\*\.tsv"):
        account.plan("data/*.tsv", "out/{stem}/")
    with pytest.raises(InvalidOption, match="is a folder"):
        account.plan("data", "out/{stem}/")


def test_large_blobs_are_divided_once_and_the_plan_keeps_the_pieces(account: Account) -> None:
    account.put("large.csv", data=b"n\n" + b"".join(b"%d\n" % row for row in range(10)))
    account.put("small.csv", "wide.csv.gz", data=b"n\n1\n")
    with account.plan("az://raw/*", "az://prepared/{stem}/", rows_per_run=4) as plan:
        items = list(plan)
        assert items == list(plan)
        assert [item.key.partition("#")[2] for item in items] == [
            *("rows=000000000000-000000000003", "rows=000000000004-000000000007", "rows=000000000008-000000000009"),
            *("", ""),
        ]
        assert len({item.output for item in items}) == plan.matched == 5
        assert plan.largest(1) == [(items[0].key, 22)]
