"""What opens an account is looked at before anything is sent, wherever it was pasted."""

from __future__ import annotations

import html
from base64 import b64encode
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from blobprep.account import Account, Credential
from blobprep.errors import SettingError, UsageError
from blobprep.settings import Workspace
from blobprep.settings.table import SETTINGS
from blobprep.stores.memory import MemoryStore

KEY = b64encode(bytes(range(100, 164))).decode()
SIGNATURE = b64encode(bytes(range(200, 232))).decode()
SAS = f"sv=2021-08-06&se=2099-01-01T00%3A00%3A00Z&sr=c&sp=rl&sig={quote(SIGNATURE, safe='')}"
STRING = f"DefaultEndpointsProtocol=https;AccountName=contoso;AccountKey={KEY};EndpointSuffix=core.windows.net"
SAS_STRING = f"BlobEndpoint=https://contoso.blob.core.windows.net/raw;SharedAccessSignature={SAS}"
OWN = {"AZURE_STORAGE_ACCOUNT": "contoso"}
TABLE = "[accounts.contoso]\n"
CORE_SITE = "<configuration><property><name>{}</name><value>{}</value></property></configuration>"


def located(folder, environment, text="", reference="az://contoso@raw/x"):
    """Return the account that would be opened, and open nothing."""
    accounts: list[Account] = []
    (folder / "blobprep.toml").write_text(text, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("blobprep.stores.open.open_store", lambda account: accounts.append(account) or MemoryStore("x"))
        Workspace(config=folder / "blobprep.toml", environment=environment).locate(reference)
    return accounts[0]


def variables(setting):
    return next(row.environment for row in SETTINGS if row.name == setting)


@pytest.mark.parametrize("variable", [*variables("key"), *variables("sas"), *variables("token")])
@pytest.mark.parametrize("value", ["<your secret>", KEY[:40] + "\n" + KEY[40:], STRING])
def test_each_variable_of_a_secret_is_looked_at_and_named(tmp_path, variable, value):
    with pytest.raises(SettingError, match=f"^{variable}: ") as caught:
        located(tmp_path, {**OWN, variable: value})

    assert KEY[:9] not in str(caught.value)


@pytest.mark.parametrize("variable", [*variables("connection_string"), *variables("endpoint")])
def test_each_variable_of_an_account_is_looked_at_and_named(tmp_path, variable):
    with pytest.raises(SettingError, match=f"environment variable {variable}: ") as caught:
        located(tmp_path, {variable: STRING.replace("AccountKey=", "AccountKey:")})

    assert KEY[:9] not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f'{TABLE}key_env = "V"', r"\[accounts.contoso\] key_env \(V\): "),
        (f'{TABLE}sas_env = "V"', r"\[accounts.contoso\] sas_env \(V\): "),
        (f'{TABLE}credential = "key"\nkey_env = "V"', r"\[accounts.contoso\] key_env \(V\): "),
        (f'{TABLE}token_env = "V"', r"\[accounts.contoso\] token_env \(V\): "),
        (f'{TABLE}connection_string_env = "V"', r"\[accounts.contoso\] connection_string_env \(V\): "),
        (
            '[hadoop]\n"fs.azure.account.key.contoso.dfs.core.windows.net" = { env = "V" }',
            r"\[hadoop\] fs.azure.account",
        ),
        ('[hadoop]\n"fs.azure.sas.raw.contoso.blob.core.windows.net" = { env = "V" }', r"\[hadoop\] fs.azure.sas"),
    ],
)
def test_each_setting_of_a_file_that_names_a_secret_is_looked_at_and_named(tmp_path, text, words):
    with pytest.raises(SettingError, match=words):
        located(tmp_path, {"V": "<your secret>"}, text)


