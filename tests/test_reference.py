from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blobprep.errors import InvalidReference
from blobprep.reference import Reference, is_reference, split_sas

CONTAINERS = st.from_regex(r"[a-z0-9]([a-z0-9]-?){1,20}[a-z0-9]", fullmatch=True)
ACCOUNTS = st.from_regex(r"[a-z0-9]{3,24}", fullmatch=True)
BLOBS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
MARKS = st.none() | st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
SAS = "sv=2024-01-01&se=2030-01-01&sp=r&sig=abc%2Bdef%3D"


@settings(deadline=None)
@given(
    st.none() | ACCOUNTS,
    CONTAINERS,
    BLOBS,
    MARKS,
    MARKS,
    st.sampled_from([None, "https://contoso.blob.core.windows.net", "http://127.0.0.1:10000/contoso"]),
)
def test_what_a_reference_prints_parses_back(account, container, blob, version_id, snapshot, endpoint):
    reference = Reference("contoso" if endpoint else account, container, blob, version_id, snapshot, endpoint)

    assert Reference.parse(str(reference)) == reference


@settings(deadline=None)
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
