"""Programs that call a service, as they stand: only the key is to be put in. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

from blobprep.service.definitions import ServiceDefinition
from blobprep.service.documents.types import example_request

__all__ = ["KEY", "Sample", "samples"]

KEY: Final = "YOUR_KEY"
"""What stands in the samples for a key."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A program that calls a service.

    Attributes:
        language: its name, for people.
        id: its name in the page.
        text: the program.
    """

    language: str
    id: str
    text: str


def samples(service: ServiceDefinition, url: str) -> tuple[Sample, ...]:
    """Return the programs for a service.

    Args:
        service: which.
        url: the address of the server, without a path.
    """
    address = f"{url}/workspaces/{service.workspace}/services/{service.endpoint}/execute?api-version=2.0&format=swagger"
    body = json.dumps(example_request(service), indent=2, ensure_ascii=True)
    return (
        Sample("Python", "python", _python(address, body)),
        Sample("C#", "csharp", _csharp(address, body)),
        Sample("R", "r", _r(address, body)),
        Sample("curl", "curl", _curl(address, body)),
    )


def _python(address: str, body: str) -> str:
    # The request stands as JSON in a text: so `true` and `null` need no other spelling.
    return f'''\
import json
import urllib.error
import urllib.request

URL = {json.dumps(address)}
KEY = "{KEY}"

data = json.loads(r"""
{body}
""")
request = urllib.request.Request(URL, json.dumps(data).encode())
request.add_header("Content-Type", "application/json")
request.add_header("Authorization", "Bearer " + KEY)
try:
    with urllib.request.urlopen(request) as response:
        print(json.dumps(json.load(response), indent=2))
except urllib.error.HTTPError as error:
    print(error.code, error.headers.get("x-ms-request-id"))
    print(error.read().decode())
'''


def _csharp(address: str, body: str) -> str:
    return f'''\
using System;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;
using System.Threading.Tasks;

class Program
{{
    static async Task Main()
    {{
        const string url = {json.dumps(address)};
        const string key = "{KEY}";
        var body = @"{body.replace('"', '""')}";

        using var client = new HttpClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        var response = await client.PostAsync(url, new StringContent(body, Encoding.UTF8, "application/json"));
        Console.WriteLine((int)response.StatusCode);
        Console.WriteLine(await response.Content.ReadAsStringAsync());
    }}
}}
'''


def _r(address: str, body: str) -> str:
    return f"""\
library(curl)
library(jsonlite)

url <- {json.dumps(address)}
key <- "{KEY}"
body <- r"---({body})---"

handle <- new_handle()
handle_setheaders(handle, "Content-Type" = "application/json", Authorization = paste("Bearer", key))
handle_setopt(handle, copypostfields = enc2utf8(body))
response <- curl_fetch_memory(url, handle = handle)
answer <- fromJSON(rawToChar(response$content))
print(if (response$status_code == 200) answer$Results else answer$error)
"""


def _curl(address: str, body: str) -> str:
    quoted = body.replace("'", "'\\''")
    return f"""\
curl '{address}' \\
  --header 'Authorization: Bearer {KEY}' \\
  --header 'Content-Type: application/json' \\
  --data '{quoted}'
"""
