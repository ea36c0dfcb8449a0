from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from blobprep.errors import SettingError
from blobprep.settings.sources.environment import from_environment
from blobprep.settings.sources.toml import find_config, read_config
from blobprep.settings.table import SETTINGS

SAMPLE = """
default_account = "contoso"
allow_http = "always"

[accounts.contoso]
protocol = "https"
endpoint_suffix = "core.windows.net"
key_env = "CONTOSO_KEY"

[accounts.plain]

[accounts.dev]
folder = "blobs"

[datasets.pima]
blob = "az://data/pima.csv"
read = { header = true }

[modules.hello]
blob = "az://modules/Hello.zip"

[datastores.lake]
container = "az://contoso@raw/"

[script]
isolation = "process"
timeout = 3600
memory = "75%"
"""


def written(folder, text):
    path = folder / "blobprep.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_is_found_in_the_folder_or_the_nearest_parent(tmp_path):
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    outer = written(tmp_path, "")
    assert find_config(inner) == outer

    nearer = written(tmp_path / "a", "")
    assert find_config(inner) == nearer


def test_every_table_of_a_file_is_read(tmp_path):
    config = read_config(written(tmp_path, SAMPLE))

    assert config.values == {
        "default_account": "contoso",
        "allow_http": "always",
        "script.isolation": "process",
        "script.timeout": 3600,
        "script.memory": "75%",
    }
    assert set(config.accounts) == {"contoso", "plain", "dev"}
    assert config.datasets["pima"] == {"blob": "az://data/pima.csv", "read": {"header": True}}
    assert config.modules["hello"] == {"blob": "az://modules/Hello.zip"}
    assert config.datastores["lake"] == {"container": "az://contoso@raw/"}
    assert config.folder == tmp_path


def test_a_blank_setting_is_unset_and_a_byte_order_mark_is_skipped(tmp_path):
    config = read_config(written(tmp_path, '\ufeffdefault_account = ""\n[accounts.contoso]\nendpoint = ""'))

    assert config.values == {}
    assert config.accounts == {"contoso": {}}


def test_keys_of_hadoop_are_read_and_their_secrets_named(tmp_path):
    key = "fs.azure.account.key.contoso.dfs.core.windows.net"
    config = read_config(
        written(tmp_path, f'[hadoop]\n"{key}" = {{ env = "K" }}\n"fs.azure.account.auth.type" = "OAuth"')
    )

    assert config.hadoop == {key: {"env": "K"}, "fs.azure.account.auth.type": "OAuth"}


@pytest.mark.parametrize(
    ("text", "table"),
    [
        ('account_host = "data.example"', {"endpoint": "https://data.example"}),
        ("anon = true", {"credential": "anonymous"}),
        ("anon = false", {}),
        ("Skip_Signature = true", {"credential": "anonymous"}),
        ("use_azure_cli = true", {"credential": "cli"}),
        ('tenant_id = "t"', {"tenant_id": "t"}),
    ],
)
def test_names_of_other_tools_options_are_taken(tmp_path, text, table):
    assert read_config(written(tmp_path, f"[accounts.contoso]\n{text}")).accounts == {"contoso": table}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[hadoop]\nfs.azure.x = "y"', "under a quoted key"),
        ('default_acount = "x"', "did you mean default_account"),
        ('[acounts.contoso]\nprotocol = "http"', "did you mean accounts"),
        ('[accounts.contoso]\nprotocl = "http"', r"did you mean accounts\.\*\.protocol"),
        ("[script]\ntimeuot = 3", r"did you mean script\.timeout"),
        ("zzz = 1", "settings are default_account"),
        ('[accounts.contoso]\nprotocol = "ftp"', "http or https"),
        ('allow_http = "sometimes"', "never, emulator or always"),
        ('[script]\ntimeout = "long"', "must be a number"),
        ("default_account = 3", "must be a string"),
        ('[script]\nallow = "example.com"', "must be a list of hosts"),
        ("[script]\nallow = [443]", "must be a list of hosts"),
        ('[script]\nallow = ["*.example.com"]', r"blobprep.toml: script.allow: .*wildcard"),
        ('[script]\nallow = ["example.com", "169.254.169.254:80"]', "a script may never reach"),
        ('[script]\nallow = ["example.com:http"]', "the port of .* must be from 1 to 65535"),
        ("[datasets.pima]\nread = {header = true}", "has no blob"),
        ('[datastores.lake]\ncontainer = ""', "has no container"),
        ('[datastores.lake]\ncontaner = "az://raw/"', r"did you mean datastores\.\*\.container"),
        ('[datasets.pima]\nblob = "az://a/b"\nread = "header"', "must be a table of options"),
        ('[datasets]\npima = "az://data/pima.csv"', "does not exist: datasets.pima"),
        ("default_account = ", "is not TOML"),
    ],
)
def test_what_no_setting_takes_is_refused_with_the_remedy(tmp_path, text, message):
    with pytest.raises(SettingError, match=message):
        read_config(written(tmp_path, text))


