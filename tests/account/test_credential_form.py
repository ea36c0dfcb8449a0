"""What cannot be a credential is told, wherever it was pasted, and no part of it is shown."""

from __future__ import annotations

from base64 import b64encode
from urllib.parse import quote

import pytest

from blobprep.account import Account, Credential, key_credential, require_credential, sas_credential
from blobprep.account.secret_kinds import is_placeholder
from blobprep.errors import SettingError

KEY = b64encode(bytes(range(100, 164))).decode()
SIGNATURE = b64encode(bytes(range(200, 232))).decode()
SAS = f"sv=2021-08-06&se=2099-01-01T00%3A00%3A00Z&sr=c&sp=rl&sig={quote(SIGNATURE, safe='')}"
STRING = f"DefaultEndpointsProtocol=https;AccountName=contoso;AccountKey={KEY};EndpointSuffix=core.windows.net"
CLOUD = Account("contoso")
EMULATOR = Account("contoso", "http", endpoint="http://127.0.0.1:10000/contoso")


def required(credential, account=CLOUD):
    opened = Account(account.name, account.protocol, endpoint=account.endpoint, credential=credential)
    return require_credential(opened, "THE_VARIABLE").credential.secret


def refusal(credential, account=CLOUD):
    with pytest.raises(SettingError) as caught:
        required(credential, account)
    shown = f"{caught.value.message} {caught.value.remedy}"
    assert shown.startswith("THE_VARIABLE: ")
    assert caught.value.remedy
    for secret in (KEY, SIGNATURE, credential.secret):
        assert not any(secret[at : at + 9] in shown for at in range(len(secret) - 8))
    return shown


@pytest.mark.parametrize("text", [KEY, f" {KEY}\n", f'"{KEY}"', f"'{KEY}'", f"“{KEY}”"])
def test_an_account_key_is_used_without_what_surrounds_it(text):
    assert required(key_credential(text)) == KEY


@pytest.mark.parametrize("text", ["a2V5", "a2V5PQ==", KEY])
def test_the_key_of_an_emulator_may_have_any_length(text):
    assert required(key_credential(text), EMULATOR) == text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (KEY[:-1], "not complete Base64"),
        (KEY[:-3], "not complete Base64"),
        (KEY[:-4], "has 63 bytes"),
        (KEY[4:], "has 61 bytes"),
        (KEY[1:], "not complete Base64"),
        ("", "is empty"),
        (f"{KEY[:40]}\n{KEY[40:]}", "a line break"),
        (f"key1: {KEY}", "blank"),
        (f"\ufeff{KEY}", "blank"),
        (quote(KEY, safe=""), "percent-encoded"),
        (KEY.replace("/", "_").replace("+", "-"), "characters that Base64 does not have"),
        (f"{KEY[:20]}é{KEY[20:]}", "characters that Base64 does not have"),
        (b64encode(bytes(32)).decode(), "has 32 bytes"),
        ("<your key>", "a placeholder"),
        ("YOUR_ACCOUNT_KEY", "a placeholder"),
        ("${STORAGE_KEY}", "a placeholder"),
        ("$STORAGE_KEY", "a placeholder"),
        ("********", "a placeholder"),
        ("xxxxxxxx", "a placeholder"),
        (SAS, "a SAS token instead of an account key"),
        (f"?{SAS}", "a SAS token instead of an account key"),
        (STRING, "a connection string instead of an account key"),
        (f"AccountKey={KEY}", "a connection string instead of an account key"),
        (f"https://contoso.blob.core.windows.net/raw?{SAS}", "an address instead of an account key"),
        ("6f9619ff-8b86-d011-b42d-00cf4fc964ff", "the ID (a GUID)"),
        ("abc8Q~abcdefghijklmnopqrstuvwxyz.ABCDE12", "the secret of a service principal"),
        ("eyJhbGciOiJ9.eyJzdWIiOiJ9.c2ln", "a bearer token instead of an account key"),
    ],
)
def test_what_cannot_be_an_account_key_is_refused_with_what_it_is(text, words):
    assert words in refusal(key_credential(text))


