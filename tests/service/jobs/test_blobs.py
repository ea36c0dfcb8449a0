from __future__ import annotations

import pytest

from blobprep.service.failures import ServiceFailure
from blobprep.service.jobs.blobs import GivenBlob, parse_blob, read_fields, require_dataset

KEY = "c4n4ry" + "A" * 80 + "=="
STRING = f"DefaultEndpointsProtocol=https;AccountName=contoso;AccountKey={KEY}"
BASE = "https://contoso.blob.core.windows.net/"
TOKEN = "?sv=2024-11-04&sr=b&sig=c4n4ry%2Bsig%3D&sp=rw"


def parse(*, accounts: tuple[str, ...] = (), hosts: tuple[str, ...] = (), **fields: str | None) -> GivenBlob:
    return parse_blob(read_fields(fields), "input1", accounts=accounts, hosts=hosts)


def refused(*, accounts: tuple[str, ...] = (), hosts: tuple[str, ...] = (), **fields: str | None) -> tuple[str, str]:
    with pytest.raises(ServiceFailure) as caught:
        parse(accounts=accounts, hosts=hosts, **fields)
    failure = caught.value
    assert (failure.status, failure.code) == (400, "BadArgument")
    detail = failure.details[0]
    assert "c4n4ry" not in f"{detail} {failure}"
    assert detail.target == "input1"
    return detail.code, detail.message


def test_a_connection_string_and_a_name_that_is_as_it_is() -> None:
    given = parse(ConnectionString=STRING, RelativeLocation="/raw/a b/100%25 *.csv", BaseLocation=None, SasBlobToken="")
    assert given.reference.blob == "a b/100%25 *.csv"
    assert given.printed == BASE + "raw/a%20b/100%2525%20%2A.csv"
    assert given.account is not None
    assert given.account.credential.secret == KEY
    assert "c4n4ry" not in repr(given)


def test_an_address_in_parts_whose_name_is_encoded() -> None:
    for base, relative in [(BASE, "raw/a%20b.csv"), (BASE.rstrip("/"), "/raw/a%20b.csv"), (BASE + "raw/a%20b.csv", "")]:
        given = parse(BaseLocation=base, RelativeLocation=relative, SasBlobToken=TOKEN)
        assert (given.reference.container, given.reference.blob) == ("raw", "a b.csv")
        assert given.account is not None
        assert given.account.credential.kind == "sas"
        assert given.account.credential.secret == TOKEN[1:]
        assert "c4n4ry" not in given.printed


def test_a_token_may_stand_in_the_address_itself() -> None:
    given = parse(BaseLocation=BASE, RelativeLocation="raw/a.csv" + TOKEN)
    assert given.account is not None
    assert given.account.credential.kind == "sas"


def test_fields_are_known_in_any_case_and_nulls_are_nothing() -> None:
    assert read_fields({"connectionstring": " a ", "RELATIVELOCATION": None, "other": "b", "SasBlobToken": 5}) == {
        "ConnectionString": "a"
    }
    for nothing in (None, "text", [], 5):
        assert read_fields(nothing) == {}


@pytest.mark.parametrize(
    "fields",
    [
        {"ConnectionString": "AccountName=contoso", "RelativeLocation": "raw/a.csv"},
        {"BaseLocation": BASE, "RelativeLocation": "raw/a.csv"},
        {"RelativeLocation": "az://contoso@raw/a.csv"},
        {"RelativeLocation": "raw/a.csv"},
    ],
)
def test_an_account_of_the_settings_where_the_service_allows_it(fields: dict[str, str]) -> None:
    given = parse(accounts=("contoso",), **fields)
    assert given.account is None
    assert given.printed == "az://contoso@raw/a.csv"


def test_an_account_that_is_not_allowed_gets_no_credential_of_the_settings() -> None:
    given = parse(accounts=("fabrikam",), BaseLocation=BASE, RelativeLocation="raw/a.csv")
    assert given.account is not None
    assert given.account.credential.kind == "anonymous"
    for fields in ({"RelativeLocation": "az://contoso@raw/a.csv"}, {"RelativeLocation": "raw/a.csv"}):
        code, message = refused(accounts=("fabrikam", "other"), **fields)
        assert code == "InvalidBlob"
        assert "the server's accounts" in message
    assert refused(ConnectionString="AccountName=contoso", RelativeLocation="raw/a.csv")[0] == (
        "InvalidBlobConnectionString"
    )


@pytest.mark.parametrize(
    "fields",
    [
        {"ConnectionString": "UseDevelopmentStorage=true"},
        {"ConnectionString": f"{STRING};EndpointSuffix=evil.example"},
        {"ConnectionString": f"{STRING};BlobEndpoint=https://10.0.0.8/contoso"},
        {"ConnectionString": f"{STRING};BlobEndpoint=http://127.0.0.1:8080/contoso"},
        {"ConnectionString": f"{STRING};BlobEndpoint=https://localhost/contoso"},
        {"ConnectionString": f"{STRING};BlobEndpoint=https://[::1]/contoso"},
        {"ConnectionString": f"{STRING};BlobEndpoint=https://contoso.blob.core.windows.net.evil.example"},
        {"ConnectionString": f"{STRING};BlobEndpoint=https://contoso.blob.core.windows.net:8443"},
        {"ConnectionString": STRING.replace("=https", "=http")},
        {"BaseLocation": "http://169.254.169.254/metadata"},
        {"BaseLocation": "https://169.254.169.254/"},
        {"BaseLocation": "http://contoso.blob.core.windows.net/"},
        {"BaseLocation": "https://evil.example/", "SasBlobToken": TOKEN},
        {"BaseLocation": "https://internal/", "SasBlobToken": TOKEN},
        {"BaseLocation": "https://contoso.blob.core.windows.net@10.0.0.8/", "SasBlobToken": TOKEN},
        {"BaseLocation": "file:///etc"},
        {"BaseLocation": "az://", "SasBlobToken": TOKEN},
    ],
)
def test_a_request_makes_the_server_call_no_other_hosts(fields: dict[str, str]) -> None:
    code, _ = refused(RelativeLocation="raw/a.csv", accounts=("dev",), **fields)
    assert code == "InvalidBlob"


