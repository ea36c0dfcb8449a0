"""Connection strings as they are pasted: what is wrong with one is told, and nothing of it is shown."""

from __future__ import annotations

import pytest

from blobprep.account import parse_connection_string
from blobprep.errors import SettingError

KEY = "c4n4ry" + "A" * 80 + "=="
SAS = "sv=2021-08-06&sr=c&sp=rl&sig=c4n4ryAAAAA%3D"
STRING = f"DefaultEndpointsProtocol=https;AccountName=contoso;AccountKey={KEY};EndpointSuffix=core.windows.net"
CLOUD = "https://contoso.blob.core.windows.net"


@pytest.mark.parametrize(
    "text",
    [
        STRING,
        f" '{STRING}' ",
        STRING.replace(";", ";\n"),
        ";".join(reversed(STRING.split(";"))),
        STRING.replace("AccountKey=", "accountkey = "),
        f"{STRING};BlobEndpoint={CLOUD}/;QueueEndpoint=https://contoso.queue.core.windows.net/",
    ],
)
def test_a_string_is_read_whatever_its_order_case_and_blanks(text):
    account = parse_connection_string(text)

    assert (account.name, account.url, account.credential.secret) == ("contoso", CLOUD, KEY)


@pytest.mark.parametrize(
    ("endpoint", "name", "url"),
    [
        (f"{CLOUD}/drop", "contoso", CLOUD),
        (f"{CLOUD}/drop/", "contoso", CLOUD),
        ("http://127.0.0.1:9/devstoreaccount1/drop", "devstoreaccount1", "http://127.0.0.1:9/devstoreaccount1"),
    ],
)
def test_a_string_for_one_container_is_of_its_account(endpoint, name, url):
    for text in (
        f"BlobEndpoint={endpoint};SharedAccessSignature=?{SAS}",
        f"SharedAccessSignature={SAS};BlobEndpoint={endpoint};",
    ):
        account = parse_connection_string(text)
        assert (account.name, account.url, account.credential.secret) == (name, url, SAS)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (STRING.replace("AccountKey=", "AccountKey:"), "':' follows AccountKey"),
        (STRING.replace("AccountKey=", "AccountKey "), "a blank follows AccountKey"),
        (STRING.replace("=", ":"), "':' follows DefaultEndpointsProtocol"),
        (STRING.replace("AccountKey", "AcountKey"), "did you mean AccountKey?"),
        (STRING.replace("AccountKey", "Account_Key"), "did you mean AccountKey?"),
        (STRING.replace("AccountKey=", ""), "a field that does not exist"),
        (STRING.replace("AccountKey", "Key"), "a field that does not exist"),
        (f"{STRING};AccountName=contoso", "AccountName twice"),
        (f"{STRING};accountkey={KEY}", "AccountKey twice"),
        (STRING.replace(f"AccountKey={KEY};", ""), "no AccountKey"),
        (STRING.replace(KEY, ""), "an empty AccountKey"),
        (STRING.replace("AccountName=contoso;", ""), "does not name an account"),
        (STRING.replace("contoso", "<name>"), "a placeholder for AccountName"),
        (STRING.replace("contoso", KEY), "not a valid account name"),
        (STRING.replace("=core", "=blob.core"), "endpoint suffix"),
        (
            f"BlobEndpoint={CLOUD};AccountName=fabrikam;AccountKey={KEY}",
            "of account contoso, which is not its AccountName",
        ),
        (f"BlobEndpoint={CLOUD}/drop/a.csv;SharedAccessSignature={SAS}", "BlobEndpoint of the connection string"),
        (f"BlobEndpoint={CLOUD}/drop?{SAS}", "a SAS token after it"),
        (
            f"QueueEndpoint=https://contoso.queue.core.windows.net;SharedAccessSignature={SAS}",
            "does not name an account",
        ),
        ("UseDevelopmentStorage=true;DevelopmentStorageProxyUri=http://h:c4n4ry", "DevelopmentStorageProxyUri"),
        (f"{CLOUD}/drop?{SAS}", "an address instead of a connection string"),
        (SAS, "a SAS token instead of a connection string"),
        (KEY, "an account key instead of a connection string"),
        ("<connection string>", "a placeholder instead of a connection string"),
        ("Endpoint=sb://x.servicebus.windows.net/;SharedAccessKeyName=a;SharedAccessKey=c4n4ry=", "Event Hubs"),
        (f"AccountEndpoint=https://x.documents.azure.com:443/;AccountKey={KEY}", "Cosmos DB"),
        ("mongodb://u:c4n4ry@h:1/", "Cosmos DB"),
        ("Server=tcp:x.database.windows.net,1433;Database=d;User ID=u;Password=c4n4ry", "a SQL database"),
        ("InstrumentationKey=c4n4ry;IngestionEndpoint=https://x/", "Application Insights"),
        ("HostName=x.azure-devices.net;SharedAccessKeyName=o;SharedAccessKey=c4n4ry", "IoT Hub"),
        ("x.redis.cache.windows.net:6380,password=c4n4ry,ssl=True", "Redis"),
        ("Endpoint=https://x.azconfig.io;Id=a;Secret=c4n4ry", "another service"),
    ],
)
def test_what_is_wrong_with_a_string_is_told_without_any_of_it(text, words):
    with pytest.raises(SettingError) as caught:
        parse_connection_string(text)

    assert words in str(caught.value)
    assert caught.value.remedy
    assert "c4n4ry" not in str(caught.value)
