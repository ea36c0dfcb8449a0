from __future__ import annotations

import json
import re
import secrets
from datetime import UTC, datetime
from importlib.metadata import version

import pytest
from azure.storage.blob import BlobServiceClient, generate_container_sas

from blobprep.cli import main
from blobprep.errors import ScriptError
from blobprep.limits import LIMITS
from blobprep.runs.arguments import NO_OBJECTS, read_arguments
from blobprep.runs.options import OPTIONS, RunOptions
from blobprep.runs.preview import Head
from blobprep.settings import SETTINGS
from tests.emulator import ACCOUNT, connection_string
from tests.emulator import KEY as KEY_OF_AZURITE

KEY = "c4n4ryKEY" + "A" * 77 + "=="
SAS = "sv=2024-01-01&sp=r&sig=c4n4rySASAA%3D"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A working folder with a folder account `dev` that holds `az://data/pima.csv`, and nothing in the environment."""
    (tmp_path / "blobs" / "data" / "deep").mkdir(parents=True)
    (tmp_path / "blobs" / "data" / "pima.csv").write_text("a,b\n1,2\n")
    (tmp_path / "blobs" / "data" / "deep" / "x\x1b.csv").write_text("1")
    (tmp_path / "blobprep.toml").write_text(
        '[accounts.dev]\nfolder = "blobs"\n[datasets.pima]\nblob = "az://data/pima.csv"\n'
    )
    for row in SETTINGS:
        for name in row.environment:
            monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_help_and_version_are_printed(capsys):
    assert main(["--help"]) == 0
    assert "settings" in capsys.readouterr().out
    assert main([]) == 0
    assert capsys.readouterr().out
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"blobprep {version('blobprep')}\n"


@pytest.mark.parametrize(
    "command", ["run", "show", "ls", "cp", "sync", "cat", "head", "check", "settings", "jobs", "demo", "doctor"]
)
def test_every_command_takes_the_options_that_are_everywhere(capsys, command):
    assert main([command, "--help"]) == 0

    shown = capsys.readouterr().out
    for option in ("--protocol", "--account", "--config", "--json", "--verbose", "--quiet"):
        assert option in shown


@pytest.mark.parametrize("arguments", [["frob"], ["cp"], ["cp", "--frob", "a", "b"], ["run", "x", "--timeout", "long"]])
def test_a_wrong_command_line_ends_with_2_and_says_where_help_is(capsys, arguments):
    assert main(arguments) == 2
    assert "--help" in capsys.readouterr().err

    assert main([*arguments, "--json"]) == 2
    shown = capsys.readouterr()
    assert shown.err == ""
    assert json.loads(shown.out)["exit"] == 2


def test_ls_prints_sizes_times_and_names_that_cannot_move_the_cursor(folder, capsys):
    assert main(["ls", "az://data", "-r"]) == 0

    shown = capsys.readouterr().out
    assert re.search(r"^8  \d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ  pima\.csv$", shown, re.MULTILINE)
    assert "\x1b" not in shown
    assert "deep/x%1B.csv" in shown
    assert main(["cat", "az://data/deep/x%1B.csv"]) == 0


def test_ls_prints_one_document(folder, capsys):
    assert main(["ls", "az://data", "--json"]) == 0
    prefix, blob = json.loads(capsys.readouterr().out)

    assert prefix == {"reference": "az://data/deep/", "container": "data", "prefix": "deep/"}
    assert (blob["reference"], blob["blob"], blob["size"], blob["content_type"]) == (
        "az://data/pima.csv",
        *("pima.csv", 8, "text/csv"),
    )

    assert main(["ls", "az://", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == [{"reference": "az://data/", "container": "data", "prefix": ""}]


def test_what_ls_and_cp_print_for_a_blob_whose_name_ends_with_a_slash_can_be_given_back(folder, capsys):
    assert main(["cp", "pima", "az://data/deep%2F"]) == 0
    assert capsys.readouterr().out == "az://data/pima.csv → az://data/deep%2F  8 B\n"
    assert main(["ls", "az://data/deep/"]) == 0
    assert "  deep%2F\n" in capsys.readouterr().out
    assert main(["ls", "az://data/deep/", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["reference"] == "az://data/deep%2F"
    assert main(["cat", "az://data/deep/"]) == 2
    assert "write az://data/deep%2F for a blob whose own name ends with /\n" in capsys.readouterr().err
    assert main(["head", "az://data/deep%2F", "--read", "format=csv"]) == 0
    assert "1 of 1 rows" in capsys.readouterr().out
    assert main(["cp", "az://data/deep/", "local/"]) == 6
    assert "az://data/deep%2F cannot be copied" in capsys.readouterr().err


def test_cat_writes_bytes_or_a_document(folder, capsysbinary):
    (folder / "raw").write_bytes(b"\xff\x00")

    assert main(["cat", "pima"]) == 0
    assert main(["cat", "raw"]) == 0
    assert capsysbinary.readouterr().out == b"a,b\n1,2\n\xff\x00"

    assert main(["cat", "pima", "--json"]) == 0
    assert json.loads(capsysbinary.readouterr().out) == {"size": 8, "text": "a,b\n1,2\n"}
    assert main(["cat", "raw", "--json"]) == 0
    assert json.loads(capsysbinary.readouterr().out) == {"size": 2, "base64": "/wA="}


def test_cp_prints_what_it_copied_and_nothing_when_quiet(folder, capsys):
    assert main(["cp", "pima", "out.csv"]) == 0
    assert capsys.readouterr() == ("az://data/pima.csv → out.csv  8 B\n", "")
    assert main(["cp", "pima", "quiet.csv", "-q"]) == 0
    assert capsys.readouterr() == ("", "")
    assert main(["cp", "pima", "az://new/", "--create-container", "--json"]) == 0
    (copied,) = json.loads(capsys.readouterr().out)
    assert copied["target"] == "az://new/pima.csv"


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["cat", "az://data/none"], 3, "no blob data/none"),
        (["cat", "az://UPPER/x"], 2, "not a valid container name"),
        (["cp", "pima", "az://data/pima.csv"], 6, "exists already"),
        (["cp", "pima", "az://missing/"], 6, "--create-container"),
        (["ls", "az://nowhere"], 3, "no container nowhere"),
        (["ls", "http://contoso.blob.core.windows.net/raw"], 2, "--protocol http"),
        (["ls", "az://data", "--protocol", "ftp"], 2, "http or https"),
        (["settings", "--config", "none.toml"], 2, "none.toml cannot be read"),
        (["run", "none.py", "--isolation", "strict", "--debug"], 2, "leave out --isolation"),
        (["run", "none.py", "--param", "year"], 2, "NAME=VALUE"),
        (["run", "none.py", "--param", "a=1", "--param", "a=2"], 2, "each name once"),
        (["run", "none.py", "--read1", "header"], 2, "KEY=VALUE"),
        (["run", "none.py", "a", "--dataset2", "b"], 2, "port Dataset2 alone"),
        (["run", "none.py", "--output", "{x}/"], 2, "{run_id} or {date}"),
    ],
)
def test_an_error_is_printed_with_its_remedy_and_ends_with_its_code(folder, capsys, arguments, code, message):
    assert main(arguments) == code

    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("blobprep: ")
    assert message in shown.err
    assert "Traceback" not in shown.err

    assert main([*arguments, "--json"]) == code
    document = json.loads(capsys.readouterr().out)
    assert document["exit"] == code
    assert message in document["error"]["message"] + document["error"]["remedy"]


def test_a_traceback_of_ours_is_shown_when_asked_for_twice(folder, capsys):
    assert main(["cat", "az://data/none", "-v"]) == 3
    assert "Traceback" not in capsys.readouterr().err
    assert main(["cat", "az://data/none", "-vv"]) == 3
    assert "Traceback" in capsys.readouterr().err


def test_settings_are_listed_with_their_sources(folder, capsys, monkeypatch):
    monkeypatch.setenv("AZURE_STORAGE_KEY", KEY)

    assert main(["settings", "--account", "dev"]) == 0
    table = capsys.readouterr().out
    assert re.search(r"^default_account +dev +--account$", table, re.MULTILINE)
    assert re.search(r"^key +\*{8} +AZURE_STORAGE_KEY$", table, re.MULTILINE)

    assert "what opens an account, in this order:\n  1. a SAS token in the reference\n" in table
    assert main(["settings", "--quiet"]) == 0
    assert "in this order" not in capsys.readouterr().out

    assert main(["settings", "--json"]) == 0
    listed = {each["name"]: each for each in json.loads(capsys.readouterr().out)}
    assert listed["accounts.dev.folder"]["value"] == "blobs"
    assert listed["key"] == {"name": "key", "value": "********", "source": "AZURE_STORAGE_KEY", "secret": True}


def test_head_prints_columns_types_and_rows(folder, capsys, monkeypatch):
    asked = []

    def head(reference, **options):
        asked.append((reference, options["rows"], options["read"]))
        return Head(("a", "long"), ("int64", "string"), (("1", None), ("22", "x")), 7)

    monkeypatch.setattr("blobprep.runs.preview.head", head)

    assert main(["head", "pima", "-n", "2", "--read", "header=true"]) == 0
    assert capsys.readouterr().out == "a      long\nint64  string\n1\n22     x\n2 of 7 rows\n"
    assert asked == [("pima", 2, {"header": "true"})]

    assert main(["head", "pima", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "columns": [{"name": "a", "type": "int64"}, {"name": "long", "type": "string"}],
        "rows": [["1", None], ["22", "x"]],
        "total": 7,
    }


@pytest.mark.parametrize(
    ("arguments", "ports"),
    [
        (["s.py"], (None, None)),
        (["s.py", "a"], ("a", None)),
        (["s.py", "a", "b"], ("a", "b")),
        (["s.py", "-", "b"], (None, "b")),
        (["s.py", "--dataset2", "b"], (None, "b")),
        (["s.py", "-", "--dataset2", "b"], (None, "b")),
    ],
)
def test_datasets_are_connected_to_the_ports_that_were_named(folder, monkeypatch, arguments, ports):
    asked = []

    def run(script, dataset1, dataset2, **options):
        asked.append((dataset1, dataset2))
        raise ScriptError("enough")

    monkeypatch.setattr("blobprep.runs.prepare.run", run)

    assert main(["run", *arguments]) == 3
    assert asked == [ports]


_GIVEN = {
    "input": (["x"], "x"),
    "prefix": (["o/"], "o/"),
    "text": (["csv"], "csv"),
    "switch": ([], True),
    "integer": (["2"], 2),
    "seconds": (["2.5"], 2.5),
    "size": (["1GiB"], "1GiB"),
    "list": (["a", "b"], ["a", "b"]),
    "pairs": (["year=2024", "x=a=b"], {"year": "2024", "x": "a=b"}),
    "limits": (["disk=2GB", "cpu=none"], {"disk": "2GB", "cpu": "none"}),
    "keys": (['delimiter=",",header=false'], {"delimiter": ",", "header": "false"}),
}
"""By kind of option: what is given, and what the library gets."""


def test_every_option_of_run_reaches_the_library(folder, monkeypatch):
    asked = {}

    def run(script, dataset1, dataset2, **options):
        asked.update(options, script=script, dataset1=dataset1, dataset2=dataset2)
        raise ScriptError("enough")

    monkeypatch.setattr("blobprep.runs.prepare.run", run)
    arguments = ["run", "--quiet"]
    for option in OPTIONS.values():
        texts, _ = _GIVEN[option.kind]
        if option.positional:
            arguments += texts
        else:
            arguments += [word for text in texts for word in (option.flag, text)] or [option.flag]

    assert main(arguments) == 3

    assert asked.pop("workspace").warnings == []
    assert [asked.pop(name) for name in ("echo", "on_progress")] == [None, None]
    assert asked == {
        option.name: False if option.flag.startswith("--no-") else _GIVEN[option.kind][1] for option in OPTIONS.values()
    }


def test_what_is_not_given_has_its_default(folder, monkeypatch):
    asked = []

    def run(script, dataset1, dataset2, *, workspace, echo, on_progress, **options):
        asked.append(read_arguments({"script": script, "dataset1": dataset1, "dataset2": dataset2, **options}))
        raise ScriptError("enough")

    monkeypatch.setattr("blobprep.runs.prepare.run", run)

    assert main(["run", "s.py"]) == 3
    assert asked == [(RunOptions("s.py"), NO_OBJECTS)]


@pytest.mark.parametrize(
    "environment",
    [
        {"AZURE_STORAGE_ACCOUNT": "contoso", "AZURE_STORAGE_KEY": KEY},
        {"AZURE_STORAGE_ACCOUNT": "contoso", "AZURE_STORAGE_SAS_TOKEN": f"?{SAS}"},
        {"AZURE_STORAGE_CONNECTION_STRING": f"AccountName=contoso;AccountKey={KEY};BlobEndpoint=https://127.0.0.1:9/x"},
        {"AZURE_STORAGE_CONNECTION_STRING": f"c4n4ry;AccountKey={KEY}"},
        {"AZURE_STORAGE_CONNECTION_STRING": f"AccountName=contoso;AccountKey:{KEY}"},
        {"AZURE_STORAGE_ACCOUNT": "contoso", "AZURE_STORAGE_KEY": KEY[:-1]},
        {"AZURE_STORAGE_ACCOUNT": KEY, "AZURE_STORAGE_KEY": "contoso"},
        {"CONTOSO_KEY": KEY},
        {"CONTOSO_SAS": SAS},
    ],
)
@pytest.mark.parametrize("flags", [["-vv"], ["-vv", "--json"]])
def test_no_secret_is_printed_whatever_goes_wrong(folder, capsys, monkeypatch, environment, flags):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    (folder / "blobprep.toml").write_text(
        "[accounts.contoso]\n"
        + "".join(f'{each.lower()[8:]}_env = "{each}"\n' for each in environment if "CON" in each[:4])
    )
    for arguments in (
        ["settings"],
        ["ls", f"https://contoso.blob.core.windows.net/UPPER/x?{SAS}"],
        ["ls", f"https://contoso.blob.core.windows.net:port/raw/x?{SAS}"],
        ["ls", f"http://contoso.blob.core.windows.net/raw/x?{SAS}"],
        ["ls", f"https://user:c4n4ry@contoso.blob.core.windows.net/raw/x?{SAS}"],
        ["cp", "none", f"https://contoso.blob.core.windows.net/raw/x?versionId=1&{SAS}"],
        ["run", f"adl://raw@contoso.azuredatalakestore.net/x.py?{SAS}"],
        ["run", "none.py", "--output", f"https://contoso.blob.core.windows.net/raw/{{x}}?{SAS}"],
        ["ls", "az://raw/", "--account", "no account"],
        ["ls", "az://raw/", "--account", KEY],
        ["ls", f"contoso.blob.core.windows.net/raw/x?{SAS}"],
        ["doctor", f"https://contoso.blob.core.windows.net/RAW/x?sv=1&s\nig={SAS[-14:]}"],
    ):
        main([*arguments, *flags])

    shown = capsys.readouterr()
    assert "c4n4ry" not in shown.out + shown.err
    assert shown.out + shown.err


def test_what_is_copied_from_a_mail_or_from_storage_explorer_opens_the_container(folder, capsys, azurite, monkeypatch):
    container = f"mail{secrets.token_hex(6)}"
    service = BlobServiceClient.from_connection_string(connection_string(azurite))
    service.create_container(container).upload_blob("x.csv", b"a\n1\n")
    tokens = (
        generate_container_sas(
            ACCOUNT,
            container,
            account_key=KEY_OF_AZURITE,
            permission="rl",
            expiry=datetime(2099, 1, 1 + day, tzinfo=UTC),
        )
        for day in range(28)
    )
    token = next(each for each in tokens if "%2B" in each.rpartition("sig=")[2])
    mailed = f"restype=container&comp=list&{token.replace('%2B', '+').replace('&', '&amp;')}"

    assert main(["ls", f"<{azurite}/{container}?{mailed}>."]) == 0
    monkeypatch.setenv(
        "AZURE_STORAGE_CONNECTION_STRING", f"BlobEndpoint={azurite}/{container};SharedAccessSignature=?{token}"
    )
    assert main(["cat", f"az://{container}/x.csv"]) == 0

    shown = capsys.readouterr()
    assert "x.csv" in shown.out
    assert shown.out.endswith("a\n1\n")
    assert shown.err == ""


@pytest.mark.parametrize("flags", [["-vv"], ["-vv", "--json"]])
def test_no_secret_is_printed_when_the_service_refuses(folder, capsys, azurite, flags):
    assert main(["cat", f"{azurite}/raw/x?sv=2024-01-01&sp=r&se=2030-01-01&sr=b&sig=c4n4rySASAA%3D", *flags]) == 4

    shown = capsys.readouterr()
    assert "c4n4ry" not in shown.out + shown.err
    assert "Traceback" in shown.err


def test_the_help_of_run_names_every_limit(capsys):
    assert main(["run", "--help"]) == 0
    told = "".join(capsys.readouterr().out.split())

    assert [row.name for row in LIMITS.values() if row.name not in told and not row.option] == []
