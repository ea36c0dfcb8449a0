from __future__ import annotations

import csv
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from blobprep.errors import InvalidReference, StoreError
from blobprep.reference import Reference, has_wildcard, is_reference, literal_prefix, matcher, split_sas
from blobprep.reference.names import is_container_name
from blobprep.reference.percent import encode_plain, encode_url
from blobprep.reference.values import print_below
from blobprep.reference.wildcards import is_flat
from blobprep.stores.memory import MemoryStore

CONTAINERS = st.from_regex(r"[a-z0-9]([a-z0-9]-?){1,20}[a-z0-9]", fullmatch=True)
ACCOUNTS = st.from_regex(r"[a-z0-9]{3,24}", fullmatch=True)
BLOBS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
MARKS = st.none() | st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
with (Path(__file__).parent / "data" / "references.csv").open(encoding="utf-8", newline="") as _table:
    CORPUS = list(csv.DictReader(_table))
UNDERSTOOD = [row for row in CORPUS if row["verdict"] == "ok"]
REFUSED = [row for row in CORPUS if row["verdict"] == "error"]
ENDPOINTS = st.sampled_from(
    [
        "https://contoso.blob.core.windows.net",
        "http://contoso.blob.core.chinacloudapi.cn",
        "https://contoso-secondary.z12.blob.storage.azure.net",
        "http://127.0.0.1:10000/contoso",
        "http://contoso.blob.localhost:10000",
        "https://contoso.data.example",
    ]
)
PIECES = st.lists(st.sampled_from(["*", "**", "?"]) | st.text("ab%2A*?/=&sig#.+ \n\u2028ü", max_size=6), max_size=8)
SAS = "sv=2024-01-01&se=2030-01-01&sp=r&sig=abc%2Bdef%3D"


@given(
    st.none() | ACCOUNTS,
    CONTAINERS,
    BLOBS,
    MARKS,
    MARKS,
    st.none() | ENDPOINTS,
    st.sampled_from(["", "/", "%/", "%2/", "%2F", "//"]),
    st.booleans(),
)
def test_what_a_reference_prints_parses_back(account, container, blob, version_id, snapshot, endpoint, end, exact):
    account = "contoso" if endpoint else account
    reference = Reference(account, container, blob + end, version_id, snapshot, endpoint, exact=exact)

    assert Reference.parse(str(reference)) == reference
    assert reference.exact == (exact and reference.blob.endswith("/"))
    assert reference.is_prefix == (reference.blob[-1:] in ("", "/") and not reference.exact)


@given(BLOBS, st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20))
def test_no_text_of_a_sas_token_is_printed(blob, signature):
    clean = str(Reference("contoso", "raw", blob, endpoint="https://contoso.blob.core.windows.net"))
    secret = "sig=" + "".join(f"%{byte:02X}" for byte in signature.encode())

    address, token = split_sas(f"{clean}?sv=1&{secret}")

    assert (address, token) == (clean, f"sv=1&{secret}")
    assert "sig=" not in str(Reference.parse(f"{clean}?sv=1&{secret}"))


@pytest.mark.parametrize(
    ("text", "account", "container", "blob", "endpoint"),
    [
        ("az://raw/2024/iris.csv", None, "raw", "2024/iris.csv", None),
        ("AZ://raw/iris.csv", None, "raw", "iris.csv", None),
        ("az://contoso@raw/iris.csv", "contoso", "raw", "iris.csv", None),
        ("az://raw", None, "raw", "", None),
        ("az://raw/a%20b%2A", None, "raw", "a b*", None),
        ("az://raw/100%", None, "raw", "100%", None),
        ("az://raw/%2541", None, "raw", "%41", None),
        ("az://raw/a#b?c", None, "raw", "a#b?c", None),
        ("az://raw/x/a%2f", None, "raw", "x/a/", None),
        ("az://raw/x%2Fa", None, "raw", "x/a", None),
        ("az://$web/index.html", None, "$web", "index.html", None),
        (
            "https://Contoso.blob.core.windows.net/raw/x",
            "contoso",
            "raw",
            "x",
            "https://contoso.blob.core.windows.net",
        ),
        (
            "https://contoso.blob.core.windows.net/raw//x",
            "contoso",
            "raw",
            "/x",
            "https://contoso.blob.core.windows.net",
        ),
        ("http://127.0.0.1:10000/dev1/raw/x", "dev1", "raw", "x", "http://127.0.0.1:10000/dev1"),
        ("http://localhost:10000/dev1/raw/x", "dev1", "raw", "x", "http://localhost:10000/dev1"),
        ("http://[::1]:10000/dev1/raw/x", "dev1", "raw", "x", "http://[::1]:10000/dev1"),
        ("http://azurite:10000/dev1/raw/x", "dev1", "raw", "x", "http://azurite:10000/dev1"),
    ],
)
def test_every_dialect_names_account_container_and_blob(text, account, container, blob, endpoint):
    reference = Reference.parse(text)

    assert (reference.account, reference.container, reference.blob) == (account, container, blob)
    assert reference.endpoint == endpoint