def test_the_files_of_hadoop_and_of_the_azure_cli_are_looked_at_and_named(tmp_path):
    key = "fs.azure.account.key.contoso.dfs.core.windows.net"
    (tmp_path / "core-site.xml").write_text(CORE_SITE.format(key, KEY[:-1]))
    (tmp_path / "config").write_text(f"[storage]\naccount = contoso\nkey = {KEY[:-1]}\n")

    with pytest.raises(SettingError, match=r"core-site\.xml fs\.azure\.account\.key"):
        located(tmp_path, {}, 'hadoop_conf = "core-site.xml"')
    with pytest.raises(SettingError, match=r"config \[storage\] key: "):
        located(tmp_path, {"AZURE_CONFIG_DIR": str(tmp_path)})


def test_an_account_that_the_caller_passes_and_a_token_in_the_reference_are_looked_at_too(tmp_path):
    account = Account("contoso", credential=Credential("key", KEY[:-1]))

    with pytest.raises(SettingError, match="argument accounts: "):
        Workspace(environment={}, folder=tmp_path, accounts={"contoso": account}).locate("az://contoso@raw/x")
    with pytest.raises(SettingError, match="a SAS token in the reference: "):
        located(tmp_path, {}, reference=f"az://contoso@raw/x?{SAS[:-5]}")


@pytest.mark.parametrize(
    ("text", "environment", "url"),
    [
        (
            "",
            {**OWN, "AZURE_STORAGE_KEY": KEY, "AZURE_ENDPOINT": "http://127.0.0.1:1/contoso/raw"},
            "http://127.0.0.1:1/contoso",
        ),
        (f'{TABLE}endpoint = "https://contoso.blob.core.windows.net/raw/"\nkey_env = "K"', {"K": KEY}, None),
        (f'{TABLE}account_host = "https://contoso.blob.core.windows.net/raw"\nkey_env = "K"', {"K": KEY}, None),
        (f'{TABLE}connection_string_env = "K"', {"K": SAS_STRING}, None),
        ("", {"AzureWebJobsStorage": SAS_STRING}, None),
    ],
)
def test_a_container_behind_an_address_is_asked_for_once(tmp_path, text, environment, url):
    account = located(tmp_path, environment, text)

    assert (account.name, account.url) == ("contoso", url or "https://contoso.blob.core.windows.net")


def test_the_key_of_an_emulator_is_judged_by_the_address_of_the_reference(tmp_path):
    environment = {**OWN, "AZURE_STORAGE_KEY": "a2V5"}

    account = located(tmp_path, environment, reference="http://127.0.0.1:1/contoso/raw/x")

    assert account.credential.secret == "a2V5"
    with pytest.raises(SettingError, match="has 3 bytes"):
        located(tmp_path, environment)


@pytest.mark.parametrize("value", [KEY, KEY[:20], STRING, f"https://contoso.blob.core.windows.net?{SAS}", "Contoso"])
@pytest.mark.parametrize("variable", variables("default_account"))
def test_what_is_no_accounts_name_is_told_and_not_shown_where_it_may_be_a_secret(tmp_path, variable, value):
    with pytest.raises(SettingError, match=f"environment variable {variable}") as caught:
        located(tmp_path, {variable: value, "AZURE_STORAGE_KEY": KEY}, reference="az://raw/x")

    assert KEY[:9] not in str(caught.value)
    assert ("'Contoso'" in str(caught.value)) == (value == "Contoso")


def test_a_secret_that_cannot_be_one_stands_in_the_way_of_no_path_and_no_folder(tmp_path):
    (tmp_path / "blobprep.toml").write_text('[accounts.dev]\nfolder = "blobs"\n')
    broken = {"AZURE_STORAGE_CONNECTION_STRING": STRING[:70].replace("Key=", "Key:")}
    known = Workspace(config=tmp_path / "blobprep.toml", environment=broken)

    assert known.locate("x.csv").blob == "x.csv"
    assert known.locate("az://dev@raw/x").container == "raw"
    assert known.fault is not None
    with pytest.raises(SettingError, match="AZURE_STORAGE_CONNECTION_STRING"):
        known.locate("az://raw/x")
    assert [each.value for each in known.settings() if each.name == "accounts.*.opened_with"] == ["cannot be opened"]