@pytest.mark.parametrize("text", [KEY[:-1], "<key>", SAS, quote(KEY, safe="")])
def test_an_emulator_takes_no_key_either_that_is_not_base64(text):
    refusal(key_credential(text), EMULATOR)


@pytest.mark.parametrize(
    "text",
    [
        SAS,
        f"?{SAS}",
        f'"?{SAS}"',
        f"{SAS}&",
        SAS.replace("&", "&amp;"),
        SAS.replace(quote(SIGNATURE, safe=""), SIGNATURE),
    ],
)
def test_a_sas_token_is_used_as_the_service_reads_it(text):
    used = required(sas_credential(text))

    assert used.rpartition("sig=")[2].replace("%2B", "+").replace("%2F", "/").replace("%3D", "=") == SIGNATURE
    assert "+" not in used
    assert used.count("&") == SAS.count("&")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        (SAS.partition("&sig=")[0], "no signature"),
        (SAS.partition("sig=")[0] + "sig=", "no signature"),
        ("sv=2021-08-06", "no signature"),
        (SAS[:-1], "it was cut"),
        (SAS[:-3], "it was cut"),
        (SAS[:-7], "it was cut"),
        (SAS[1:], "a field without a name"),
        (SAS[2:], "a field without a name"),
        (SAS.partition("&")[2], "no version"),
        (f"{SAS}&sv=2021-08-06", "the field sv twice"),
        (f"{SAS}&{SAS}", "twice"),
        (SAS.replace("%", "%25"), "percent-encoded twice"),
        (quote(SAS, safe=""), "percent-encoded as a whole"),
        (SAS.partition("sig=")[0] + "sig=<sig>", "placeholder"),
        (SAS[:-9] + "\n" + SAS[-9:], "line break"),
        (SAS.replace("&sr", "\n&sr"), "line break"),
        (SAS.partition("sig=")[0] + "sig=" + "ab c" * 10 + "abc%3D", "a blank was a +"),
        ("<sas token>", "a placeholder"),
        (KEY, "an account key instead of a SAS token"),
        (STRING, "a connection string instead of a SAS token"),
        (f"SharedAccessSignature={SAS}", "a connection string instead of a SAS token"),
        (f"https://contoso.blob.core.windows.net/raw?{SAS}", "an address instead of a SAS token"),
        (f"contoso.blob.core.windows.net/raw?{SAS}", "an address instead of a SAS token"),
        ("6f9619ff-8b86-d011-b42d-00cf4fc964ff", "the ID (a GUID)"),
        ("hunter2hunter2", "the fields of a token are missing"),
    ],
)
def test_what_cannot_be_a_sas_token_is_refused_with_what_it_is(text, words):
    assert words in refusal(sas_credential(text))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (SAS, "a SAS token instead of a bearer token"),
        (KEY, "an account key instead of a bearer token"),
        ("Bearer abc.def", "the word Bearer"),
        ("abc\ndef", "a character that is not allowed in tokens"),
        ("abcdéf", "a character that is not allowed in tokens"),
    ],
)
def test_what_cannot_be_a_bearer_token_is_refused_with_what_it_is(text, words):
    assert words in refusal(Credential("token", text, "bearer"))
    assert required(Credential("token", "eyJhbGciOiJ9.eyJzdWIiOiJ9.c2ln", "bearer"))


def test_the_remedy_for_a_cut_key_names_its_account_where_the_command_can_know_it():
    assert "--account-name contoso " in refusal(key_credential(KEY[:-1]))
    assert "az storage" not in refusal(key_credential(KEY[:-1]), EMULATOR)


def test_what_chance_spells_in_base64_is_no_placeholder():
    spelled = b64encode(b"0" * 21).decode()[:28] + "yourTODOinsertAAAAA="

    assert not is_placeholder(spelled)
    assert is_placeholder("your key")