@pytest.mark.parametrize("row", UNDERSTOOD, ids=lambda row: row["text"])
def test_every_text_of_the_corpus_means_what_its_row_says(row):
    reference = Reference.parse(row["text"])

    found = {
        "account": reference.account or "",
        "container": reference.container,
        "blob": reference.blob,
        "version_id": reference.version_id or "",
        "snapshot": reference.snapshot or "",
        "endpoint": reference.endpoint or "",
        "pattern": reference.pattern or "",
        "datastore": reference.datastore or "",
        "secondary": "yes" if reference.is_secondary else "",
        "sas": split_sas(row["text"])[1] or "",
        "printed": str(reference),
    }
    assert found == {name: row[name] for name in found}
    assert reference.protocol == (row["endpoint"].partition(":")[0] or None)
    assert Reference.parse(row["printed"]) == reference


@pytest.mark.parametrize("row", REFUSED, ids=lambda row: row["text"])
def test_every_mistake_of_the_corpus_is_refused_with_the_form_that_was_meant(row):
    with pytest.raises(InvalidReference) as caught:
        Reference.parse(row["text"])

    assert row["hint"] in str(caught.value)
    assert caught.value.remedy
    assert "REDACTED" not in str(caught.value)


def test_the_corpus_is_a_table_of_its_own():
    texts = [row["text"] for row in CORPUS]

    assert len(texts) >= 150
    assert len(set(texts)) == len(texts)
    assert all(row["hint"] or row["verdict"] == "ok" for row in CORPUS)
    assert f"{len(texts)} texts" in (Path(__file__).parent / "data" / "README.md").read_text(encoding="utf-8")


@given(
    st.sampled_from([row for row in UNDERSTOOD if not row["sas"]]),
    st.text("abc123%2BF=/", max_size=30),
    st.booleans(),
)
def test_no_part_of_a_signature_is_left_in_any_dialect(row, signature, last):
    mark = "&" if row["version_id"] or row["snapshot"] else "?"
    signed = f"sv=1&sig=c4n4ry{signature}" if last else f"sig=c4n4ry{signature}&sv=1"

    reference = Reference.parse(f"{row['text']}{mark}{signed}")

    assert reference == Reference.parse(row["text"])
    assert "c4n4ry" not in f"{reference} {reference!r}"


@given(st.sampled_from(CORPUS), st.sampled_from(["?", "&", "#", ";", "%3F", "?a=b?", "?x&", "&amp;"]), st.booleans())
def test_a_signature_in_the_wrong_place_is_never_printed(row, mark, repeated):
    text = f"{row['text']}{mark}sv=1&sig=c4n4ry" + ("?snapshot=1" if repeated else "")

    try:
        reference = Reference.parse(text)
        printed = f"{reference} {reference!r}"
    except InvalidReference as error:
        printed = str(error)

    assert "c4n4ry" not in printed


@given(st.none() | ENDPOINTS, st.none() | ACCOUNTS, CONTAINERS, PIECES)
def test_a_pattern_prints_and_parses_back(endpoint, account, container, pieces):
    texts = [piece if piece in ("*", "**", "?") else encode_url(piece) for piece in pieces]
    path = "".join(text.replace("=", "%3D") for text in texts)
    pattern = Reference.parse(f"az://raw/{path}")
    # A URL takes no `?`, and only the service's own hosts have another form; no text leads to the rest.
    assume(endpoint is None or ".blob." in endpoint or "?" not in (pattern.pattern or ""))
    reference = replace(pattern, account="contoso" if endpoint else account, container=container, endpoint=endpoint)

    assert Reference.parse(str(reference)) == reference