@pytest.mark.parametrize(
    ("hosts", "fields"),
    [
        (("127.0.0.1:10000",), {"ConnectionString": "UseDevelopmentStorage=true"}),
        (("storage.contoso.example",), {"BaseLocation": "https://storage.contoso.example/", "SasBlobToken": TOKEN}),
        (
            ("storage.contoso.example:8443",),
            {"ConnectionString": f"{STRING};BlobEndpoint=https://storage.contoso.example:8443/contoso"},
        ),
    ],
)
def test_hosts_that_the_service_lists_are_called(hosts: tuple[str, ...], fields: dict[str, str]) -> None:
    assert parse(hosts=hosts, RelativeLocation="raw/a.csv", **fields).account is not None
    refused(hosts=("127.0.0.1:9999", "other.example"), RelativeLocation="raw/a.csv", **fields)


@pytest.mark.parametrize("suffix", ["core.chinacloudapi.cn", "core.usgovcloudapi.net"])
def test_every_cloud_of_microsoft_is_allowed(suffix: str) -> None:
    assert parse(ConnectionString=f"{STRING};EndpointSuffix={suffix}", RelativeLocation="raw/a.csv").account


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"ConnectionString": STRING}, "InputBlobRelativeLocationInvalid"),
        ({"ConnectionString": STRING, "RelativeLocation": "/"}, "InputBlobRelativeLocationInvalid"),
        ({"ConnectionString": STRING, "RelativeLocation": "raw"}, "InputBlobRelativeLocationInvalid"),
        ({"ConnectionString": STRING, "RelativeLocation": "raw/"}, "InputBlobRelativeLocationInvalid"),
        ({"ConnectionString": STRING, "RelativeLocation": "raw/folder/"}, "InputBlobRelativeLocationInvalid"),
        ({"ConnectionString": STRING, "RelativeLocation": "RAW/a.csv"}, "ContainerSegmentInvalid"),
        ({"ConnectionString": STRING, "RelativeLocation": "raw--x/a.csv"}, "ContainerSegmentInvalid"),
        ({"ConnectionString": STRING, "RelativeLocation": f"raw/{'a' * 1025}"}, "InvalidBlob"),
        ({"ConnectionString": STRING, "RelativeLocation": "raw/a\x00.csv"}, "InvalidBlob"),
        ({"ConnectionString": STRING, "RelativeLocation": BASE + "raw/a.csv"}, "InvalidBlob"),
        ({"ConnectionString": "c4n4ry", "RelativeLocation": "raw/a.csv"}, "InvalidBlobConnectionString"),
        ({"ConnectionString": f"AccountKey={KEY}", "RelativeLocation": "raw/a.csv"}, "InvalidBlobConnectionString"),
        ({"ConnectionString": "Server=tcp:c4n4ry", "RelativeLocation": "raw/a.csv"}, "InvalidBlobConnectionString"),
        ({"SasBlobToken": TOKEN}, "MissingInputBlobInformation"),
        ({"BaseLocation": BASE, "RelativeLocation": "raw/a.csv", "SasBlobToken": "?x=c4n4ry"}, "InvalidBlob"),
        ({"BaseLocation": BASE, "RelativeLocation": "raw/*.csv", "SasBlobToken": TOKEN}, "InvalidBlob"),
        ({"BaseLocation": BASE, "RelativeLocation": "raw/", "SasBlobToken": TOKEN}, "InputBlobRelativeLocationInvalid"),
        ({"BaseLocation": BASE, "RelativeLocation": "RAW/a.csv", "SasBlobToken": TOKEN}, "InvalidBlob"),
    ],
)
def test_what_names_no_blob_gets_the_classic_code(fields: dict[str, str], code: str) -> None:
    assert refused(**fields)[0] == code


@pytest.mark.parametrize(("name", "extension"), [("a.csv", "csv"), ("a.b.TSV", "tsv"), ("x/.arff", "arff")])
def test_a_dataset_is_known_by_its_extension(name: str, extension: str) -> None:
    given = parse(ConnectionString=STRING, RelativeLocation=f"raw/{name}")
    assert require_dataset(given, "input1") == extension


@pytest.mark.parametrize("name", ["a", "a.txt", "a.ilearner", "a.csv/b", "csv", "a.csv."])
def test_other_extensions_are_refused(name: str) -> None:
    with pytest.raises(ServiceFailure) as caught:
        require_dataset(parse(ConnectionString=STRING, RelativeLocation=f"raw/{name}"), "input1")
    detail = caught.value.details[0]
    assert detail.code == "InvalidBlobExtension"
    assert '".csv, .tsv, .arff"' in detail.message