def test_the_way_out_for_a_string_without_a_key_leads_to_an_anonymous_account(tmp_path):
    with pytest.raises(SettingError, match="AZURE_STORAGE_ANON=true"):
        located(tmp_path, {"AZURE_STORAGE_CONNECTION_STRING": "AccountName=contoso"})

    account = located(tmp_path, {**OWN, "AZURE_STORAGE_ANON": "true"}, reference="az://raw/x")

    assert account == Account("contoso")


def _cut(text, start, end):
    return text[min(start, end) % len(text) : max(start, end) % len(text) or None]


CHANGES = st.one_of(
    st.builds(lambda start, end: lambda text: _cut(text, start, end) or text, st.integers(0, 200), st.integers(0, 200)),
    st.builds(
        lambda at, put: lambda text: text[: at % len(text)] + put + text[at % len(text) :],
        st.integers(0, 200),
        st.sampled_from(
            ["\n", " ", '"', "%", "&", ";", "=", ":", "?", "+", "<", "é", "\0", "…", "/", "@", "#", "\u200b", "\udcff"]
        )
        | st.text(max_size=3),
    ),
    st.builds(
        lambda old, new: lambda text: text.replace(old, new) or text,
        st.sampled_from(["=", ";", "&", "%", "+", "/", "Key", "sig", "sv", "https", "core", "Account", "contoso"]),
        st.sampled_from(["", ":", ",", "&amp;", "%25", " ", "\n", "-", "_", "X"]),
    ),
    st.sampled_from(
        [
            lambda text: quote(text, safe="", errors="replace"),
            html.escape,
            lambda text: f'"{text}"',
            lambda text: f"<{text}>",
            lambda text: f"?{text}",
            lambda text: f"KEY={text}",
            lambda text: f"{text}{text}",
            lambda text: f"{text};{text}",
            lambda text: f"https://contoso.blob.core.windows.net/raw?{text}",
            lambda text: f"{text}.",
            str.upper,
            str.lower,
            lambda text: text[::-1],
        ]
    ),
)
PLACES = st.sampled_from(
    [
        *(
            name
            for setting in ("key", "sas", "token", "connection_string", "endpoint", "default_account")
            for name in variables(setting)
        ),
        *("key_env", "sas_env", "connection_string_env", "token_env"),
        "hadoop",
        "azure",
        "reference",
    ]
)


def _put(place: str, text: str, folder: Path) -> tuple[dict[str, str], str, str]:
    """Return environment, settings and reference with a text at a place."""
    reference = "az://contoso@raw/x"
    if place.endswith("_env"):
        return {"V": text}, f'{TABLE}{place} = "V"', reference
    if place == "hadoop":
        return {"V": text}, '[hadoop]\n"fs.azure.account.key.contoso.dfs.core.windows.net" = { env = "V" }', reference
    if place == "azure":
        lines = f"[storage]\naccount = contoso\nkey = {text}\nsas_token = {text}\nconnection_string = {text}\n"
        (folder / "config").write_bytes(lines.encode("utf-8", "surrogateescape"))
        return {"AZURE_CONFIG_DIR": str(folder)}, "", reference
    if place == "reference":
        return {}, "", f"https://contoso.blob.core.windows.net/raw/x?{text}"
    return {**OWN, place: text}, "", reference


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("settings")


@settings(max_examples=150)
@given(st.sampled_from([KEY, SAS, STRING, SAS_STRING]), st.lists(CHANGES, max_size=3), PLACES)
def test_whatever_becomes_of_a_secret_it_is_used_or_refused_and_never_shown(folder, secret, changes, place):
    text = SAS if place == "reference" else secret
    for change in changes:
        text = change(text) or text
    assume(place != "reference" or "sig" in text.lower() or "&" in text)  # else a piece of it may be a name
    environment, config, reference = _put(place, text, folder)

    try:
        account = located(folder, environment, config, reference)
    except UsageError as error:
        shown = f"{error.message} {error.remedy} {error!r}".lower()
        for part in (KEY, SIGNATURE, KEY[::-1], SIGNATURE[::-1]):
            assert not any(part[at : at + 8].lower() in shown for at in range(len(part) - 7))
    else:
        assert account.credential.kind != "anonymous"