@given(BLOBS, st.none() | MARKS, st.booleans())
def test_a_blob_of_a_datastore_prints_and_parses_back(blob, version_id, exact):
    reference = Reference(None, "", f"{blob}/" if exact else blob, version_id, datastore="lake", exact=exact)

    assert Reference.parse(str(reference)) == reference


@given(BLOBS)
def test_every_dialect_reads_the_same_name(blob):
    plain, url = encode_plain(blob), encode_url(blob)
    texts = [
        *(f"{scheme}://raw/{plain}" for scheme in ("az", "azure", "abfs", "abfss", "abs")),
        *(f"{scheme}://raw@contoso.dfs.core.windows.net/{plain}" for scheme in ("abfs", "wasb", "wasbs", "az")),
        f"abs://contoso.blob.core.windows.net/raw/{plain}",
        f"azureml://datastores/lake/paths/{plain}",
        f"https://contoso.dfs.core.windows.net/raw/{url}",
        f"http://azurite:10000/contoso/raw/{url}",
        f"https://onelake.dfs.fabric.microsoft.com/raw/{url}",
    ]

    assert {Reference.parse(text).blob for text in texts} == {blob}


@given(st.sampled_from(["az://raw/2024/", "https://contoso.blob.core.windows.net/raw/2024/"]), BLOBS)
def test_what_is_printed_below_a_prefix_names_the_blob_below_it(prefix, name):
    blob = Reference.parse(print_below(prefix, name))

    assert blob.blob == f"2024/{name}"
    assert not blob.is_prefix
    assert Reference.parse(print_below(prefix, f"{name}/", prefix=True)).is_prefix


@pytest.mark.parametrize("name", ["a\u3000b", "zero\u200bwidth", "\u202egnp.exe", "tab\t", "\x85"])
def test_what_would_not_show_in_a_name_is_encoded(name):
    printed = str(Reference(None, "raw", name))

    assert printed.isascii()
    assert Reference.parse(printed).blob == name


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("az://raw/x/a%2F", "az://raw/x/a%2F"),
        ("abfss://raw@contoso.dfs.core.windows.net/%2f", "https://contoso.blob.core.windows.net/raw/%2F"),
        ("https://contoso.blob.core.windows.net/raw/x/a%2F?snapshot=1", None),
        ("azureml://datastores/lake/paths/x/a%2F", "azureml://datastores/lake/paths/x/a%2F"),
    ],
)
def test_an_encoded_slash_at_the_end_is_the_last_character_of_a_blobs_name(text, printed):
    reference = Reference.parse(text)

    assert (reference.exact, reference.is_prefix, reference.blob[-1:]) == (True, False, "/")
    assert str(reference) == (printed or text)
    assert Reference.parse(text[:-3] + "/" if printed else text).is_prefix == bool(printed)


def test_in_a_pattern_a_slash_at_the_end_is_a_blobs_however_it_is_written():
    for text in ("az://raw/x/*/", "az://raw/x/*%2F"):
        reference = Reference.parse(text)

        assert (str(reference), reference.exact, reference.is_prefix) == ("az://raw/x/*/", False, False)
        assert [name for name in ("x/a/", "x/a", "x/a/b") if matcher(reference)(name)] == ["x/a/"]
        assert str(reference.sibling("x/a/")) == "az://raw/x/a%2F"


@pytest.mark.parametrize(
    ("pattern", "matching", "others"),
    [
        ("*", ["a", "", ".hidden", "a\nb"], ["a/b", "a/"]),
        ("**", ["a", "a/b", "a/", ""], []),
        ("a?c", ["abc", "a?c"], ["a/c", "ac", "abbc"]),
        ("*.csv", ["x.csv", ".csv"], ["a/x.csv", "xxcsv", "x.csv.gz"]),
        ("2024/*/x.csv", ["2024/05/x.csv", "2024//x.csv"], ["2024/x.csv", "2024/05/06/x.csv"]),
        ("**/x.csv", ["a/x.csv", "a/b/x.csv", "/x.csv"], ["x.csv"]),
        ("**x.csv", ["x.csv", "a/x.csv"], ["x.csv2"]),
        ("%2A*", ["*", "*a"], ["a"]),
        ("%3F?", ["?a"], ["ab"]),
        ("[ab]*", ["[ab]", "[ab]c"], ["a"]),
        ("a.b*", ["a.b"], ["axb"]),
    ],
)
def test_a_star_stops_at_a_slash_and_two_do_not(pattern, matching, others):
    reference = Reference.parse(f"az://raw/{pattern}")
    matches = matcher(reference)

    assert has_wildcard(reference)
    assert [name for name in [*matching, *others] if matches(name)] == matching