@pytest.mark.parametrize(
    "text",
    [
        '[accounts.contoso]\nkey = "c4n4ry"',
        '[accounts.contoso]\naccount_key = "c4n4ry"',
        '[accounts.contoso]\nsas = "sig=c4n4ry"',
        '[accounts.contoso]\nconnection_string = "AccountKey=c4n4ry"',
        '[accounts.contoso]\nkey_env = "c4n4ry=="',
        '[accounts.contoso]\ncredential = "c4n4ry"',
        '[accounts.contoso]\nendpoint = "https://contoso.blob.core.windows.net?sv=1&sig=c4n4ry"',
        '[datasets.pima]\nblob = "https://contoso.blob.core.windows.net/a/b?sv=1&sig=c4n4ry"',
        '[datastores.lake]\ncontainer = "https://contoso.blob.core.windows.net/a/?sv=1&sig=c4n4ry"',
        'key = "c4n4ry"',
        '[hadoop]\n"fs.azure.account.key.contoso.dfs.core.windows.net" = "c4n4ry"',
        '[hadoop]\n"fs.azure.account.oauth2.client.secret" = { env = "c4n4ry~" }',
        '[accounts.contoso]\nclient_secret = "c4n4ry"',
        '[accounts.contoso]\nMASTER_KEY = "c4n4ry"',
        '[accounts.contoso]\nbearer_token = "c4n4ry"',
    ],
)
def test_a_secret_in_the_file_is_refused_and_not_shown(tmp_path, text):
    with pytest.raises(SettingError) as caught:
        read_config(written(tmp_path, text))

    assert "c4n4ry" not in str(caught.value)
    assert caught.value.remedy


def test_a_file_that_cannot_be_read_is_refused(tmp_path):
    with pytest.raises(SettingError, match="cannot be read"):
        read_config(tmp_path / "none.toml")

    path = tmp_path / "latin.toml"
    path.write_bytes(b'default_account = "\xff"')
    with pytest.raises(SettingError, match="not UTF-8"):
        read_config(path)


def test_the_first_variable_that_is_not_blank_wins():
    row = next(row for row in SETTINGS if row.name == "default_account")

    assert from_environment(row, {"AZURE_STORAGE_ACCOUNT": " ", "AZURE_STORAGE_ACCOUNT_NAME": "b"}) == (
        "b",
        "AZURE_STORAGE_ACCOUNT_NAME",
    )
    assert from_environment(row, {"AZURE_STORAGE_ACCOUNT": "a", "AZURE_STORAGE_ACCOUNT_NAME": "b"}) == (
        "a",
        "AZURE_STORAGE_ACCOUNT",
    )
    assert from_environment(row, {}) is None


KEYS = st.sampled_from(
    [
        *(row.name for row in SETTINGS),
        "accounts.x.account_host",
        "hadoop.fs.azure.account.key.x",
        "a",
        '"."',
        "accounts",
    ]
)
VALUES = st.sampled_from(
    [
        "1",
        "-1",
        "1e999",
        "nan",
        "true",
        '""',
        '"x"',
        '"75%"',
        "[]",
        "[1]",
        "{}",
        "{ env = 1 }",
        "1979-05-27",
        '"\\u0000"',
    ]
)
LINES = st.lists(st.builds("{} = {}".format, KEYS.map(lambda key: key.replace("NAME", "x")), VALUES), max_size=4)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(LINES.map("\n".join) | st.text(max_size=60) | st.binary(max_size=60))
def test_any_file_is_settings_or_refused(tmp_path, text):
    path = tmp_path / "blobprep.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
    try:
        read_config(path)
    except SettingError as error:
        told = error.message
    else:
        told = str(path)
    assert str(path) in told


def test_a_file_without_a_bottom_is_refused(tmp_path):
    with pytest.raises(SettingError, match="TOML"):
        read_config(written(tmp_path, "a = " + "[" * 100_000))