def test_a_name_without_wildcards_matches_itself_alone():
    reference = Reference.parse("az://raw/%2A.csv")

    assert not has_wildcard(reference)
    assert literal_prefix(reference) == "*.csv"
    assert matcher(reference)("*.csv")
    assert not matcher(reference)("x.csv")


@pytest.mark.parametrize(
    ("pattern", "prefix", "flat"),
    [
        ("*", "", True),
        ("2024/05-*.csv", "2024/05-", True),
        ("2024/%2A?", "2024/*", True),
        ("2024/*/x", "2024/", False),
        ("2024/*%2Fx", "2024/", False),
        ("a**", "a", False),
    ],
)
def test_what_need_be_listed_is_the_text_before_the_first_wildcard(pattern, prefix, flat):
    reference = Reference.parse(f"az://raw/{pattern}")

    assert literal_prefix(reference) == prefix
    assert is_flat(reference) == flat


@given(PIECES, st.text("ab/%2A*?=", max_size=8))
def test_what_matches_begins_with_the_literal_prefix(pieces, name):
    pattern = "".join(piece if piece in ("*", "**", "?") else encode_url(piece) for piece in pieces)
    reference = Reference.parse(f"az://raw/{pattern}")

    if matcher(reference)(name):
        assert name.startswith(literal_prefix(reference))


LAKE = {
    "lake": "az://contoso@raw/base",
    "cloud": "https://contoso.blob.core.windows.net/raw/",
    "local": "http://127.0.0.1:10000/contoso/raw/",
    "wild": "az://raw/*/",
    "loop": "azureml://datastores/lake/paths/",
}


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("azureml://datastores/lake/paths/a b.csv", "az://contoso@raw/base/a b.csv"),
        ("azureml://datastores/lake/paths/", "az://contoso@raw/base/"),
        ("azureml://datastores/lake/paths/x?snapshot=1", "az://contoso@raw/base/x?snapshot=1"),
        ("azureml://datastores/lake/paths/x%2F", "az://contoso@raw/base/x%2F"),
        ("azureml://datastores/lake/paths/?.csv", "az://contoso@raw/base/?.csv"),
        ("azureml://datastores/cloud/paths/a b.csv", "https://contoso.blob.core.windows.net/raw/a%20b.csv"),
        ("azureml://datastores/cloud/paths/?.csv", "az://raw@contoso.blob.core.windows.net/?.csv"),
        ("azureml://datastores/local/paths/*.csv", "http://127.0.0.1:10000/contoso/raw/*.csv"),
        (
            "azureml://subscriptions/s/resourcegroups/r/workspaces/w/datastores/lake/paths/x.csv",
            "az://contoso@raw/base/x.csv",
        ),
    ],
)
def test_a_datastore_stands_for_a_container_or_a_prefix(text, printed):
    reference = Reference.parse(text, datastores=LAKE)

    assert str(reference) == printed
    assert Reference.parse(printed) == reference


@pytest.mark.parametrize(
    ("name", "path", "hint"),
    [
        ("other", "x", "[datastores.other]"),
        ("wild", "x", "az://ACCOUNT@CONTAINER/"),
        ("loop", "x", "az://ACCOUNT@CONTAINER/"),
        ("local", "?", "write * instead of ?"),
    ],
)
def test_a_datastore_that_leads_nowhere_is_refused(name, path, hint):
    with pytest.raises(InvalidReference) as caught:
        Reference.parse(f"azureml://datastores/{name}/paths/{path}", datastores=LAKE)

    assert hint in caught.value.remedy


def test_version_and_snapshot_are_read_and_stay_beside_a_sas_token():
    text = f"https://contoso.blob.core.windows.net/raw/x?versionId=2024-01-01T00:00:00.1Z&{SAS}"

    address, token = split_sas(text)

    assert token == SAS
    assert Reference.parse(address).version_id == "2024-01-01T00:00:00.1Z"
    assert Reference.parse("az://raw/x?snapshot=2024").snapshot == "2024"


@pytest.mark.parametrize(
    "text",
    [
        "raw/iris.csv",
        "az://",
        "az://c/x",
        "az://UPPER/x",
        "az://two--hyphens/x",
        "az://raw\n/x",
        "az://no_account@raw/x",
        "ftp://host/raw/x",
        "https://contoso.blob.core.windows.net/",
        "https://contoso.blob.core.windows.net/raw/a#b",
        "https://contoso.blob.core.windows.net/raw/a\nb",
        "https://contoso.blob.core.windows.net/raw/a?b.csv",
        "https://contoso.blob.core.windows.net/raw/%FF",
        "https://contoso.blob.core.windows.net:port/raw/x",
        "http://[::1/dev/raw/x",
        "http://127.0.0.1:10000/",
        "az://raw/\udcff",
        "https://b../raw/a",
        "https://a..blob.core.windows.net/raw/a",
        "https://.b/raw/a",
    ],
)
def test_a_text_that_names_no_blob_is_refused_with_a_remedy(text):
    with pytest.raises(InvalidReference) as caught:
        Reference.parse(text)

    assert caught.value.remedy


@pytest.mark.parametrize(
    "text",
    [
        "https://user:c4n4ry@host.example/raw/x",
        "ftp://user:c4n4ry@host/x",
        "az://user:c4n4ry@raw/x",
        "wasbs://raw/x?sv=1&sig=c4n4ry",
        "az://UPPER/x?sig=c4n4ry",
        "https://contoso.blob.core.windows.net/raw/x?se=c4n4ry",
    ],
)
def test_a_refusal_shows_no_secret(text):
    with pytest.raises(InvalidReference) as caught:
        Reference.parse(text)

    assert "c4n4ry" not in str(caught.value)


@pytest.mark.parametrize("between", ["\n", "\r\n    ", "=\r\n", " ", "\t"])
def test_an_address_that_a_mail_program_broke_within_its_token_is_told_wherever_it_broke(between):
    text = "https://contoso.blob.core.windows.net/raw/x?sv=2024-11-04&sr=b&sig=c4n4ryc4n4ry&se=2030-01-01"

    for place in range(text.index("?") + 1, len(text)):
        with pytest.raises(InvalidReference, match="line break") as caught:
            Reference.parse(text[:place] + between + text[place:])
        assert "n4ry" not in f"{caught.value} {caught.value!r}"


def test_a_whole_account_is_named_by_its_address_or_the_scheme_alone():
    assert Reference.parse_account("az://") == Reference(None, "", "")
    assert Reference.parse_account("az://contoso@") == Reference("contoso", "", "")
    assert str(Reference.parse_account("https://contoso.blob.core.windows.net/")) == (
        "https://contoso.blob.core.windows.net"
    )
    assert Reference.parse_account("az://raw") is None


def test_only_texts_with_a_scheme_are_references():
    assert is_reference("az://raw/x")
    assert not is_reference("raw/x")
    assert not is_reference("./az:/x")


def test_a_query_that_only_looks_signed_is_left_alone():
    assert split_sas("az://raw/x?mysig=1") == ("az://raw/x?mysig=1", None)
    assert split_sas("./x?sig=1") == ("./x?sig=1", None)


def test_a_sibling_keeps_account_and_address_and_drops_the_version():
    reference = Reference.parse("http://127.0.0.1:10000/dev1/raw/x?versionId=1")

    assert str(reference.sibling("y")) == "http://127.0.0.1:10000/dev1/raw/y"


@pytest.mark.parametrize(
    "container", ["$root", "$web", "$logs", "$blobchangefeed", "raw-2024", "Raw", "raw--2024", "-raw"]
)
def test_stores_and_references_have_one_rule_for_names_of_containers(container):
    store = MemoryStore("contoso")
    valid = is_container_name(container)

    for take in (lambda: Reference.parse(f"az://{container}/x"), lambda: store.create_container(container)):
        with nullcontext() if valid else pytest.raises((InvalidReference, StoreError)):
            take()
